#include "schedule/scheduler.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"
#include "schedule/state.h"

namespace pentad {

using namespace schedule;

bool QueueKey::before(const QueueKey& other) const {
  return std::tie(other.priority, submitted, job) < std::tie(priority, other.submitted, other.job);
}

Scheduler::Scheduler() : state_(std::make_unique<State>()) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

void Scheduler::set_policy(const Policy& policy) {
  state_->policy = policy;
  state_->licences.set_totals(policy.licences);
}

void Scheduler::upsert_device_model(const DeviceModel& model) { state_->site.upsert_model(model); }

void Scheduler::upsert_node(const Node& node, NodeState state) {
  state_->site.upsert_node(node, state);
}

void Scheduler::remove_node(const std::string& name) { state_->site.remove_node(name); }

void Scheduler::add_reservation(const AdvanceReservation& reservation) {
  state_->site.add_reservation(reservation);
}

void Scheduler::remove_reservation(ReservationId id) { state_->site.remove_reservation(id); }

void Scheduler::enqueue(const QueueKey& key, const Demand& demand, int64_t count) {
  dequeue(key.job);
  if (count <= 0) return;
  state_->jobs[key.job] = QueuedJob{key, demand, count};
  state_->order.insert(key);
}

void Scheduler::set_count(JobId job, int64_t count) {
  const auto it = state_->jobs.find(job);
  if (it == state_->jobs.end()) return;
  if (count <= 0) return dequeue(job);
  it->second.count = count;
}

void Scheduler::rekey(JobId job, int64_t priority) {
  const auto it = state_->jobs.find(job);
  if (it == state_->jobs.end()) return;
  state_->order.erase(it->second.key);
  it->second.key.priority = priority;
  state_->order.insert(it->second.key);
}

void Scheduler::dequeue(JobId job) {
  const auto it = state_->jobs.find(job);
  if (it == state_->jobs.end()) return;
  state_->order.erase(it->second.key);
  state_->jobs.erase(it);
}

void Scheduler::State::hold(Allocation allocation, const Placement& placement,
                            const std::vector<LicenceNeed>& needs, Time ends_by) {
  AllocationRecord record;
  record.licences = needs;
  record.ends_by = ends_by;
  for (const NodeShare& share : placement.nodes) {
    Hold hold;
    hold.ends_by = ends_by;
    hold.allocation = allocation;
    hold.memory = placement.memory;
    hold.cores = placement.cores;
    hold.share_milli = placement.share_milli;
    for (int32_t position : share.devices) {
      PENTAD_ASSERT(position >= 0 && position < Site::max_devices, "a device position");
      hold.devices |= DeviceMask{1} << position;
    }
    record.nodes.push_back(site.node_slot(share.node));
    site.hold(record.nodes.back(), hold);
  }
  licences.hold(needs, ends_by);
  const bool fresh = allocations.emplace(allocation, std::move(record)).second;
  PENTAD_ASSERT(fresh, "an allocation handle is used once");
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
  for (const PlacedNode& node : placed.nodes) {
    NodeShare share;
    share.node = site.node(node.node).node.name;
    for (DeviceMask rest = node.devices; rest != 0; rest &= rest - 1) {
      share.devices.push_back(__builtin_ctzll(rest));
    }
    placement.nodes.push_back(std::move(share));
  }
  return placement;
}

void Scheduler::restore_allocation(Allocation allocation, const Placement& placement,
                                   const std::vector<LicenceRequest>& licences, Time ends_by) {
  std::vector<LicenceNeed> needs;
  for (const LicenceRequest& request : licences) {
    if (request.count > 0) needs.push_back({state_->licences.slot(request.name), request.count});
  }
  state_->hold(allocation, placement, needs, ends_by);
  state_->next_allocation = std::max(state_->next_allocation, allocation + 1);
}

Allocation Scheduler::next_allocation() const { return state_->next_allocation; }
void Scheduler::set_next_allocation(Allocation next) { state_->next_allocation = next; }

void Scheduler::release(Allocation allocation) {
  const auto it = state_->allocations.find(allocation);
  PENTAD_ASSERT(it != state_->allocations.end(), "only what is held can be released");
  const AllocationRecord& record = it->second;
  for (NodeSlot node : record.nodes) state_->site.drop(node, record.ends_by, allocation);
  state_->licences.drop(record.licences, record.ends_by);
  state_->allocations.erase(it);
}

Time Scheduler::next_time(Time now) const {
  Time next = next_cap_change(state_->policy.power_cap, now);
  for (const auto& [id, reservation] : state_->site.reservations()) {
    if (reservation.begin > now) next = std::min(next, reservation.begin);
    if (reservation.end > now) next = std::min(next, reservation.end);
  }
  return next;
}

int64_t Scheduler::position(JobId job) const {
  const auto it = state_->jobs.find(job);
  if (it == state_->jobs.end()) return 0;
  const auto at = state_->order.find(it->second.key);
  return 1 + std::distance(state_->order.begin(), at);
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
