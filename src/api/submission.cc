#include "api/submission.h"

#include <fmt/format.h>
#include <sodium.h>

#include <utility>

#include "api/checks.h"
#include "api/limits.h"
#include "base/reflect.h"

namespace pentad::api {

namespace {

using Trouble = std::optional<Problem>;

Problem invalid(std::string field, std::string detail, std::string hint = {}) {
  return problem("invalid-value", std::move(detail), std::move(field), std::move(hint));
}

Trouble check_optional_name(const std::string& name, const char* field) {
  if (name.empty()) return {};
  if (auto complaint = check_name(name)) return invalid(field, *complaint);
  return {};
}

Trouble check_optional_path(const std::string& path, const char* field, bool absolute = false) {
  if (path.empty()) return {};
  if (auto complaint = check_path(path)) return invalid(field, *complaint);
  if (absolute && path.front() != '/') {
    return invalid(field, "a relative path: the centre does not know relative to what",
                   "give a path that starts with a slash");
  }
  return {};
}

Trouble check_start_size(const JobSubmission& job) {
  size_t total = 0;
  auto add = [&](size_t bytes, const std::string& field) -> Trouble {
    total += bytes + 1;
    if (bytes > kMaxStringBytes) {
      return invalid(field, fmt::format("{} bytes; one argument or variable may have {}", bytes,
                                        kMaxStringBytes));
    }
    if (total > kMaxStartBytes) {
      return invalid(
          field,
          fmt::format("arguments and environment may have {} bytes together", kMaxStartBytes),
          "put large inputs into files");
    }
    return {};
  };
  for (size_t i = 0; i < job.argv.size(); ++i) {
    if (Trouble t = add(job.argv[i].size(), fmt::format("/argv/{}", i))) return t;
  }
  for (size_t i = 0; i < job.args.size(); ++i) {
    if (Trouble t = add(job.args[i].size(), fmt::format("/args/{}", i))) return t;
  }
  for (const auto& [name, value] : job.environment) {
    if (auto complaint = check_variable(name)) return invalid("/environment", *complaint);
    if (Trouble t = add(name.size() + 1 + value.size(), "/environment")) return t;
  }
  return {};
}

Trouble check_texts(const JobSubmission& job) {
  if (job.name) {
    if (auto complaint = check_name(*job.name)) return invalid("/name", *complaint);
  }
  if (Trouble t = check_optional_name(job.user, "/user")) return t;
  if (Complaint c = job.project.empty() ? Complaint{} : check_project(job.project)) {
    return problem("invalid-value", std::move(*c), "/project");
  }
  if (Trouble t = check_optional_name(job.qos, "/qos")) return t;
  if (Trouble t = check_optional_name(job.queue, "/queue")) return t;
  if (Trouble t = check_optional_name(job.run_as, "/run_as")) return t;
  if (Trouble t = check_optional_path(job.workdir, "/workdir", true)) return t;
  if (Trouble t = check_optional_path(job.stdout_path, "/stdout_path")) return t;
  if (Trouble t = check_optional_path(job.stderr_path, "/stderr_path")) return t;
  if (Trouble t = check_optional_path(job.stdin_path, "/stdin_path")) return t;
  return check_start_size(job);
}

Answer<std::string> decode_script(const std::string& base64) {
  std::string bytes(base64.size() / 4 * 3 + 3, '\0');
  size_t length = 0;
  const char* end = nullptr;
  int rc =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), base64.data(),
                        base64.size(), " \n\r", &length, &end, sodium_base64_VARIANT_ORIGINAL);
  if (rc != 0 || end != base64.data() + base64.size()) {
    return tl::unexpected(invalid("/script_base64", "not valid base64"));
  }
  bytes.resize(length);
  return bytes;
}

// Checks which of the ways to say what to run was taken, and takes it.
Trouble take_program(JobSubmission& job, Payload& payload) {
  int ways = int{job.script.has_value()} + int{job.script_base64.has_value()} +
             int{!job.argv.empty()} + int{job.app.has_value()};
  if (ways != 1) {
    return invalid(ways == 0 ? "/script"
                   : job.app ? "/app"
                             : "/argv",
                   ways == 0 ? "nothing says what to run" : "several fields say what to run",
                   "give exactly one of script, script_base64, argv and app");
  }
  if (!job.app && !job.parameters.empty()) {
    return invalid("/parameters", "parameters belong to an application", "name it in `app`");
  }
  if (job.script_base64) {
    auto bytes = decode_script(*job.script_base64);
    if (!bytes) return bytes.error();
    payload.script = std::move(*bytes);
  } else if (job.script) {
    payload.script = std::move(*job.script);
  }
  const char* field = job.script ? "/script" : "/script_base64";
  if (payload.script.size() > kMaxScriptBytes) {
    return problem("too-large",
                   fmt::format("the script has {} bytes; it may have {}", payload.script.size(),
                               kMaxScriptBytes),
                   field, "put large data into a file and read it from the script");
  }
  bool is_script = job.script || job.script_base64;
  if (is_script && payload.script.empty()) return invalid(field, "the script is empty");
  if (!is_script && !job.args.empty()) {
    return invalid("/args", "args belong to a script", "put them into argv");
  }
  if (!job.argv.empty() && job.argv[0].empty()) {
    return invalid("/argv/0", "the name of the program is empty");
  }
  payload.argv = std::move(job.argv);
  payload.script_args = std::move(job.args);
  return {};
}

void take_files(JobSubmission& job, Payload& payload) {
  auto take = [](std::string& from, std::string& to) {
    if (!from.empty()) to = std::move(from);
  };
  take(job.workdir, payload.workdir);
  take(job.stdout_path, payload.stdout_path);
  take(job.stderr_path, payload.stderr_path);
  take(job.stdin_path, payload.stdin_path);
  take(job.run_as, payload.run_as);
  if (job.umask) payload.umask = *job.umask;
  payload.append_output = job.append_output;
  payload.launch = std::move(job.launch);
  for (auto& [name, value] : job.environment) payload.environment[name] = std::move(value);
}

// The name of a job that was given none.
std::string default_name(const Payload& payload) {
  if (payload.argv.empty()) return "script";
  std::string name = payload.argv[0].substr(payload.argv[0].rfind('/') + 1);
  return check_name(name) ? "program" : name;
}

// What a submission says about the job itself, over what the application said.
Trouble take_request(JobSubmission& job, size_t position, JobRequest& request) {
  auto resources = to_core(job.resources, std::move(request.resources), "/resources");
  if (!resources) return resources.error();
  request.resources = std::move(*resources);
  request.project = std::move(job.project);
  request.qos = std::move(job.qos);
  request.queue = std::move(job.queue);
  request.comment = std::move(job.comment);
  if (job.limit_s) request.limit = seconds(*job.limit_s);
  request.priority = job.priority;
  if (job.begin_at_ms) request.begin = Time{*job.begin_at_ms};
  if (job.deadline_at_ms) request.deadline = Time{*job.deadline_at_ms};
  request.hold = job.hold;
  if (job.array) {
    auto indices = read_indices(job.array->indices, "/array/indices");
    if (!indices) return indices.error();
    request.array = ArrayRequest{std::move(*indices), job.array->max_running};
  }
  if (job.dependency) {
    auto dependency = to_core(*job.dependency, position, "/dependency");
    if (!dependency) return dependency.error();
    request.dependency = std::move(*dependency);
  }
  request.impossible_dependency = job.impossible_dependency;
  request.requeue = {job.requeue.on_node_failure, std::move(job.requeue.exit_codes),
                     job.requeue.max, std::move(job.requeue.hold_exit_codes)};
  if (job.warning)
    request.warning = WarningRequest{job.warning->signal, seconds(job.warning->lead_s)};
  if (job.workload_class) request.workload_class = *job.workload_class;
  if (job.precision) request.precision = *job.precision;
  if (job.wish) request.wish = *job.wish;
  return {};
}

}  // namespace

Answer<Submission> read_submission(std::string_view body) {
  // A batch has the one field `jobs`, so the first name tells the two forms apart.
  JsonReader reader(body);
  std::string_view key;
  bool is_batch = reader.peek() == JsonKind::object && reader.begin_object() &&
                  reader.next_key(key) && key == "jobs";
  Submission out;
  out.is_batch = is_batch;
  if (is_batch) {
    auto batch = read_body<BatchSubmission>(body);
    if (!batch) return tl::unexpected(std::move(batch.error()));
    out.jobs = std::move(batch->jobs);
  } else {
    auto job = read_body<JobSubmission>(body);
    if (!job) return tl::unexpected(std::move(job.error()));
    out.jobs.push_back(std::move(*job));
  }
  return out;
}

Answer<Prepared> prepare(JobSubmission job, const SubmitContext& context, size_t position) {
  if (Trouble t = check_texts(job)) return tl::unexpected(std::move(*t));
  Prepared out;
  if (Trouble t = take_program(job, out.payload)) return tl::unexpected(std::move(*t));
  if (job.app) {
    if (!context.applications) {
      return tl::unexpected(problem("invalid-value", "this centre has no applications", "/app"));
    }
    auto app = context.applications->make_job(*job.app, job.parameters);
    if (!app) return tl::unexpected(std::move(app.error()));
    out = {std::move(app->request), std::move(app->payload)};
    out.payload.application = *job.app;
  }
  take_files(job, out.payload);
  if (Trouble t = take_request(job, position, out.request)) return tl::unexpected(std::move(*t));
  if (job.name) {
    out.request.name = std::move(*job.name);
  } else if (out.request.name.empty()) {
    out.request.name = job.app ? *job.app : default_name(out.payload);
  }
  out.request.user = !job.user.empty()             ? std::move(job.user)
                     : !out.payload.run_as.empty() ? out.payload.run_as
                                                   : context.default_user;
  return out;
}

}  // namespace pentad::api
