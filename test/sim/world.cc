#include "world.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::sim {

namespace {

DeviceModel make_model(Random& random, const std::string& name, DeviceKind kind) {
  DeviceModel model;
  model.name = name;
  model.kind = kind;
  model.memory = gibibytes(16);
  model.measured.fp64 = random.between(1, 5) * 1000;
  model.measured.fp32 = random.chance(800) ? random.between(1, 9) * 1000 : 0;
  model.peak.bf16 = random.between(0, 9) * 1000;
  model.idle_power = Power{random.between(1, 20) * 1000};
  model.full_power = Power{random.between(30, 300) * 1000};
  model.price_per_hour = Money{random.between(1, 50) * 100000};
  return model;
}

// Nodes of one pool are alike.
Node make_make(Random& random, const std::string& pool) {
  Node node;
  node.pool = pool;
  node.cores = static_cast<int32_t>(random.between(1, 12));
  node.memory = gibibytes(random.between(1, 32));
  node.cpu_model = random.chance(500) ? "cpu-a" : "cpu-b";
  if (random.chance(400)) node.devices.push_back({"gpu-a", 2});
  if (random.chance(250))
    node.devices.push_back({"npu-b", static_cast<int32_t>(random.between(1, 4))});
  if (random.chance(400)) node.features.push_back("fast");
  if (random.chance(200)) node.features.push_back("big");
  return node;
}

template <class Enum>
Enum pick_enum(Random& random) {
  using List = boost::describe::describe_enumerators<Enum>;
  return static_cast<Enum>(random.below(boost::mp11::mp_size<List>::value));
}

Dependency make_leaf(Random& random, const Surroundings& around) {
  Dependency d;
  d.kind = random.pick(std::vector{DependencyKind::ok, DependencyKind::ok, DependencyKind::ended,
                                   DependencyKind::not_ok, DependencyKind::started,
                                   DependencyKind::elementwise, DependencyKind::singleton});
  if (around.jobs.empty() && around.place == 0) d.kind = DependencyKind::singleton;
  if (d.kind == DependencyKind::singleton) return d;
  bool inside = around.place > 0 && (around.jobs.empty() || random.chance(400));
  d.job = inside ? JobId{-random.between(1, around.place)} : random.pick(around.jobs);
  if (random.chance(20)) d.job = JobId{random.between(1, 500)};  // may not be there
  if (random.chance(60)) d.element = random.below(4);
  if (d.kind == DependencyKind::started && random.chance(400)) d.delay = seconds(random.below(20));
  return d;
}

ArrayRequest make_array(Random& random) {
  ArrayRequest array;
  int64_t first = random.below(3);
  int64_t step = random.between(1, 3);
  int64_t last = first + step * random.between(0, 9);
  array.indices.ranges.push_back({first, last, last == first ? 1 : step});
  if (random.chance(500)) array.max_running = static_cast<int32_t>(random.between(1, 4));
  return array;
}

}  // namespace

Policy make_policy(Random& random) {
  Policy policy;
  policy.reservation_depth = random.pick(std::vector<int32_t>{0, 1, 1, 1, 2, -1});
  policy.fair_share_half_life = seconds(random.between(30, 600));
  policy.fair_share_interval = seconds(random.between(5, 60));
  policy.qos = {{"low", -1000}, {"high", 5000}};
  if (random.chance(500)) policy.projects = {{"p0", "", 3}, {"p1", "p0", 1}, {"p2", "", 1}};
  policy.licences = {{"lic", static_cast<int32_t>(random.between(1, 4))}};
  policy.default_limit = seconds(random.between(5, 60));
  policy.max_limit = random.chance(900) ? minutes(10) : seconds(45);
  policy.requeue_delay = seconds(random.pick(std::vector<int64_t>{0, 1, 5}));
  if (random.chance(150)) policy.max_array_size = 5;
  if (random.chance(100)) policy.max_pending_jobs = 20;
  if (random.chance(150)) {
    for (int hour = 0; hour < 24; ++hour) {
      policy.power_cap.by_hour.push_back(Power{random.between(200, 4000) * 1000});
    }
  }
  return policy;
}

World make_world(Random& random, const Scenario& scenario) {
  World world;
  world.policy = make_policy(random);
  if (scenario.money > 0) world.policy.money.charged = {PriceUnit::core_hour};
  world.device_models = {
      make_model(random, "cpu-a", DeviceKind::cpu), make_model(random, "cpu-b", DeviceKind::cpu),
      make_model(random, "gpu-a", DeviceKind::gpu), make_model(random, "npu-b", DeviceKind::npu)};
  std::vector<Node> makes;
  for (int64_t p = 0, n = random.between(1, 3); p < n; ++p) {
    makes.push_back(make_make(random, fmt::format("pool{}", p)));
  }
  for (int64_t i = 0, n = random.between(1, scenario.max_nodes); i < n; ++i) {
    Node node = random.pick(makes);
    node.name = fmt::format("node{}", i);
    world.nodes.push_back(node);
  }
  return world;
}

Node changed(Random& random, Node node) {
  node.cores = std::max<int32_t>(1, node.cores + static_cast<int32_t>(random.between(-3, 4)));
  node.memory = gibibytes(random.between(1, 32));
  if (random.chance(300)) node.devices.clear();
  if (random.chance(300)) node.features = {"fast"};
  return node;
}

ResourceRequest make_resources(Random& random, int64_t awkward, const World& world) {
  ResourceRequest r;
  const Node& like = random.pick(world.nodes);
  r.cores = static_cast<int32_t>(random.between(1, std::max(1, like.cores)));
  if (random.chance(500)) r.memory = mebibytes(random.between(0, like.memory.value >> 20));
  if (random.chance(awkward)) {
    r.nodes = static_cast<int32_t>(random.between(2, 3));
    r.cores = static_cast<int32_t>(random.between(1, 3));
  }
  if (random.chance(awkward) && !like.devices.empty()) {
    const DeviceGroup& group = random.pick(like.devices);
    r.devices.count = static_cast<int32_t>(random.between(1, group.count));
    if (random.chance(500)) r.devices.models = {group.model};
    if (random.chance(500)) r.devices.share_milli = random.pick(std::vector{250, 500, 700});
  }
  r.exclusive = random.chance(awkward / 3);
  if (random.chance(awkward)) r.licences = {{"lic", static_cast<int32_t>(random.between(1, 2))}};
  if (random.chance(awkward / 2)) r.features = {random.chance(900) ? "fast" : "rare"};
  if (random.chance(awkward / 2)) r.pools = {like.pool};
  if (random.chance(15)) r.cores = 100;  // more than any node has
  return r;
}

Dependency make_dependency(Random& random, const Surroundings& around, int depth) {
  if (depth == 0 || random.chance(700)) return make_leaf(random, around);
  Dependency d;
  d.kind = random.chance(500) ? DependencyKind::all : DependencyKind::any;
  for (int64_t i = 0, n = random.between(1, 3); i < n; ++i) {
    d.of.push_back(make_dependency(random, around, depth - 1));
  }
  return d;
}

JobRequest make_job(Random& random, const Scenario& scenario, const Surroundings& around) {
  JobRequest job;
  job.name = fmt::format("n{}", random.below(4));
  job.user = fmt::format("u{}", random.below(3));
  job.project = fmt::format("p{}", random.below(3));
  if (random.chance(200)) job.qos = random.pick(std::vector<std::string>{"low", "high", "none"});
  job.resources = make_resources(random, scenario.awkward, *around.world);
  if (!around.reservations.empty() && random.chance(150)) {
    job.resources.reservation = random.pick(around.reservations);
    job.user = "u0";
  }
  if (scenario.money > 0) job.project = money_project(job.project);
  job.limit = random.chance(900) ? random.duration(seconds(1), seconds(60)) : Duration{};
  job.priority = static_cast<int32_t>(random.between(-2, 2));
  if (random.chance(100)) job.begin = around.now + random.duration(Duration{}, seconds(40));
  if (random.chance(80)) {
    job.deadline = around.now + job.limit + random.duration(Duration{}, seconds(90));
  }
  job.hold = random.chance(60);
  if (random.chance(scenario.array)) job.array = make_array(random);
  if (random.chance(scenario.depends)) job.dependency = make_dependency(random, around, 2);
  if (random.chance(250)) job.impossible_dependency = ImpossibleDependency::keep;
  job.requeue.on_node_failure = random.chance(800);
  if (random.chance(400)) job.requeue.exit_codes = {75};
  job.requeue.max = static_cast<int32_t>(random.between(0, 3));
  if (random.chance(100)) job.warning = WarningRequest{};
  job.workload_class = pick_enum<WorkloadClass>(random);
  job.precision = pick_enum<Precision>(random);
  job.wish = pick_enum<Wish>(random);
  return job;
}

Payload make_payload(const std::string& submission, int64_t place) {
  Payload payload;
  payload.script = "#!/bin/sh\nexit 0\n";
  payload.environment = {{"SUBMISSION", submission}, {"PLACE", std::to_string(place)}};
  return payload;
}

}  // namespace pentad::sim
