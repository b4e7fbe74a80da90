#include "schedule/scheduler.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "base/assert.h"
#include "schedule/state.h"

namespace pentad {

using namespace schedule;

Scheduler::Scheduler() : state_(std::make_unique<State>()) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

void Scheduler::set_policy(const Policy& policy) {
  state_->policy = policy;
  if (!policy.backfill) state_->policy.reservation_depth = 1;  // the job that none overtakes
  state_->licences.set_totals(policy.licences);
  state_->changes.everything = true;
}

void Scheduler::upsert_device_model(const DeviceModel& model) {
  state_->site.upsert_model(model);
  state_->power_known = false;
  state_->changes.everything = true;
}

void Scheduler::upsert_node(const Node& node, NodeState state) {
  state_->site.upsert_node(node, state);
  state_->power_known = false;
  state_->changes.everything = true;
}

void Scheduler::remove_node(const std::string& name) {
  state_->site.remove_node(name);
  state_->power_known = false;
  state_->changes.everything = true;
}

void Scheduler::add_reservation(const AdvanceReservation& reservation) {
  state_->site.add_reservation(reservation);
  state_->changes.everything = true;
}

void Scheduler::remove_reservation(ReservationId id) {
  state_->site.remove_reservation(id);
  state_->changes.everything = true;
}

void Scheduler::enqueue(const QueueKey& key, const Demand& demand, int64_t count) {
  dequeue(key.job);
  if (count > 0) state_->make_fresh(state_->queue.insert(key, demand, count));
}

void Scheduler::set_count(JobId job, int64_t count) {
  const JobSlot slot = state_->queue.find(job);
  if (slot == IdMap::none) return;
  if (count <= 0) return dequeue(job);
  state_->queue.set_count(slot, count);
  // Elements share the fate of those of their job already tested; but each may hold a reservation.
  if (!state_->one_reservation()) state_->changes.everything = true;
}

void Scheduler::rekey(const std::vector<NewPriority>& priorities) {
  State& state = *state_;
  bool any = false;
  for (const auto& [job, priority] : priorities) {
    const JobSlot slot = state.queue.find(job);
    if (slot == IdMap::none || state.queue.job(slot).key.priority == priority) continue;
    any = true;
    const bool was_head = state.head.known && state.queue.job(slot).key == state.head.key;
    state.queue.rekey(slot, priority);
    if (!state.one_reservation()) continue;
    if (was_head) state.drop_plan();  // whoever follows where it stood may be the first now
    // Behind the head it was tested already, wherever it stood.
    if (state.head.known && state.queue.job(slot).key.before(state.head.key)) {
      state.make_fresh(slot);
    }
  }
  if (!any) return;
  state.queue.reorder();
  if (!state.one_reservation()) state.changes.everything = true;
}

void Scheduler::dequeue(JobId job) {
  const JobSlot slot = state_->queue.find(job);
  if (slot == IdMap::none) return;
  if (state_->head.known && state_->queue.job(slot).key == state_->head.key) state_->drop_plan();
  if (!state_->one_reservation()) state_->changes.everything = true;
  state_->queue.erase(slot);
}

void Scheduler::State::make_fresh(JobSlot job) {
  if (queue.job(job).fresh) return;
  queue.set_fresh(job, true);
  changes.fresh.push_back(job);
}

void Scheduler::State::drop_plan() {
  for (NodeSlot node : plan.nodes()) {
    gain(node);
    site.touch(node);
  }
  for (const ReservedJob& job : reserved) {
    for (const LicenceNeed& need : job.licences) changes.licences.push_back(need.licence);
  }
  plan.clear();
  reserved.clear();
  head.reserved = false;
}

void Scheduler::State::flush() {
  for (NodeSlot node : site.touched()) index.update(site, plan, node, last_pass);
  site.forget_touched();
}

void Scheduler::State::flush_horizon() {
  for (NodeSlot node : site.changed()) horizon.touch(node);
  site.forget_changed();
  horizon.bring_up_to_date(site);
}

void Scheduler::State::hold(Allocation allocation, const Placed& placed,
                            const std::vector<LicenceNeed>& needs, Time ends_by) {
  const bool fresh = allocations.add(allocation, placed, needs, ends_by);
  PENTAD_ASSERT(fresh, "an allocation handle is used once");
  for (const PlacedNode& node : placed.nodes) {
    site.hold(node.node,
              {ends_by, allocation, placed.memory, node.devices, placed.cores, placed.share_milli});
    changes.holds.push_back({node.node, ends_by});
  }
  licences.hold(needs, ends_by);
  if (!needs.empty()) changes.any_licence = true;
}

void Scheduler::State::release(Allocation allocation) {
  const AllocationRecord record = allocations.take(allocation);
  PENTAD_ASSERT(record.used, "only what is held can be released");
  record.for_each_node([&](NodeSlot node) {
    const Hold hold = site.drop(node, record.ends_by, allocation);
    if (power_known) {
      power -= added_power(site, site.node(node), hold.cores, hold.devices, hold.share_milli);
    }
    gain(node);
    changes.holds.push_back({node, record.ends_by});
  });
  if (!record.more) return;
  licences.drop(record.more->licences, record.ends_by);
  for (const LicenceNeed& need : record.more->licences) {
    changes.licences.push_back(need.licence);
    changes.any_licence = true;
  }
}

Placement Scheduler::State::name(const Placed& placed) const {
  Placement placement;
  placement.pool = site.pools()[placed.option.pool].name;
  if (placed.option.model != no_model) {
    placement.device_model = site.models()[static_cast<size_t>(placed.option.model)].model.name;
  }
  placement.cores = placed.cores;
  placement.memory = placed.memory;
  placement.share_milli = placed.share_milli;
  placement.nodes.reserve(placed.nodes.size());
  for (const PlacedNode& node : placed.nodes) {
    NodeShare& share = placement.nodes.emplace_back();
    share.node = site.node(node.node).node.name;
    share.devices.reserve(static_cast<size_t>(std::popcount(node.devices)));
    for (DeviceMask rest = node.devices; rest != 0; rest &= rest - 1) {
      share.devices.push_back(std::countr_zero(rest));
    }
  }
  return placement;
}

void Scheduler::restore_allocation(Allocation allocation, const Placement& placement,
                                   const std::vector<LicenceRequest>& licences, Time ends_by) {
  State& state = *state_;
  std::vector<LicenceNeed> needs;
  for (const LicenceRequest& request : licences) {
    if (request.count > 0) needs.push_back({state.licences.slot(request.name), request.count});
  }
  Placed placed;
  placed.cores = placement.cores;
  placed.memory = placement.memory;
  placed.share_milli = placement.share_milli;
  for (const NodeShare& share : placement.nodes) {
    PlacedNode node{state.site.node_slot(share.node), 0};
    for (int32_t position : share.devices) {
      PENTAD_ASSERT(position >= 0 && position < Site::max_devices, "a device position");
      node.devices |= DeviceMask{1} << position;
    }
    placed.nodes.push_back(node);
  }
  state.hold(allocation, placed, needs, ends_by);
  state.next_allocation = std::max(state.next_allocation, allocation + 1);
  state.power_known = false;
  state.changes.everything = true;
}

Allocation Scheduler::next_allocation() const { return state_->next_allocation; }
void Scheduler::set_next_allocation(Allocation next) { state_->next_allocation = next; }
void Scheduler::release(Allocation allocation) { state_->release(allocation); }

Time Scheduler::next_time(Time now) const {
  Time next = next_cap_change(state_->policy.power_cap, now);
  for (const auto& [id, reservation] : state_->site.reservations()) {
    if (reservation.begin > now) next = std::min(next, reservation.begin);
    if (reservation.end > now) next = std::min(next, reservation.end);
  }
  return next;
}

int64_t Scheduler::position(JobId job) const {
  const JobSlot slot = state_->queue.find(job);
  return slot == IdMap::none ? 0 : state_->queue.position(slot);
}

Scheduler::NodeLoad Scheduler::load(const std::string& node) const {
  NodeLoad load;
  const NodeRecord* record = state_->site.find_node(node);
  if (record == nullptr) return load;
  load.cores_used = record->cores_used;
  load.memory_used = record->memory_used;
  load.device_milli_used = record->milli_used;
  load.attempts = static_cast<int32_t>(record->holds.size());
  return load;
}

}  // namespace pentad
