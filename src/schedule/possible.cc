// What no state of the centre could ever run.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "schedule/state.h"
#include "schedule/text.h"

namespace pentad {

using namespace schedule;

namespace {

Refusal invalid(std::string field, std::string detail) {
  return {RefusalCode::invalid_value, std::move(field), std::move(detail)};
}

std::optional<Refusal> check_figures(const ResourceRequest& resources) {
  if (resources.nodes < 1) return invalid("/nodes", "a job needs at least one node");
  if (resources.cores < 1) return invalid("/cores", "a job needs at least one core per node");
  if (resources.memory < Bytes{}) return invalid("/memory", "memory cannot be negative");
  const DeviceRequest& devices = resources.devices;
  if (devices.count < 0) return invalid("/devices/count", "a count of devices cannot be negative");
  if (devices.share_milli < 1 || devices.share_milli > 1000) {
    return invalid("/devices/share_milli", "a share of a device is 1 to 1000 thousandths");
  }
  for (size_t i = 0; i < resources.licences.size(); ++i) {
    if (resources.licences[i].count < 1) {
      return invalid(fmt::format("/licences/{}/count", i), "a count of licences is at least 1");
    }
  }
  return {};
}

std::optional<Refusal> check_licences(const ResourceRequest& resources, const Policy& policy) {
  for (size_t i = 0; i < resources.licences.size(); ++i) {
    const LicenceRequest& request = resources.licences[i];
    const auto it =
        std::find_if(policy.licences.begin(), policy.licences.end(),
                     [&](const Licence& licence) { return licence.name == request.name; });
    if (it == policy.licences.end()) {
      return Refusal{RefusalCode::unknown_licence, fmt::format("/licences/{}/name", i),
                     fmt::format("there is no licence '{}' here", request.name)};
    }
  }
  return {};
}

std::optional<Refusal> check_names(const ResourceRequest& resources, const Site& site) {
  for (size_t i = 0; i < resources.pools.size(); ++i) {
    const int64_t pool = site.find_pool(resources.pools[i]);
    if (pool < 0 || site.pools()[static_cast<size_t>(pool)].nodes.empty()) {
      return Refusal{RefusalCode::unknown_pool, fmt::format("/pools/{}", i),
                     fmt::format("there is no pool '{}' here", resources.pools[i])};
    }
  }
  const auto in_a_pool = [&](auto predicate) {
    for (const Pool& pool : site.pools()) {
      for (const auto& [model, count] : pool.models) {
        if (predicate(site.models()[static_cast<size_t>(model)])) return true;
      }
    }
    return false;
  };
  const DeviceRequest& devices = resources.devices;
  if (devices.count == 0) return {};
  for (size_t i = 0; i < devices.models.size(); ++i) {
    const std::string& name = devices.models[i];
    if (!in_a_pool([&](const ModelRecord& record) { return record.model.name == name; })) {
      return Refusal{RefusalCode::unknown_device, fmt::format("/devices/models/{}", i),
                     fmt::format("no node has a device '{}'", name)};
    }
  }
  if (devices.kind && !in_a_pool([&](const ModelRecord& record) {
        return record.known && record.model.kind == *devices.kind;
      })) {
    return Refusal{RefusalCode::unknown_device, "/devices/kind",
                   "no node has a device of this kind"};
  }
  return {};
}

Refusal impossible(std::string field, std::string detail) {
  return {RefusalCode::impossible_resources, std::move(field), std::move(detail)};
}

std::optional<Refusal> check_reservation(const Demand& demand, const Site& site) {
  if (!demand.resources.reservation) return {};
  const auto it = site.reservations().find(*demand.resources.reservation);
  if (it == site.reservations().end()) {
    return Refusal{RefusalCode::unknown_reservation, "/reservation",
                   fmt::format("there is no reservation {}", demand.resources.reservation->value)};
  }
  const Duration length = it->second.end - it->second.begin;
  if (demand.limit <= length) return {};
  return impossible(
      "/reservation",
      fmt::format("a job in reservation '{}' must end with it: a limit of {} is "
                  "longer than its {}",
                  it->second.name, duration_text(demand.limit), duration_text(length)));
}

// The largest figures found, each for itself.
struct Largest {
  int32_t cores = 0;
  Bytes memory;
  int32_t devices = 0;
  std::string cores_pool, memory_pool, devices_pool, model;
  int32_t nodes = 0;  // that fit, in the best pool
  std::string nodes_pool;
  bool any = false;
};

Largest find_largest(const Need& need, const std::vector<Option>& options, const Site& site) {
  Largest largest;
  for (const Option& option : options) {
    const Pool& pool = site.pools()[option.pool];
    int32_t fitting = 0;
    for (NodeSlot slot : pool.nodes) {
      const NodeRecord& node = site.node(slot);
      if (!eligible(need, node)) continue;
      largest.any = true;
      if (node.node.cores > largest.cores) {
        largest.cores = node.node.cores;
        largest.cores_pool = pool.name;
      }
      if (node.node.memory > largest.memory) {
        largest.memory = node.node.memory;
        largest.memory_pool = pool.name;
      }
      const int devices =
          option.model == no_model ? 0 : std::popcount(node.devices_of(option.model));
      if (devices > largest.devices) {
        largest.devices = devices;
        largest.devices_pool = pool.name;
        largest.model = site.models()[static_cast<size_t>(option.model)].model.name;
      }
      if (fits_empty(need, option.model, node)) ++fitting;
    }
    if (fitting > largest.nodes) {
      largest.nodes = fitting;
      largest.nodes_pool = pool.name;
    }
  }
  return largest;
}

// Whether some pool has enough nodes; looks only until it has found them, which is soon for what
// can run at all.
bool fits_somewhere(const Need& need, const std::vector<Option>& options, const Site& site) {
  for (const Option& option : options) {
    int32_t fitting = 0;
    for (NodeSlot slot : site.pools()[option.pool].nodes) {
      const NodeRecord& node = site.node(slot);
      fitting += eligible(need, node) && fits_empty(need, option.model, node);
      if (fitting >= need.nodes) return true;
    }
  }
  return false;
}

// What one node of the option takes at most; nothing when too few nodes would do.
std::optional<RunPlace> place_in(const Need& need, const Option& option, const Site& site) {
  const Pool& pool = site.pools()[option.pool];
  RunPlace place;
  int32_t fitting = 0;
  for (NodeSlot slot : pool.nodes) {
    const NodeRecord& node = site.node(slot);
    if (!eligible(need, node) || !fits_empty(need, option.model, node)) continue;
    const NodeNeed takes = need_on(need, node);
    if (++fitting == 1 || takes.cores > place.cores) place.node = node.node.name;
    place.cores = std::max(place.cores, takes.cores);
    place.memory = std::max(place.memory, takes.memory);
    if (fitting >= need.nodes && site.of_one_make(option.pool)) break;
  }
  if (fitting < need.nodes) return {};
  place.pool = pool.name;
  if (option.model != no_model) {
    place.device_model = site.models()[static_cast<size_t>(option.model)].model.name;
  }
  return place;
}

std::optional<RunPlace> first_place(const Need& need, const std::vector<Option>& options,
                                    const Site& site) {
  for (const Option& option : options) {
    if (auto place = place_in(need, option, site)) return place;
  }
  return {};
}

std::optional<Refusal> check_nodes(const Need& need, const Largest& largest,
                                   const ResourceRequest& resources) {
  if (largest.nodes >= need.nodes) return {};
  if (!largest.any) {
    if (!resources.features.empty()) {
      return impossible("/features", fmt::format("no node that may be used has all of: {}",
                                                 fmt::join(resources.features, ", ")));
    }
    if (resources.reservation) return impossible("/reservation", "it holds no node that would do");
    if (resources.devices.count > 0) return impossible("/devices", "no node has such devices");
    return impossible("/nodes", "the centre has no nodes");
  }
  if (need.cores > largest.cores) {
    return impossible(
        "/cores", fmt::format("asks for {} on one node; the largest has {} (pool {})",
                              count_text(need.cores, "core"), largest.cores, largest.cores_pool));
  }
  if (need.memory > largest.memory) {
    return impossible(
        "/memory",
        fmt::format("asks for {} on one node; the largest has {} (pool {})",
                    bytes_text(need.memory), bytes_text(largest.memory), largest.memory_pool));
  }
  if (need.devices > largest.devices) {
    return impossible("/devices/count",
                      fmt::format("asks for {} on one node; the most are {} {} (pool {})",
                                  count_text(need.devices, "device"), largest.devices,
                                  largest.model, largest.devices_pool));
  }
  if (largest.nodes == 0) {
    return impossible("/cores", fmt::format("no node has {}, {} and {} at once; singly the largest "
                                            "are {}, {} and {}",
                                            count_text(need.cores, "core"), bytes_text(need.memory),
                                            count_text(need.devices, "device"), largest.cores,
                                            bytes_text(largest.memory), largest.devices));
  }
  return impossible("/nodes",
                    fmt::format("asks for {}; the most that would fit are {} (pool {})",
                                count_text(need.nodes, "node"), largest.nodes, largest.nodes_pool));
}

}  // namespace

std::optional<Refusal> Scheduler::check_possible(const Demand& demand, RunPlace* first) const {
  const State& state = *state_;
  const ResourceRequest& resources = demand.resources;
  if (auto refusal = check_figures(resources)) return refusal;
  if (auto refusal = check_licences(resources, state.policy)) return refusal;
  if (auto refusal = check_names(resources, state.site)) return refusal;
  if (auto refusal = check_reservation(demand, state.site)) return refusal;

  Need need = make_need(demand, state.site, state.licences.names());
  for (const LicenceNeed& licence : need.licences) {
    const int64_t total = state.licences.total(licence.licence);
    if (licence.count <= total) continue;
    return impossible("/licences",
                      fmt::format("asks for {} of licence '{}'; there are {}", licence.count,
                                  state.licences.names().name(licence.licence), total));
  }
  const std::vector<Option> options = make_options(demand, state.site);
  if (first != nullptr) {
    if (auto place = first_place(need, options, state.site)) {
      *first = std::move(*place);
      return {};
    }
  } else if (fits_somewhere(need, options, state.site)) {
    return {};
  }
  return check_nodes(need, find_largest(need, options, state.site), resources);
}

std::vector<RunPlace> Scheduler::places(const Demand& demand, size_t most) const {
  const Site& site = state_->site;
  const Need need = make_need(demand, site, state_->licences.names());
  std::vector<RunPlace> places;
  for (const Option& option : make_options(demand, site)) {
    auto place = place_in(need, option, site);
    if (!place) continue;
    places.push_back(std::move(*place));
    if (places.size() == most) break;
  }
  return places;
}

}  // namespace pentad
