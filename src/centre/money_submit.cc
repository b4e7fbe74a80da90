// May a job be taken, and what would it cost?
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

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

ledger::Ask Centre::State::ask_of(const JobRequest& job, const RunPlace& place,
                                  const ledger::Payer& payer) const {
  const ResourceRequest& r = job.resources;
  ledger::Ask ask;
  ask.payer = payer;
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
std::optional<Refusal> Centre::State::check_money(const JobRequest& job,
                                                  const RunPlace& in_first) const {
  if (!charging()) return {};
  const ledger::Payer payer = payer_of(job.project, job.user);
  const ledger::Ask first = ask_of(job, in_first, payer);
  const auto obstacle = ledger.submission_obstacle(first, now);
  if (!obstacle) return {};
  const Demand demand{job.resources, job.limit, job.precision, job.wish};
  for (const RunPlace& place : scheduler.places(demand, kAllPlaces)) {
    if (!ledger.submission_obstacle(ask_of(job, place, payer), now)) return {};
  }
  const bool by_price = obstacle->gauge == ledger::Gauge::price;
  std::string detail = ledger.explain(*obstacle, first);
  if (by_price) {
    const auto missing = ledger.agree(first, now).missing;
    detail = fmt::format("{} has no price in pool {}{}{}",
                         missing ? boost::describe::enum_to_string(*missing, "?") : "something",
                         in_first.pool, in_first.device_model.empty() ? "" : " with ",
                         in_first.device_model);
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
  if (!charging() || check_payer(job)) return quote;
  const ledger::Payer payer = payer_of(job.project, job.user);
  // Resources that are out of all bounds have no place, and no arithmetic to do.
  if (scheduler.check_possible({job.resources, job.limit, job.precision, job.wish})) return quote;
  const Demand demand{job.resources, job.limit, job.precision, job.wish};
  for (const RunPlace& run : scheduler.places(demand, kAllPlaces)) {
    const ledger::Ask ask = ask_of(job, run, payer);
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

// At most what the dearest place costs where it may run, expected what the one does that it wishes
// for most.
Centre::State::ElementCost Centre::State::cost_of_element(const JobRequest& job,
                                                          const ledger::Payer& payer) const {
  ElementCost cost;
  const Demand demand{job.resources, job.limit, job.precision, job.wish};
  bool is_first = true;
  for (const RunPlace& place : scheduler.places(demand, kAllPlaces)) {
    const auto estimate = ledger.estimate(ask_of(job, place, payer), job.limit / 2, now);
    cost.greatest = std::max(cost.greatest, estimate.greatest);
    if (!std::exchange(is_first, false)) continue;
    cost.expected = ledger::total_of(estimate.lines);
    cost.expected_energy = estimate.expected_energy;
  }
  return cost;
}

namespace {

template <class Quantity>
void add_times(Quantity& sum, Quantity one, int64_t times) {
  const __int128 exact = static_cast<__int128>(one.value) * times + sum.value;
  sum.value = static_cast<int64_t>(std::min<__int128>(exact, std::numeric_limits<int64_t>::max()));
}

template <class One>
void add_elements(JobsCost& sum, int64_t elements, const One& one) {
  sum.elements += elements;
  add_times(sum.greatest, one.greatest, elements);
  add_times(sum.expected, one.expected, elements);
  add_times(sum.expected_energy, one.expected_energy, elements);
}

bool cost_alike(const JobRequest& a, const JobRequest& b) {
  const auto decides = [](const JobRequest& j) {
    return std::tie(j.resources, j.limit, j.precision, j.wish, j.qos, j.workload_class, j.project,
                    j.user);
  };
  return decides(a) == decides(b);
}

}  // namespace

// Nothing for what could never run or has nobody who pays.
Centre::State::ElementCost Centre::State::cost_if_possible(const JobRequest& asked) const {
  JobRequest job = asked;
  if (job.limit == Duration{}) job.limit = std::min(policy.default_limit, policy.max_limit);
  if (check_payer(job)) return {};
  if (scheduler.check_possible({job.resources, job.limit, job.precision, job.wish})) return {};
  return cost_of_element(job, payer_of(job.project, job.user));
}

JobsCost Centre::cost(std::span<const JobId> ids) const {
  const State& s = *state_;
  JobsCost sum;
  if (!s.charging()) return sum;
  // Jobs that ask for the same share their request; one look is enough for all of them.
  std::map<std::pair<const SharedRequest*, uint32_t>, State::ElementCost> known;
  for (JobId id : ids) {
    const JobRecord* job = s.find(id);
    if (job == nullptr) continue;
    const auto [it, is_new] = known.try_emplace({job->request, job->account});
    if (is_new) it->second = s.cost_of_element(*job->request, s.payer_of(job->account));
    add_elements(sum, job->request->array ? job->request->array->indices.size() : 1, it->second);
  }
  return sum;
}

JobsCost Centre::cost(const std::vector<JobRequest>& jobs) const {
  const State& s = *state_;
  JobsCost sum;
  if (!s.charging()) return sum;
  const JobRequest* last = nullptr;
  State::ElementCost one;
  for (const JobRequest& job : jobs) {
    if (last == nullptr || !cost_alike(job, *last)) one = s.cost_if_possible(job);
    last = &job;
    add_elements(sum, job.array ? job.array->indices.size() : 1, one);
  }
  return sum;
}

}  // namespace pentad
