#include "api/endpoints.h"

#include "api/endpoint_rows.h"
#include "api/types.h"
#include "base/reflect_schema.h"

namespace pentad::api {

namespace {

using namespace rows;  // NOLINT

// One job, or a batch of them.
std::string submission_schema(SchemaSet& set) {
  std::vector<std::string> forms{set.schema<JobSubmission>(), set.schema<BatchSubmission>()};
  return SchemaText().add("oneOf", reflect::json_list(forms)).text();
}

Endpoint action(std::string_view path, std::string_view id, std::string_view summary,
                Handler handler, SchemaOf body) {
  Endpoint out = change(Permission::job_control, Method::post, path, id, "jobs", summary, handler,
                        body, answers<JobSummary>("The job as it is now"));
  out.body_may_be_empty = true;
  return out;
}

Endpoint many(std::string_view path, std::string_view id, std::string_view summary,
              Handler handler) {
  return change(Permission::job_control, Method::post, path, id, "jobs", summary, handler,
                schema<ManyJobs>, answers<ManyDone>("What was done and what was refused"));
}

std::vector<Parameter> list_parameters() {
  return {text("state", "States, by commas; also pending, active (not final) and finished"),
          text("user", "Of this user"),
          text("project", "Of this project"),
          text("name", "Of exactly this name"),
          text("application", "Made from this application"),
          text("ids", "These jobs only, by commas"),
          integer("since_ms", "Submitted at or after this time", 0, kMaxTimeMs),
          integer("until_ms", "Submitted before this time", 0, kMaxTimeMs),
          choice("sort", "Order; with - descending; -id unless told",
                 {"id", "-id", "submitted", "-submitted", "ended", "-ended"}),
          flag("brief", "Leave out fields that are at their defaults"),
          page_limit(),
          cursor()};
}

std::vector<Parameter> log_parameters() {
  return {choice("stream", "Which output, stdout unless told", {"stdout", "stderr"}),
          integer("element", "Of this element of an array", 0, kMaxIndex),
          integer("attempt", "Number of the attempt, the last unless told", 1, INT32_MAX),
          integer("offset", "Skip this many bytes", 0, kMaxBytes),
          integer("tail", "Only this many bytes of the end", 0, kMaxBytes),
          flag("follow", "Go on until the attempt has ended")};
}

void add_job_queries(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::job_view, "/api/v1/jobs", "listJobs", "jobs", "List jobs",
                      list_jobs, answers<JobPage>("A page of jobs"), list_parameters()));
  out.push_back(query(Permission::job_view, "/api/v1/jobs/{id}", "getJob", "jobs", "Show a job",
                      get_job, answers<JobDetail>("The job")));
  out.push_back(query(Permission::job_content, "/api/v1/jobs/{id}/script", "getScript", "jobs",
                      "The script of a job, as it was submitted", get_script,
                      {{200, nullptr, "application/octet-stream", "The script's bytes"}}));
  out.push_back(query(
      Permission::job_view, "/api/v1/jobs/{id}/attempts", "listAttempts", "jobs",
      "List the attempts of a job, newest first", list_attempts,
      answers<AttemptPage>("A page of attempts"),
      {integer("index", "Of this element of an array", 0, kMaxIndex), page_limit(), cursor()}));
  out.push_back(query(Permission::job_view, "/api/v1/attempts", "listAllAttempts", "jobs",
                      "List the attempts of several jobs, by job, index and number; without the "
                      "paths of their output",
                      list_all_attempts, answers<AttemptPage>("A page of attempts"),
                      {text("ids", "Of these jobs, by commas"), page_limit(), cursor()}));
  out.push_back(query(
      Permission::job_content, "/api/v1/jobs/{id}/logs", "getLogs", "jobs", "Output of a job",
      get_logs, {{200, nullptr, "text/plain", "Bytes as the job wrote them"}}, log_parameters()));
}

Endpoint submission() {
  Endpoint out = change(Permission::job_submit, Method::post, "/api/v1/jobs", "submitJobs", "jobs",
                        "Submit one job or many", submit_jobs, submission_schema,
                        {{201, schema<Submitted>, "application/json", "Taken: durable from now on"},
                         {200, schema<DryRun>, "application/json", "Answer to a dry run"}});
  out.parameters = {
      flag("dry_run", "Only tell whether it would be taken, and when it would start"),
      header("Idempotency-Key", "The same key gives the same answer, carried out once")};
  return out;
}

void add_job_commands(std::vector<Endpoint>& out) {
  out.push_back(submission());
  out.push_back(change(Permission::job_control, Method::patch, "/api/v1/jobs/{id}", "modifyJob",
                       "jobs", "Change a job", modify_job, schema<JobChange>,
                       answers<JobSummary>("The job as it is now")));
  out.push_back(action("/api/v1/jobs/{id}/cancel", "cancelJob", "Cancel a job or elements of it",
                       cancel_job, schema<CancelRequest>));
  out.push_back(action("/api/v1/jobs/{id}/hold", "holdJob", "Keep a job from starting", hold_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/release", "releaseJob", "Lift a hold", release_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/requeue", "requeueJob",
                       "Stop what runs and put it back into the queue", requeue_job,
                       schema<RequeueJob>));
  out.push_back(change(Permission::job_control, Method::post, "/api/v1/jobs/{id}/signal",
                       "signalJob", "jobs", "Send a signal to what runs of a job", signal_job,
                       schema<SignalRequest>,
                       answers<SignalDone>("How many attempts were sent it")));
  out.push_back(many("/api/v1/jobs/cancel", "cancelJobs", "Cancel many jobs", cancel_jobs));
  out.push_back(many("/api/v1/jobs/hold", "holdJobs", "Hold many jobs", hold_jobs));
  out.push_back(many("/api/v1/jobs/release", "releaseJobs", "Release many jobs", release_jobs));
  out.push_back(many("/api/v1/jobs/requeue", "requeueJobs", "Requeue many jobs", requeue_jobs));
}

void add_nodes(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::centre_view, "/api/v1/nodes", "listNodes", "nodes", "List nodes",
                      list_nodes, answers<NodeList>("All nodes")));
  out.push_back(query(Permission::centre_view, "/api/v1/nodes/{name}", "getNode", "nodes",
                      "Show a node", get_node, answers<NodeInfo>("The node")));
  out.push_back(change(Permission::node_operate, Method::patch, "/api/v1/nodes/{name}",
                       "changeNode", "nodes", "Drain a node, take it down or resume it",
                       change_node, schema<NodeChange>,
                       answers<NodeInfo>("The node as it is now")));
  out.push_back(change(Permission::node_operate, Method::put, "/api/v1/nodes/{name}/calibration",
                       "calibrateNode", "nodes", "Store the throughput measured on a node",
                       calibrate_node, schema<Calibration>,
                       answers<DeviceModelList>("The device models as they are now")));
  out.push_back(query(Permission::centre_view, "/api/v1/pools", "listPools", "nodes",
                      "List pools of equal nodes", list_pools, answers<PoolList>("All pools")));
  out.push_back(query(Permission::centre_view, "/api/v1/devices", "listDevices", "nodes",
                      "List device models", list_devices,
                      answers<DeviceModelList>("All device models")));
}

void add_reservations(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::reservation_view, "/api/v1/reservations", "listReservations",
                      "reservations", "List advance reservations", list_reservations,
                      answers<ReservationList>("All reservations")));
  out.push_back(change(Permission::reservation_change, Method::post, "/api/v1/reservations",
                       "createReservation", "reservations",
                       "Reserve nodes for some users or projects", create_reservation,
                       schema<ReservationRequest>,
                       {{201, schema<ReservationView>, "application/json", "The reservation"}}));
  out.push_back(change(Permission::reservation_change, Method::delete_, "/api/v1/reservations/{id}",
                       "deleteReservation", "reservations", "Delete a reservation",
                       delete_reservation, nullptr, {{204, nullptr, "", "Gone"}}));
}

// What the table says of tenants, projects, users and roles.
void add_people(std::vector<Endpoint>& out) {
  auto get = [&](Permission permission, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, std::vector<AnswerForm> forms,
                 std::vector<Parameter> parameters = {}) {
    out.push_back(query(permission, path, id, "people", summary, handler, std::move(forms),
                        std::move(parameters)));
  };
  auto put = [&](Permission permission, Method method, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, SchemaOf body, AnswerForm form) {
    out.push_back(change(permission, method, path, id, "people", summary, handler, body, {form}));
  };
  const Parameter of_user = text("user", "Of this user");
  get(Permission::tenant_view, "/api/v1/tenants", "listTenants", "List tenants", list_tenants,
      answers<TenantList>("Those one may see"));
  put(Permission::tenant_change, Method::post, "/api/v1/tenants", "createTenant", "Make a tenant",
      create_tenant, schema<NewTenant>, made<TenantView>("The tenant"));
  put(Permission::tenant_change, Method::patch, "/api/v1/tenants/{name}", "changeTenant",
      "Freeze, thaw or close a tenant, change its title", change_tenant, schema<AccountChange>,
      shown<TenantView>("The tenant"));
  get(Permission::project_view, "/api/v1/projects", "listProjects", "List projects", list_projects,
      answers<ProjectList>("Those one may see"), {text("tenant", "Of this tenant")});
  put(Permission::project_change, Method::post, "/api/v1/projects", "createProject",
      "Make a project", create_project, schema<NewProject>, made<ProjectView>("The project"));
  put(Permission::project_change, Method::patch, "/api/v1/projects/{tenant}/{name}",
      "changeProject", "Freeze, thaw or close a project, change its title", change_project,
      schema<AccountChange>, shown<ProjectView>("The project"));
  get(Permission::user_view, "/api/v1/users", "listUsers", "List users", list_users,
      answers<UserList>("Those one may see"));
  get(Permission::user_view, "/api/v1/users/{name}", "getUser", "Show a user", get_user,
      answers<UserView>("The user"));
  put(Permission::user_change, Method::post, "/api/v1/users", "createUser", "Make a user",
      create_user, schema<NewUser>, made<UserMade>("The user"));
  put(Permission::user_change, Method::patch, "/api/v1/users/{name}", "changeUser",
      "Change, freeze, thaw or close a user", change_user, schema<UserChange>,
      shown<UserView>("The user"));
  put(Permission::user_change, Method::post, "/api/v1/users/{name}/password", "resetPassword",
      "Make a new first password; ends all their sessions", reset_password, schema<PasswordReset>,
      shown<PasswordMade>("The password, shown once"));
  out.back().body_may_be_empty = true;
  put(Permission::user_change, Method::post, "/api/v1/users/{name}/totp/reset", "resetTotp",
      "Remove a user's second factor", reset_totp, nullptr, {204, nullptr, "", "Done"});
  get(Permission::role_view, "/api/v1/roles", "listRoles", "Who has which role", list_roles,
      answers<RoleList>("Those one may see"), {of_user, text("tenant", "In this tenant")});
  put(Permission::role_change, Method::post, "/api/v1/roles", "grantRole", "Give a role",
      grant_role, schema<RoleGrant>, shown<RoleList>("The user's roles"));
  put(Permission::role_change, Method::post, "/api/v1/roles/revoke", "revokeRole",
      "Take a role away", revoke_role, schema<RoleGrant>, shown<RoleList>("The user's roles"));
}

// Signing in, and what belongs to one's own account.
void add_sessions(std::vector<Endpoint>& out) {
  auto get = [&](Permission permission, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, std::vector<AnswerForm> forms,
                 std::vector<Parameter> parameters = {}) {
    out.push_back(query(permission, path, id, "session", summary, handler, std::move(forms),
                        std::move(parameters)));
  };
  auto put = [&](Permission permission, Method method, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, SchemaOf body, AnswerForm form) {
    out.push_back(change(permission, method, path, id, "session", summary, handler, body, {form}));
  };
  const AnswerForm gone{204, nullptr, "", "Done"};
  const AnswerForm sent_on{302, nullptr, "", "The browser is sent on"};
  const Parameter of_user = text("user", "Of this user, for who may see to it");
  put(Permission::open, Method::post, "/api/v1/session", "signIn", "Sign in", sign_in,
      schema<SignInForm>, made<SignedIn>("A session has begun"));
  put(Permission::own_view, Method::delete_, "/api/v1/session", "signOut",
      "Sign out: end this session or token", sign_out, nullptr, gone);
  get(Permission::own_view, "/api/v1/whoami", "whoAmI", "Who one is, with roles and projects",
      who_am_i, answers<WhoAmI>("The caller"));
  get(Permission::own_view, "/api/v1/sessions", "listSessions", "List sessions", list_sessions,
      answers<SessionList>("Those that last"), {of_user});
  put(Permission::own_change, Method::delete_, "/api/v1/sessions/{name}", "endSession",
      "End a session, by its id", end_session, nullptr, gone);
  out.back().parameters = {of_user};
  get(Permission::own_view, "/api/v1/tokens", "listTokens", "List API tokens", list_tokens,
      answers<TokenList>("Without their secrets"), {of_user});
  put(Permission::own_change, Method::post, "/api/v1/tokens", "createToken", "Make an API token",
      create_token, schema<TokenForm>, made<TokenView>("With its secret, shown once"));
  put(Permission::own_change, Method::delete_, "/api/v1/tokens/{name}", "endToken",
      "End an API token, by its id", end_session, nullptr, gone);
  out.back().parameters = {of_user};
  put(Permission::own_change, Method::put, "/api/v1/password", "changePassword",
      "Choose another password; ends all other sessions", change_password, schema<PasswordForm>,
      gone);
  put(Permission::own_change, Method::post, "/api/v1/totp", "startTotp",
      "Begin with a second factor", start_totp, nullptr,
      shown<TotpBegun>("For the application; confirm with a code"));
  put(Permission::own_change, Method::post, "/api/v1/totp/confirm", "confirmTotp",
      "Confirm the second factor with a code of it", confirm_totp, schema<CodeForm>,
      shown<RecoveryCodes>("Keep them"));
  put(Permission::own_change, Method::post, "/api/v1/totp/remove", "removeTotp",
      "Remove the second factor, with a code of it", remove_totp, schema<CodeForm>, gone);
  out.back().body_may_be_empty = true;
  get(Permission::open, "/api/v1/oidc/start", "startOidc",
      "Sign in with another provider: sends the browser there", start_oidc, {sent_on});
  get(Permission::open, "/api/v1/oidc/callback", "oidcCallback",
      "Where the provider sends the browser back to", oidc_callback, {sent_on},
      {text("state", "As the provider got it"), text("code", "For one token"),
       text("iss", "The provider"), text("session_state", "Not used"), text("scope", "Not used"),
       text("error", "Why the provider refused"), text("error_description", "In words")});
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
  out.push_back(query(Permission::centre_view, "/api/v1/apps", "listApps", "apps",
                      "List applications", list_apps, answers<AppList>("The catalogue")));
  out.push_back(query(Permission::centre_view, "/api/v1/apps/{name}", "getApp", "apps",
                      "Show an application", get_app, answers<AppInfo>("The application")));
  out.push_back(query(Permission::centre_view, "/api/v1/status", "getStatus", "service",
                      "State of the centre", get_status, answers<StatusView>("The state")));
  out.push_back(query(Permission::job_view, "/api/v1/events", "streamEvents", "service",
                      "What changes, as server-sent events", stream_events,
                      {{200, event_schema, "text/event-stream", "Events until the client goes"}},
                      {text("jobs", "Only about these jobs, by commas"),
                       header("Last-Event-ID", "Go on after this event")}));
  out.push_back(query(Permission::open, "/api/v1/openapi.json", "getOpenapi", "service",
                      "This document", get_openapi,
                      {{200, nullptr, "application/json", "An OpenAPI 3.1 document"}}));
  out.push_back(query(Permission::metrics_view, "/metrics", "getMetrics", "service",
                      "Figures for Prometheus", get_metrics,
                      {{200, nullptr, "text/plain", "Prometheus text format"}}));
  out.push_back(query(Permission::open, "/healthz", "getHealth", "service",
                      "Whether the centre takes new work", get_health,
                      {{200, nullptr, "text/plain", "It does"},
                       {503, nullptr, "text/plain", "It does not; the body says why"}}));
}

}  // namespace

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> table = [] {
    std::vector<Endpoint> out;
    add_job_queries(out);
    add_job_commands(out);
    add_nodes(out);
    add_reservations(out);
    add_people(out);
    add_sessions(out);
    add_money(out);
    add_service(out);
    return out;
  }();
  return table;
}

bool is_integer_path_parameter(std::string_view name) { return name == "id"; }

}  // namespace pentad::api
