#include "engine/hardware/inventory.h"

#include <fmt/format.h>
#include <hwloc.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "engine/hardware/cgroup_limits.h"
#include "engine/hardware/find_accelerators.h"
#include "model/device_slug.h"

namespace pentad::engine {
namespace {

struct TopologyDeleter {
  void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, TopologyDeleter>;

struct BitmapDeleter {
  void operator()(hwloc_bitmap_s* bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, BitmapDeleter>;

Result<Topology> load_topology(const std::string& synthetic) {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return fail(ErrorCode::failed, "hwloc cannot start");
  Topology topology(raw);
  if (!synthetic.empty() && hwloc_topology_set_synthetic(raw, synthetic.c_str()) != 0) {
    return fail(ErrorCode::invalid, "hwloc cannot read the synthetic topology");
  }
  if (hwloc_topology_load(raw) != 0)
    return fail(ErrorCode::failed, "hwloc cannot read the machine");
  return topology;
}

// The processors this process may use: a parent's taskset binds jobs too.
Bitmap usable_cpus(const Topology& topology, bool this_machine) {
  Bitmap usable(hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology.get())));
  Bitmap bound(hwloc_bitmap_alloc());
  if (this_machine && hwloc_get_cpubind(topology.get(), bound.get(), HWLOC_CPUBIND_PROCESS) == 0 &&
      hwloc_bitmap_intersects(usable.get(), bound.get())) {
    hwloc_bitmap_and(usable.get(), usable.get(), bound.get());
  }
  return usable;
}

// Logical CPUs of each core, in the order of the topology: neighbours share caches.
std::vector<std::vector<int32_t>> cores_of(const Topology& topology, const Bitmap& usable) {
  std::vector<std::vector<int32_t>> cores;
  // Machines that tell no cores (some virtual ones) have only processing units.
  bool has_cores = hwloc_get_nbobjs_by_type(topology.get(), HWLOC_OBJ_CORE) > 0;
  auto type = has_cores ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  hwloc_obj_t core = nullptr;
  while ((core = hwloc_get_next_obj_by_type(topology.get(), type, core)) != nullptr) {
    std::vector<int32_t> cpus;
    for (int cpu = hwloc_bitmap_first(core->cpuset); cpu != -1;
         cpu = hwloc_bitmap_next(core->cpuset, cpu)) {
      if (hwloc_bitmap_isset(usable.get(), static_cast<unsigned>(cpu))) cpus.push_back(cpu);
    }
    if (!cpus.empty()) cores.push_back(std::move(cpus));
  }
  return cores;
}

std::string cpu_name(const Topology& topology) {
  for (auto type : {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_MACHINE}) {
    hwloc_obj_t object = hwloc_get_obj_by_type(topology.get(), type, 0);
    const char* name = object ? hwloc_obj_get_info_by_name(object, "CPUModel") : nullptr;
    if (name && *name) return name;
  }
  utsname system{};
  return uname(&system) == 0 ? fmt::format("{} CPU", system.machine) : "CPU";
}

// Letters, digits, hyphens and dots of the host's name up to the first dot.
std::string host_name() {
  char buffer[256] = {};
  if (gethostname(buffer, sizeof buffer - 1) != 0) return "localhost";
  std::string name;
  for (char c : std::string_view(buffer)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_';
    if (c == '.') break;
    if (plain) name += c;
  }
  return name.empty() || name[0] == '-' ? "localhost" : name;
}

int32_t count(const Topology& topology, hwloc_obj_type_t type) {
  return std::max(hwloc_get_nbobjs_by_type(topology.get(), type), 0);
}

void limit_by_cgroup(Inventory& inventory) {
  CgroupLimits limits = read_cgroup_limits();
  if (limits.memory && *limits.memory < inventory.node.memory) {
    inventory.node.memory = *limits.memory;
    inventory.notes.push_back(fmt::format("memory limited to {} MiB by the control group we run in",
                                          limits.memory->value >> 20));
  }
  auto cores = static_cast<int64_t>(inventory.machine.cores.size());
  if (limits.cpu_milli && *limits.cpu_milli < cores * 1000) {
    auto allowed = std::max<int64_t>(*limits.cpu_milli / 1000, 1);
    inventory.machine.cores.resize(static_cast<size_t>(allowed));
    inventory.notes.push_back(fmt::format(
        "{} of {} cores offered: the control group we run in has a CPU quota", allowed, cores));
  }
}

}  // namespace

Result<Inventory> take_inventory(const InventoryOptions& options) {
  auto topology = load_topology(options.topology);
  if (!topology) return tl::unexpected(topology.error());
  bool this_machine = options.topology.empty();

  Inventory found;
  Bitmap usable = usable_cpus(*topology, this_machine);
  found.machine.cores = cores_of(*topology, usable);
  if (found.machine.cores.empty()) return fail(ErrorCode::failed, "hwloc finds no core");
  found.node.memory =
      Bytes{static_cast<int64_t>(hwloc_get_root_obj(topology->get())->total_memory)};
  found.hardware_threads = hwloc_bitmap_weight(usable.get());
  found.numa_nodes = count(*topology, HWLOC_OBJ_NUMANODE);
  found.packages = count(*topology, HWLOC_OBJ_PACKAGE);
  if (this_machine) limit_by_cgroup(found);

  found.node.name = host_name();
  found.node.cores = static_cast<int32_t>(found.machine.cores.size());
  found.node.features = cpu_features();
  DeviceModel cpu;
  std::string reported = cpu_name(*topology);
  cpu.name = device_slug(reported);
  cpu.kind = DeviceKind::cpu;
  cpu.memory = Bytes{};
  found.node.cpu_model = cpu.name;
  found.models.push_back(std::move(cpu));
  found.reported_names.push_back(std::move(reported));

  if (options.accelerators) {
    add_devices(found, find_accelerators(options.tool_folders, found.notes));
  }
  return found;
}

void add_devices(Inventory& inventory, std::vector<FoundDevice> devices) {
  std::stable_sort(devices.begin(), devices.end(), [](const auto& a, const auto& b) {
    return device_slug(a.reported_name) < device_slug(b.reported_name);
  });
  for (FoundDevice& device : devices) {
    std::string name = device_slug(device.reported_name);
    auto& groups = inventory.node.devices;
    if (groups.empty() || groups.back().model != name) {
      groups.push_back({name, 0});
      DeviceModel model;
      model.name = name;
      model.kind = device.kind;
      model.memory = device.memory;
      model.full_power = device.full_power;
      inventory.models.push_back(std::move(model));
      inventory.reported_names.push_back(device.reported_name);
    }
    ++groups.back().count;
    inventory.machine.devices.push_back(std::move(device.visible));
  }
}

}  // namespace pentad::engine
