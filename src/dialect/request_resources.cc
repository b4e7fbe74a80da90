// Components of the neutral job as resources of each node.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dialect/to_request.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

constexpr int64_t kMostCount = 1'000'000;

int64_t up(int64_t n, int64_t by) { return (n + by - 1) / by; }

class Filler {
 public:
  Filler(const Component& part, bool is_chunk, int32_t node_cores, ResourceRequest& to,
         std::vector<Record>& out)
      : part_(part), is_chunk_(is_chunk), node_cores_(node_cores), to_(to), out_(out) {}

  void fill() {
    shape();
    gpus();
    memory();
    choice();
  }

 private:
  void note(const Origin& origin, std::string field, Effect effect, std::string reason) {
    out_.push_back({origin, std::move(field), effect, std::move(reason)});
  }

  int32_t count(int64_t n, const Origin& origin, const char* field) {
    if (n <= kMostCount) return static_cast<int32_t>(n);
    note(origin, field, Effect::refused, fmt::format("{} is more than any centre has", n));
    return 1;
  }

  // Nodes, tasks and cores of each node.
  void shape() {
    const CountRange tasks = *part_.tasks;
    if (part_.nodes && part_.nodes->min != part_.nodes->max) {
      note(part_.nodes.origin, "nodes", Effect::approximated,
           fmt::format("the least number, {}, is asked for", part_.nodes->min));
    }
    if (part_.tasks && tasks.min != tasks.max) {
      note(part_.tasks.origin, "tasks", Effect::approximated,
           fmt::format("the least number, {}, is asked for", tasks.min));
    }
    int64_t nodes = part_.nodes ? part_.nodes->min : 1;
    if (part_.nodes && part_.tasks && !is_chunk_ && nodes > tasks.min) {
      nodes = tasks.min;
      note(part_.nodes.origin, "nodes", Effect::approximated,
           fmt::format("{} tasks need no more than as many nodes", tasks.min));
    }
    if (!part_.nodes && part_.tasks && part_.tasks_per_node && *part_.tasks_per_node > 0) {
      nodes = up(tasks.min, *part_.tasks_per_node);
    } else if (!part_.nodes && part_.tasks && node_cores_ > 0) {
      int64_t fit =
          std::max<int64_t>(node_cores_ / std::max<int64_t>(part_.cpus_per_task.value_or(1), 1), 1);
      nodes = up(tasks.min, fit);
    }
    tasks_per_node_ = part_.tasks ? up(tasks.min, nodes) : part_.tasks_per_node.value_or(1);
    if (!part_.nodes && !part_.tasks_per_node && part_.tasks && tasks.min > 1 && nodes == 1) {
      note(part_.tasks.origin, "tasks", Effect::approximated,
           "all tasks are asked for on one node: give a number of nodes to spread them");
    } else if (part_.tasks && tasks.min % nodes != 0) {
      note(part_.tasks.origin, "tasks", Effect::approximated,
           fmt::format("each node gets the cores of {} tasks", tasks_per_node_));
    }
    tasks_per_node_ = std::clamp<int64_t>(tasks_per_node_, 1, kMostCount + 1);
    int64_t cores = tasks_per_node_ * std::min(part_.cpus_per_task.value_or(1), kMostCount);
    if (part_.cpus)
      cores =
          part_.cpus_per_task && part_.tasks_per_node ? std::max(*part_.cpus, cores) : *part_.cpus;
    cores = std::max({cores, part_.min_cpus_per_node.value_or(1), int64_t{1}});
    to_.nodes = count(nodes, part_.nodes.origin, "nodes");
    to_.cores = count(cores, part_.tasks.origin, "cores");
  }

  void gpus() {
    if (!part_.gpus || part_.gpus->empty() || part_.gpus->front().count == 0) {
      if (!part_.cpus_per_gpu) return;
      return note(part_.cpus_per_gpu.origin, "cpus_per_gpu", Effect::ignored, "it asks for no GPU");
    }
    const Origin& origin = part_.gpus.origin;
    if (part_.gpus->size() > 1) {
      return note(origin, "gpus", Effect::refused, "a job uses one model of GPU");
    }
    const Gpus& g = part_.gpus->front();
    int64_t per_node = std::min(g.count, kMostCount + 1);
    if (g.scope == Scope::job) per_node = up(per_node, to_.nodes);
    if (g.scope == Scope::task) per_node *= std::min(tasks_per_node_, kMostCount);
    if (g.scope == Scope::job && g.count % to_.nodes != 0) {
      note(origin, "gpus", Effect::approximated, fmt::format("{} on each node", per_node));
    }
    to_.devices.count = count(per_node, origin, "gpus");
    to_.devices.kind = DeviceKind::gpu;
    if (!g.type.empty()) {
      to_.devices.kind.reset();
      to_.devices.models = {g.type};
    }
    if (g.mode == "shared" || g.mps) {
      note(origin, "gpus", Effect::approximated, "whole GPUs are given, in the site's mode");
    }
    if (part_.cpus_per_gpu && part_.cpus_per_task) {
      note(part_.cpus_per_gpu.origin, "cpus_per_gpu", Effect::ignored,
           "the cores of tasks are given");
    } else if (part_.cpus_per_gpu) {
      int64_t cores = *part_.cpus_per_gpu * std::min<int64_t>(per_node, kMostCount);
      to_.cores = std::max(to_.cores, count(cores, part_.cpus_per_gpu.origin, "cpus_per_gpu"));
    }
  }

  void memory() {
    const Given<Memory>& given = part_.memory ? part_.memory : part_.virtual_memory;
    if (!given) return;
    if (part_.memory && part_.virtual_memory) {
      note(part_.virtual_memory.origin, "virtual_memory", Effect::approximated,
           "no limit of its own: the memory holds");
    }
    int64_t times = 1;
    switch (given->scope) {
      case Scope::cpu:
        times = to_.cores;
        break;
      case Scope::task:
      case Scope::slot:
        times = tasks_per_node_;
        break;
      case Scope::gpu:
        times = to_.devices.count;
        break;
      case Scope::node:
      case Scope::job:
        break;
    }
    if (given->bytes.value == 0) {
      to_.exclusive = true;
      return note(given.origin, "memory", Effect::approximated,
                  "all memory of a node is given with the whole node");
    }
    if (times > 0 && given->bytes.value > std::numeric_limits<int64_t>::max() / 4 / times) {
      return note(given.origin, "memory", Effect::refused, "more than any node has");
    }
    to_.memory = Bytes{given->bytes.value * times};
    if (given->scope == Scope::job) to_.memory = Bytes{up(given->bytes.value, to_.nodes)};
  }

  // Which nodes.
  void choice() {
    if (part_.constraint) features();
    if (part_.hosts) {
      note(part_.hosts.origin, "hosts", Effect::refused,
           "nodes cannot be chosen by name: ask for a feature or a queue");
    }
    if (part_.excluded_hosts) {
      note(part_.excluded_hosts.origin, "excluded_hosts", Effect::ignored,
           "nodes cannot be left out by name; broken ones are not used anyway");
    }
    if (part_.sharing) {
      to_.exclusive = to_.exclusive || *part_.sharing != Sharing::shared;
      if (*part_.sharing == Sharing::own_user) {
        note(part_.sharing.origin, "sharing", Effect::approximated, "not shared with anybody");
      }
    }
    auto left_to_centre = [&](const auto& given, const char* field) {
      if (given) note(given.origin, field, Effect::ignored, "left to the centre");
    };
    left_to_centre(part_.local_disk, "local_disk");
    left_to_centre(part_.threads_per_core, "threads_per_core");
    left_to_centre(part_.cores_per_socket, "cores_per_socket");
    left_to_centre(part_.sockets_per_node, "sockets_per_node");
    left_to_centre(part_.tasks_per_core, "tasks_per_core");
    left_to_centre(part_.tasks_per_socket, "tasks_per_socket");
    left_to_centre(part_.tasks_per_gpu, "tasks_per_gpu");
    left_to_centre(part_.distribution, "distribution");
    left_to_centre(part_.contiguous, "contiguous");
    left_to_centre(part_.generic, "generic");
    if (part_.layout && !is_chunk_ && *part_.layout != Layout::free) {
      note(part_.layout.origin, "layout", Effect::approximated, "the number of nodes decides");
    }
    bool scattered = part_.layout && *part_.layout == Layout::scatter;
    if (is_chunk_ && !scattered && to_.nodes > 1) {
      note(part_.layout ? part_.layout.origin : part_.nodes.origin, "layout", Effect::approximated,
           "each chunk lies on a node of its own");
    }
  }

  // a&b: nodes must have both. Anything else has no counterpart.
  void features() {
    std::string text = *part_.constraint;
    for (size_t at; (at = text.find("&&")) != text.npos;) text.erase(at, 1);
    bool simple = text.find_first_of("|[]*()!=<>\"'") == text.npos;
    if (!simple) {
      return note(part_.constraint.origin, "constraint", Effect::refused,
                  "only features joined by & can be asked for");
    }
    for (std::string_view one : split(text, '&')) {
      if (!trim(one).empty()) to_.features.emplace_back(trim(one));
    }
  }

  const Component& part_;
  const bool is_chunk_;  // PBS: several may share a node there
  const int32_t node_cores_;
  ResourceRequest& to_;
  std::vector<Record>& out_;
  int64_t tasks_per_node_ = 1;
};

// Components that differ in nothing but how many nodes.
bool is_alike(const ResourceRequest& a, ResourceRequest b) {
  b.nodes = a.nodes;
  return a == b;
}

// Those of a later part that the first one does not have.
void add_new(const std::vector<Record>& more, std::vector<Record>& to) {
  for (const Record& r : more) {
    bool known = std::ranges::any_of(
        to, [&](const Record& one) { return one.text == r.text && one.reason == r.reason; });
    if (!known) to.push_back(r);
  }
}

// What two parts of a job differ in.
std::string difference(const ResourceRequest& a, const ResourceRequest& b) {
  std::vector<std::string> all;
  if (a.cores != b.cores) all.push_back(fmt::format("cores ({}, {})", a.cores, b.cores));
  if (a.memory != b.memory) {
    all.push_back(fmt::format("memory ({}, {})", size_text(a.memory), size_text(b.memory)));
  }
  if (a.devices != b.devices) {
    all.push_back(fmt::format("GPUs ({}, {})", a.devices.count, b.devices.count));
  }
  if (a.exclusive != b.exclusive) all.emplace_back("whole nodes");
  if (a.features != b.features) all.emplace_back("features");
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

void fill_resources(const Translation& translation, int32_t node_cores, ResourceRequest& to,
                    std::vector<Record>& deviations) {
  const Job& job = translation.job;
  bool is_chunk = translation.dialect == Dialect::pbspro;
  Filler(job.components.front(), is_chunk, node_cores, to, deviations).fill();
  for (size_t i = 1; i < job.components.size(); ++i) {
    ResourceRequest other;
    other.memory = to.memory;
    std::vector<Record> more;
    Filler(job.components[i], is_chunk, node_cores, other, more).fill();
    if (is_alike(to, other) && to.nodes + other.nodes <= kMostCount) {
      to.nodes += other.nodes;
      add_new(more, deviations);
      continue;
    }
    const Component& part = job.components[i];
    const Origin& origin = part.nodes ? part.nodes.origin : part.tasks.origin;
    deviations.push_back({origin, "components", Effect::refused,
                          fmt::format("parts 1 and {} differ in {}: a job has nodes of one kind "
                                      "here; ask for the larger in both, or submit two jobs",
                                      i + 1, difference(to, other))});
    return;
  }
}

}  // namespace pentad::dialect
