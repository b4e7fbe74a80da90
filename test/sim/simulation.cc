#include "simulation.h"

#include <algorithm>

#include "base/reflect.h"

namespace pentad::sim {

namespace {

store::KeeperOptions keeper_options(Random& random, const Disk& disk) {
  store::KeeperOptions options;
  options.database.path = "/pentad.db";
  options.database.vfs = disk.vfs();
  options.database.identity = "0123456789abcdef0123456789abcdef";
  options.snapshot_after_events = random.pick(std::vector<int64_t>{5, 20, 60, 100'000});
  options.snapshots_kept = random.between(1, 3);
  options.prune_journal = random.chance(300);
  return options;
}

}  // namespace

Simulation::Simulation(uint64_t seed, const Scenario& scenario, const Options& options)
    : scenario_(scenario),
      options_(options),
      fault_(options.mutant),
      random_(seed),
      disk_(fmt::format("sim-{}", seed), random_.bits()),
      fates_(random_.fork(), scenario_, auditor_, reached_),
      world_(make_world(random_, scenario_)),
      engine_(world_.nodes, &fates_, now_),
      daemon_(disk_, engine_, *this, keeper_options(random_, disk_)),
      clients_(random_.fork(), scenario_, world_, daemon_, auditor_, reached_) {
  if (options_.disk) disk_.set_trace([this](const std::string& line) { note("{}", line); });
  disk_.set_syncs_lie(options_.mutant == Mutant::acknowledged_before_durable);
  daemon_.plant(options_.mutant);
}

void Simulation::write_down(const std::string& line) {
  trace_.push_back(
      fmt::format("{:>10.3f}  {}", static_cast<double>(now_.value % 100'000'000) / 1000, line));
  if (options_.print) fmt::print("{}\n", trace_.back());
}

Verdict Simulation::run() {
  Verdict verdict;
  try {
    int64_t steps = options_.steps > 0 ? options_.steps : scenario_.steps;
    for (int64_t i = 0; i < steps; ++i) {
      step();
      check_state();
    }
    come_to_rest();
  } catch (const Broken& broken) {
    verdict.failure = broken.what();
    note("BROKEN {}", verdict.failure);
  }
  reached_.counts[static_cast<size_t>(Rare::write_torn)] += disk_.counts().torn;
  verdict.reached = reached_;
  verdict.trace = std::move(trace_);
  verdict.digest = digest_.digest();
  verdict.events = last_event_;
  return verdict;
}

void Simulation::step() {
  if (!daemon_.is_alive()) {
    if (random_.chance(400)) pass_time();
    if (random_.chance(600)) bring_back();
    return;
  }
  const Scenario& s = scenario_;
  const std::array<int64_t, 8> weights = {s.pass_time, s.submit,    s.control,  s.operate,
                                          s.vanish,    s.reconnect, s.snapshot, s.stop_cleanly};
  int64_t sum = 0;
  for (int64_t w : weights) sum += w;
  int64_t drawn = random_.below(sum);
  size_t choice = 0;
  while (drawn >= weights[choice]) drawn -= weights[choice++];
  switch (choice) {
    case 0:
      pass_time();
      break;
    case 1:
      clients_.submit(now_);
      break;
    case 2:
      clients_.control(now_);
      break;
    case 3:
      clients_.operate(now_);
      break;
    case 4:
      vanish();
      break;
    case 5:
      daemon_.reconnect();
      break;
    case 6:
      take_snapshot();
      break;
    default:
      stop_cleanly();
  }
  if (daemon_.is_alive() && random_.chance(700)) work();
}

void Simulation::pass_time() {
  Time due = engine_.next_time();
  if (daemon_.is_alive()) due = std::min(due, daemon_.centre().next_wake());
  if (due == Time::never() || random_.chance(250)) {
    now_ = now_ + random_.duration(Duration{}, seconds(3));
  } else {
    now_ = std::max(now_, due);
  }
  if (random_.chance(100)) now_ = now_ + random_.duration(Duration{}, seconds(20));
  engine_.advance(now_);
}

void Simulation::vanish() {
  if (!lost_nodes_.empty() && random_.chance(500)) {
    std::string node = random_.pick(lost_nodes_);
    std::erase(lost_nodes_, node);
    note("{} is back", node);
    engine_.return_node(node);
    if (random_.chance(600)) clients_.set_node(node, NodeState::up);
    return;
  }
  const std::string& node = random_.pick(clients_.world().nodes).name;
  if (std::find(lost_nodes_.begin(), lost_nodes_.end(), node) == lost_nodes_.end()) {
    bool power = random_.chance(400);
    note("{} {}", node, power ? "loses power" : "is cut off");
    reached_(power ? Rare::node_lost_power : Rare::node_cut_off);
    engine_.lose_node(node, power);
    lost_nodes_.push_back(node);
  }
  // Sooner or later the operator notices.
  if (random_.chance(400)) clients_.set_node(node, NodeState::down);
}

void Simulation::trouble_disk() {
  switch (random_.below(3)) {
    case 0:
      return disk_.set_capacity(disk_.bytes() + random_.below(20'000));
    case 1:
      return disk_.fail_write_after(random_.between(1, 5));
    default:
      return disk_.fail_sync_after(random_.between(1, 2));
  }
}

Death Simulation::draw_death() {
  if (resting_ || !random_.chance(scenario_.dies)) return {};
  Place place = static_cast<Place>(random_.between(1, 5));
  return {place, place == Place::in_commit ? random_.between(1, 20) : random_.below(4)};
}

void Simulation::work() {
  if (!resting_ && random_.chance(scenario_.disk_trouble)) trouble_disk();
  if (random_.chance(250)) disk_.heal();
  if (random_.chance(200)) clients_.send_again();
  work(static_cast<size_t>(random_.between(1, 8)), draw_death());
}

void Simulation::work(size_t most, const Death& death) {
  if (daemon_.waiting() == 0 && daemon_.centre().next_wake() <= now_) {
    daemon_.send("", {{now_, "clock", event::Tick{}}, {}, {}});
  }
  if (daemon_.waiting() == 0) return;
  if (daemon_.work(most, now_, death)) return;
  in_doubt_ |= disk_.is_off();
  static constexpr std::array<Rare, 6> rare = {
      Rare::died_in_commit_batch_lost, Rare::died_before_commit, Rare::died_in_commit_batch_lost,
      Rare::died_before_effects,       Rare::died_amid_effects,  Rare::died_amid_answers};
  if (!disk_.is_off()) reached_(rare[static_cast<size_t>(death.place)]);
  note("the daemon dies: {}",
       disk_.is_off() ? "in a commit" : fmt::format("place {}", static_cast<int>(death.place)));
  die();
}

void Simulation::die() {
  copy_.reset();
  bool power = random_.chance(scenario_.loses_power);
  if (power) reached_(Rare::lost_power);
  note("{}", power ? "the machine loses power" : "the process is killed");
  daemon_.die(power);
  clients_.connection_lost();
  auditor_.daemon_died();
}

void Simulation::bring_back() {
  if (!resting_ && random_.chance(scenario_.dies_starting)) {
    disk_.power_off_after(random_.between(1, ever_alive_ ? 12 : 60));
  }
  bool troubled = disk_.is_troubled();
  Status started = daemon_.start();
  if (disk_.is_off()) {
    note("the daemon dies while it starts");
    reached_(ever_alive_ ? Rare::died_in_recovery : Rare::died_creating_database);
    return die();
  }
  if (!started && troubled) {
    note("cannot start: {}", started.error().message);
    return disk_.heal();
  }
  expect(started.has_value(), "the_centre_opens_again", started ? "" : started.error().message);
  bool first = !ever_alive_;
  ever_alive_ = true;
  if (first || random_.chance(200)) clients_.set_up();
  clients_.send_again();
}

void Simulation::take_snapshot() {
  bool dying = random_.chance(scenario_.dies * 2);
  if (dying) disk_.power_off_after(random_.between(1, 15));
  note("a snapshot");
  Status taken = daemon_.keeper().take_snapshot();
  if (!disk_.is_off()) return copy_state();
  reached_(Rare::died_in_snapshot);
  note("the daemon dies in a snapshot");
  die();
}

void Simulation::stop_cleanly() {
  if (random_.chance(scenario_.dies)) disk_.power_off_after(random_.between(1, 10));
  note("the daemon stops");
  Status closed = daemon_.stop();
  if (disk_.is_off()) {
    reached_(Rare::died_in_clean_stop);
    return die();
  }
  stopped_cleanly_ = closed.has_value();
  copy_.reset();
  clients_.connection_lost();
}

}  // namespace pentad::sim
