// How many events a second the core alone takes: 10,000 nodes, all busy, 100,000 jobs queued.
// Attempts end in random order; each end lets others start, which are reported started, and a new
// job is submitted for each that ended. No journal, no invariant checks. Times are of the
// processor, not of the clock on the wall: what others do on the machine does not count.
//
// An attempt that has reached its limit ends before others do; with --overdue 1 it may run on, as
// if nobody stopped it: then the blocked head could start at any moment, and its reservation moves
// with every event.
//
// With --money 1 everything is charged for: 20 projects of 4 tenants who have enough, two of them
// with a voucher, prices of cores, memory, devices and energy; an attempt has used an hour.
//
//   core_rate [--nodes N] [--queued N] [--events N] [--depth K] [--overdue 1] [--money 1]
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <queue>
#include <random>

#include "base/slots.h"
#include "centre/centre.h"

namespace pentad {

namespace {

struct Options {
  int64_t nodes = 10'000;
  int64_t queued = 100'000;
  int64_t events = 1'000'000;
  int32_t depth = 1;
  bool overdue = false;
  bool money = false;
};

int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

class Load {
 public:
  explicit Load(Options options) : options_(options), random_(7) {}
  void run();

 private:
  void add_nodes();
  void add_money(Policy& policy);
  JobRequest job();
  void submit(int64_t count);
  void end_one();
  void take(const Effects& effects);
  Effects step(event::What what) {
    ++events_;
    now_ = now_ + milliseconds(2);
    return centre_.step({now_, "bench", std::move(what)});
  }
  int64_t pick(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  Options options_;
  std::mt19937_64 random_;
  Centre centre_;
  Time now_{1'000'000};
  int64_t events_ = 0;
  std::vector<AttemptId> running_;
  // Places in running_ of those that reach their limit, by time; some have ended since.
  struct Limit {
    Time at;
    AttemptId attempt;
    bool operator>(const Limit& other) const { return at > other.at; }
  };
  std::priority_queue<Limit, std::vector<Limit>, std::greater<Limit>> limits_;
  std::vector<uint32_t> places_;  // in running_, by job
};

void Load::add_nodes() {
  Policy policy;
  policy.reservation_depth = options_.depth;
  DeviceModel gpu;
  gpu.name = "gpu-a";
  gpu.price_per_hour = Money{10'000'000};
  gpu.peak.bf16 = 300'000'000;
  DeviceModel other = gpu;
  other.name = "gpu-b";
  other.price_per_hour = Money{4'000'000};
  other.peak.bf16 = 90'000'000;
  if (options_.money) add_money(policy);
  step(event::Configure{policy, {gpu, other}});
  for (int64_t i = 0; i < options_.nodes; ++i) {
    Node node;
    node.name = fmt::format("n{:05}", i);
    node.pool = fmt::format("pool{}", i % 5);
    node.cores = 64;
    node.memory = gibibytes(256);
    if (i % 5 >= 3) node.devices.push_back({i % 5 == 3 ? "gpu-a" : "gpu-b", 8});
    step(event::UpsertNode{node});
  }
}

void Load::add_money(Policy& policy) {
  for (int64_t t = 0; t < 4; ++t) {
    const std::string tenant = fmt::format("tenant{}", t);
    step(event::PutTenant{{tenant, tenant, "", AccountState::active}, true});
    for (int64_t p = t; p < 20; p += 4) {
      const std::string project = fmt::format("project{}", p);
      step(event::PutProject{{tenant, project, project, "", AccountState::active}, true});
    }
    step(event::TopUp{tenant, Money{int64_t{1} << 57}, tenant, ""});
    if (t % 2 == 1) continue;
    Voucher voucher;
    voucher.tenant = tenant;
    voucher.funder = "city";
    voucher.amount = Money{int64_t{1} << 57};
    voucher.until = Time::never();
    voucher.share_milli = 600;
    step(event::IssueVoucher{voucher});
  }
  for (int64_t u = 0; u < 100; ++u) {
    const std::string user = fmt::format("user{}", u);
    step(event::PutUser{{user, user, "", "", "", AccountState::active}, true});
    for (int64_t t = 0; t < 4; ++t) {
      step(event::GrantRole{{user, Role::member, fmt::format("tenant{}", t), ""}});
    }
  }
  for (PriceUnit unit : {PriceUnit::core_hour, PriceUnit::memory_gib_hour, PriceUnit::device_hour,
                         PriceUnit::energy_kwh}) {
    Price price;
    price.unit = unit;
    price.from = now_ + milliseconds(2);
    price.steps = {{0, Money{1'230'000}}};
    step(event::PutPrices{{price}});
    policy.money.charged.push_back(unit);
  }
}

// Three in four ask for cores only, one in four for GPUs; one in fifty for several nodes.
JobRequest Load::job() {
  static constexpr int32_t kCores[] = {1, 2, 4, 8, 16, 32, 64};
  JobRequest job;
  job.name = fmt::format("job{}", pick(1000));
  job.user = fmt::format("user{}", pick(100));
  const int64_t project = pick(20);
  job.project = options_.money ? fmt::format("tenant{}/project{}", project % 4, project)
                               : fmt::format("project{}", project);
  job.limit = minutes(10 * (1 + pick(24)));
  job.resources.cores = kCores[pick(7)];
  job.resources.memory = gibibytes(job.resources.cores * 2);
  if (pick(4) == 0) {
    job.resources.devices.count = static_cast<int32_t>(1 << pick(4));
    job.resources.devices.kind = DeviceKind::gpu;
    job.precision = Precision::bf16;
    job.resources.cores = job.resources.devices.count * 4;
    job.resources.memory = gibibytes(job.resources.devices.count * 16);
  }
  if (pick(50) == 0) job.resources.nodes = static_cast<int32_t>(2 + pick(15));
  return job;
}

void Load::submit(int64_t count) {
  event::Submit e;
  e.first = centre_.next_job_id();
  for (int64_t i = 0; i < count; ++i) e.jobs.push_back(job());
  Effects effects = step(std::move(e));
  if (!effects.reply.accepted()) {
    std::fprintf(stderr, "refused: %s\n", effects.reply.refusal.detail.c_str());
    std::exit(1);
  }
  take(effects);
}

void Load::take(const Effects& effects) {
  for (const StartAttempt& s : effects.starts) {
    places_.resize(std::max(places_.size(), static_cast<size_t>(s.attempt.job.value) + 1), kNoSlot);
    places_[static_cast<size_t>(s.attempt.job.value)] = static_cast<uint32_t>(running_.size());
    running_.push_back(s.attempt);
    if (!options_.overdue) limits_.push({now_ + s.limit, s.attempt});
    take(step(event::AttemptStarted{s.attempt, now_}));
  }
}

void Load::end_one() {
  size_t i = static_cast<size_t>(pick(static_cast<int64_t>(running_.size())));
  while (!limits_.empty() && limits_.top().at <= now_ + milliseconds(10)) {
    const uint32_t place = places_[static_cast<size_t>(limits_.top().attempt.job.value)];
    limits_.pop();
    if (place == kNoSlot) continue;
    i = place;
    break;
  }
  AttemptId id = running_[i];
  running_[i] = running_.back();
  places_[static_cast<size_t>(running_[i].job.value)] = static_cast<uint32_t>(i);
  running_.pop_back();
  places_[static_cast<size_t>(id.job.value)] = kNoSlot;
  AttemptEnd end;
  end.ended_at = now_;
  if (options_.money) end.started_at = now_ - hours(1);
  take(step(event::AttemptEnded{id, end}));
}

void Load::run() {
  add_nodes();
  while (centre_.counts().queued < 1000) submit(1000);
  int64_t before = resident_bytes();
  int64_t jobs_before = centre_.counts().queued;
  while (centre_.counts().queued < options_.queued) submit(1000);
  int64_t queued = centre_.counts().queued;
  fmt::print("{} nodes, {} attempts running, {} jobs queued; {} bytes of memory per queued job\n",
             options_.nodes, running_.size(), queued,
             (resident_bytes() - before) / std::max<int64_t>(1, queued - jobs_before));
  std::fflush(stdout);

  int64_t first_event = events_;
  const double start = cpu_s();
  while (events_ - first_event < options_.events) {
    end_one();
    while (centre_.counts().queued < options_.queued) submit(1);
  }
  const double elapsed = cpu_s() - start;
  fmt::print("{} events in {:.2f} s: {:.0f} events/s, queue {} at the end\n", events_ - first_event,
             elapsed, static_cast<double>(events_ - first_event) / elapsed,
             centre_.counts().queued);
}

}  // namespace

}  // namespace pentad

int main(int argc, char** argv) {
  pentad::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    int64_t value = 0;
    std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), value);
    if (!std::strcmp(argv[i], "--nodes")) options.nodes = value;
    if (!std::strcmp(argv[i], "--queued")) options.queued = value;
    if (!std::strcmp(argv[i], "--events")) options.events = value;
    if (!std::strcmp(argv[i], "--overdue")) options.overdue = value != 0;
    if (!std::strcmp(argv[i], "--money")) options.money = value != 0;
    if (!std::strcmp(argv[i], "--depth")) options.depth = static_cast<int32_t>(value);
  }
  pentad::Load(options).run();
}
