// Starting jobs behind the blocked ones: those that fit beside what is reserved.
#include <algorithm>
#include <limits>

#include "schedule/pass.h"
#include "schedule/timeline.h"

namespace pentad {

using namespace schedule;

namespace {

// A group and where in it the search stands. `job` is the next that may fit, as things stood when
// so many had started, or not looked up yet.
struct Candidate {
  QueueKey key;
  JobSlot job = IdMap::none;
  bool beyond = false;  // look behind `key`, not at it
  size_t starts = 0;
  Group* group = nullptr;
  static bool later(const Candidate& a, const Candidate& b) {
    if (a.key == b.key) return a.beyond && !b.beyond;
    return b.key.before(a.key);
  }
};

class Candidates {
 public:
  // Before the first pop() no order is kept.
  void add(const Candidate& candidate) { heap_.push_back(candidate); }
  void order() { std::make_heap(heap_.begin(), heap_.end(), Candidate::later); }
  void push(const Candidate& candidate) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), Candidate::later);
  }
  Candidate pop() {
    std::pop_heap(heap_.begin(), heap_.end(), Candidate::later);
    const Candidate candidate = heap_.back();
    heap_.pop_back();
    return candidate;
  }
  template <class Keep>
  void keep_if(Keep&& keep) {
    if (std::erase_if(heap_, [&](const Candidate& c) { return !keep(*c.group); }) > 0) order();
  }
  bool empty() const { return heap_.empty(); }
  const Candidate& top() const { return heap_.front(); }

 private:
  std::vector<Candidate> heap_;
};

}  // namespace

void Scheduler::Pass::backfill() {
  const bool behind_head = state_.policy.reservation_depth != 0;
  if (behind_head && (!state_.head.known || !all_reserved())) return;  // all were walked
  const QueueKey* after = behind_head ? &state_.reserved.back().key : nullptr;

  Candidates candidates;
  look_at_gained();
  const bool few = !everything_ && !many_gained_ && gained_licences_.empty();
  if (everything_ || !gained_.empty() || !gained_licences_.empty()) {
    for (Group* group : state_.queue.groups()) {
      if (few && group->cores > gained_cores_) break;  // as all that follow
      if (few && !may_use_gained(*group)) continue;
      Bound bound;
      if (!find_bound(*group, bound, false)) continue;
      const bool inside = after != nullptr && !after->before(group->front);
      const QueueItem* item = next_in(*group, bound, inside ? *after : group->front, inside);
      if (item) candidates.add({item->key, item->job, false, starts_.size(), group});
    }
    candidates.order();
  }
  while (true) {
    const bool fresh = next_fresh_ < fresh_.size();
    if (fresh && (candidates.empty() || fresh_[next_fresh_].key.before(candidates.top().key))) {
      start(fresh_[next_fresh_++].job, false);
      continue;
    }
    if (candidates.empty()) return;
    Candidate next = candidates.pop();
    if (next.job == IdMap::none || next.starts != starts_.size()) {
      Bound bound;
      if (!find_bound(*next.group, bound, false)) continue;
      const QueueItem* item = next_in(*next.group, bound, next.key, next.beyond);
      if (item == nullptr) continue;
      candidates.push({item->key, item->job, false, starts_.size(), next.group});
      continue;
    }
    if (fresh && fresh_[next_fresh_].key == next.key) ++next_fresh_;
    const size_t before = starts_.size();
    start(next.job, false);
    candidates.push({next.key, IdMap::none, true, 0, next.group});
    if (!few || starts_.size() == before) continue;
    look_at_gained();  // what was gained has been taken, nearly always
    candidates.keep_if(
        [&](const Group& group) { return group.cores <= gained_cores_ && may_use_gained(group); });
  }
}

// A first look that tells most groups.
bool Scheduler::Pass::may_use_gained(const Group& group) const {
  if ((group.pools & gained_pools_) == 0 && group.version != 0) return false;
  const bool whole = group.share_milli >= 1000;
  if (group.devices > (whole ? gained_whole_ : gained_devices_)) return false;
  if (group.devices > 0 && !whole && group.share_milli > gained_left_) return false;
  return mebibytes_of(group.jobs.agg().memory) <= gained_memory_;
}

// What jobs of the group can hope for: on the nodes gained, or on all where more may have changed.
// False when there is nothing.
bool Scheduler::Pass::find_bound(Group& group, Bound& bound, bool everywhere) {
  if (group.jobs.empty()) return false;
  state_.queue.refresh(group);
  const Need& need = group.need;
  if (need.impossible) return false;
  bool all = everywhere || everything_ || many_gained_;
  for (const LicenceNeed& licence : need.licences) {
    const Licences& licences = state_.licences;
    if (licences.total(licence.licence) - licences.used(licence.licence) < licence.count) {
      return false;
    }
    const auto& gained = gained_licences_;
    if (std::count(gained.begin(), gained.end(), licence.licence) > 0) all = true;
  }
  if (need.reservation) return bound_in_reservation(need, bound);
  if (!all) {
    bound_on_gained(group, bound);
    return bound.memory >= 0;
  }
  state_.flush();
  for (const Option& option : group.options) {
    const NodeTree* tree = state_.index.tree(option.pool, option.model);
    if (tree != nullptr) widen(bound, group, tree->agg());
  }
  return bound.memory >= 0;
}

void Scheduler::Pass::bound_on_gained(const Group& group, Bound& bound) {
  if (gained_at_ != starts_.size()) look_at_gained();
  for (const GainedRoom& gained : gained_rooms_) {
    for (const Option& option : group.options) {
      if (option.pool != gained.pool || option.model != gained.model) continue;
      if (eligible(group.need, state_.site.node(gained.node))) widen(bound, group, gained.room);
    }
  }
}

void Scheduler::Pass::look_at_gained() {
  gained_at_ = starts_.size();
  if (many_gained_ || everything_) return;
  gained_rooms_.clear();
  gained_pools_ = 0;
  gained_cores_ = gained_devices_ = gained_whole_ = gained_left_ = 0;
  gained_memory_ = -1;
  for (NodeSlot slot : gained_) {
    const NodeRecord& node = state_.site.node(slot);
    if (!node.takes_jobs()) continue;
    Windows windows = state_.plan.on(slot);
    gained_rooms_.push_back({slot, node.pool, no_model, make_room(node, no_model, windows, now_)});
    gained_memory_ = std::max(gained_memory_, gained_rooms_.back().room[Room::memory]);
    for (const auto& [model, mask] : node.masks) {
      gained_rooms_.push_back({slot, node.pool, model, make_room(node, model, windows, now_)});
      const Room& room = gained_rooms_.back().room;
      gained_devices_ = std::max(gained_devices_, room[Room::part]);
      gained_whole_ = std::max(gained_whole_, room[Room::whole]);
      gained_left_ = std::max(gained_left_, room[Room::left]);
    }
    gained_pools_ |= uint64_t{1} << (node.pool % 64);
    gained_cores_ = std::max(gained_cores_, node.cores_free());
  }
}

// Jobs in an advance reservation are few and its nodes are searched one by one: no bound on them.
bool Scheduler::Pass::bound_in_reservation(const Need& need, Bound& bound) const {
  const auto& reservations = state_.site.reservations();
  const auto it = reservations.find(need.reservation);
  if (it == reservations.end() || now_ < it->second.begin || now_ >= it->second.end) return false;
  bound.memory = bound.long_memory = std::numeric_limits<int32_t>::max();
  bound.counted = true;
  return true;
}

void Scheduler::Pass::widen(Bound& bound, const Group& group, const Room& room) {
  const RoomFit fit = room_fit(room, group.need);
  if (!fit.now) return;
  bound.memory = std::max(bound.memory, room[Room::memory]);
  bound.until = std::max(bound.until, short_until(room, state_.plan.latest_begin()));
  if (fit.for_long) bound.long_memory = std::max(bound.long_memory, room[Room::long_memory]);
}

// Lowers the bound to the nodes with as many cores and devices free. The other nodes of a job of
// several may be among those that something is planned on.
void Scheduler::Pass::count_nodes(const Group& group, Bound& bound) {
  flush_if_many();
  bound.counted = true;
  bound.nodes = bound.long_nodes = 1;
  for (const Option& option : group.options) {
    const NodeTree* tree = state_.index.tree(option.pool, option.model);
    if (tree == nullptr) continue;
    const Time planned_from = state_.plan.latest_begin();
    bound.until = std::max({bound.until, tree->agg().reserved_from, planned_from});
    const int32_t touched = touched_that_may_fit(option, group.need);
    const NodeIndex::Count count = state_.index.most(option.pool, option.model, group.need);
    bound.nodes = std::max(bound.nodes, count.now + touched);
    bound.long_nodes = std::max(bound.long_nodes, count.for_long + touched);
  }
}

// The next job of the group from `from` on that is within the bound and asks for less than all that
// failed.
const QueueItem* Scheduler::Pass::next_in(const Group& group, Bound& bound, const QueueKey& from,
                                          bool beyond) {
  const auto may = [&](const auto& least) {
    const int32_t memory = mebibytes_of(least.memory);
    const bool in_time =
        memory <= bound.memory && least.nodes <= bound.nodes && now_ + least.limit <= bound.until;
    const bool for_long = memory <= bound.long_memory && least.nodes <= bound.long_nodes;
    return (in_time || for_long) && !failed_before(group, least.memory, least.limit, least.nodes);
  };
  if (!bound.counted && group.jobs.agg().nodes > 1) count_nodes(group, bound);
  const QueueItem* item = group.jobs.find(from, beyond, may, may);
  if (item == nullptr || item->nodes == 1 || bound.counted) return item;
  count_nodes(group, bound);
  return group.jobs.find(from, beyond, may, may);
}

}  // namespace pentad
