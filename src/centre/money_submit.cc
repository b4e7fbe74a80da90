// May a job be taken, and what would it cost?
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/money_text.h"
#include "centre/state.h"

namespace pentad {

namespace {

constexpr size_t kAllPlaces = ~size_t{0};

RefusalCode code_of(ledger::Gauge gauge) {
  switch (reason_of(gauge)) {
    case PendingReason::quota:
      return RefusalCode::over_quota;
    case PendingReason::budget:
      return RefusalCode::over_budget;
    case PendingReason::frozen:
      return RefusalCode::account_frozen;
    default:
      return gauge == ledger::Gauge::price ? RefusalCode::no_price : RefusalCode::not_enough_money;
  }
}

}  // namespace

std::optional<Refusal> Centre::State::check_payer(const JobRequest& job) const {
  if (!charging()) return {};
  // Nearly always they have a job here already, and nobody has changed since.
  if (const uint32_t slot = accounts.find(job.project, job.user); slot != kNoSlot) {
    const Account& account = accounts.at(slot);
    const bool as_known = account.payer.known() && account.standing_of == people_changes;
    if (as_known && account.standing == AccountState::active) return {};
  }
  const auto name = split_full_name(job.project);
  if (!name) {
    return Refusal{RefusalCode::unknown_project, "/project",
                   job.project.empty()
                       ? "whose project is this? Jobs are charged here: name it as tenant/project"
                       : fmt::format("`{}` is no project of a tenant: name it as tenant/project",
                                     job.project)};
  }
  if (auto r = unknown_payer(name->first, &name->second, &job.user)) {
    if (r->field == "/tenant") r->field = "/project";
    return r;
  }
  if (people.standing(name->first, name->second, job.user) == AccountState::active) return {};
  const auto state = [](AccountState s) { return boost::describe::enum_to_string(s, "?"); };
  const Tenant& tenant = *people.find_tenant(name->first);
  const Project& project = *people.find_project(name->first, name->second);
  const User& user = *people.find_user(job.user);
  std::string who = fmt::format("user {} is {}", user.name, state(user.state));
  if (project.state != AccountState::active) {
    who = fmt::format("project {} is {}", job.project, state(project.state));
  }
  if (tenant.state != AccountState::active) {
    who = fmt::format("tenant {} is {}", tenant.name, state(tenant.state));
  }
  return Refusal{RefusalCode::account_frozen, "/project", who + ": nothing new is taken"};
}

ledger::Ask Centre::State::ask_of(const JobRequest& job, const RunPlace& place) const {
  const ResourceRequest& r = job.resources;
  ledger::Ask ask;
  ask.payer = payer_of(job.project, job.user);
  ask.qos = job.qos;
  ask.pool = place.pool;
  ask.device_model = place.device_model;
  ask.workload_class = job.workload_class;
  ask.limit = std::max(job.limit, milliseconds(1));
  const NodeRecord* node = nodes.find(place.node);
  ask.size.cores = int64_t{place.cores} * r.nodes;
  // Nothing on a node is larger than a node, and a million of them fit.
  ask.size.memory_mib =
      (place.memory.value + (int64_t{1} << 20) - 1) / (int64_t{1} << 20) * r.nodes;
  ask.size.device_milli = int64_t{r.devices.count} * r.devices.share_milli * r.nodes;
  if (node != nullptr && node->cpu != nullptr) {
    ask.size.cpu_idle_power = node->cpu->idle_power.value * ask.size.cores;
    ask.size.cpu_full_power = node->cpu->full_power.value * ask.size.cores;
  }
  if (ask.size.device_milli > 0) {
    const auto model = device_models.find(place.device_model);
    if (model != device_models.end()) {
      ask.size.device_power = model->second.full_power.value * ask.size.device_milli / 1000;
    }
  }
  return ask;
}

// One element must be payable in one of the places where it could run; the answer otherwise is that
// of the first place.
std::optional<Refusal> Centre::State::check_money(const JobRequest& job) const {
  if (!charging()) return {};
  const Demand demand{job.resources, job.limit, job.precision, job.wish};
  const auto in_first = scheduler.places(demand, 1);
  if (in_first.empty()) return {};
  const ledger::Ask first = ask_of(job, in_first.front());
  const auto obstacle = ledger.submission_obstacle(first, now);
  if (!obstacle) return {};
  for (const RunPlace& place : scheduler.places(demand, kAllPlaces)) {
    if (!ledger.submission_obstacle(ask_of(job, place), now)) return {};
  }
  const bool by_price = obstacle->gauge == ledger::Gauge::price;
  std::string detail = ledger.explain(*obstacle, first);
  if (by_price) {
    const auto missing = ledger.agree(first, now).missing;
    const RunPlace& place = in_first.front();
    detail =
        fmt::format("{} has no price in pool {}{}{}",
                    missing ? boost::describe::enum_to_string(*missing, "?") : "something",
                    place.pool, place.device_model.empty() ? "" : " with ", place.device_model);
  }
  return Refusal{code_of(obstacle->gauge), by_price ? "/resources" : "/project", std::move(detail)};
}

std::optional<Refusal> Centre::State::check_queued(const std::vector<JobRequest>& asked) const {
  if (!charging()) return {};
  std::map<ledger::SubjectSlot, int64_t> more;
  for (size_t i = 0; i < asked.size(); ++i) {
    const JobRequest& job = asked[i];
    const int64_t elements = job.array ? job.array->indices.size() : 1;
    const ledger::Payer payer = payer_of(job.project, job.user);
    for (ledger::SubjectSlot slot : {payer.tenant, payer.project, payer.user}) {
      int64_t& sum = more[slot];
      sum += elements;
      const ledger::Subject& s = ledger.subjects().at(slot);
      if (!s.quota.queued_jobs || sum <= *s.quota.queued_jobs - s.in_use.queued_jobs) continue;
      const ledger::Obstacle obstacle{ledger::Gauge::queued_jobs, slot, sum, 0};
      return Refusal{RefusalCode::over_quota, fmt::format("/jobs/{}/project", i),
                     ledger.explain(obstacle, {})};
    }
  }
  return {};
}

Quote Centre::State::quote(const JobRequest& asked) const {
  Quote quote;
  JobRequest job = asked;
  if (job.limit == Duration{}) job.limit = std::min(policy.default_limit, policy.max_limit);
  quote.charged = charging();
  quote.limit = job.limit;
  quote.expected_time = job.limit / 2;
  quote.elements = job.array ? job.array->indices.size() : 1;
  event::Submit submit{next_job, {job}, {}};
  std::vector<JobRequest> accepted;
  quote.refusal = check_submit(submit, accepted).value_or(Refusal{});
  if (!charging() || !payer_of(job.project, job.user).known()) return quote;
  // Resources that are out of all bounds have no place, and no arithmetic to do.
  if (scheduler.check_possible({job.resources, job.limit, job.precision, job.wish})) return quote;
  const Demand demand{job.resources, job.limit, job.precision, job.wish};
  for (const RunPlace& run : scheduler.places(demand, kAllPlaces)) {
    const ledger::Ask ask = ask_of(job, run);
    QuotePlace& place = quote.places.emplace_back();
    place.pool = run.pool;
    place.device_model = run.device_model;
    const auto estimate = ledger.estimate(ask, quote.expected_time, now);
    place.greatest = estimate.greatest;
    place.greatest_energy = estimate.greatest_energy;
    place.expected_energy = estimate.expected_energy;
    place.lines = estimate.lines;
    place.expected = ledger::total_of(place.lines);
    if (auto obstacle = ledger.obstacle(ask, now)) {
      place.refusal = {code_of(obstacle->gauge), "/project", ledger.explain(*obstacle, ask)};
    }
  }
  return quote;
}

Quote Centre::quote(const JobRequest& job) const { return state_->quote(job); }

}  // namespace pentad
