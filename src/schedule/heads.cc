// Finding the first jobs that do not fit, and their reservations.
#include <algorithm>
#include <optional>

#include "schedule/pass.h"
#include "schedule/timeline.h"

namespace pentad {

using namespace schedule;

void Scheduler::Pass::find_heads() {
  if (everything_) {
    next_fresh_ = fresh_.size();  // the walk meets them all
    walk(nullptr);
  } else if (state_.one_reservation()) {
    find_head_again();
  } else {
    add_heads();
  }
  collect_gains();
}

// The reservations stand; fresh jobs, all of them behind, get theirs as far as the depth goes.
void Scheduler::Pass::add_heads() {
  while (next_fresh_ < fresh_.size() && !all_reserved()) {
    const JobSlot slot = fresh_[next_fresh_++].job;
    if (start(slot, false) == Outcome::blocked) reserve_all(slot);
  }
}

// Reserves for each element of a blocked job. False when enough are reserved.
bool Scheduler::Pass::reserve_all(JobSlot slot) {
  for (int64_t left = state_.queue.job(slot).count; left > 0 && reserve(slot); --left) {
    if (nothing_fits_ || all_reserved()) return false;
  }
  return true;
}

// The head of the last pass is still the first unless a fresh job stands before it or it can start.
void Scheduler::Pass::find_head_again() {
  for (; next_fresh_ < fresh_.size(); ++next_fresh_) {
    const auto [key, slot] = fresh_[next_fresh_];
    if (state_.head.known && !key.before(state_.head.key)) break;
    if (start(slot, true) == Outcome::blocked && reserve(slot)) {
      ++next_fresh_;
      return;
    }
  }
  if (!state_.head.known || plan_stands()) return;
  state_.head.reserved = false;
  const QueueKey from = state_.head.key;
  walk(&from);
}

// Walks the queue job by job until enough are reserved.
void Scheduler::Pass::walk(const QueueKey* from) {
  const bool unplanned = state_.one_reservation();  // until the first is reserved nothing is
  Order order(state_.queue, from);
  while (true) {
    const JobSlot slot = order.next();
    if (slot == IdMap::none) break;
    const QueueKey key = state_.queue.job(slot).key;
    while (next_fresh_ < fresh_.size() && !key.before(fresh_[next_fresh_].key)) ++next_fresh_;
    if (start(slot, unplanned) == Outcome::blocked && !reserve_all(slot)) return;
    // What stands behind failed beside the reservation of the old head, which is no more.
    if (gain_plan()) collect_gains();
  }
  if (state_.head.reserved) return;  // fewer are blocked than may reserve
  state_.drop_plan();                // nobody who is blocked will ever fit
  state_.head = {};
}

// Counts the nodes and licences of the old plan as gained; false when that was done.
bool Scheduler::Pass::gain_plan() {
  if (everything_ || !was_reserved_) return false;
  was_reserved_ = false;
  for (NodeSlot node : state_.plan.nodes()) state_.gain(node);
  for (const ReservedJob& job : state_.reserved) {
    for (const LicenceNeed& need : job.licences) state_.changes.licences.push_back(need.licence);
  }
  return true;
}

bool Scheduler::Pass::reserve(JobSlot slot) {
  const QueueKey key = state_.queue.job(slot).key;
  if (!state_.one_reservation()) return reserve_one_more(slot);
  if (!anything_may_start()) {
    // The plan stays as it is, of use only to compare the next one with: nothing fits without it.
    become_head(key, 0);
    state_.head = {true, key, false};
    nothing_fits_ = true;
    return true;
  }
  size_t effort = 0;
  auto later = search(slot, effort);
  if (!later) return false;
  become_head(key, effort);
  const Need& need = state_.queue.need_of(slot);
  install({key, later->begin, need.limit, std::move(later->placed), need.licences});
  state_.head = {true, key, true};
  return true;
}

bool Scheduler::Pass::reserve_one_more(JobSlot slot) {
  const Need& need = state_.queue.need_of(slot);
  state_.flush_horizon();
  size_t looked_at = 0;
  auto later =
      earliest(view(false), need, state_.queue.options_of(slot), now_ + Duration{1}, looked_at);
  if (!later) return false;
  const QueueKey key = state_.queue.job(slot).key;
  if (state_.reserved.empty()) state_.head = {true, key, true};
  state_.plan.add(later->placed, need.licences, later->begin, later->begin + need.limit);
  for (const PlacedNode& node : later->placed.nodes) state_.site.touch(node.node);
  state_.reserved.push_back(
      {key, later->begin, need.limit, std::move(later->placed), need.licences});
  return true;
}

// What began and ended so far has been seen or will not matter.
void Scheduler::Pass::become_head(const QueueKey& key, size_t effort) {
  if (!state_.watch.follows(key)) {
    if (!(state_.head.known && state_.head.key == key)) state_.head_effort = 0;
    state_.watch.stop();
    state_.changes.holds.clear();
  }
  state_.head_effort += effort;
}

// The earliest time and place of a job, were nothing reserved.
std::optional<Reserved> Scheduler::Pass::search(JobSlot slot, size_t& effort) {
  const Need& need = state_.queue.need_of(slot);
  const std::vector<Option>& options = state_.queue.options_of(slot);
  const QueueKey& key = state_.queue.job(slot).key;
  if (state_.watch.follows(key)) {
    tell_watch();
    return state_.watch.earliest(view(true));
  }
  const bool plain = need.licences.empty() && state_.site.reservations().empty();
  const bool is_head = state_.head.known && state_.head.key == key;
  if (plain && is_head && 2 * state_.head_effort > watch_cost(options)) {
    state_.watch.start(state_.site, key, need, options);
    state_.changes.holds.clear();
    return state_.watch.earliest(view(true));
  }
  state_.flush_horizon();
  return earliest(view(true), need, options, now_ + Duration{1}, effort);
}

// Nodes to look at before a head with these options is followed.
size_t Scheduler::Pass::watch_cost(const std::vector<Option>& options) const {
  size_t nodes = 0;
  for (const Option& option : options) nodes += state_.site.pools()[option.pool].nodes.size();
  return nodes;
}

bool Scheduler::Pass::tell_watch() {
  const bool follows = state_.watch.follows(state_.head.key);
  const Time begin = state_.reserved.empty() ? Time{} : state_.reserved[0].begin;
  bool stands = true;
  if (follows) {
    for (const HoldChange& change : state_.changes.holds) {
      if (state_.watch.update(state_.site, change.node, change.ends_by, begin)) stands = false;
    }
    if (state_.watch.earliest_time(now_) != begin) stands = false;
  }
  state_.changes.holds.clear();
  return stands;
}

// Whether any queued job could fit now if nothing were reserved for anyone. Where nothing was, what
// has been tested could only on what was gained.
bool Scheduler::Pass::anything_may_start() {
  const bool everywhere =
      everything_ || was_reserved_ || many_gained_ || next_fresh_ < fresh_.size();
  if (everywhere) state_.flush();
  if (!everywhere) look_at_gained();
  for (Group* group : state_.queue.groups()) {
    if (!everywhere && gained_licences_.empty() && group->cores > gained_cores_) {
      break;  // as all that follow
    }
    const QueueTree::Agg& least = group->jobs.agg();
    Bound bound;
    if (failed_before(*group, least.memory, least.limit, least.nodes)) continue;
    if (find_bound(*group, bound, everywhere) && mebibytes_of(least.memory) <= bound.memory &&
        least.nodes <= bound.nodes) {
      return true;
    }
  }
  return false;
}

// Puts the reservation in the place of the one before. Nodes that it keeps less of are gained.
void Scheduler::Pass::install(ReservedJob fresh) {
  ReservedJob old;
  if (!state_.reserved.empty()) old = std::move(state_.reserved[0]);
  const bool same_job = old.key == fresh.key && old.limit == fresh.limit;
  const bool same_amounts = same_job && old.placed.cores == fresh.placed.cores &&
                            old.placed.memory == fresh.placed.memory &&
                            old.placed.share_milli == fresh.placed.share_milli;
  const bool no_later = fresh.begin <= old.begin;
  for (const PlacedNode& node : fresh.placed.nodes) {
    const Windows before = state_.plan.on(node.node);
    const bool same = same_amounts && !before.empty() && before[0].devices == node.devices;
    if (!same || !no_later) state_.site.touch(node.node);
  }
  Plan& plan = state_.spare_plan;
  plan.clear();
  plan.add(fresh.placed, fresh.licences, fresh.begin, fresh.begin + fresh.limit);
  for (const PlacedNode& node : old.placed.nodes) {
    const Windows after = plan.on(node.node);
    const bool same = same_amounts && !after.empty() && after[0].devices == node.devices;
    if (!same) state_.site.touch(node.node);
    if (!same || !no_later) state_.gain(node.node);
  }
  if (!same_job || !no_later) {
    for (const LicenceNeed& need : old.licences) state_.changes.licences.push_back(need.licence);
  }
  std::swap(state_.plan, plan);
  state_.reserved.clear();
  state_.reserved.push_back(std::move(fresh));
}

// Whether the reservation of the head cannot have moved since it was made.
bool Scheduler::Pass::plan_stands() {
  if (!state_.head.reserved || state_.reserved.size() != 1) return false;
  const ReservedJob& head = state_.reserved[0];
  const JobSlot slot = state_.queue.find(head.key.job);
  if (slot == IdMap::none || head.begin <= now_ + Duration{1}) return false;
  if (!head.licences.empty() && state_.changes.any_licence) return false;
  if (state_.watch.follows(head.key)) return tell_watch();
  std::vector<HoldChange>& holds = state_.changes.holds;
  const Need& need = state_.queue.need_of(slot);
  const std::vector<Option>& options = state_.queue.options_of(slot);
  std::erase_if(holds, [&](const HoldChange& change) {
    const PoolSlot pool = state_.site.node(change.node).pool;
    return std::none_of(options.begin(), options.end(),
                        [&](const Option& option) { return option.pool == pool; });
  });
  // Beyond, the search for a new one costs less.
  if (holds.size() > 64 + head.placed.nodes.size()) return false;
  for (const HoldChange& change : holds) {
    if (may_move(change, head, need, options)) return false;
  }
  holds.clear();
  return true;
}

// Whether an attempt that began or ended can change the time or the nodes of the reservation. On a
// node of its own only one that runs into it can, unless other people's advance reservations leave
// gaps before. Another node matters only if it offers room by then.
bool Scheduler::Pass::may_move(const HoldChange& change, const ReservedJob& head, const Need& need,
                               const std::vector<Option>& options) {
  const NodeRecord& node = state_.site.node(change.node);
  if (!state_.plan.on(change.node).empty() && node.spans.empty()) {
    return change.ends_by >= head.begin;
  }
  const Time from = now_ + Duration{1};
  for (const Option& option : options) {
    if (option.pool != node.pool) continue;
    if (node.spans.empty()) {
      if (plain_start_on(node, need, option.model, from, now_) <= head.begin) return true;
    } else {
      const auto starts = starts_on(node, need, option.model, from, now_, {});
      if (!starts.empty() && starts[0].begin <= head.begin) return true;
    }
  }
  return false;
}

}  // namespace pentad
