// May this be asked for? The checks of a job stand in the order of RefusalCode, so that the first
// that fails is the answer.
#include <fmt/format.h>

#include <algorithm>

#include "centre/state.h"
#include "schedule/text.h"

namespace pentad {

namespace {

constexpr int kMaxDependencyDepth = 16;
constexpr int kMaxDependencyTerms = 1000;
constexpr int64_t kMaxCount = 1'000'000;

using Found = std::optional<Refusal>;

Found refusal(RefusalCode code, std::string field, std::string detail) {
  return Refusal{code, std::move(field), std::move(detail)};
}

Found out_of_range(const char* field, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return {};
  return refusal(RefusalCode::invalid_value, field,
                 fmt::format("{} is outside {} to {}", value, low, high));
}

Found check_expression(const Dependency& d, int depth, int& terms) {
  auto bad = [](std::string detail) {
    return refusal(RefusalCode::invalid_value, "/dependency", std::move(detail));
  };
  if (depth > kMaxDependencyDepth) {
    return bad(fmt::format("nested deeper than {} levels", kMaxDependencyDepth));
  }
  if (++terms > kMaxDependencyTerms) {
    return bad(
        fmt::format("more than {} terms; depend on one job array instead", kMaxDependencyTerms));
  }
  if (d.kind != DependencyKind::all && d.kind != DependencyKind::any) {
    if (!d.of.empty()) return bad("`of` belongs to kind all or any only");
    if (d.delay < Duration{}) return bad("the delay is negative");
    return {};
  }
  if (d.of.empty()) return bad("kind all or any needs at least one entry in `of`");
  for (const Dependency& part : d.of) {
    if (Found r = check_expression(part, depth + 1, terms)) return r;
  }
  return {};
}

Found check_resource_values(const ResourceRequest& r) {
  if (Found f = out_of_range("/resources/nodes", r.nodes, 1, kMaxCount)) return f;
  if (Found f = out_of_range("/resources/cores", r.cores, 1, kMaxCount)) return f;
  if (Found f = out_of_range("/resources/memory", r.memory.value, 0, int64_t{1} << 60)) return f;
  const DeviceRequest& d = r.devices;
  if (Found f = out_of_range("/resources/devices/count", d.count, 0, 4096)) return f;
  if (Found f = out_of_range("/resources/devices/share_milli", d.share_milli, 1, 1000)) return f;
  if (d.count == 0 && (d.kind || !d.models.empty() || d.share_milli != 1000)) {
    return refusal(RefusalCode::invalid_value, "/resources/devices/count",
                   "devices are described but their count is 0");
  }
  if (d.kind == DeviceKind::cpu) {
    return refusal(RefusalCode::invalid_value, "/resources/devices/kind",
                   "cores are asked for with `cores`, not as devices of kind cpu");
  }
  for (size_t i = 0; i < r.licences.size(); ++i) {
    std::string field = fmt::format("/resources/licences/{}/count", i);
    if (Found f = out_of_range(field.c_str(), r.licences[i].count, 1, kMaxCount)) return f;
  }
  return {};
}

Found check_values(const JobRequest& job) {
  if (Found f = check_resource_values(job.resources)) return f;
  if (Found f = out_of_range("/limit", job.limit.value, 0, hours(24 * 36500).value)) return f;
  if (Found f = out_of_range("/priority", job.priority, -kMaxCount, kMaxCount)) return f;
  if (Found f = out_of_range("/requeue/max", job.requeue.max, 0, 1000)) return f;
  if (job.begin) {
    if (Found f = out_of_range("/begin", job.begin->value, 0, int64_t{1} << 52)) return f;
  }
  if (job.deadline) {
    if (Found f = out_of_range("/deadline", job.deadline->value, 0, int64_t{1} << 52)) return f;
  }
  if (job.array) {
    if (Found f = out_of_range("/array/max_running", job.array->max_running, 0, kMaxCount))
      return f;
    if (!job.array->indices.well_formed()) {
      return refusal(RefusalCode::invalid_value, "/array/indices",
                     "an array needs at least one index; its ranges ascend without overlap, with "
                     "indices from 0 and steps from 1");
    }
  }
  if (job.warning) {
    if (Found f = out_of_range("/warning/signal", job.warning->signal, 1, 64)) return f;
    if (Found f = out_of_range("/warning/lead", job.warning->lead.value, 1, hours(24).value))
      return f;
  }
  int terms = 0;
  return job.dependency ? check_expression(*job.dependency, 1, terms) : Found{};
}

// Gives jobs of the same submission their ids.
void resolve_in_request(Dependency& d, JobId first) {
  if (d.job.value < 0) d.job = JobId{first.value - 1 - d.job.value};
  for (Dependency& part : d.of) resolve_in_request(part, first);
}

template <class List, class Has>
Found first_unknown(const List& asked, const Has& known, RefusalCode code, const char* field,
                    const char* what) {
  for (const std::string& name : asked) {
    if (!known(name)) return refusal(code, field, fmt::format("there is no {} `{}`", what, name));
  }
  return {};
}

}  // namespace

std::optional<Refusal> Centre::State::check_names(const JobRequest& job) const {
  const ResourceRequest& r = job.resources;
  auto named = [](const auto& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](const auto& x) { return x.name == name; });
  };
  if (!job.qos.empty() && !named(policy.qos, job.qos)) {
    return refusal(RefusalCode::unknown_qos, "/qos", fmt::format("there is no QoS `{}`", job.qos));
  }
  for (const LicenceRequest& l : r.licences) {
    if (!named(policy.licences, l.name)) {
      return refusal(RefusalCode::unknown_licence, "/resources/licences",
                     fmt::format("there is no licence `{}`", l.name));
    }
  }
  auto is_pool = [&](const std::string& name) {
    return std::any_of(nodes.begin(), nodes.end(),
                       [&](const auto& n) { return n.second.node.pool == name; });
  };
  if (Found f =
          first_unknown(r.pools, is_pool, RefusalCode::unknown_pool, "/resources/pools", "pool")) {
    return f;
  }
  auto is_device = [&](const std::string& name) { return device_models.count(name) > 0; };
  return first_unknown(r.devices.models, is_device, RefusalCode::unknown_device,
                       "/resources/devices/models", "device model");
}

std::optional<Refusal> Centre::State::check_reservation_use(const JobRequest& job) const {
  if (!job.resources.reservation) return {};
  auto it = reservations.find(*job.resources.reservation);
  const char* field = "/resources/reservation";
  if (it == reservations.end()) {
    return refusal(RefusalCode::unknown_reservation, field, "there is no such reservation");
  }
  const AdvanceReservation& r = it->second;
  auto in = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (!in(r.users, job.user) && !in(r.projects, job.project)) {
    return refusal(RefusalCode::reservation_not_yours, field,
                   fmt::format("reservation `{}` is for other users and projects", r.name));
  }
  if (r.end <= now || r.end - r.begin < job.limit) {
    return refusal(RefusalCode::impossible_resources, "/limit",
                   fmt::format("the limit is longer than reservation `{}` lasts", r.name));
  }
  return {};
}

std::optional<Refusal> Centre::State::check_dependency(const Dependency& d, JobId id,
                                                       const std::vector<Outcome>& known) const {
  if (d.kind == DependencyKind::singleton) return {};
  for (const Dependency& part : d.of) {
    if (Found f = check_dependency(part, id, known)) return f;
  }
  if (!d.of.empty()) return {};
  if (d.job == id) {
    return refusal(RefusalCode::cyclic_dependency, "/dependency", "the job would wait for itself");
  }
  bool gone =
      std::any_of(known.begin(), known.end(), [&](const Outcome& o) { return o.job == d.job; });
  bool in_request = d.job >= next_job && d.job < id;  // an earlier job of the same submission
  if (!gone && !in_request && !find(d.job)) {
    return refusal(RefusalCode::unknown_dependency, "/dependency",
                   fmt::format("there is no job {}", d.job.value));
  }
  if (const JobRecord* target = find(d.job); target && d.element) {
    if (!elements_of(*target->request).contains(*d.element)) {
      return refusal(RefusalCode::unknown_dependency, "/dependency",
                     fmt::format("job {} has no element {}", d.job.value, *d.element));
    }
  }
  return {};
}

std::optional<Refusal> Centre::State::check_job(const JobRequest& job, JobId id,
                                                const std::vector<Outcome>& known) const {
  if (Found f = check_values(job)) return f;
  if (job.array && job.array->indices.size() > policy.max_array_size) {
    return refusal(RefusalCode::array_too_large, "/array/indices",
                   fmt::format("{} elements; an array may have {}", job.array->indices.size(),
                               policy.max_array_size));
  }
  if (job.limit > policy.max_limit) {
    return refusal(
        RefusalCode::limit_too_long, "/limit",
        fmt::format("asks for {}; the longest limit here is {}", schedule::duration_text(job.limit),
                    schedule::duration_text(policy.max_limit)));
  }
  if (Found f = check_payer(job)) return f;
  // A job that waits already may be changed when its user is no member any more.
  const JobRecord* old = find(id);
  if (!old || accounts.at(old->account).project != job.project) {
    if (Found f = check_member(job)) return f;
  }
  if (Found f = check_names(job)) return f;
  if (Found f = check_reservation_use(job)) return f;
  if (job.dependency) {
    if (Found f = check_dependency(*job.dependency, id, known)) return f;
    if (find(id) && waits_for_itself(job, id)) {
      return refusal(RefusalCode::cyclic_dependency, "/dependency",
                     "the job would wait for itself through the jobs it names");
    }
  }
  Time earliest = std::max(now, job.begin.value_or(now));
  if (job.deadline && earliest + job.limit > *job.deadline) {
    return refusal(
        RefusalCode::impossible_deadline, "/deadline",
        "with its limit the job cannot end by then even if it started at once; a shorter "
        "limit may help");
  }
  RunPlace first;
  Found f = scheduler.check_possible({job.resources, job.limit, job.precision, job.wish},
                                     charging() ? &first : nullptr);
  if (f) f->field = "/resources" + f->field;
  return f ? f : check_money(job, first);
}

std::optional<Refusal> Centre::State::check_submit(const event::Submit& e,
                                                   std::vector<JobRequest>& accepted) const {
  if (e.jobs.empty()) {
    return refusal(RefusalCode::invalid_value, "/jobs", "there is no job in the request");
  }
  if (static_cast<int64_t>(jobs.size() + e.jobs.size()) > policy.max_pending_jobs) {
    return refusal(RefusalCode::too_many_jobs, "/jobs",
                   fmt::format("{} jobs wait or run; the centre takes {} at a time", jobs.size(),
                               policy.max_pending_jobs));
  }
  accepted = e.jobs;
  for (size_t i = 0; i < accepted.size(); ++i) {
    JobRequest& job = accepted[i];
    if (job.dependency) resolve_in_request(*job.dependency, e.first);
    if (job.limit == Duration{}) job.limit = std::min(policy.default_limit, policy.max_limit);
    if (Found f = check_job(job, JobId{e.first.value + static_cast<int64_t>(i)}, e.known)) {
      f->field = fmt::format("/jobs/{}{}", i, f->field);
      return f;
    }
  }
  return check_queued(accepted);
}

std::optional<Refusal> Centre::State::check_new_reservation(const AdvanceReservation& r) const {
  if (r.nodes.empty() || r.begin >= r.end || r.end <= now) {
    return refusal(RefusalCode::invalid_value, r.nodes.empty() ? "/nodes" : "/end",
                   "a reservation needs nodes and an end after its begin and after now");
  }
  if (r.users.empty() && r.projects.empty()) {
    return refusal(RefusalCode::invalid_value, "/users",
                   "a reservation needs at least one user or project that may use it");
  }
  for (const std::string& name : r.nodes) {
    if (!nodes.find(name)) {
      return refusal(RefusalCode::not_found, "/nodes", fmt::format("there is no node `{}`", name));
    }
  }
  for (const auto& [id, other] : reservations) {
    if (other.end <= r.begin || r.end <= other.begin) continue;
    for (const std::string& name : r.nodes) {
      if (std::find(other.nodes.begin(), other.nodes.end(), name) == other.nodes.end()) continue;
      return refusal(RefusalCode::overlapping_reservation, "/nodes",
                     fmt::format("node `{}` is in reservation {} then", name, id.value));
    }
  }
  return {};
}

}  // namespace pentad
