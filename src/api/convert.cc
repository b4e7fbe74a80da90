// Between the API's types and the core's.
#include <fmt/format.h>

#include "api/checks.h"
#include "api/limits.h"
#include "api/submission.h"
#include "base/reflect.h"

namespace pentad::api {

namespace {

Problem invalid(std::string field, std::string detail, std::string hint = {}) {
  return problem("invalid-value", std::move(detail), std::move(field), std::move(hint));
}

std::optional<Problem> check_names(const std::vector<std::string>& names, const std::string& at) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (auto complaint = check_name(names[i]))
      return invalid(fmt::format("{}/{}", at, i), *complaint);
  }
  return {};
}

Answer<DeviceRequest> to_core(const Devices& devices, const std::string& at) {
  if (devices.count > 0 && !devices.kind == devices.models.empty()) {
    return tl::unexpected(invalid(at + "/kind", "give exactly one of `kind` and `models`"));
  }
  if (auto p = check_names(devices.models, at + "/models")) return tl::unexpected(std::move(*p));
  return DeviceRequest{devices.count, devices.kind, devices.models, devices.share_milli};
}

bool is_combination(DependencyKind kind) {
  return kind == DependencyKind::all || kind == DependencyKind::any;
}

// What is wrong with the fields of one term for its kind.
std::optional<Problem> check_term(const JobDependency& d, size_t position, const std::string& at) {
  bool names_job = d.job || d.in_request;
  if (is_combination(d.kind)) {
    if (names_job || d.element || d.delay_s != 0) {
      return invalid(at, "kind all or any has only `of`");
    }
    if (d.of.empty()) return invalid(at + "/of", "kind all or any needs at least one entry");
    return {};
  }
  if (!d.of.empty()) return invalid(at + "/of", "belongs to kind all or any");
  if (d.kind == DependencyKind::singleton) {
    if (names_job || d.element) return invalid(at, "kind singleton names no job");
    return {};
  }
  if (d.job.has_value() == d.in_request.has_value()) {
    return invalid(at + "/job", "give exactly one of `job` and `in_request`");
  }
  if (d.in_request && *d.in_request >= static_cast<int64_t>(position)) {
    return problem_of(Refusal{RefusalCode::cyclic_dependency, at + "/in_request",
                              "a job may wait only for jobs before it in the same submission"});
  }
  if (d.delay_s != 0 && d.kind != DependencyKind::started) {
    return invalid(at + "/delay_s", "belongs to kind started");
  }
  return {};
}

}  // namespace

Answer<IndexSet> read_indices(const std::string& text, const std::string& at) {
  auto indices = IndexSet::parse(text, kMaxIndex);
  if (!indices) return tl::unexpected(invalid(at, indices.error().message));
  for (const IndexRange& range : indices->ranges) {
    if (range.last > kMaxIndex) {
      return tl::unexpected(invalid(at, fmt::format("an index may be at most {}", kMaxIndex)));
    }
  }
  return std::move(*indices);
}

Answer<ResourceRequest> to_core(const Resources& r, ResourceRequest out, const std::string& at) {
  if (auto p = check_names(r.features, at + "/features")) return tl::unexpected(std::move(*p));
  if (auto p = check_names(r.pools, at + "/pools")) return tl::unexpected(std::move(*p));
  if (r.nodes) out.nodes = *r.nodes;
  if (r.cores) out.cores = *r.cores;
  if (r.memory_bytes) out.memory = Bytes{*r.memory_bytes};
  if (r.devices) {
    auto devices = to_core(*r.devices, at + "/devices");
    if (!devices) return tl::unexpected(std::move(devices.error()));
    out.devices = std::move(*devices);
  }
  if (r.exclusive) out.exclusive = *r.exclusive;
  if (!r.features.empty()) out.features = r.features;
  if (!r.pools.empty()) out.pools = r.pools;
  if (!r.licences.empty()) out.licences.clear();
  for (size_t i = 0; i < r.licences.size(); ++i) {
    const LicenceCount& licence = r.licences[i];
    if (auto complaint = check_name(licence.name)) {
      return tl::unexpected(invalid(fmt::format("{}/licences/{}/name", at, i), *complaint));
    }
    out.licences.push_back({licence.name, licence.count});
  }
  if (r.reservation) out.reservation = ReservationId{*r.reservation};
  return out;
}

Answer<Dependency> to_core(const JobDependency& d, size_t position, const std::string& at) {
  if (auto p = check_term(d, position, at)) return tl::unexpected(std::move(*p));
  Dependency out;
  out.kind = d.kind;
  out.job = d.in_request ? in_request(*d.in_request) : JobId{d.job.value_or(0)};
  out.element = d.element;
  out.delay = seconds(d.delay_s);
  for (size_t i = 0; i < d.of.size(); ++i) {
    auto part = to_core(d.of[i], position, fmt::format("{}/of/{}", at, i));
    if (!part) return part;
    out.of.push_back(std::move(*part));
  }
  return out;
}

Resources to_api(const ResourceRequest& r) {
  Resources out{r.nodes,
                r.cores,
                r.memory.value,
                Devices{r.devices.count, r.devices.kind, r.devices.models, r.devices.share_milli},
                r.exclusive,
                r.features,
                r.pools,
                {},
                {}};
  for (const LicenceRequest& l : r.licences) out.licences.push_back({l.name, l.count});
  if (r.reservation) out.reservation = r.reservation->value;
  return out;
}

JobDependency to_api(const Dependency& d) {
  JobDependency out;
  out.kind = d.kind;
  if (d.job) out.job = d.job.value;
  out.element = d.element;
  out.delay_s = d.delay.value / 1000;
  for (const Dependency& part : d.of) out.of.push_back(to_api(part));
  return out;
}

namespace {

// An application's script and variables came from the catalogue; what the user gave were
// parameters.
void show_application(const Payload& p, JobSubmission& out) {
  constexpr std::string_view prefix = "PENTAD_PARAM_";
  out.app = p.application;
  for (const auto& [name, value] : p.environment) {
    if (name.starts_with(prefix)) {
      std::string parameter = name.substr(prefix.size());
      for (char& c : parameter) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      out.parameters[parameter] = JsonText{to_json(value)};
    } else if (name != "PENTAD_APP" && name != "PENTAD_APP_DIR") {
      out.environment[name] = value;
    }
  }
}

}  // namespace

JobSubmission to_api(const JobRequest& r, const Payload& p) {
  JobSubmission out;
  if (p.application.empty()) {
    out.args = p.script_args;
    out.argv = p.argv;
    out.environment = p.environment;
  } else {
    show_application(p, out);
  }
  out.workdir = p.workdir;
  out.stdout_path = p.stdout_path;
  out.stderr_path = p.stderr_path;
  out.stdin_path = p.stdin_path;
  out.append_output = p.append_output;
  out.umask = p.umask;
  out.run_as = p.run_as;
  out.name = r.name;
  out.user = r.user;
  out.project = r.project;
  out.qos = r.qos;
  out.queue = r.queue;
  out.comment = r.comment;
  out.launch = p.launch;
  out.resources = to_api(r.resources);
  out.limit_s = r.limit.value / 1000;
  out.priority = r.priority;
  if (r.begin) out.begin_at_ms = r.begin->value;
  if (r.deadline) out.deadline_at_ms = r.deadline->value;
  out.hold = r.hold;
  if (r.array) out.array = JobArray{r.array->indices.to_string(), r.array->max_running};
  if (r.dependency) out.dependency = to_api(*r.dependency);
  out.impossible_dependency = r.impossible_dependency;
  out.requeue = {r.requeue.on_node_failure, r.requeue.exit_codes, r.requeue.max,
                 r.requeue.hold_exit_codes};
  if (r.warning) out.warning = JobWarning{r.warning->signal, r.warning->lead.value / 1000};
  out.workload_class = r.workload_class;
  out.precision = r.precision;
  out.wish = r.wish;
  return out;
}

std::string api_field(std::string_view core_field, bool is_batch) {
  std::string field(core_field);
  if (!is_batch && field.starts_with("/jobs/0")) field.erase(0, 7);
  struct Rename {
    std::string_view core, api;
  };
  static constexpr Rename renames[] = {{"/resources/memory", "/resources/memory_bytes"},
                                       {"/warning/lead", "/warning/lead_s"},
                                       {"/dependency/delay", "/dependency/delay_s"},
                                       {"/limit", "/limit_s"},
                                       {"/begin", "/begin_at_ms"},
                                       {"/deadline", "/deadline_at_ms"},
                                       {"/memory", "/memory_bytes"},
                                       {"/end", "/end_at_ms"}};
  for (const Rename& r : renames) {
    if (!field.ends_with(r.core)) continue;
    field.replace(field.size() - r.core.size(), r.core.size(), r.api);
    break;
  }
  return field;
}

}  // namespace pentad::api
