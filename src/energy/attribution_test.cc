#include "energy/attribution.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

namespace pentad::energy {
namespace {

Energy joules(int64_t n) { return Energy{n}; }

NodeInterval random_interval() {
  NodeInterval in;
  in.node = joules(*rc::gen::inRange<int64_t>(0, 10'000'000));
  in.idle = joules(*rc::gen::inRange<int64_t>(0, 1'000'000));
  in.system_cpu_ms = *rc::gen::inRange(0, 1000);
  const int devices = *rc::gen::inRange(0, 5);
  for (int d = 0; d < devices; ++d) {
    in.devices.push_back(joules(*rc::gen::inRange<int64_t>(0, 2'000'000)));
  }
  std::vector<int64_t> left(in.devices.size(), 1000);
  int64_t node_free = 1000;
  const int jobs = *rc::gen::inRange(0, 6);
  for (int j = 0; j < jobs; ++j) {
    JobShare job;
    job.job = JobId{j + 1};
    job.cpu_ms = *rc::gen::inRange(0, 100000);
    job.allocated_thousandths = *rc::gen::inRange<int64_t>(0, node_free + 1);
    node_free -= job.allocated_thousandths;
    for (uint32_t d = 0; d < in.devices.size(); ++d) {
      const int64_t part = *rc::gen::inRange<int64_t>(0, left[d] + 1);
      left[d] -= part;
      if (part > 0) job.devices.push_back({d, part});
    }
    in.jobs.push_back(job);
  }
  return in;
}

}  // namespace

TEST_CASE("jobs, idle, system and residual are the node's meter, to the joule") {
  CHECK(rc::check([] {
    const NodeInterval in = random_interval();
    const Result<NodeEnergy> out = attribute(in);
    RC_ASSERT(out.has_value());
    Energy sum = out->idle + out->system + out->residual;
    for (const JobEnergy& job : out->jobs) {
      sum += job.sum();
      RC_ASSERT(job.devices.value >= 0);
      RC_ASSERT(job.shared.value >= 0);
      RC_ASSERT(job.idle.value >= 0);
    }
    RC_ASSERT(sum == in.node);
    const Energy devices = std::accumulate(in.devices.begin(), in.devices.end(), Energy{});
    // The residual appears only where device meters claim more than the node's.
    RC_ASSERT(out->residual == (devices > in.node ? in.node - devices : Energy{}));
  }));
}

TEST_CASE("one interval by hand") {
  NodeInterval in;
  in.node = joules(1000);
  in.devices = {joules(300), joules(100)};
  in.idle = joules(200);
  in.system_cpu_ms = 100;
  in.jobs = {{JobId{1}, 200, 500, {{0, 1000}}}, {JobId{2}, 100, 250, {}}};
  const Result<NodeEnergy> out = attribute(in);
  REQUIRE(out);
  CHECK(out->jobs[0].devices == joules(300));
  CHECK(out->jobs[0].idle == joules(100));
  CHECK(out->jobs[0].shared == joules(200));  // half of 1000 - 400 - 200
  CHECK(out->jobs[1].sum() == joules(50 + 100));
  CHECK(out->idle == joules(100 + 50));  // the free device and a quarter of idle
  CHECK(out->system == joules(100));
  CHECK(out->residual == joules(0));
}

TEST_CASE("nothing is given away twice") {
  NodeInterval in;
  in.devices = {joules(1)};
  in.jobs = {{JobId{1}, 0, 600, {{0, 600}}}, {JobId{2}, 0, 300, {{0, 600}}}};
  CHECK(attribute(in).error().path == "/jobs/1/devices");
  in.jobs[1].devices = {{1, 100}};
  CHECK(attribute(in).error().path == "/jobs/1/devices/0/device");
  in.jobs[1].devices.clear();
  in.jobs[1].allocated_thousandths = 500;
  CHECK(attribute(in).error().path == "/jobs");
  in.jobs.clear();
  in.node = joules(-1);
  CHECK(attribute(in).error().path == "/node");
}

TEST_CASE("the site's meter") {
  CHECK(rc::check([] {
    SiteInterval in;
    in.nodes = joules(*rc::gen::inRange<int64_t>(1, 1'000'000'000));
    in.losses = joules(*rc::gen::inRange<int64_t>(0, 1'000'000));
    in.cooling = joules(*rc::gen::inRange<int64_t>(0, 1'000'000));
    in.other = joules(*rc::gen::inRange<int64_t>(0, 1'000));
    in.site = joules(*rc::gen::inRange<int64_t>(0, 2'000'000'000));
    const Result<SiteEnergy> out = balance(in);
    RC_ASSERT(out.has_value());
    RC_ASSERT(in.nodes + in.losses + in.cooling + in.other + out->residual == in.site);
  }));
  CHECK(balance({.site = joules(1), .nodes = joules(-1)}).error().path == "/nodes");
}

TEST_CASE("parts are whole and sum to the total") {
  CHECK(rc::check([] {
    const auto weights =
        *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, int64_t{1} << 50));
    const Energy total = joules(*rc::gen::inRange<int64_t>(0, int64_t{1} << 60));
    const std::vector<Energy> parts = split(total, weights);
    Energy sum = std::accumulate(parts.begin(), parts.end(), Energy{});
    bool any = false;
    for (int64_t w : weights) any = any || w > 0;
    RC_ASSERT(sum == (any ? total : Energy{}));
  }));
  const std::vector<Energy> accounts = {joules(1), joules(1), joules(1)};
  const std::vector<Energy> shares = facility_shares(joules(100), accounts);
  CHECK(shares[0] == joules(34));
  CHECK(shares[2] == joules(33));
}

}  // namespace pentad::energy
