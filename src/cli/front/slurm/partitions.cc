#include "cli/front/slurm/partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pentad::cli::front::slurm {

Machine::Machine(Session& session, const Globals& globals)
    : nodes(session.get<api::NodeList>("/nodes")) {
  dialect::SiteProfile site = site_profile(globals);
  auto add = [&](const std::string& name, const std::string& pool, const dialect::QueueRule& rule) {
    if (std::ranges::find(partitions, name, &Partition::name) != partitions.end()) return;
    Partition& out = partitions.emplace_back();
    out.name = name;
    out.max_limit_s = rule.max_limit.value / 1000;
    out.default_limit_s = rule.limit.value / 1000;
    for (const api::NodeInfo& node : nodes.nodes) {
      if (pool.empty() || node.pool == pool) out.nodes.push_back(&node);
    }
  };
  for (const auto& [name, rule] : site.queues) add(name, rule.pool, rule);
  if (!site.default_queue.empty()) add(site.default_queue, "", {});
  if (site.unmapped_queue == dialect::UnmappedQueue::pool || partitions.empty()) {
    for (const api::PoolInfo& pool : session.get<api::PoolList>("/pools").pools) {
      add(pool.name, pool.name, {});
    }
  }
  for (Partition& one : partitions) {
    one.is_default =
        site.default_queue.empty() ? &one == &partitions.front() : one.name == site.default_queue;
  }
}

std::string Machine::partitions_of(const api::NodeInfo& node) const {
  std::string out;
  for (const Partition& one : partitions) {
    if (std::ranges::find(one.nodes, &node) == one.nodes.end()) continue;
    out += (out.empty() ? "" : ",") + one.name;
  }
  return out;
}

NodeUse use_of(const api::NodeInfo& node) {
  switch (node.state) {
    case NodeState::draining:
      return NodeUse::draining;
    case NodeState::drained:
      return NodeUse::drained;
    case NodeState::down:
      return NodeUse::down;
    case NodeState::up:
      break;
  }
  if (node.attempts == 0) return NodeUse::idle;
  return node.cores_used >= node.cores ? NodeUse::allocated : NodeUse::mixed;
}

std::string_view short_use(NodeUse use) {
  switch (use) {
    case NodeUse::idle:
      return "idle";
    case NodeUse::mixed:
      return "mix";
    case NodeUse::allocated:
      return "alloc";
    case NodeUse::draining:
      return "drng";
    case NodeUse::drained:
      return "drain";
    case NodeUse::down:
      return "down";
  }
  return "";
}

std::string_view long_use(NodeUse use) {
  switch (use) {
    case NodeUse::mixed:
      return "mixed";
    case NodeUse::allocated:
      return "allocated";
    case NodeUse::draining:
      return "draining";
    case NodeUse::drained:
      return "drained";
    default:
      return short_use(use);
  }
}

std::string gres_of(const api::NodeInfo& node) {
  std::map<std::string, int> count;
  for (const api::DeviceView& device : node.devices) ++count[device.model];
  std::string out;
  for (const auto& [model, number] : count) {
    out += fmt::format("{}gpu:{}:{}", out.empty() ? "" : ",", model, number);
  }
  return out.empty() ? "(null)" : out;
}

}  // namespace pentad::cli::front::slurm
