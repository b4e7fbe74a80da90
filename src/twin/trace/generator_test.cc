#include "twin/trace/generator.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "base/hash.h"
#include "base/reflect.h"
#include "twin/trace/random.h"
#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

GeneratorConfig one_class(RunTimeShape run, int64_t jobs) {
  GeneratorConfig config;
  config.jobs = jobs;
  config.jobs_per_hour = 50;
  config.pools = {{"main", 100, 64, 256, "", DeviceKind::cpu, 0}};
  ClassShape shape;
  shape.run = run;
  shape.devices = {{}};
  shape.precisions = {{}};
  config.classes = {shape};
  return config;
}

Reading jobs_of(const GeneratorConfig& config) {
  Reading r = read_all(generate(config));
  REQUIRE(!r.error);
  REQUIRE(static_cast<int64_t>(r.jobs.size()) == config.jobs);
  return r;
}

TEST_CASE("logarithm and exponential agree with the C library's") {
  CHECK(rc::check([] {
    double x = std::ldexp(1 + (*rc::gen::inRange(0, 1'000'000)) * 1e-6, *rc::gen::inRange(-60, 60));
    RC_ASSERT(std::abs(portable_log(x) - std::log(x)) <= 1e-15 + 1e-15 * std::abs(std::log(x)));
    double y = *rc::gen::inRange(-500'000, 500'000) * 1e-3;
    RC_ASSERT(std::abs(portable_exp(y) / std::exp(y) - 1) < 2e-13);
  }));
}

TEST_CASE("the same seed gives the same jobs on every machine") {
  Hasher hasher;
  for (const TraceJob& job : jobs_of(mixed_centre(1000, 2000, 0.8, 7)).jobs) {
    hasher.add(to_json(job));
  }
  CHECK(hasher.digest() == 9795240061078572453ULL);
  auto a = jobs_of(mixed_centre(100, 50, 0.8, 7)), b = jobs_of(mixed_centre(100, 50, 0.8, 8));
  CHECK(a.jobs == jobs_of(mixed_centre(100, 50, 0.8, 7)).jobs);
  CHECK(a.jobs != b.jobs);
}

TEST_CASE("every job fits the machine it was made for") {
  GeneratorConfig config = mixed_centre(200, 20'000, 0.9, 3);
  Machine machine = machine_of(config);
  CHECK(machine.nodes.size() == 200);
  std::map<std::string, DeviceKind> kinds;
  for (const DeviceModel& model : machine.devices) kinds[model.name] = model.kind;
  std::map<std::string, std::vector<const Node*>> pools;
  for (const Node& node : machine.nodes) pools[node.pool].push_back(&node);
  Duration last;
  for (const TraceJob& job : jobs_of(config).jobs) {
    auto fits = [&](const auto& pool) {
      const Node& node = *pool.second.front();
      bool has_devices = !job.device_kind ||
                         (!node.devices.empty() && node.devices[0].count >= job.devices_per_node &&
                          kinds.at(node.devices[0].model) == *job.device_kind);
      return has_devices && node.cores >= job.cores_per_node &&
             node.memory.value >= job.memory.value * job.cores_per_node &&
             static_cast<int32_t>(pool.second.size()) >= job.nodes;
    };
    REQUIRE(std::any_of(pools.begin(), pools.end(), fits));
    REQUIRE(job.limit >= *job.run_time);
    REQUIRE(job.submit >= last);
    REQUIRE(int64_t{job.nodes} * job.cores_per_node >= job.cores);
    last = job.submit;
  }
}

TEST_CASE("arrivals: mean rate, day and week cycle") {
  GeneratorConfig config = one_class({}, 100'000);
  std::vector<double> by_hour(24), by_day(7);
  auto r = jobs_of(config);
  double weeks = std::floor(static_cast<double>(r.jobs.back().submit.value) / 604'800'000.0);
  int64_t counted = 0;
  for (const TraceJob& job : r.jobs) {
    int64_t hour = job.submit.value / 3'600'000;
    if (hour >= static_cast<int64_t>(weeks) * 168) break;
    ++counted, ++by_hour[static_cast<size_t>(hour % 24)],
        ++by_day[static_cast<size_t>(hour / 24 % 7)];
  }
  CHECK(weeks >= 10);
  double rate = static_cast<double>(counted) / (weeks * 168);
  CHECK(rate == doctest::Approx(50).epsilon(0.015));  // 100,000 jobs: deviation 0.3 %
  auto compare = [&](std::vector<double> expected, const std::vector<double>& seen) {
    double sum = 0;
    for (double e : expected) sum += e;
    for (size_t i = 0; i < seen.size(); ++i) {
      double share = seen[i] / static_cast<double>(counted);
      double wanted = expected[i] / sum;
      double deviation = std::sqrt(wanted / static_cast<double>(counted));
      CHECK(std::abs(share - wanted) < 5 * deviation);
    }
  };
  compare(day_cycle(), by_hour);
  compare(week_cycle(), by_day);
}

TEST_CASE("run times: median, mean and tail of both laws") {
  constexpr int64_t kJobs = 50'000;
  auto run_times = [](RunTimeShape shape) {
    std::vector<double> out;
    for (const TraceJob& job : jobs_of(one_class(shape, kJobs)).jobs) {
      out.push_back(static_cast<double>(job.run_time->value) / 1000);
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  auto mean = [](const std::vector<double>& all) {
    double sum = 0;
    for (double x : all) sum += x;
    return sum / static_cast<double>(all.size());
  };
  auto beyond = [](const std::vector<double>& all, double x) {
    auto first = std::upper_bound(all.begin(), all.end(), x);
    return static_cast<double>(all.end() - first) / static_cast<double>(all.size());
  };
  auto lognormal = run_times({RunTimeLaw::lognormal, 3600, 1.2, 1, 900'000'000});
  CHECK(lognormal[kJobs / 2] == doctest::Approx(3600).epsilon(0.03));
  CHECK(mean(lognormal) == doctest::Approx(3600 * std::exp(0.72)).epsilon(0.05));
  // Beyond two deviations lie 2.275 %.
  CHECK(beyond(lognormal, 3600 * std::exp(2.4)) == doctest::Approx(0.02275).epsilon(0.1));
  auto weibull = run_times({RunTimeLaw::weibull, 36'000, 0.7, 1, 900'000'000});
  CHECK(weibull[kJobs / 2] ==
        doctest::Approx(36'000 * std::pow(std::log(2), 1 / 0.7)).epsilon(0.03));
  CHECK(mean(weibull) == doctest::Approx(36'000 * std::tgamma(1 + 1 / 0.7)).epsilon(0.03));
  CHECK(beyond(weibull, 108'000) == doctest::Approx(std::exp(-std::pow(3, 0.7))).epsilon(0.05));
  auto cut = run_times({RunTimeLaw::lognormal, 3600, 1.2, 60, 7200});
  CHECK(cut.front() >= 60);
  CHECK(cut.back() == 7200);
}

TEST_CASE("sizes, users, limits and failures follow their shapes") {
  GeneratorConfig config = one_class({RunTimeLaw::lognormal, 3600, 1.5, 1, 604'800}, 50'000);
  config.classes[0].size = {0.3, 0.7, 4, 9, 0.8};
  double serial = 0, powers = 0, large = 0, parallel = 0, failed = 0, over_used = 0;
  std::map<std::string, double> users;
  for (const TraceJob& job : jobs_of(config).jobs) {
    serial += job.cores == 1;
    parallel += job.cores > 1;
    powers += job.cores > 1 && (job.cores & (job.cores - 1)) == 0;
    large += job.cores > 16;
    failed += job.status == TraceStatus::failed;
    over_used += job.limit.value > 2 * job.run_time->value;
    ++users[job.user];
  }
  // Of the small ones 1/8 round down to 1 (log2 below a half of 4).
  CHECK(serial / 50'000 == doctest::Approx(0.3 + 0.7 * 0.7 / 8).epsilon(0.05));
  CHECK(powers / parallel > 0.8);
  CHECK(large / 50'000 == doctest::Approx(0.7 * 0.3 * (0.2 + 0.8 * 0.9)).epsilon(0.06));
  CHECK(failed / 50'000 == doctest::Approx(0.08).epsilon(0.08));
  CHECK(over_used / 50'000 > 0.4);
  CHECK(users["1"] / users["2"] == doctest::Approx(std::pow(2, 1.1)).epsilon(0.06));
  CHECK(users["1"] / users["10"] == doctest::Approx(std::pow(10, 1.1)).epsilon(0.1));
}

TEST_CASE("the load asked for is the load made") {
  GeneratorConfig config = mixed_centre(1000, 100'000, 0.7, 5);
  std::map<DeviceKind, double> demand, capacity;
  auto r = jobs_of(config);
  for (const TraceJob& job : r.jobs) {
    DeviceKind kind = job.device_kind.value_or(DeviceKind::cpu);
    double amount = job.device_kind
                        ? job.nodes * job.devices_per_node * job.device_share_milli / 1000.0
                        : static_cast<double>(job.cores);
    demand[kind] += amount * static_cast<double>(job.run_time->value);
  }
  for (const PoolShape& pool : config.pools) {
    capacity[pool.device_kind] += pool.nodes * (pool.devices > 0 ? pool.devices : pool.cores);
  }
  double most = 0;
  for (auto [kind, sum] : demand) {
    CHECK(sum > 0);
    most = std::max(most, sum / capacity[kind] / static_cast<double>(r.jobs.back().submit.value));
  }
  CHECK(most == doctest::Approx(0.7).epsilon(0.1));
}

TEST_CASE("a generated trace written as SWF is the same when read again") {
  auto trace = generate(mixed_centre(300, 3000, 0.9, 11));
  REQUIRE(trace);
  std::ostringstream out;
  REQUIRE(write_swf(**trace, out, {.extended = true}));
  Reading again = read_text(out.str());
  CHECK(again.counts.bad == 0);
  Reading direct = jobs_of(mixed_centre(300, 3000, 0.9, 11));
  CHECK(again.jobs == direct.jobs);
  CHECK(again.header.start == direct.header.start);
  CHECK(again.header.max_nodes == 300);
}

TEST_CASE("configurations that make no sense are refused by field") {
  auto refused = [](auto change) {
    GeneratorConfig config = mixed_centre(100, 10, 0.9, 1);
    change(config);
    auto trace = generate(config);
    return trace ? std::string("accepted") : trace.error().path;
  };
  using C = GeneratorConfig;
  CHECK(refused([](C&) {}) == "accepted");
  CHECK(refused([](C& c) { c.jobs = -1; }) == "jobs");
  CHECK(refused([](C& c) { c.jobs_per_hour = 0; }) == "jobs_per_hour");
  CHECK(refused([](C& c) { c.jobs_per_hour = std::nan(""); }) == "jobs_per_hour");
  CHECK(refused([](C& c) { c.users = 0; }) == "users");
  CHECK(refused([](C& c) { c.hour_factors = {1, 2}; }) == "hour_factors");
  CHECK(refused([](C& c) { c.day_factors.assign(7, 0); }) == "day_factors");
  CHECK(refused([](C& c) { c.classes.clear(); }) == "classes");
  CHECK(refused([](C& c) { c.pools.clear(); }) == "pools");
  CHECK(refused([](C& c) { c.classes[1].devices.clear(); }) == "classes/1/devices");
  CHECK(refused([](C& c) { c.classes[0].run.shape = 0; }) == "classes/0/run");
  CHECK(refused([](C& c) { c.classes[0].size.max_log2 = 99; }) == "classes/0/size");
  CHECK(refused([](C& c) { std::erase_if(c.pools, [](auto& p) { return p.name == "npu"; }); }) ==
        "classes/1/devices");
}

}  // namespace
}  // namespace pentad::trace
