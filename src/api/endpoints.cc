#include "api/endpoints.h"

#include "api/types.h"
#include "base/reflect_schema.h"

namespace pentad::api {

namespace {

using net::Method;

template <class T>
constexpr SchemaOf schema = [](SchemaSet& set) { return set.schema<T>(); };

// One job, or a batch of them.
std::string submission_schema(SchemaSet& set) {
  std::vector<std::string> forms{set.schema<JobSubmission>(), set.schema<BatchSubmission>()};
  return SchemaText().add("oneOf", reflect::json_list(forms)).text();
}

template <class T>
std::vector<AnswerForm> answers(std::string_view doc) {
  return {{200, schema<T>, "application/json", doc}};
}

Parameter text(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc};
}
Parameter integer(std::string_view name, std::string_view doc, int64_t min, int64_t max) {
  return {name, ParameterType::integer, doc, min, max};
}
Parameter flag(std::string_view name, std::string_view doc) {
  return {name, ParameterType::boolean, doc};
}
Parameter choice(std::string_view name, std::string_view doc, std::vector<std::string_view> words) {
  return {name, ParameterType::text, doc, 0, 0, std::move(words)};
}
Parameter header(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc, 0, 0, {}, true};
}
Parameter page_limit() {
  return integer("limit", "Entries on a page, 100 unless told", 1, kMaxPage);
}
Parameter cursor() { return text("cursor", "`next` of the page before"); }

Endpoint action(std::string_view path, std::string_view id, std::string_view summary,
                Handler handler, SchemaOf body) {
  return {Method::post, path, id,   "jobs", summary,
          handler,      {},   body, true,   answers<JobSummary>("The job as it is now")};
}

Endpoint many(std::string_view path, std::string_view id, std::string_view summary,
              Handler handler) {
  return {Method::post, path,
          id,           "jobs",
          summary,      handler,
          {},           schema<ManyJobs>,
          false,        answers<ManyDone>("What was done and what was refused")};
}

void add_job_queries(std::vector<Endpoint>& out) {
  out.push_back(
      {Method::get,
       "/api/v1/jobs",
       "listJobs",
       "jobs",
       "List jobs",
       list_jobs,
       {text("state", "States, by commas; also pending, active (not final) and finished"),
        text("user", "Of this user"), text("project", "Of this project"),
        text("name", "Of exactly this name"), text("application", "Made from this application"),
        text("ids", "These jobs only, by commas"),
        integer("since_ms", "Submitted at or after this time", 0, kMaxTimeMs),
        integer("until_ms", "Submitted before this time", 0, kMaxTimeMs),
        choice("sort", "Order; with - descending; -id unless told",
               {"id", "-id", "submitted", "-submitted", "ended", "-ended"}),
        page_limit(), cursor()},
       nullptr,
       false,
       answers<JobPage>("A page of jobs")});
  out.push_back({Method::get,
                 "/api/v1/jobs/{id}",
                 "getJob",
                 "jobs",
                 "Show a job",
                 get_job,
                 {},
                 nullptr,
                 false,
                 answers<JobDetail>("The job")});
  out.push_back({Method::get,
                 "/api/v1/jobs/{id}/script",
                 "getScript",
                 "jobs",
                 "The script of a job, as it was submitted",
                 get_script,
                 {},
                 nullptr,
                 false,
                 {{200, nullptr, "application/octet-stream", "The script's bytes"}}});
  out.push_back(
      {Method::get,
       "/api/v1/jobs/{id}/attempts",
       "listAttempts",
       "jobs",
       "List the attempts of a job, newest first",
       list_attempts,
       {integer("index", "Of this element of an array", 0, kMaxIndex), page_limit(), cursor()},
       nullptr,
       false,
       answers<AttemptPage>("A page of attempts")});
  out.push_back({Method::get,
                 "/api/v1/jobs/{id}/logs",
                 "getLogs",
                 "jobs",
                 "Output of a job",
                 get_logs,
                 {choice("stream", "Which output, stdout unless told", {"stdout", "stderr"}),
                  integer("element", "Of this element of an array", 0, kMaxIndex),
                  integer("attempt", "Number of the attempt, the last unless told", 1, INT32_MAX),
                  integer("offset", "Skip this many bytes", 0, kMaxBytes),
                  integer("tail", "Only this many bytes of the end", 0, kMaxBytes),
                  flag("follow", "Go on until the attempt has ended")},
                 nullptr,
                 false,
                 {{200, nullptr, "text/plain", "Bytes as the job wrote them"}}});
}

void add_job_commands(std::vector<Endpoint>& out) {
  out.push_back(
      {Method::post,
       "/api/v1/jobs",
       "submitJobs",
       "jobs",
       "Submit one job or many",
       submit_jobs,
       {flag("dry_run", "Only tell whether it would be taken, and when it would start"),
        header("Idempotency-Key", "The same key gives the same answer, carried out once")},
       submission_schema,
       false,
       {{201, schema<Submitted>, "application/json", "Taken: durable from now on"},
        {200, schema<DryRun>, "application/json", "Answer to a dry run"}}});
  out.push_back({Method::patch,
                 "/api/v1/jobs/{id}",
                 "modifyJob",
                 "jobs",
                 "Change a job",
                 modify_job,
                 {},
                 schema<JobChange>,
                 false,
                 answers<JobSummary>("The job as it is now")});
  out.push_back(action("/api/v1/jobs/{id}/cancel", "cancelJob", "Cancel a job or elements of it",
                       cancel_job, schema<CancelRequest>));
  out.push_back(action("/api/v1/jobs/{id}/hold", "holdJob", "Keep a job from starting", hold_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/release", "releaseJob", "Lift a hold", release_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/requeue", "requeueJob",
                       "Stop what runs and put it back into the queue", requeue_job,
                       schema<RequeueJob>));
  out.push_back(many("/api/v1/jobs/cancel", "cancelJobs", "Cancel many jobs", cancel_jobs));
  out.push_back(many("/api/v1/jobs/hold", "holdJobs", "Hold many jobs", hold_jobs));
  out.push_back(many("/api/v1/jobs/release", "releaseJobs", "Release many jobs", release_jobs));
  out.push_back(many("/api/v1/jobs/requeue", "requeueJobs", "Requeue many jobs", requeue_jobs));
}

void add_centre(std::vector<Endpoint>& out) {
  out.push_back({Method::get,
                 "/api/v1/nodes",
                 "listNodes",
                 "nodes",
                 "List nodes",
                 list_nodes,
                 {},
                 nullptr,
                 false,
                 answers<NodeList>("All nodes")});
  out.push_back({Method::get,
                 "/api/v1/nodes/{name}",
                 "getNode",
                 "nodes",
                 "Show a node",
                 get_node,
                 {},
                 nullptr,
                 false,
                 answers<NodeInfo>("The node")});
  out.push_back({Method::patch,
                 "/api/v1/nodes/{name}",
                 "changeNode",
                 "nodes",
                 "Drain a node, take it down or resume it",
                 change_node,
                 {},
                 schema<NodeChange>,
                 false,
                 answers<NodeInfo>("The node as it is now")});
  out.push_back({Method::put,
                 "/api/v1/nodes/{name}/calibration",
                 "calibrateNode",
                 "nodes",
                 "Store the throughput measured on a node",
                 calibrate_node,
                 {},
                 schema<Calibration>,
                 false,
                 answers<DeviceModelList>("The device models as they are now")});
  out.push_back({Method::get,
                 "/api/v1/pools",
                 "listPools",
                 "nodes",
                 "List pools of equal nodes",
                 list_pools,
                 {},
                 nullptr,
                 false,
                 answers<PoolList>("All pools")});
  out.push_back({Method::get,
                 "/api/v1/devices",
                 "listDevices",
                 "nodes",
                 "List device models",
                 list_devices,
                 {},
                 nullptr,
                 false,
                 answers<DeviceModelList>("All device models")});
  out.push_back({Method::get,
                 "/api/v1/reservations",
                 "listReservations",
                 "reservations",
                 "List advance reservations",
                 list_reservations,
                 {},
                 nullptr,
                 false,
                 answers<ReservationList>("All reservations")});
  out.push_back({Method::post,
                 "/api/v1/reservations",
                 "createReservation",
                 "reservations",
                 "Reserve nodes for some users or projects",
                 create_reservation,
                 {},
                 schema<ReservationRequest>,
                 false,
                 {{201, schema<ReservationView>, "application/json", "The reservation"}}});
  out.push_back({Method::delete_,
                 "/api/v1/reservations/{id}",
                 "deleteReservation",
                 "reservations",
                 "Delete a reservation",
                 delete_reservation,
                 {},
                 nullptr,
                 false,
                 {{204, nullptr, "", "Gone"}}});
  out.push_back({Method::get,
                 "/api/v1/apps",
                 "listApps",
                 "apps",
                 "List applications",
                 list_apps,
                 {},
                 nullptr,
                 false,
                 answers<AppList>("The catalogue")});
  out.push_back({Method::get,
                 "/api/v1/apps/{name}",
                 "getApp",
                 "apps",
                 "Show an application",
                 get_app,
                 {},
                 nullptr,
                 false,
                 answers<AppInfo>("The application")});
}

// The data of the events, so that their schemas are in the document.
std::string event_schema(SchemaSet& set) {
  std::vector<std::string> forms{set.schema<JobEvent>(), set.schema<AttemptEvent>(),
                                 set.schema<NodeEvent>(), set.schema<GapEvent>()};
  return SchemaText()
      .add_words("description", "Data of the events named job, attempt, node and gap")
      .add("oneOf", reflect::json_list(forms))
      .text();
}

void add_service(std::vector<Endpoint>& out) {
  out.push_back({Method::get,
                 "/api/v1/status",
                 "getStatus",
                 "service",
                 "State of the centre",
                 get_status,
                 {},
                 nullptr,
                 false,
                 answers<StatusView>("The state")});
  out.push_back({Method::get,
                 "/api/v1/events",
                 "streamEvents",
                 "service",
                 "What changes, as server-sent events",
                 stream_events,
                 {text("jobs", "Only about these jobs, by commas"),
                  header("Last-Event-ID", "Go on after this event")},
                 nullptr,
                 false,
                 {{200, event_schema, "text/event-stream", "Events until the client goes"}}});
  out.push_back({Method::get,
                 "/api/v1/openapi.json",
                 "getOpenapi",
                 "service",
                 "This document",
                 get_openapi,
                 {},
                 nullptr,
                 false,
                 {{200, nullptr, "application/json", "An OpenAPI 3.1 document"}}});
  out.push_back({Method::get,
                 "/metrics",
                 "getMetrics",
                 "service",
                 "Figures for Prometheus",
                 get_metrics,
                 {},
                 nullptr,
                 false,
                 {{200, nullptr, "text/plain", "Prometheus text format"}}});
  out.push_back({Method::get,
                 "/healthz",
                 "getHealth",
                 "service",
                 "Whether the centre takes new work",
                 get_health,
                 {},
                 nullptr,
                 false,
                 {{200, nullptr, "text/plain", "It does"},
                  {503, nullptr, "text/plain", "It does not; the body says why"}}});
}

}  // namespace

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> table = [] {
    std::vector<Endpoint> out;
    add_job_queries(out);
    add_job_commands(out);
    add_centre(out);
    add_service(out);
    return out;
  }();
  return table;
}

bool is_integer_path_parameter(std::string_view name) { return name == "id"; }

}  // namespace pentad::api
