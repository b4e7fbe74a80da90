// The part of the clients that runs the centre: nodes, policy, reservations.
#include <fmt/format.h>

#include <utility>

#include "clients.h"

namespace pentad::sim {

// One after the other, so that the last one answered is the one that holds.
void Clients::configure(const Policy& policy) {
  if (!std::exchange(policy_busy_, true)) call(event::Configure{policy, world_.device_models});
}

void Clients::set_up() {
  configure(world_.policy);
  if (scenario_.money > 0) set_up_money();
  for (const Node& node : world_.nodes) {
    if (!busy_nodes_.count(node.name)) call(event::UpsertNode{node});
  }
}

bool Clients::node_is_up(const std::string& node) const {
  auto it = node_states_.find(node);
  return it == node_states_.end() || it->second == NodeState::up;
}

void Clients::set_node(const std::string& node, NodeState state) {
  if (!busy_nodes_.count(node)) call(event::SetNodeState{node, state, "as the seed says"});
}

void Clients::change_node() {
  const Node& node = random_.pick(world_.nodes);
  if (busy_nodes_.count(node.name)) return;
  if (random_.chance(150)) {
    call(event::UpsertNode{changed(random_, node)});
  } else if (!node_is_up(node.name)) {
    set_node(node.name, random_.chance(800) ? NodeState::up : NodeState::down);
  } else {
    set_node(node.name, random_.chance(600) ? NodeState::draining : NodeState::down);
  }
}

void Clients::reserve(Time now) {
  event::CreateReservation create;
  AdvanceReservation& r = create.reservation;
  r.name = "course";
  r.nodes = {random_.pick(world_.nodes).name};
  r.begin = now + random_.duration(Duration{}, seconds(60));
  r.end = r.begin + random_.duration(seconds(10), seconds(120));
  r.users = {"u0"};
  call(create);
}

void Clients::operate(Time now) {
  if (scenario_.money > 0 && random_.chance(scenario_.money)) return operate_money(now);
  switch (random_.below(8)) {
    case 0:
      return reserve(now);
    case 1:
      if (!reservations_.empty()) call(event::DeleteReservation{random_.pick(reservations_)});
      return;
    case 2: {
      Policy policy = make_policy(random_);
      policy.money = world_.policy.money;
      if (scenario_.money > 0) policy.money.charge_requeued = random_.chance(300);
      return configure(policy);
    }
    case 3:
      if (random_.chance(500))
        return call(event::GiveTime{random_.duration(seconds(1), seconds(60))});
      [[fallthrough]];
    default:
      change_node();
  }
}

void Clients::clear_the_way() {
  Policy open = world_.policy;
  open.power_cap = {};
  open.max_limit = hours(1);
  open.requeue_delay = Duration{};
  open.licences = {{"lic", 4}};
  if (scenario_.money > 0 && random_.chance(200)) open.money.charged.clear();
  configure(open);
  if (scenario_.money > 0) clear_money_away();
  for (Node node : std::vector(world_.nodes)) {
    // Large enough for whatever was possible at some time.
    node.cores = 20;
    node.memory = gibibytes(64);
    node.devices = {{"gpu-a", 2}, {"npu-b", 4}};
    node.features = {"fast", "big"};
    if (!busy_nodes_.count(node.name)) call(event::UpsertNode{node});
  }
  for (ReservationId id : std::vector(reservations_)) call(event::DeleteReservation{id});
}

bool Clients::help_along() {
  const Centre& centre = daemon_.centre();
  size_t calls = calls_.size();
  for (const NodeView& node : centre.nodes()) {
    if (node.state != NodeState::up) set_node(node.node.name, NodeState::up);
  }
  std::set<JobId> waiting = unfinished_;
  waiting.insert(strangers_.begin(), strangers_.end());
  bool helped = false;
  for (JobId job : waiting) {
    auto status = centre.job_status(job);
    auto request = centre.job_request(job);
    if (!status || !request || busy_jobs_.count(job)) continue;
    if (status->reason >= PendingReason::frozen) {
      // Then only time can help: a price is to come.
      if (std::exchange(helped, true) || money_cleared_++ > 4) continue;
      clear_money_away();
    } else if (status->reason == PendingReason::held_by_user ||
               status->reason == PendingReason::held_by_operator) {
      call(event::Release{job, true});
    } else if (status->reason == PendingReason::dependency_never ||
               (request->resources.reservation && status->state == JobState::queued)) {
      call(event::Cancel{job, {}});
    }
  }
  return calls_.size() > calls;
}

}  // namespace pentad::sim
