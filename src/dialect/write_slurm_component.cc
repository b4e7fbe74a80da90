// Nodes, tasks, memory and devices of one component as #SBATCH lines.
#include <algorithm>

#include "dialect/slurm_lines.h"

namespace pentad::dialect {

namespace {

std::string range(const CountRange& r) {
  return r.min == r.max ? std::to_string(r.min) : fmt::format("{}-{}", r.min, r.max);
}

std::string mebibytes(int64_t bytes, int64_t parts = 1) {
  constexpr int64_t kMebibyte = 1 << 20;
  int64_t part = (bytes + parts - 1) / std::max<int64_t>(parts, 1);
  return fmt::format("{}M", (part + kMebibyte - 1) / kMebibyte);
}

// sbatch knows memory of nodes, cores and GPUs.
void write_memory(const Component& c, SlurmLines& w) {
  const Given<Memory>& given = c.memory ? c.memory : c.virtual_memory;
  if (!given) return;
  int64_t bytes = given->bytes.value;
  switch (given->scope) {
    case Scope::node:
      return w.say("mem", mebibytes(bytes));
    case Scope::cpu:
      return w.say("mem-per-cpu", mebibytes(bytes));
    case Scope::gpu:
      return w.say("mem-per-gpu", mebibytes(bytes));
    case Scope::task:
    case Scope::slot:
      return w.say("mem-per-cpu", mebibytes(bytes, c.cpus_per_task.value_or(1)));
    case Scope::job:
      return w.say("mem", mebibytes(bytes, c.nodes ? c.nodes->min : 1));
  }
}

std::string gpu_list(const std::vector<Gpus>& gpus, const char* before) {
  std::string list;
  for (const Gpus& g : gpus) {
    list += fmt::format("{}{}{}{}", list.empty() ? "" : ",", before,
                        g.type.empty() ? "" : g.type + ':', g.count);
  }
  return list;
}

void write_devices(const Component& c, SlurmLines& w) {
  std::string gres;
  if (c.gpus && !c.gpus->empty()) {
    Scope scope = c.gpus->front().scope;
    if (scope == Scope::job) {
      w.say("gpus", gpu_list(*c.gpus, ""));
    } else if (scope == Scope::task) {
      w.say("gpus-per-task", gpu_list(*c.gpus, ""));
    } else if (c.gpus->front().is_generic) {
      gres = gpu_list(*c.gpus, "gpu:");
    } else {
      w.say("gpus-per-node", gpu_list(*c.gpus, ""));
    }
    const Gpus& first = c.gpus->front();
    if (!first.mode.empty() || first.mps) w.cannot("the mode of GPUs");
  }
  for (const auto& [name, value] : c.generic.value) {
    if (w.from() != Dialect::slurm) {
      w.cannot(fmt::format("the resource {}={}", name, value));
    } else {
      gres += fmt::format("{}{}:{}", gres.empty() ? "" : ",", name, value);
    }
  }
  if (!gres.empty()) w.say("gres", gres);
  w.number("cpus-per-gpu", c.cpus_per_gpu);
}

// The cores of a chunk (PBS) are those of its tasks.
void write_cores(const Component& c, SlurmLines& w) {
  if (!c.cpus) return w.number("cpus-per-task", c.cpus_per_task);
  int64_t tasks = c.tasks_per_node.value_or(1);
  if (tasks > 0 && *c.cpus % tasks == 0 && *c.cpus > 0) {
    return w.say("cpus-per-task", std::to_string(*c.cpus / tasks));
  }
  w.say("mincpus", std::to_string(std::max<int64_t>(*c.cpus, 1)));
}

}  // namespace

void write_component(const Component& c, SlurmLines& w) {
  if (c.nodes) w.say("nodes", range(*c.nodes));
  if (c.tasks) w.say("ntasks", std::to_string(c.tasks->min));
  w.number("ntasks-per-node", c.tasks_per_node);
  write_cores(c, w);
  w.number("threads-per-core", c.threads_per_core);
  w.number("cores-per-socket", c.cores_per_socket);
  w.number("sockets-per-node", c.sockets_per_node);
  w.number("mincpus", c.min_cpus_per_node);
  w.number("ntasks-per-core", c.tasks_per_core);
  w.number("ntasks-per-socket", c.tasks_per_socket);
  w.number("ntasks-per-gpu", c.tasks_per_gpu);
  write_memory(c, w);
  write_devices(c, w);
  if (c.local_disk) w.say("tmp", mebibytes(c.local_disk->bytes.value));
  w.text("constraint", c.constraint);
  w.list("nodelist", c.hosts);
  w.list("exclude", c.excluded_hosts);
  if (c.sharing && *c.sharing == Sharing::whole_node) w.flag("exclusive");
  if (c.sharing && *c.sharing == Sharing::own_user) w.say("exclusive", "user");
  if (c.layout && *c.layout == Layout::scatter) w.flag("spread-job");
  if (c.layout && *c.layout == Layout::pack) w.flag("use-min-nodes");
  w.text("distribution", c.distribution);
  w.flag_if("contiguous", c.contiguous);
}

}  // namespace pentad::dialect
