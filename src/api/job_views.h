// What answers say about jobs and attempts, and the bodies of what can be done to jobs. Units as in
// job_types.h; a time or place that does not exist (yet) is null.
#pragma once

#include "api/job_types.h"

namespace pentad::api {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
};
BOOST_DESCRIBE_STRUCT(Figure, (), (name, value, unit))
constexpr auto field_notes(const Figure*) {
  return std::array{note("name").required(), note("value").required()};
}

// What an application left in the file result.json of its working directory.
struct JobResult {
  std::map<std::string, std::string> summary;
  std::vector<Figure> figures;
  std::vector<std::string> files;
};
BOOST_DESCRIBE_STRUCT(JobResult, (), (summary, figures, files))
constexpr auto field_notes(const JobResult*) {
  return std::array{note("summary").doc("One line for people, by language (en, zh)"),
                    note("figures").doc("What came out, by name"),
                    note("files").doc("Files worth looking at, relative to the job's directory")};
}

// The last line `progress FRACTION WORDS` of a running application's output.
struct JobProgress {
  double fraction = 0;
  std::string words;
};
BOOST_DESCRIBE_STRUCT(JobProgress, (), (fraction, words))
constexpr auto field_notes(const JobProgress*) {
  return std::array{note("fraction").doc("From 0 to 1")};
}

struct UsageView {
  int64_t cpu_user_ms = 0;
  int64_t cpu_system_ms = 0;
  int64_t peak_memory_bytes = 0;
  int64_t read_bytes = 0;
  int64_t written_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(UsageView, (),
                      (cpu_user_ms, cpu_system_ms, peak_memory_bytes, read_bytes, written_bytes))

// One row of GET /jobs. For an array, pending to unsuccessful count its elements, started_at is the
// first start, exit_code, signal and message those of the attempt that ended last.
struct JobSummary {
  int64_t id = 0;
  std::string name;
  std::string user;
  std::string project;
  std::string qos;
  std::string queue;
  std::string comment;
  std::string application;
  JobState state = JobState::queued;
  PendingReason reason = PendingReason::none;
  std::string message;
  std::optional<int64_t> position;
  std::optional<int64_t> expected_start_at_ms;
  int64_t submitted_at_ms = 0;
  std::optional<int64_t> started_at_ms;
  std::optional<int64_t> ended_at_ms;
  int64_t waited_ms = 0;
  int64_t ran_ms = 0;
  int64_t limit_s = 0;
  int32_t priority = 0;
  int32_t nodes = 1;
  int32_t cores = 1;
  int64_t memory_bytes = 0;
  int32_t devices = 0;
  std::optional<std::string> array;
  std::optional<std::string> waiting;
  int64_t pending = 0;
  int64_t running = 0;
  int64_t succeeded = 0;
  int64_t unsuccessful = 0;
  int32_t attempts = 0;
  int32_t exit_code = 0;
  int32_t signal = 0;
  UsageView usage;
  std::optional<JobProgress> progress;
  std::optional<JobResult> result;
};
BOOST_DESCRIBE_STRUCT(JobSummary, (),
                      (id, name, user, project, qos, queue, comment, application, state, reason,
                       message, position, expected_start_at_ms, submitted_at_ms, started_at_ms,
                       ended_at_ms, waited_ms, ran_ms, limit_s, priority, nodes, cores,
                       memory_bytes, devices, array, waiting, pending, running, succeeded,
                       unsuccessful, attempts, exit_code, signal, usage, progress, result))
constexpr auto field_notes(const JobSummary*) {
  return std::array{
      note("application").doc("Catalogue name the job was made from, if any"),
      note("reason").doc("Why a pending job waits"),
      note("message").doc("A sentence: why it waits, or how it ended"),
      note("position").doc("Place in the queue, 1 for the head; only while it is ready to start"),
      note("expected_start_at_ms").doc("If every running job ends at its limit"),
      note("waited_ms").doc("From submission to the first start, or until now"),
      note("ran_ms").doc("Sum over all attempts"),
      note("cores").doc("On each node"),
      note("memory_bytes").doc("On each node"),
      note("devices").doc("On each node"),
      note("array").doc("Indices of an array, null for a single job"),
      note("waiting").doc("Indices of an array that wait, while any does"),
      note("pending").doc("Elements that wait"),
      note("progress").doc("Of a running job that tells: the last line `progress FRACTION WORDS`"),
      note("result").doc(
          "What the application reported, or any job in $PENTAD_JOB_DIR/result.json")};
}

struct NodePart {
  std::string node;
  std::vector<int32_t> devices;
};
BOOST_DESCRIBE_STRUCT(NodePart, (), (node, devices))
constexpr auto field_notes(const NodePart*) {
  return std::array{note("devices").doc("Positions of the devices in the node")};
}

struct AttemptView {
  std::string id;
  int64_t job = 0;
  int64_t index = 0;
  int32_t number = 0;
  JobState state = JobState::starting;
  std::string pool;
  std::string device_model;
  int32_t cores = 0;
  int64_t memory_bytes = 0;
  int32_t share_milli = 1000;
  std::vector<NodePart> nodes;
  int64_t ordered_at_ms = 0;
  std::optional<int64_t> started_at_ms;
  std::optional<int64_t> ended_at_ms;
  std::optional<EndKind> end;
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string message;
  UsageView usage;
  std::string stdout_path;
  std::string stderr_path;
};
BOOST_DESCRIBE_STRUCT(AttemptView, (),
                      (id, job, index, number, state, pool, device_model, cores, memory_bytes,
                       share_milli, nodes, ordered_at_ms, started_at_ms, ended_at_ms, end,
                       exit_code, signal, message, usage, stdout_path, stderr_path))
constexpr auto field_notes(const AttemptView*) {
  return std::array{note("id").doc("job.number, or job_index.number for an element of an array"),
                    note("number").doc("Counts the starts of the job, or of the element, from 1"),
                    note("cores").doc("On each node"),
                    note("ordered_at_ms").doc("When the start was decided"),
                    note("end").doc("How it ended; null while it has not"),
                    note("stderr_path").doc("The same as stdout_path when they are joined")};
}

// GET /jobs/{id}. `request` can be submitted again as it is, but for a script, which has its own
// address.
struct JobDetail {
  JobSummary job;
  JobSubmission request;
  int64_t script_bytes = 0;
  std::string directory;
  std::vector<AttemptView> attempts;
  bool more_attempts = false;
};
BOOST_DESCRIBE_STRUCT(JobDetail, (),
                      (job, request, script_bytes, directory, attempts, more_attempts))
constexpr auto field_notes(const JobDetail*) {
  return std::array{
      note("request").doc("As submitted and since modified, without the script's text"),
      note("script_bytes").doc("Length of the script, to be had from /jobs/{id}/script"),
      note("directory").doc("The job's directory, where output goes unless a path was given"),
      note("attempts").doc("The last 20, newest first"),
      note("more_attempts").doc("There are more: see /jobs/{id}/attempts")};
}

struct JobPage {
  std::vector<JobSummary> jobs;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(JobPage, (), (jobs, next))
constexpr auto field_notes(const JobPage*) {
  return std::array{note("next").doc("Give it as cursor for the next page; null on the last")};
}

struct AttemptPage {
  std::vector<AttemptView> attempts;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(AttemptPage, (), (attempts, next))
constexpr auto field_notes(const AttemptPage*) {
  return std::array{note("next").doc("Give it as cursor for the next page; null on the last")};
}

BOOST_DEFINE_ENUM_CLASS(Clearable, begin, deadline, dependency)

// Body of PATCH /jobs/{id}: only what is given changes.
struct JobChange {
  std::optional<std::string> name;
  std::optional<std::string> project;
  std::optional<std::string> qos;
  std::optional<Resources> resources;
  std::optional<int64_t> limit_s;
  std::optional<int32_t> priority;
  std::optional<int64_t> begin_at_ms;
  std::optional<int64_t> deadline_at_ms;
  std::optional<JobDependency> dependency;
  std::optional<int32_t> max_running;
  std::optional<Wish> wish;
  std::vector<Clearable> clear;
};
BOOST_DESCRIBE_STRUCT(JobChange, (),
                      (name, project, qos, resources, limit_s, priority, begin_at_ms,
                       deadline_at_ms, dependency, max_running, wish, clear))
constexpr auto field_notes(const JobChange*) {
  return std::array{note("name").single_line().length(1, kMaxNameBytes),
                    note("project").single_line().length(0, kMaxNameBytes),
                    note("qos").single_line().length(0, kMaxNameBytes),
                    note("resources").doc("What is left out of them stays as it is"),
                    note("limit_s").range(1, kMaxDurationS),
                    note("priority").doc("Also while it runs").range(-1'000'000, 1'000'000),
                    note("begin_at_ms").range(0, kMaxTimeMs),
                    note("deadline_at_ms").doc("Also while it runs").range(0, kMaxTimeMs),
                    note("max_running").doc("Of an array, also while it runs").range(0, 1'000'000),
                    note("clear").doc("Removes these").length(0, 3)};
}

// Bodies of POST /jobs/{id}/<action>; all of them may be left out.
struct CancelRequest {
  std::optional<std::string> elements;
};
BOOST_DESCRIBE_STRUCT(CancelRequest, (), (elements))
constexpr auto field_notes(const CancelRequest*) {
  return std::array{
      note("elements").doc("Of an array, such as 0-9; left out: all").length(1, 65536)};
}

// first: the process a job was started with, such as the shell of its script; others: what came of
// it.
BOOST_DEFINE_ENUM_CLASS(SignalTo, all, first, others)

struct SignalRequest {
  std::optional<std::string> elements;
  int32_t signal = 15;
  SignalTo to = SignalTo::all;
};
BOOST_DESCRIBE_STRUCT(SignalRequest, (), (elements, signal, to))
constexpr auto field_notes(const SignalRequest*) {
  return std::array{
      note("elements").doc("Of an array, such as 0-9; left out: all").length(1, 65536),
      note("signal").doc("Number of the signal, 10 for SIGUSR1").required().range(1, 63),
      note("to").doc("Which of its processes")};
}

struct SignalDone {
  int64_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(SignalDone, (), (attempts))
constexpr auto field_notes(const SignalDone*) {
  return std::array{note("attempts").doc("That ran and were sent it")};
}

struct HoldRequest {
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(HoldRequest, (), (by_operator))
constexpr auto field_notes(const HoldRequest*) {
  return std::array{note("by_operator").doc("A hold by an operator is lifted only by an operator")};
}

struct RequeueJob {
  std::optional<std::string> elements;
  bool hold = false;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(RequeueJob, (), (elements, hold, by_operator))
constexpr auto field_notes(const RequeueJob*) {
  return std::array{
      note("elements").doc("Of an array, such as 0-9; left out: all").length(1, 65536),
      note("hold").doc("Put back held"),
      note("by_operator").doc("For the centre: what ran is not charged")};
}

// Body of POST /jobs/<action>: the jobs named, or all unfinished ones that match every field given.
struct JobFilter {
  std::vector<JobState> state;
  std::optional<std::string> user;
  std::optional<std::string> project;
  std::optional<std::string> name;
  std::optional<std::string> application;
};
BOOST_DESCRIBE_STRUCT(JobFilter, (), (state, user, project, name, application))
constexpr auto field_notes(const JobFilter*) {
  return std::array{note("state").doc("Any of these; empty: any that is not final").length(0, 16),
                    note("name").doc("Exactly this name")};
}

struct ManyJobs {
  std::vector<int64_t> jobs;
  std::optional<JobFilter> filter;
  bool by_operator = false;
  bool hold = false;
};
BOOST_DESCRIBE_STRUCT(ManyJobs, (), (jobs, filter, by_operator, hold))
constexpr auto field_notes(const ManyJobs*) {
  return std::array{note("jobs").doc("Ids").length(0, kMaxBatchJobs),
                    note("filter").doc("Instead of ids"),
                    note("by_operator").doc("For hold, release and requeue"),
                    note("hold").doc("For requeue: put back held")};
}

struct JobRefusal {
  int64_t job = 0;
  RefusalCode code = RefusalCode::none;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(JobRefusal, (), (job, code, detail))

struct ManyDone {
  std::vector<int64_t> done;
  std::vector<JobRefusal> refused;
};
BOOST_DESCRIBE_STRUCT(ManyDone, (), (done, refused))

}  // namespace pentad::api
