#include "schedule/pass.h"

#include <algorithm>
#include <bit>

#include "schedule/timeline.h"

namespace pentad {

using namespace schedule;

std::vector<Start> Scheduler::pass(Time now, StartGate* gate) {
  return Pass(*state_, now, gate).run();
}

std::vector<Start> Scheduler::Pass::run() {
  prepare();
  if (state_.policy.reservation_depth != 0) find_heads();
  if (!nothing_fits_ && state_.policy.backfill) backfill();
  finish();
  return std::move(starts_);
}

void Scheduler::Pass::prepare() {
  state_.memory.clear();
  Changes& changes = state_.changes;
  ++state_.passes;
  note_time();
  for (JobSlot slot : changes.fresh) {
    const JobRecord& job = state_.queue.job(slot);
    if (job.count == 0 || !job.fresh) continue;
    fresh_.push_back({job.key, slot});
  }
  changes.fresh.clear();
  std::sort(fresh_.begin(), fresh_.end(),
            [](const FreshJob& a, const FreshJob& b) { return a.key.before(b.key); });
  const auto same = [](const FreshJob& a, const FreshJob& b) { return a.job == b.job; };
  fresh_.erase(std::unique(fresh_.begin(), fresh_.end(), same), fresh_.end());

  cap_ = power_cap(state_.policy.power_cap, now_);
  if (cap_ != no_cap) {
    changes.everything = true;  // any change of the power may let anything start
    if (!state_.power_known) state_.power = total_power(state_.site);
    state_.power_known = true;
  } else {
    state_.power_known = false;
  }
  if (!state_.one_reservation() && !reservations_stand()) changes.everything = true;
  // What stands behind the head was never tested; the walk ends at the head anyway.
  if (!state_.policy.backfill) changes.everything = true;

  everything_ = changes.everything;
  changes.everything = false;
  if (everything_) {
    state_.drop_plan();
    state_.plan.expect_many(!state_.one_reservation());
    state_.head = {};
    state_.watch.stop();
    changes.holds.clear();
  }
  was_reserved_ = state_.head.reserved;
  collect_gains();
}

void Scheduler::Pass::collect_gains() {
  Changes& changes = state_.changes;
  gained_.insert(gained_.end(), changes.gained.begin(), changes.gained.end());
  gained_licences_.insert(gained_licences_.end(), changes.licences.begin(), changes.licences.end());
  changes.gained.clear();
  changes.licences.clear();
  std::sort(gained_.begin(), gained_.end());
  gained_.erase(std::unique(gained_.begin(), gained_.end()), gained_.end());
  many_gained_ = gained_.size() > 16;
  gained_at_ = ~size_t{0};
}

// What the mere passing of time changes.
void Scheduler::Pass::note_time() {
  if (now_ < state_.last_pass) state_.changes.everything = true;
  state_.last_pass = now_;
  const auto& reservations = state_.site.reservations();
  if (now_ >= state_.reservation_turn) state_.changes.everything = true;
  if (!state_.changes.everything) return;
  state_.reservation_turn = Time::never();
  for (const auto& [id, reservation] : reservations) {
    for (NodeSlot node : state_.site.reserved_nodes(id)) state_.site.touch(node);
    for (Time turn : {reservation.begin, reservation.end}) {
      if (turn > now_) state_.reservation_turn = std::min(state_.reservation_turn, turn);
    }
  }
}

// With several reservations: whether nothing can have moved one of them. What the last pass started
// may change which nodes a later one prefers for the same time.
bool Scheduler::Pass::reservations_stand() {
  const Changes& changes = state_.changes;
  if (!changes.gained.empty() || changes.any_licence) return false;
  if (!changes.holds.empty() && !state_.one_place()) return false;
  if (!state_.head.reserved) return fresh_.empty();
  for (const ReservedJob& job : state_.reserved) {
    if (job.begin <= now_ + Duration{1}) return false;
  }
  return fresh_.empty() || state_.reserved.back().key.before(fresh_.front().key);
}

bool Scheduler::Pass::all_reserved() const {
  const int32_t depth = state_.policy.reservation_depth;
  return depth >= 0 && std::ssize(state_.reserved) >= depth;
}

void Scheduler::Pass::finish() {
  state_.changes.any_licence = false;
  const bool told_later = state_.head.reserved || state_.watch.follows(state_.head.key);
  if (!told_later) state_.changes.holds.clear();
  for (const FreshJob& fresh : fresh_) {
    if (state_.queue.job(fresh.job).key == fresh.key) state_.queue.set_fresh(fresh.job, false);
  }
}

View Scheduler::Pass::view(bool unplanned) const {
  return {state_.site,
          state_.licences,
          state_.horizon,
          state_.index,
          unplanned ? nothing_ : state_.plan,
          now_,
          unplanned};
}

bool Scheduler::Pass::failed_before(const Group& group, Bytes memory, Duration limit,
                                    int32_t nodes) const {
  if (group.failed_in != state_.passes) return false;
  return std::any_of(group.failures.begin(), group.failures.end(), [&](const Failure& failure) {
    return memory >= failure.memory && limit >= failure.limit && nodes >= failure.nodes;
  });
}

void Scheduler::Pass::note_failure(Group& group, const JobRecord& job, int32_t nodes) {
  if (group.failed_in != state_.passes) {
    group.failed_in = state_.passes;
    group.failures.clear();
  }
  std::erase_if(group.failures, [&](const Failure& failure) {
    return failure.memory >= job.memory && failure.limit >= job.limit && failure.nodes >= nodes;
  });
  constexpr size_t most = 16;
  if (group.failures.size() == most) group.failures.erase(group.failures.begin());
  group.failures.push_back({job.memory, job.limit, nodes});
}

Scheduler::Pass::Outcome Scheduler::Pass::start(JobSlot slot, bool unplanned) {
  Queue& queue = state_.queue;
  Group& group = queue.group_of(slot);
  const Need& need = queue.need_of(slot);
  const std::vector<Option>& options = queue.options_of(slot);
  if (failed_before(group, need.memory, need.limit, need.nodes)) return Outcome::blocked;
  const bool fresh = queue.job(slot).fresh;
  while (true) {
    int32_t fitting = 0;
    const auto placed = place(need, options, fresh, unplanned, fitting);
    if (!placed) {
      note_failure(group, queue.job(slot), fitting + 1);
      return Outcome::blocked;
    }
    int64_t added = 0;
    if (state_.power_known) {
      added = added_power(state_.site, *placed);
      if (state_.power + added > cap_) return Outcome::passed;
    }
    Placement placement = state_.name(*placed);
    if (gate_ != nullptr && !gate_->admit(queue.job(slot).key.job, placement)) {
      return Outcome::passed;
    }
    state_.power += added;
    start_on(slot, *placed, std::move(placement));
    const int64_t left = queue.job(slot).count - 1;
    queue.set_count(slot, left);
    if (left > 0) continue;
    queue.erase(slot);
    return Outcome::started;
  }
}

// What was tested before can fit only where something was gained since. `fitting` as in
// place_now().
std::optional<Placed> Scheduler::Pass::place(const Need& need, const std::vector<Option>& options,
                                             bool fresh, bool unplanned, int32_t& fitting) {
  fitting = 0;
  const bool only_gained = !fresh && !everything_ && !many_gained_ && need.nodes == 1 &&
                           need.licences.empty() && !need.reservation;
  if (only_gained) return place_on_gained(need, options, unplanned);
  if (surely_blocked(need, options, unplanned)) return {};
  state_.flush();
  return place_now(view(unplanned), need, options, &fitting);
}

// Tells many jobs that do not fit without bringing the index up to date: it is right for the nodes
// not touched since, and the others are looked at.
bool Scheduler::Pass::surely_blocked(const Need& need, const std::vector<Option>& options,
                                     bool unplanned) {
  if (need.reservation) return false;
  flush_if_many();
  const Time planned_from = state_.plan.latest_begin();
  for (const Option& option : options) {
    if (touched_that_may_fit(option, need) > 0) return false;
    const NodeTree* tree = state_.index.tree(option.pool, option.model);
    if (tree == nullptr) continue;
    if (unplanned ? room_may_fit_unplanned(tree->agg(), need, now_)
                  : room_may_fit(tree->agg(), need, now_, planned_from)) {
      return false;
    }
  }
  return true;
}

// Nodes touched since the index was brought up to date that have as many cores and devices free.
int32_t Scheduler::Pass::touched_that_may_fit(Option option, const Need& need) const {
  int32_t count = 0;
  for (NodeSlot slot : state_.site.touched()) {
    const NodeRecord& node = state_.site.node(slot);
    if (node.pool != option.pool || !node.takes_jobs() || node.cores_free() < need.cores) continue;
    const DeviceMask taken = need.share_milli == 1000 ? node.devices_used : 0;
    if (need.devices == 0 ||
        std::popcount(node.devices_of(option.model) & ~taken) >= need.devices) {
      ++count;
    }
  }
  return count;
}

// A node is often touched again soon and is then as it was before: its place in the index is looked
// for once for all that happened.
void Scheduler::Pass::flush_if_many() {
  constexpr size_t many = 16;
  if (state_.site.touched().size() > many) state_.flush();
}

std::optional<Placed> Scheduler::Pass::place_on_gained(const Need& need,
                                                       const std::vector<Option>& options,
                                                       bool unplanned) const {
  for (const Option& option : options) {
    std::optional<NodeFit> best;
    NodeSlot on = 0;
    for (NodeSlot slot : gained_) {
      const NodeRecord& node = state_.site.node(slot);
      if (node.pool != option.pool) continue;
      const Windows windows = unplanned ? Windows{} : state_.plan.on(slot);
      const auto fit = fit_on(node, need, option.model, now_, now_, windows);
      if (!fit) continue;
      if (best) {
        const auto order = fit->fullness <=> best->fullness;
        if (order > 0 || (order == 0 && node.label > state_.site.node(on).label)) continue;
      }
      best = fit;
      on = slot;
    }
    if (!best) continue;
    const NodeNeed amounts = need_on(need, state_.site.node(on));
    return Placed{option, amounts.cores, amounts.memory, need.share_milli, {{on, best->devices}}};
  }
  return {};
}

void Scheduler::Pass::start_on(JobSlot slot, const Placed& placed, Placement placement) {
  const Need& need = state_.queue.need_of(slot);
  Start& start = starts_.emplace_back();
  start.job = state_.queue.job(slot).key.job;
  start.allocation = state_.next_allocation++;
  start.placement = std::move(placement);
  state_.hold(start.allocation, placed, need.licences, now_ + need.limit);
}

}  // namespace pentad
