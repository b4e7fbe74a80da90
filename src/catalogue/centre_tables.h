// The tables of a centre file as described types, for centre_file.cc and its parts alone.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/reflect_note.h"
#include "energy/it_power.h"
#include "model/job.h"
#include "model/policy.h"

namespace pentad::catalogue {

// [[grid]] of the catalogue.
struct GridFactor {
  std::string name;
  std::string region;
  double location_kg_kwh = 0;
  int32_t year = 0;
};
BOOST_DESCRIBE_STRUCT(GridFactor, (), (name, region, location_kg_kwh, year))
constexpr auto field_notes(const GridFactor*) {
  return std::array{note("name").required(), note("location_kg_kwh").required().range(0, 2),
                    note("year").range(1990, 2100)};
}

// [[node]] of the catalogue: a host platform without accelerators.
struct HostPlatform {
  std::string name;
  std::string cpu;  // a device of kind cpu
  int32_t sockets = 2;
  int32_t cores = 0;  // that jobs may use; 0: all
  int64_t memory_gib = 0;
  double base_w = 0, memory_w = 0, network_w = 0, storage_w = 0;
  double cpu_exponent = 1;
  energy::PrecisionPower cpu_precision;
  energy::Leakage cpu_leakage;
  energy::NodeFans fans;
  energy::Psu psu;
};
BOOST_DESCRIBE_STRUCT(HostPlatform, (),
                      (name, cpu, sockets, cores, memory_gib, base_w, memory_w, network_w,
                       storage_w, cpu_exponent, cpu_precision, cpu_leakage, fans, psu))
constexpr auto field_notes(const HostPlatform*) {
  return std::array{note("name").required(),
                    note("cpu").required().length(1, 63),
                    note("sockets").range(1, 16),
                    note("cores").range(0, 4096),
                    note("memory_gib").required().range(1, 1 << 20),
                    note("base_w").range(0, 10'000),
                    note("memory_w").range(0, 10'000),
                    note("network_w").range(0, 10'000),
                    note("storage_w").range(0, 10'000)};
}

// [site] without the keys that name rows.
struct SiteTable {
  std::string city;
  std::optional<double> market_kg_kwh;  // missing: the grid's factor
  double other_share = 0.005;
  double network_w = 0;  // switches outside the nodes
};
BOOST_DESCRIBE_STRUCT(SiteTable, (), (city, market_kg_kwh, other_share, network_w))
constexpr auto field_notes(const SiteTable*) {
  return std::array{note("city").required().single_line().length(1, 100),
                    note("market_kg_kwh").range(0, 2), note("other_share").range(0, 1),
                    note("network_w").range(0, 1'000'000'000)};
}

struct PoolDevice {
  std::string model;
  int32_t count = 1;
  double exponent = 1;
  energy::PrecisionPower precision;
  energy::Leakage leakage;
};
BOOST_DESCRIBE_STRUCT(PoolDevice, (), (model, count, exponent, precision, leakage))
constexpr auto field_notes(const PoolDevice*) {
  return std::array{note("model").required().length(1, 63), note("count").range(1, 64)};
}

// [[pool]] without `host`.
struct PoolTable {
  std::string name;
  int32_t nodes = 0;
  std::vector<PoolDevice> devices;
  std::vector<std::string> features;
};
BOOST_DESCRIBE_STRUCT(PoolTable, (), (name, nodes, devices, features))
constexpr auto field_notes(const PoolTable*) {
  return std::array{note("name").required().length(1, 63),
                    note("nodes").required().range(1, 1'000'000), note("devices").length(0, 8),
                    note("features").length(0, 32)};
}

BOOST_DEFINE_ENUM_CLASS(SchedulerName, fcfs, easy, conservative)

// [policy].
struct PolicyTable {
  SchedulerName scheduler = SchedulerName::easy;
  std::optional<int32_t> reservation_depth;  // instead of what the scheduler's name says
  bool fair_share = true;
  int64_t fair_share_half_life_h = 168;
  PriorityWeights weights;
  std::vector<Qos> qos;
  std::vector<FairShareProject> projects;
  std::vector<double> power_cap_kw;  // by hour of the local day: 24, 1 for all, or none
  int64_t default_limit_min = 60;
  int64_t max_limit_h = 24 * 30;
  Wish wish = Wish::cheapest;
};
BOOST_DESCRIBE_STRUCT(PolicyTable, (),
                      (scheduler, reservation_depth, fair_share, fair_share_half_life_h, weights,
                       qos, projects, power_cap_kw, default_limit_min, max_limit_h, wish))
constexpr auto field_notes(const PolicyTable*) {
  return std::array{note("reservation_depth").range(-1, 1'000'000),
                    note("fair_share_half_life_h").range(1, 100'000),
                    note("default_limit_min").range(1, 60 * 24 * 365),
                    note("max_limit_h").range(1, 24 * 365 * 20),
                    note("qos").length(0, 1000),
                    note("projects").length(0, 100'000),
                    note("power_cap_kw").length(0, 24)};
}

}  // namespace pentad::catalogue
