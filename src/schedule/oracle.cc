#include "schedule/oracle.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace pentad::oracle {
namespace {

// Something taken from `begin` up to `end`: a running attempt or one planned for later.
struct Taken {
  Time begin;
  Time end;
  Placement placement;
  std::vector<LicenceRequest> licences;
};

struct Scene {
  const World& world;
  Time now;
  std::vector<Taken> taken;
};

Scene make_scene(const World& world, Time now) {
  Scene scene{world, now, {}};
  for (const Running& running : world.running) {
    const Time end = std::max(running.ends_by, now + Duration{1});  // past its limit it ends now
    scene.taken.push_back({Time{}, end, running.placement, running.licences});
  }
  return scene;
}

bool at(const Taken& taken, Time instant) { return taken.begin <= instant && instant < taken.end; }

const NodeShare* share_on(const Placement& placement, const std::string& node) {
  for (const NodeShare& share : placement.nodes) {
    if (share.node == node) return &share;
  }
  return nullptr;
}

std::vector<std::string> device_models(const Node& node) {
  std::vector<std::string> models;
  for (const DeviceGroup& group : node.devices) {
    for (int i = 0; i < group.count; ++i) models.push_back(group.model);
  }
  return models;
}

int free_cores(const Scene& scene, const Node& node, Time instant) {
  int free = node.cores;
  for (const Taken& taken : scene.taken) {
    if (at(taken, instant) && share_on(taken.placement, node.name)) free -= taken.placement.cores;
  }
  return free;
}

Bytes free_memory(const Scene& scene, const Node& node, Time instant) {
  Bytes free = node.memory;
  for (const Taken& taken : scene.taken) {
    if (at(taken, instant) && share_on(taken.placement, node.name)) free -= taken.placement.memory;
  }
  return free;
}

int free_milli(const Scene& scene, const Node& node, int position, Time instant) {
  int free = 1000;
  for (const Taken& taken : scene.taken) {
    const NodeShare* share = share_on(taken.placement, node.name);
    if (!at(taken, instant) || share == nullptr) continue;
    const auto& held = share->devices;
    if (std::count(held.begin(), held.end(), position) > 0) free -= taken.placement.share_milli;
  }
  return free;
}

int free_licences(const Scene& scene, const std::string& name, Time instant) {
  int free = 0;
  for (const Licence& licence : scene.world.policy.licences) {
    if (licence.name == name) free = licence.count;
  }
  for (const Taken& taken : scene.taken) {
    for (const LicenceRequest& request : taken.licences) {
      if (at(taken, instant) && request.name == name) free -= request.count;
    }
  }
  return free;
}

// Every instant of [start, end) at which something begins, and the start: between them things only
// end.
std::vector<Time> instants(const Scene& scene, Time start, Time end) {
  std::vector<Time> all{start};
  for (const Taken& taken : scene.taken) {
    if (start < taken.begin && taken.begin < end) all.push_back(taken.begin);
  }
  return all;
}

struct Fit {
  int milli = 0;  // free at the start, of the model
  int cores = 0;  // free at the start
  std::string node;
  std::vector<int> devices;
  bool operator<(const Fit& o) const {
    return std::tie(milli, cores, node) < std::tie(o.milli, o.cores, o.node);
  }
};

std::optional<Fit> fit_node(const Scene& scene, const Demand& demand, const std::string& model,
                            const Node& node, Time start) {
  const ResourceRequest& want = demand.resources;
  const Time end = start + demand.limit;
  for (const std::string& feature : want.features) {
    if (std::count(node.features.begin(), node.features.end(), feature) == 0) return {};
  }
  bool inside_own = !want.reservation;
  for (const auto& [id, reservation] : scene.world.reservations) {
    const auto& names = reservation.nodes;
    if (std::count(names.begin(), names.end(), node.name) == 0) continue;
    if (want.reservation == id) {
      inside_own = reservation.begin <= start && end <= reservation.end;
    } else if (reservation.begin < end && start < reservation.end) {
      return {};
    }
  }
  if (!inside_own) return {};

  if (want.cores > node.cores || want.memory > node.memory) return {};
  const int cores = want.exclusive ? node.cores : want.cores;
  const Bytes memory = want.exclusive ? node.memory : want.memory;
  std::set<int> usable;
  const std::vector<std::string> models = device_models(node);
  for (int i = 0; i < static_cast<int>(models.size()); ++i) {
    if (want.devices.count > 0 && models[static_cast<size_t>(i)] == model) usable.insert(i);
  }
  Fit fit;
  for (int position : usable) fit.milli += free_milli(scene, node, position, start);
  for (Time instant : instants(scene, start, end)) {
    if (free_cores(scene, node, instant) < cores) return {};
    if (free_memory(scene, node, instant) < memory) return {};
    std::erase_if(usable, [&](int position) {
      return free_milli(scene, node, position, instant) < want.devices.share_milli;
    });
  }
  if (static_cast<int>(usable.size()) < want.devices.count) return {};
  std::vector<std::pair<int, int>> by_share;
  for (int position : usable) {
    by_share.push_back({free_milli(scene, node, position, start), position});
  }
  std::sort(by_share.begin(), by_share.end());
  for (int i = 0; i < want.devices.count; ++i) {
    fit.devices.push_back(by_share[static_cast<size_t>(i)].second);
  }
  std::sort(fit.devices.begin(), fit.devices.end());
  fit.cores = free_cores(scene, node, start);
  fit.node = node.name;
  return fit;
}

// A pool and the device model in it (empty: none asked for), with what the wish compares.
struct Choice {
  std::string pool;
  std::string model;
  std::string scored;  // the model whose figures count
  long double cost = 0;
  bool known = false;
  bool operator<(const Choice& o) const {
    if (known != o.known) return known;
    if (known && cost != o.cost) return cost < o.cost;
    return std::tie(pool, scored) < std::tie(o.pool, o.scored);
  }
};

void rate(const World& world, const Demand& demand, int units, Choice& choice) {
  const auto it = world.models.find(choice.scored);
  if (it == world.models.end()) return;
  const DeviceModel& model = it->second;
  int64_t speed = model.measured.at(demand.precision);
  if (speed == 0) speed = model.peak.at(demand.precision);
  if (speed == 0) return;
  choice.known = true;
  const auto per_speed = [&](int64_t x) { return static_cast<long double>(x) / speed; };
  if (demand.wish == Wish::cheapest) choice.cost = per_speed(model.price_per_hour.value);
  if (demand.wish == Wish::greenest) choice.cost = per_speed(model.full_power.value);
  if (demand.wish == Wish::fastest) choice.cost = per_speed(1) / units;
}

bool device_allowed(const World& world, const DeviceRequest& request, const std::string& model) {
  const auto& names = request.models;
  if (!names.empty() && std::count(names.begin(), names.end(), model) == 0) return false;
  if (!request.kind) return true;
  const auto it = world.models.find(model);
  return it != world.models.end() && it->second.kind == *request.kind;
}

std::vector<Choice> choices(const World& world, const Demand& demand) {
  const ResourceRequest& want = demand.resources;
  std::map<std::string, std::vector<const Node*>> pools;
  for (const auto& [name, entry] : world.nodes) pools[entry.first.pool].push_back(&entry.first);
  std::vector<Choice> all;
  for (const auto& [pool, nodes] : pools) {
    if (!want.pools.empty() && std::count(want.pools.begin(), want.pools.end(), pool) == 0) {
      continue;
    }
    if (want.devices.count == 0) {
      all.push_back({pool, "", nodes.front()->cpu_model, 0, false});
      rate(world, demand, want.exclusive ? nodes.front()->cores : 1, all.back());
      continue;
    }
    std::set<std::string> models;
    for (const Node* node : nodes) {
      for (const std::string& model : device_models(*node)) models.insert(model);
    }
    for (const std::string& model : models) {
      if (!device_allowed(world, want.devices, model)) continue;
      all.push_back({pool, model, model, 0, false});
      rate(world, demand, 1, all.back());
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<Placement> place(const Scene& scene, const Demand& demand, Time start) {
  const ResourceRequest& want = demand.resources;
  for (Time instant : instants(scene, start, start + demand.limit)) {
    std::map<std::string, int> asked;
    for (const LicenceRequest& request : want.licences) asked[request.name] += request.count;
    for (const auto& [name, count] : asked) {
      if (free_licences(scene, name, instant) < count) return {};
    }
  }
  for (const Choice& choice : choices(scene.world, demand)) {
    std::vector<Fit> fits;
    for (const auto& [name, entry] : scene.world.nodes) {
      const auto& [node, state] = entry;
      if (node.pool != choice.pool || state != NodeState::up) continue;
      if (auto fit = fit_node(scene, demand, choice.model, node, start)) fits.push_back(*fit);
    }
    if (static_cast<int>(fits.size()) < want.nodes) continue;
    std::sort(fits.begin(), fits.end());
    fits.resize(static_cast<size_t>(want.nodes));
    std::sort(fits.begin(), fits.end(), [](auto& a, auto& b) { return a.node < b.node; });
    Placement placement{
        choice.pool, choice.model, want.cores, want.memory, want.devices.share_milli, {}};
    for (const Fit& fit : fits) {
      placement.nodes.push_back({fit.node, fit.devices});
      if (!want.exclusive) continue;
      const Node& node = scene.world.nodes.at(fit.node).first;
      placement.cores = std::max(placement.cores, node.cores);
      placement.memory = std::max(placement.memory, node.memory);
    }
    return placement;
  }
  return {};
}

struct Later {
  Time begin;
  Placement placement;
};

// A job can begin to fit only when something ends or its own reservation begins.
std::optional<Later> earliest(const Scene& scene, const Demand& demand, Time from) {
  std::set<Time> times{from};
  for (const Taken& taken : scene.taken) times.insert(taken.end);
  for (const auto& [id, reservation] : scene.world.reservations) {
    times.insert(reservation.begin);
    times.insert(reservation.end);
  }
  if (scene.world.every_millisecond && !times.empty()) {
    const Time last = std::min(*times.rbegin(), from + seconds(10));
    for (Time time = from; time < last; time = time + Duration{1}) times.insert(time);
  }
  for (Time time : times) {
    if (time < from || time == Time::never()) continue;
    if (auto placement = place(scene, demand, time)) return Later{time, *placement};
  }
  return {};
}

int64_t node_power(const World& world, const Node& node, int cores, const std::vector<int>& devices,
                   int share, bool idle) {
  const auto watts = [&](const std::string& model) {
    const auto it = world.models.find(model);
    if (it == world.models.end()) return int64_t{0};
    const DeviceModel& m = it->second;
    return idle ? m.idle_power.value : m.full_power.value - m.idle_power.value;
  };
  int64_t power = watts(node.cpu_model) * cores;
  const std::vector<std::string> models = device_models(node);
  for (int position : devices) {
    if (position < static_cast<int>(models.size())) {
      power += watts(models[static_cast<size_t>(position)]) * share / 1000;
    }
  }
  return power;
}

int64_t added_power(const World& world, const Placement& placement) {
  int64_t power = 0;
  for (const NodeShare& share : placement.nodes) {
    const auto it = world.nodes.find(share.node);
    if (it == world.nodes.end()) continue;
    power += node_power(world, it->second.first, placement.cores, share.devices,
                        placement.share_milli, false);
  }
  return power;
}

int64_t total_power(const World& world) {
  int64_t power = 0;
  for (const auto& [name, entry] : world.nodes) {
    const auto& [node, state] = entry;
    if (state == NodeState::down) continue;
    std::vector<int> devices;
    for (size_t i = 0; i < device_models(node).size(); ++i) devices.push_back(static_cast<int>(i));
    power += node_power(world, node, node.cores, devices, 1000, true);
  }
  for (const Running& running : world.running) power += added_power(world, running.placement);
  return power;
}

bool above_cap(const World& world, const Placement& placement, Time now) {
  const PowerCap& cap = world.policy.power_cap;
  if (cap.by_hour.empty()) return false;
  const int64_t hour = (now + cap.utc_offset).value / hours(1).value % 24;
  return total_power(world) + added_power(world, placement) >
         cap.by_hour[static_cast<size_t>(hour)].value;
}

std::vector<Queued> in_order(std::vector<Queued> queue) {
  std::sort(queue.begin(), queue.end(), [](const Queued& a, const Queued& b) {
    if (a.key.priority != b.key.priority) return a.key.priority > b.key.priority;
    if (a.key.submitted != b.key.submitted) return a.key.submitted < b.key.submitted;
    return a.key.job < b.key.job;
  });
  return queue;
}

}  // namespace

std::vector<Start> pass(World& world, Time now) {
  std::vector<Start> starts;
  std::vector<Taken> planned;
  const bool backfill = world.policy.backfill;
  const int depth = backfill ? world.policy.reservation_depth : 1;
  for (const Queued& job : in_order(world.queue)) {
    for (int64_t element = 0; element < job.count; ++element) {
      if (!backfill && !planned.empty()) break;
      Scene scene = make_scene(world, now);
      scene.taken.insert(scene.taken.end(), planned.begin(), planned.end());
      const auto& licences = job.demand.resources.licences;
      if (auto placement = place(scene, job.demand, now)) {
        if (above_cap(world, *placement, now)) continue;
        starts.push_back({job.key.job, world.next_allocation, *placement});
        world.running.push_back(
            {world.next_allocation++, job.key.job, *placement, licences, now + job.demand.limit});
        for (Queued& entry : world.queue) {
          if (entry.key.job == job.key.job) --entry.count;
        }
      } else if (depth < 0 || static_cast<int>(planned.size()) < depth) {
        if (auto later = earliest(scene, job.demand, now + Duration{1})) {
          planned.push_back(
              {later->begin, later->begin + job.demand.limit, later->placement, licences});
        }
      }
    }
  }
  std::erase_if(world.queue, [](const Queued& job) { return job.count == 0; });
  return starts;
}

std::vector<Scheduler::Expected> forecast(const World& world, Time now, size_t max_jobs) {
  std::vector<Scheduler::Expected> expected;
  Scene scene = make_scene(world, now);
  for (const Queued& job : in_order(world.queue)) {
    for (int64_t element = 0; element < job.count; ++element) {
      if (max_jobs == 0) return expected;
      --max_jobs;
      const auto start = earliest(scene, job.demand, now);
      if (!start) break;  // nor will the rest of its array
      scene.taken.push_back({start->begin, start->begin + job.demand.limit, start->placement,
                             job.demand.resources.licences});
      if (element == 0) expected.push_back({job.key.job, start->begin});
    }
  }
  return expected;
}

}  // namespace pentad::oracle
