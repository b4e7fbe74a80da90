#include "schedule/demand.h"

#include <algorithm>
#include <bit>

#include "schedule/fixed_point.h"

namespace pentad::schedule {
namespace {

// What a wish compares: less of `cost` per `speed` is better. Speed 0 means nobody knows.
struct Score {
  int64_t cost = 0;
  int64_t speed = 0;
};

Score score_of(const Demand& demand, const ModelRecord& record, int64_t units) {
  const DeviceModel& model = record.model;
  Score score;
  score.speed = model.measured.at(demand.precision);
  if (score.speed <= 0) score.speed = std::max<int64_t>(model.peak.at(demand.precision), 0);
  switch (demand.wish) {
    case Wish::cheapest:
      score.cost = model.price_per_hour.value;
      break;
    case Wish::greenest:
      score.cost = model.full_power.value;
      break;
    case Wish::fastest:
      score.cost = 1;
      score.speed *= units;
      break;
  }
  return score;
}

// True when `a` fulfils the wish better; what is unknown comes last.
bool better(const Score& a, const Score& b) {
  if (a.speed == 0 || b.speed == 0) return a.speed > 0 && b.speed == 0;
  return Wide{a.cost} * b.speed < Wide{b.cost} * a.speed;
}

bool allowed(const DeviceRequest& request, const ModelRecord& record) {
  if (request.kind && (!record.known || record.model.kind != *request.kind)) return false;
  const std::vector<std::string>& models = request.models;
  return models.empty() ||
         std::find(models.begin(), models.end(), record.model.name) != models.end();
}

struct Ranked {
  Option option;
  Score score;
  const std::string* pool;
  const std::string* model;
  bool operator<(const Ranked& other) const {
    if (better(score, other.score)) return true;
    if (better(other.score, score)) return false;
    return std::tie(*pool, *model) < std::tie(*other.pool, *other.model);
  }
};

}  // namespace

NodeNeed need_on(const Need& need, const NodeRecord& node) {
  if (!need.exclusive) return {need.cores, need.memory};
  return {node.cores, node.memory};
}

Need make_need(const Demand& demand, const Site& site, const Names& licences) {
  const ResourceRequest& resources = demand.resources;
  Need need;
  need.nodes = std::max(resources.nodes, 1);
  need.cores = std::max(resources.cores, 1);
  need.memory = std::max(resources.memory, Bytes{});
  need.devices = std::max(resources.devices.count, 0);
  need.share_milli = std::clamp(resources.devices.share_milli, 1, 1000);
  need.exclusive = resources.exclusive;
  need.reservation = resources.reservation.value_or(ReservationId{});
  need.limit = std::max(demand.limit, Duration{1});
  for (const std::string& feature : resources.features) {
    const int64_t slot = site.find_feature(feature);
    if (slot < 0) need.impossible = true;
    need.features.push_back(static_cast<uint32_t>(std::max<int64_t>(slot, 0)));
  }
  std::sort(need.features.begin(), need.features.end());
  need.features.erase(std::unique(need.features.begin(), need.features.end()), need.features.end());
  for (const LicenceRequest& request : resources.licences) {
    if (request.count <= 0) continue;
    const int64_t slot = licences.find(request.name);
    if (slot < 0) {
      need.impossible = true;
      continue;
    }
    const auto same = std::find_if(need.licences.begin(), need.licences.end(),
                                   [&](const LicenceNeed& n) { return n.licence == slot; });
    if (same != need.licences.end()) {
      same->count += request.count;
    } else {
      need.licences.push_back({static_cast<uint32_t>(slot), request.count});
    }
  }
  return need;
}

std::vector<Option> make_options(const Demand& demand, const Site& site) {
  const ResourceRequest& resources = demand.resources;
  std::vector<Ranked> ranked;
  const auto add = [&](const Pool& pool, ModelSlot model, ModelSlot scored, int64_t units) {
    const ModelRecord& record = site.models()[static_cast<size_t>(scored)];
    const auto slot = static_cast<PoolSlot>(&pool - site.pools().data());
    ranked.push_back(
        {{slot, model}, score_of(demand, record, units), &pool.name, &record.model.name});
  };
  for (const Pool& pool : site.pools()) {
    const std::vector<std::string>& pools = resources.pools;
    if (pool.nodes.empty()) continue;
    if (!pools.empty() && std::find(pools.begin(), pools.end(), pool.name) == pools.end()) continue;
    if (resources.devices.count > 0) {
      for (const auto& [model, count] : pool.models) {
        if (allowed(resources.devices, site.models()[static_cast<size_t>(model)])) {
          add(pool, model, model, 1);
        }
      }
    } else {
      // Nodes of a pool are of one make: the first stands for all.
      const NodeRecord& first = site.node(pool.nodes.front());
      add(pool, no_model, first.cpu_model, resources.exclusive ? first.node.cores : 1);
    }
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<Option> options;
  for (const Ranked& entry : ranked) options.push_back(entry.option);
  return options;
}

bool eligible(const Need& need, const NodeRecord& node) {
  if (need.impossible || !node.present) return false;
  if (need.reservation) {
    const auto names_it = [&](const ReservedSpan& span) { return span.id == need.reservation; };
    if (std::none_of(node.spans.begin(), node.spans.end(), names_it)) return false;
  }
  return std::includes(node.features.begin(), node.features.end(), need.features.begin(),
                       need.features.end());
}

bool fits_empty(const Need& need, ModelSlot model, const NodeRecord& node) {
  if (!eligible(need, node)) return false;
  if (node.cores < need.cores || node.memory < need.memory) return false;
  return need.devices == 0 || std::popcount(node.devices_of(model)) >= need.devices;
}

}  // namespace pentad::schedule
