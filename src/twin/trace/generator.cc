#include "twin/trace/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "twin/trace/generator_config.h"
#include "twin/trace/random.h"

namespace pentad::trace {

namespace {

constexpr int64_t kHoursPerWeek = 168;
constexpr double kLn2 = 0.693147180559945309417;

// Limits people type, in seconds; beyond the last, whole days.
constexpr std::array<int64_t, 18> kTypedLimits_s = {300,   600,   900,    1800,   3600,   7200,
                                                    10800, 14400, 21600,  28800,  36000,  43200,
                                                    64800, 86400, 129600, 172800, 259200, 432000};

std::vector<double> running_sums(const std::vector<double>& weights) {
  std::vector<double> sums;
  double sum = 0;
  for (double w : weights) sums.push_back(sum += w);
  return sums;
}

template <class T>
std::vector<double> weights_of(const std::vector<T>& items) {
  std::vector<double> out;
  for (const T& item : items) out.push_back(item.weight);
  return out;
}

// Moments of a Poisson process whose rate is constant within each hour of the week: a process of
// rate 1, run through the rate's integral backwards.
class Arrivals {
 public:
  explicit Arrivals(const GeneratorConfig& config) : random_(config.seed, ~uint64_t{0}) {
    auto hours = config.hour_factors.empty() ? day_cycle() : config.hour_factors;
    auto days = config.day_factors.empty() ? week_cycle() : config.day_factors;
    double sum = 0;
    for (double day : days) {
      for (double hour : hours) rates_.push_back(day * hour), sum += day * hour;
    }
    for (double& rate : rates_) rate *= config.jobs_per_hour * kHoursPerWeek / sum;
  }

  Duration next() {
    double left = random_.exponential();
    while (true) {
      double rate = rates_[static_cast<size_t>(hour_ % kHoursPerWeek)];
      double rest = (1 - fraction_) * rate;
      if (left < rest) {
        fraction_ += left / rate;
        // Rounding may reach the end of the hour.
        auto second = std::min<int64_t>(static_cast<int64_t>(fraction_ * 3600), 3599);
        return seconds(hour_ * 3600 + second);
      }
      left -= rest;
      ++hour_;
      fraction_ = 0;
    }
  }

 private:
  Random random_;
  std::vector<double> rates_;  // jobs an hour, for each hour of the week
  int64_t hour_ = 0;
  double fraction_ = 0;  // of the present hour
};

// What does not change while jobs are made.
class Maker {
 public:
  explicit Maker(const GeneratorConfig& config);
  void make(int64_t number, TraceJob& out) const;

 private:
  int64_t size_of(Random& random, const SizeShape& shape) const;
  int64_t run_s_of(Random& random, const RunTimeShape& shape) const;
  int64_t limit_s_of(Random& random, int64_t run_s, int64_t max_s) const;
  void place(Random& random, const DeviceShape& device, int64_t size, TraceJob& out) const;
  void set_memory(Random& random, const ClassShape& shape, DeviceKind kind, TraceJob& out) const;

  GeneratorConfig config_;
  std::vector<double> classes_;
  std::vector<std::vector<double>> devices_;
  std::vector<std::vector<double>> precisions_;
  std::vector<double> users_;
  std::array<KindLimits, kDeviceKinds> limits_;
};

Maker::Maker(const GeneratorConfig& config) : config_(config) {
  classes_ = running_sums(weights_of(config_.classes));
  for (const ClassShape& shape : config_.classes) {
    devices_.push_back(running_sums(weights_of(shape.devices)));
    precisions_.push_back(running_sums(weights_of(shape.precisions)));
  }
  std::vector<double> shares;
  for (int32_t k = 1; k <= config_.users; ++k) {
    shares.push_back(portable_exp(-config_.zipf * portable_log(k)));
  }
  users_ = running_sums(shares);
  for (size_t i = 0; i < kDeviceKinds; ++i) {
    limits_[i] = limits_of(config_, static_cast<DeviceKind>(i));
  }
}

int64_t Maker::size_of(Random& random, const SizeShape& shape) const {
  if (random.chance(shape.serial)) return 1;
  bool is_small = random.chance(shape.small);
  double low = is_small ? 0 : shape.middle_log2;
  double high = is_small ? shape.middle_log2 : shape.max_log2;
  double log2 = low + (high - low) * random.uniform();
  bool is_power = random.chance(shape.powers_of_two);
  if (is_power) return int64_t{1} << static_cast<int>(log2 + 0.5);
  return std::max<int64_t>(static_cast<int64_t>(portable_exp(log2 * kLn2) + 0.5), 1);
}

int64_t Maker::run_s_of(Random& random, const RunTimeShape& shape) const {
  double run_s = shape.law == RunTimeLaw::lognormal ? random.lognormal(shape.scale_s, shape.shape)
                                                    : random.weibull(shape.scale_s, shape.shape);
  run_s = std::clamp(run_s, static_cast<double>(shape.min_s), static_cast<double>(shape.max_s));
  return static_cast<int64_t>(run_s + 0.5);
}

int64_t Maker::limit_s_of(Random& random, int64_t run_s, int64_t max_s) const {
  bool is_exact = random.chance(config_.exact_limits);
  double used = config_.least_used + (1 - config_.least_used) * random.positive();
  if (is_exact) return (run_s + 59) / 60 * 60;
  auto wanted_s = static_cast<int64_t>(static_cast<double>(run_s) / used) + 1;
  auto typed = std::lower_bound(kTypedLimits_s.begin(), kTypedLimits_s.end(), wanted_s);
  int64_t limit_s = typed == kTypedLimits_s.end() ? (wanted_s + 86399) / 86400 * 86400 : *typed;
  return std::max(std::min(limit_s, max_s), run_s);
}

// Spreads `size` cores or devices over as few nodes as any pool with such devices allows.
void Maker::place(Random& random, const DeviceShape& device, int64_t size, TraceJob& out) const {
  const KindLimits& limits = limits_[static_cast<size_t>(device.kind)];
  bool is_cpu = device.kind == DeviceKind::cpu;
  int64_t per_node = is_cpu ? limits.cores : limits.devices;
  if (!is_cpu && device.per_node > 0) per_node = std::min<int64_t>(per_node, device.per_node);
  size = std::min(size, per_node * limits.nodes);
  int64_t nodes = (size + per_node - 1) / per_node;
  auto each = static_cast<int32_t>((size + nodes - 1) / nodes);
  out.nodes = static_cast<int32_t>(nodes);
  bool is_shared = random.chance(device.shared) && size == 1 && !is_cpu;
  int32_t share_milli = 125 << (random.bits() % 3);  // 125, 250 or 500
  out.device_share_milli = is_shared ? share_milli : 1000;
  if (is_cpu) {
    out.cores_per_node = each;
    out.cores = size;
    out.devices_per_node = 0;
    out.device_kind.reset();
    return;
  }
  int64_t cores = int64_t{each} * device.cores_each * out.device_share_milli / 1000;
  out.cores_per_node = static_cast<int32_t>(std::clamp<int64_t>(cores, 1, limits.cores));
  out.cores = nodes * out.cores_per_node;
  out.devices_per_node = each;
  out.device_kind = device.kind;
}

void Maker::set_memory(Random& random, const ClassShape& shape, DeviceKind kind,
                       TraceJob& out) const {
  constexpr double kDeviation = 0.7, kMost = 4;
  auto median = static_cast<double>(shape.memory_per_core_mib);
  double wanted = std::min(random.lognormal(median, kDeviation), kMost * median);
  const KindLimits& limits = limits_[static_cast<size_t>(kind)];
  int64_t room_mib = std::max<int64_t>(limits.memory_mib / out.cores_per_node, 1);
  out.memory = mebibytes(std::clamp<int64_t>(static_cast<int64_t>(wanted), 1, room_mib));
  out.memory_scope = MemoryScope::per_core;
}

// Each job draws from a stream of its own: changing one shape leaves the others' jobs alone.
void Maker::make(int64_t number, TraceJob& out) const {
  Random random(config_.seed, static_cast<uint64_t>(number));
  size_t which = random.pick(classes_);
  const ClassShape& shape = config_.classes[which];
  const DeviceShape& device = shape.devices[random.pick(devices_[which])];
  size_t user = random.pick(users_);
  out.id = number;
  out.user = std::to_string(user + 1);
  out.project = std::to_string(user % static_cast<size_t>(config_.projects) + 1);
  out.queue = std::to_string(static_cast<int>(shape.workload_class) + 1);
  out.workload_class = shape.workload_class;
  out.precision = shape.precisions[random.pick(precisions_[which])].precision;
  place(random, device, size_of(random, shape.size), out);
  set_memory(random, shape, device.kind, out);
  int64_t run_s = run_s_of(random, shape.run);
  out.run_time = seconds(run_s);
  out.limit = seconds(limit_s_of(random, run_s, shape.run.max_s));
  out.status = random.chance(config_.failed) ? TraceStatus::failed : TraceStatus::completed;
}

class Generator : public TraceReader {
 public:
  explicit Generator(const GeneratorConfig& config)
      : maker_(config), arrivals_(config), jobs_(config.jobs) {
    header_ = generated_header(config);
  }

  Result<bool> read(TraceJob& out) override {
    if (counts_.jobs == jobs_) return false;
    out = TraceJob{};
    maker_.make(++counts_.jobs, out);
    out.submit = arrivals_.next();
    return true;
  }

 private:
  Maker maker_;
  Arrivals arrivals_;
  int64_t jobs_;
};

// Mean demand of a job in seconds of all cores of the CPU nodes, or of all devices of a kind: the
// largest of them.
double mean_demand_s(const GeneratorConfig& config) {
  constexpr int64_t kSample = 20'000;
  Maker maker(config);
  TraceJob job;
  std::array<double, kDeviceKinds> sums = {};
  for (int64_t i = 1; i <= kSample; ++i) {
    maker.make(i, job);
    DeviceKind kind = job.device_kind.value_or(DeviceKind::cpu);
    double amount = job.device_kind
                        ? job.nodes * job.devices_per_node * (job.device_share_milli / 1000.0)
                        : static_cast<double>(job.cores);
    sums[static_cast<size_t>(kind)] += amount * static_cast<double>(job.run_time->value) / 1000;
  }
  double most = 0;
  for (size_t i = 0; i < kDeviceKinds; ++i) {
    double capacity = limits_of(config, static_cast<DeviceKind>(i)).capacity;
    if (capacity > 0) most = std::max(most, sums[i] / kSample / capacity);
  }
  return most;
}

}  // namespace

void set_load(GeneratorConfig& config, double load) {
  double demand_s = mean_demand_s(config);
  config.jobs_per_hour = demand_s > 0 ? load * 3600 / demand_s : 1;
}

Result<std::unique_ptr<TraceReader>> generate(const GeneratorConfig& config) {
  if (auto checked = check(config); !checked) return tl::unexpected(checked.error());
  return std::make_unique<Generator>(config);
}

}  // namespace pentad::trace
