// What goes over the wire about jobs: /api/v1/jobs and below. Readers refuse unknown fields; the
// OpenAPI document is made from these descriptions. Units stand in the names: `_s` and `_ms` are
// durations,
// `_at_ms` a point in time (milliseconds since 1970 UTC), `_bytes` bytes. Nothing here takes "4GiB"
// or "1h30m": that is for command lines.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/limits.h"
#include "api/money_types.h"
#include "base/reflect_note.h"
#include "base/reflect_traits.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/job.h"
#include "model/launch.h"
#include "model/refusal.h"

namespace pentad::api {

struct Devices {
  int32_t count = 0;
  std::optional<DeviceKind> kind;
  std::vector<std::string> models;
  int32_t share_milli = 1000;
  bool operator==(const Devices&) const = default;
};
BOOST_DESCRIBE_STRUCT(Devices, (), (count, kind, models, share_milli))
constexpr auto field_notes(const Devices*) {
  return std::array{
      note("count").doc("Devices on each node").range(0, 4096),
      note("kind").doc("Any device of this kind; leave out when models are named"),
      note("models").doc("Any one of these device models").length(0, 64),
      note("share_milli").doc("Thousandths of each device, 1000 for whole devices").range(1, 1000)};
}

struct LicenceCount {
  std::string name;
  int32_t count = 1;
  bool operator==(const LicenceCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(LicenceCount, (), (name, count))
constexpr auto field_notes(const LicenceCount*) {
  return std::array{note("name").required().single_line().length(1, kMaxNameBytes),
                    note("count").range(1, 1'000'000)};
}

// What is left out of a submission comes from the application, else is 1 node, 1 core, no memory
// limit. Answers have every field.
struct Resources {
  std::optional<int32_t> nodes;
  std::optional<int32_t> cores;
  std::optional<int64_t> memory_bytes;
  std::optional<Devices> devices;
  std::optional<bool> exclusive;
  std::vector<std::string> features;
  std::vector<std::string> pools;
  std::vector<LicenceCount> licences;
  std::optional<int64_t> reservation;
  bool operator==(const Resources&) const = default;
};
BOOST_DESCRIBE_STRUCT(Resources, (),
                      (nodes, cores, memory_bytes, devices, exclusive, features, pools, licences,
                       reservation))
constexpr auto field_notes(const Resources*) {
  return std::array{
      note("nodes").doc("Nodes of one pool, all at once or not at all").range(1, 1'000'000),
      note("cores").doc("Cores on each node").range(1, 1'000'000),
      note("memory_bytes").doc("Memory on each node; 0 for no limit").range(0, kMaxBytes),
      note("devices").doc("Devices on each node"),
      note("exclusive").doc("Whole nodes, whatever they have"),
      note("features").doc("A node must have all of these").length(0, 64),
      note("pools").doc("Any of these pools; empty: any").length(0, 64),
      note("licences").doc("Of the job, not per node").length(0, 64),
      note("reservation").doc("Run inside this advance reservation").range(1, kMaxId)};
}

// `all` and `any` combine `of`; the other kinds are about one job: `job` by its id, or `in_request`
// by its position in the same submission.
struct JobDependency {
  DependencyKind kind = DependencyKind::ok;
  std::optional<int64_t> job;
  std::optional<int64_t> in_request;
  std::optional<int64_t> element;
  int64_t delay_s = 0;
  std::vector<JobDependency> of;
  bool operator==(const JobDependency&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobDependency, (), (kind, job, in_request, element, delay_s, of))
constexpr auto field_notes(const JobDependency*) {
  return std::array{
      note("kind").doc("What must have happened to the job before this one may start").required(),
      note("job").doc("Id of the job waited for").range(1, kMaxId),
      note("in_request").doc("Or its position in this submission, from 0").range(0, kMaxBatchJobs),
      note("element").doc("Of an array: this element only").range(0, kMaxIndex),
      note("delay_s").doc("For started: this long after the start").range(0, kMaxDurationS),
      note("of").doc("For all and any").length(0, 256)};
}

struct JobArray {
  std::string indices;
  int32_t max_running = 0;
  bool operator==(const JobArray&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobArray, (), (indices, max_running))
constexpr auto field_notes(const JobArray*) {
  return std::array{
      note("indices").doc("Such as 0-9, 1,3,5 or 0-15:4").required().single_line().length(1, 65536),
      note("max_running").doc("At most this many at once; 0: no limit").range(0, 1'000'000)};
}

struct JobRequeue {
  bool on_node_failure = true;
  std::vector<int32_t> exit_codes;
  int32_t max = 3;
  std::vector<int32_t> hold_exit_codes;
  bool operator==(const JobRequeue&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobRequeue, (), (on_node_failure, exit_codes, max, hold_exit_codes))
constexpr auto field_notes(const JobRequeue*) {
  return std::array{
      note("on_node_failure").doc("Runs again when its node was lost"),
      note("exit_codes").doc("Runs again when it exits with one of these").length(0, 255),
      note("max").doc("Runs again at most this often").range(0, 1000),
      note("hold_exit_codes")
          .doc("Goes back and is held when it exits with one of these")
          .length(0, 255)};
}

struct JobWarning {
  int32_t signal = 10;
  int64_t lead_s = 60;
  bool operator==(const JobWarning&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobWarning, (), (signal, lead_s))
constexpr auto field_notes(const JobWarning*) {
  return std::array{note("signal").doc("Number of the signal, 10 for SIGUSR1").range(1, 64),
                    note("lead_s").doc("Sent this long before the limit").range(1, 86'400)};
}

// One job: what to run (exactly one of script, script_base64, argv and app) and what it needs.
struct JobSubmission {
  std::optional<std::string> script;
  std::optional<std::string> script_base64;
  std::vector<std::string> args;
  std::vector<std::string> argv;
  std::optional<std::string> app;
  std::map<std::string, JsonText> parameters;
  std::map<std::string, std::string> environment;
  std::string workdir;
  std::string stdout_path;
  std::string stderr_path;
  std::string stdin_path;
  bool append_output = false;
  std::optional<int32_t> umask;
  std::string run_as;

  std::optional<std::string> name;
  std::string user;
  std::string project;
  std::string qos;
  std::string queue;
  std::string comment;
  std::optional<Launch> launch;
  Resources resources;
  std::optional<int64_t> limit_s;
  int32_t priority = 0;
  std::optional<int64_t> begin_at_ms;
  std::optional<int64_t> deadline_at_ms;
  bool hold = false;
  std::optional<JobArray> array;
  std::optional<JobDependency> dependency;
  ImpossibleDependency impossible_dependency = ImpossibleDependency::cancel;
  JobRequeue requeue;
  std::optional<JobWarning> warning;
  std::optional<WorkloadClass> workload_class;
  std::optional<Precision> precision;
  std::optional<Wish> wish;
  bool operator==(const JobSubmission&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobSubmission, (),
                      (script, script_base64, args, argv, app, parameters, environment, workdir,
                       stdout_path, stderr_path, stdin_path, append_output, umask, run_as, name,
                       user, project, qos, queue, comment, launch, resources, limit_s, priority,
                       begin_at_ms, deadline_at_ms, hold, array, dependency, impossible_dependency,
                       requeue, warning, workload_class, precision, wish))
constexpr auto field_notes(const JobSubmission*) {
  return std::array{
      note("script").doc("Text of a script, run through its #! line, else by /bin/sh"),
      note("script_base64").doc("The same for a script that is not UTF-8"),
      note("args").doc("Arguments of the script").length(0, kMaxArguments),
      note("argv").doc("Program and arguments, run without a shell").length(0, kMaxArguments),
      note("app").doc("Name of an application of the catalogue").length(1, kMaxNameBytes),
      note("parameters").doc("Of the application: text, numbers, true or false").length(0, 256),
      note("environment").doc("Added to the job's environment").length(0, kMaxVariables),
      note("workdir")
          .doc("Working directory; empty: one of the job's own")
          .length(0, kMaxPathBytes),
      note("stdout_path")
          .doc("Pattern with %j job, %a index, %n attempt, %x name, %u user, %h host")
          .length(0, kMaxPathBytes),
      note("stderr_path").doc("Likewise; empty: with standard output").length(0, kMaxPathBytes),
      note("stdin_path").doc("Empty: /dev/null").length(0, kMaxPathBytes),
      note("append_output").doc("Append to output files instead of replacing them"),
      note("umask").doc("As a number: 18 is octal 022").range(0, 511),
      note("run_as").doc("Unix user; needs a daemon started by root").single_line().length(0, 64),
      note("name")
          .doc("Shown in lists; left out: the program's")
          .single_line()
          .length(1, kMaxNameBytes),
      note("user").doc("Empty: the daemon's own").single_line().length(0, kMaxNameBytes),
      note("project").doc("Pays and counts for fair share").single_line().length(0, kMaxNameBytes),
      note("qos").doc("A class of service of this centre").single_line().length(0, kMaxNameBytes),
      note("queue")
          .doc("As the user calls it: shown, decides nothing")
          .single_line()
          .length(0, kMaxNameBytes),
      note("comment").doc("Shown, decides nothing").length(0, kMaxCommentBytes),
      note("launch").doc("What the script of another scheduler expects at run time"),
      note("limit_s")
          .doc("Walltime of an attempt; the centre has a default")
          .range(1, kMaxDurationS),
      note("priority").doc("Below 0 to stand back").range(-1'000'000, 1'000'000),
      note("begin_at_ms").doc("Not before this time").range(0, kMaxTimeMs),
      note("deadline_at_ms").doc("Must have ended by this time").range(0, kMaxTimeMs),
      note("hold").doc("Submitted held"),
      note("array").doc("Runs once for each index"),
      note("dependency").doc("Waits for other jobs"),
      note("impossible_dependency").doc("What happens when that can never hold any more"),
      note("requeue").doc("When it runs again"),
      note("warning").doc("A signal before the limit"),
      note("workload_class").doc("simulation, training or inference"),
      note("precision").doc("What it computes in; decides the fastest device"),
      note("wish").doc("cheapest, fastest or greenest of the devices it may use")};
}

// Body of POST /jobs: one job as it is, or several in `jobs`, which are accepted all or not at all.
struct BatchSubmission {
  std::vector<JobSubmission> jobs;
};
BOOST_DESCRIBE_STRUCT(BatchSubmission, (), (jobs))
constexpr auto field_notes(const BatchSubmission*) {
  return std::array{note("jobs").required().length(1, kMaxBatchJobs)};
}

// Answer to a submission; ids in the order of the request. expected_start is that of the first job.
struct Submitted {
  std::vector<int64_t> jobs;
  std::optional<int64_t> expected_start_at_ms;
  bool repeated = false;
  std::optional<CostView> cost;
};
BOOST_DESCRIBE_STRUCT(Submitted, (), (jobs, expected_start_at_ms, repeated, cost))
constexpr auto field_notes(const Submitted*) {
  return std::array{
      note("jobs").doc("Ids in the order of the request"),
      note("expected_start_at_ms").doc("Of the first job, where it can be told"),
      note("repeated")
          .doc("This is the answer to an earlier request with the same Idempotency-Key"),
      note("cost").doc("Of all jobs of the submission; where something is charged")};
}

// Answer to a submission with dry_run=true: nothing was stored.
struct DryRun {
  bool possible = true;
  std::optional<Refusal> refusal;
  std::optional<int64_t> expected_start_at_ms;
  std::optional<int64_t> position;
  std::optional<CostView> cost;
};
BOOST_DESCRIBE_STRUCT(DryRun, (), (possible, refusal, expected_start_at_ms, position, cost))
constexpr auto field_notes(const DryRun*) {
  return std::array{
      note("possible").doc("The submission would be accepted"), note("refusal").doc("Why not"),
      note("expected_start_at_ms").doc("Of the first job, if it stood last in the queue"),
      note("position").doc("Its place in the queue"),
      note("cost").doc("Of all jobs of the submission; where something is charged")};
}

}  // namespace pentad::api
