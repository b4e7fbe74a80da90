// Why a queued job waits, in a sentence with figures.
#include <fmt/format.h>

#include <algorithm>

#include "schedule/state.h"
#include "schedule/text.h"
#include "schedule/timeline.h"

namespace pentad {

using namespace schedule;

namespace {

// Nodes that would do if they were empty, by what keeps them away.
struct Census {
  StateCount states;
  int32_t best_up = 0;  // in the best pool
};

// What is free at most on one node, and how many nodes fit now in the best pool.
struct FreeFigures {
  int32_t cores = 0;
  Bytes memory;
  int32_t devices = 0;
  int32_t fitting = 0;
  std::string pools;
};

std::string join_states(const Census& census) {
  std::string text;
  const auto add = [&](int32_t count, std::string_view state) {
    if (count == 0) return;
    text += fmt::format("; {} {} {}", count_text(count, "node"), count == 1 ? "is" : "are", state);
  };
  add(census.states.draining, "draining");
  add(census.states.drained, "drained");
  add(census.states.down, "down");
  return text;
}

std::string wanted(const Need& need, const Site& site, const std::vector<Option>& options) {
  std::string text = need.nodes == 1 ? "" : fmt::format("{} with ", count_text(need.nodes, "node"));
  if (need.exclusive) text += "a whole node of ";
  text += count_text(need.cores, "core");
  if (need.memory > Bytes{}) text += ", " + bytes_text(need.memory);
  if (need.devices > 0) {
    const std::string model = options.size() == 1
                                  ? site.models()[static_cast<size_t>(options[0].model)].model.name
                                  : "device";
    text += fmt::format(", {} {}", need.devices, model);
    if (need.share_milli < 1000) text += fmt::format(" (0.{:03} each)", need.share_milli);
  }
  return text + (need.nodes == 1 ? " on one node" : " each");
}

// Nodes of a pool that would do if empty, by state.
StateCount count_states(const Need& need, Option option, const Site& site) {
  const Pool& pool = site.pools()[option.pool];
  StateCount states;
  if (!need.reservation && site.of_one_make(option.pool) && !pool.nodes.empty()) {
    const NodeRecord& any = site.node(pool.nodes.front());
    return fits_empty(need, option.model, any) ? site.states(option.pool) : states;
  }
  for (NodeSlot slot : pool.nodes) {
    const NodeRecord& node = site.node(slot);
    if (!fits_empty(need, option.model, node)) continue;
    if (node.state == NodeState::up) ++states.up;
    if (node.state == NodeState::draining) ++states.draining;
    if (node.state == NodeState::drained) ++states.drained;
    if (node.state == NodeState::down) ++states.down;
  }
  return states;
}

Census take_census(const Need& need, const std::vector<Option>& options, const Site& site) {
  Census census;
  for (const Option& option : options) {
    const StateCount states = count_states(need, option, site);
    census.states.draining += states.draining;
    census.states.drained += states.drained;
    census.states.down += states.down;
    census.best_up = std::max(census.best_up, states.up);
  }
  return census;
}

FreeFigures free_figures(const View& view, const Need& need, const std::vector<Option>& options) {
  FreeFigures figures;
  for (size_t i = 0; i < options.size(); ++i) {
    const Option& option = options[i];
    if (i < 3) figures.pools += (i == 0 ? "pool " : ", ") + view.site.pools()[option.pool].name;
    const NodeTree* tree = view.index.tree(option.pool, option.model);
    if (tree == nullptr) continue;
    const Room& best = tree->agg();
    figures.cores = std::max(figures.cores, best[Room::cores]);
    figures.memory = std::max(figures.memory, mebibytes(best[Room::memory]));
    const bool whole = need.share_milli == 1000;
    figures.devices = std::max(figures.devices, best[whole ? Room::whole : Room::part]);
    figures.fitting = std::max(figures.fitting, count_fitting(view, need, option, need.nodes));
  }
  if (options.size() > 3) figures.pools += fmt::format(" and {} more", options.size() - 3);
  return figures;
}

std::string shortage(const Need& need, const FreeFigures& figures) {
  const auto at_most = [&](std::string_view what) {
    return fmt::format("at most {} free on one node of {}", what, figures.pools);
  };
  if (need.exclusive) {
    return fmt::format("{} of {} empty",
                       figures.fitting == 1 ? "1 is" : fmt::format("{} are", figures.fitting),
                       figures.pools);
  }
  if (figures.cores < need.cores) return at_most(count_text(std::max(figures.cores, 0), "core"));
  if (figures.memory < need.memory) return at_most(bytes_text(std::max(figures.memory, Bytes{})));
  if (figures.devices < need.devices) return at_most(count_text(figures.devices, "device"));
  return fmt::format("{} of {} {} as much free at once", count_text(figures.fitting, "node"),
                     figures.pools, figures.fitting == 1 ? "has" : "have");
}

std::optional<Wait> waits_for_own_reservation(const Need& need, const Site& site, Time now) {
  if (!need.reservation) return {};
  const auto it = site.reservations().find(need.reservation);
  if (it == site.reservations().end()) {
    return Wait{PendingReason::reservation,
                fmt::format("its reservation {} no longer exists", need.reservation.value)};
  }
  const AdvanceReservation& own = it->second;
  if (now < own.begin) {
    return Wait{PendingReason::reservation, fmt::format("its reservation '{}' begins in {}",
                                                        own.name, duration_text(own.begin - now))};
  }
  if (now + need.limit > own.end) {
    return Wait{PendingReason::reservation,
                fmt::format("its limit of {} does not end within its reservation '{}' any more",
                            duration_text(need.limit), own.name)};
  }
  return {};
}

std::optional<Wait> waits_for_licence(const View& view, const Need& need) {
  for (const LicenceNeed& licence : need.licences) {
    const int64_t free = view.licences.total(licence.licence) - view.licences.used(licence.licence);
    if (free >= licence.count) continue;
    return Wait{PendingReason::licences,
                fmt::format("needs {} of licence '{}'; {} of {} free", licence.count,
                            view.licences.names().name(licence.licence),
                            free <= 0 ? "none" : fmt::format("{}", free),
                            view.licences.total(licence.licence))};
  }
  return {};
}

}  // namespace

Wait Scheduler::why_waiting(JobId id, Time now) const {
  State& state = *state_;  // only indexes change, brought up to date
  const JobSlot slot = state.queue.find(id);
  if (slot == IdMap::none) return {PendingReason::none, "not in the queue"};
  state.flush();
  Need need = state.queue.need_of(slot);
  const std::vector<Option>& options = state.queue.options_of(slot);
  const Plan nothing;
  const View bare{state.site, state.licences, state.horizon, state.index, nothing, now, true};

  if (auto wait = waits_for_own_reservation(need, state.site, now)) return *wait;
  const Census census = take_census(need, options, state.site);
  const std::string what = wanted(need, state.site, options);
  if (census.best_up < need.nodes) {
    return {PendingReason::nodes_unavailable,
            fmt::format("needs {}; {} up{}", what,
                        census.best_up == 1 ? "1 such node is"
                                            : fmt::format("{} such nodes are", census.best_up),
                        join_states(census))};
  }
  if (auto wait = waits_for_licence(bare, need)) return *wait;
  const auto placed = place_now(bare, need, options);
  if (!placed) {
    need.ignore_reservations = !state.site.reservations().empty();
    if (need.ignore_reservations && place_now(bare, need, options)) {
      return {PendingReason::reservation,
              fmt::format("needs {}; with its limit of {} it would run into an advance reservation",
                          what, duration_text(need.limit))};
    }
    return {PendingReason::resources,
            fmt::format("needs {}; {}{}", what, shortage(need, free_figures(bare, need, options)),
                        join_states(census))};
  }
  if (const int64_t cap = power_cap(state.policy.power_cap, now); cap != no_cap) {
    const int64_t power = state.power_known ? state.power : total_power(state.site);
    const int64_t added = added_power(state.site, *placed);
    if (power + added > cap) {
      return {PendingReason::power_cap,
              fmt::format("would add {} W to {} W; this hour's cap is {} W", added / 1000,
                          power / 1000, cap / 1000)};
    }
  }
  const View planned{state.site, state.licences, state.horizon, state.index, state.plan, now};
  if (state.head.reserved && !place_now(planned, need, options)) {
    const ReservedJob& first = state.reserved.front();
    return {
        PendingReason::priority,
        fmt::format("needs {}; what is free is kept for job {}, which is expected to start in {}",
                    what, first.key.job.value, duration_text(first.begin - now))};
  }
  return {PendingReason::none, "starts with the next pass"};
}

}  // namespace pentad
