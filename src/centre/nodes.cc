// What the centre is made of: policy, devices, nodes, advance reservations.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

void Centre::State::on(const event::Configure& e) {
  const bool shifts = !(policy.shift_deadline_jobs == e.policy.shift_deadline_jobs);
  const bool was_charging = charging();
  policy = e.policy;
  ledger.set_policy(policy.money);
  if (was_charging != charging()) charging_changed();
  improve_all();
  if (shifts) shift_again();
  scheduler.set_policy(policy);
  fair_share.set_policy(policy);
  for (const DeviceModel& model : e.device_models) {
    device_models[model.name] = model;
    scheduler.upsert_device_model(model);
  }
  if (!e.device_models.empty()) find_cpu_models();
  rekey_queue();
}

void Centre::State::on(const event::UpsertNode& e) {
  const Node& n = e.node;
  bool sane = !n.name.empty() && !n.pool.empty() && n.cores >= 1 && n.cores <= 1'000'000 &&
              n.memory >= Bytes{} && n.devices.size() <= 64;
  int64_t devices = 0;
  for (const DeviceGroup& g : n.devices) {
    sane = sane && g.count >= 1;
    devices += g.count;
  }
  sane = sane && devices <= kMaxDevicesPerNode;
  if (!sane) {
    return refuse(
        RefusalCode::invalid_value, "/node",
        "a node needs a name, a pool, cores, and up to 64 devices in groups of at least 1");
  }
  for (const DeviceGroup& g : n.devices) {
    if (device_models.count(g.model)) continue;
    return refuse(RefusalCode::unknown_device, "/node/devices",
                  fmt::format("there is no device model `{}`", g.model));
  }
  NodeRecord& record = nodes.find_or_add(n.name);
  record.node = n;
  const auto cpu = device_models.find(n.cpu_model);
  record.cpu = cpu == device_models.end() ? nullptr : &cpu->second;
  scheduler.upsert_node(n, record.state);
  dirty_nodes.push_back(n.name);
  pass_needed = true;
}

void Centre::State::on(const event::SetNodeState& e) {
  NodeRecord* found = nodes.find(e.node);
  if (!found) {
    return refuse(RefusalCode::not_found, "/node", fmt::format("there is no node `{}`", e.node));
  }
  NodeRecord& record = *found;
  record.state = e.state == NodeState::drained ? NodeState::draining : e.state;
  record.reason = e.state == NodeState::up ? "" : e.reason;
  dirty_nodes.push_back(e.node);
  scheduler.upsert_node(record.node, record.state);
  if (record.state == NodeState::down) lose_attempts(e.node, e.reason);
  drained_if_empty(e.node);
  pass_needed = true;
}

void Centre::State::lose_attempts(const std::string& node, const std::string& reason) {
  std::vector<AttemptId> lost;
  for (const AttemptRecord* attempt : attempts.sorted()) {
    for (const NodeShare& share : attempt->placement.nodes) {
      if (share.node == node) lost.push_back(attempt->id);
    }
  }
  for (const AttemptId& id : lost) {
    AttemptRecord* attempt = attempts.find(id);
    PENTAD_ASSERT(attempt != nullptr, "an attempt holds a node once");
    // What still runs of it, here or on its other nodes, has to go.
    effects.stops.push_back({id, StopHow::node_lost});
    AttemptEnd end;
    end.kind = EndKind::lost;
    end.message = fmt::format("node {} went down{}{}", node, reason.empty() ? "" : ": ", reason);
    end.ended_at = now;
    end_attempt(*attempt, end);
  }
}

void Centre::State::drained_if_empty(const std::string& node) {
  NodeRecord* record = nodes.find(node);
  if (!record || record->state != NodeState::draining) return;
  if (scheduler.load(node).attempts > 0) return;
  record->state = NodeState::drained;
  scheduler.upsert_node(record->node, NodeState::drained);
  dirty_nodes.push_back(node);
}

void Centre::State::on(const event::CreateReservation& e) {
  if (auto refusal = check_new_reservation(e.reservation)) {
    effects.reply.refusal = std::move(*refusal);
    return;
  }
  AdvanceReservation reservation = e.reservation;
  reservation.id = next_reservation;
  ++next_reservation.value;
  scheduler.add_reservation(reservation);
  effects.reply.reservation = reservation.id;
  reservations.emplace(reservation.id, std::move(reservation));
  pass_needed = true;
}

void Centre::State::on(const event::DeleteReservation& e) {
  if (reservations.erase(e.id) == 0) {
    return refuse(RefusalCode::not_found, "/id",
                  fmt::format("there is no reservation {}", e.id.value));
  }
  scheduler.remove_reservation(e.id);
  effects.reply.reservation = e.id;
  pass_needed = true;
}

}  // namespace pentad
