#include "twin/heat_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pentad::twin {

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();
// A live core stops what is five minutes past its limit: lost time is given back before.
constexpr Duration kGiveBack = minutes(2);
constexpr int64_t kGiveBack_work = kGiveBack.value * engine::kFullPace_ppm;
// Below the plant's own precision, so that what is held to the limit is carried.
constexpr double kRoom = 1 - 2e-5;
// Any Sunday-to-Sunday year without 29 February: 2023-01-01 00:00 UTC.
constexpr Time kYear{1'672'531'200'000};

}  // namespace

HeatLimit::HeatLimit(const PlantMeter& plant, const ItPower& power, const trace::Machine& machine,
                     Policy policy, Duration step)
    : power_(power),
      base_(std::move(policy)),
      step_(step),
      utc_offset_(plant.setup().utc_offset),
      limit_now_w_(kNone) {
  for (size_t h = 0; h < plant.setup().weather.size(); ++h) {
    const LocalHour local = local_hour(kYear + hours(static_cast<int64_t>(h)), Duration{});
    const double carried_w = plant.carried_w(local, power.rated_w());
    const bool is_short = carried_w < power.rated_w() * kRoom;
    limits_w_.push_back(is_short ? carried_w * kRoom : kNone);
    any_ = any_ || is_short;
  }
  std::map<std::string, double> idle_w;
  for (const DeviceModel& model : machine.devices) {
    idle_w[model.name] = static_cast<double>(model.idle_power.value) / 1000;
    core_chip_w_[model.name] =
        static_cast<double>((model.full_power - model.idle_power).value) / 1000;
  }
  const auto hold = [&](const std::string& model, double count) {
    core_idle_w_ += idle_w[model] * count;
    core_full_w_ += core_chip_w_[model] * count;
  };
  for (const Node& node : machine.nodes) {
    cpu_of_[node.pool] = node.cpu_model;
    hold(node.cpu_model, node.cores);
    for (const DeviceGroup& group : node.devices) hold(group.model, group.count);
  }
}

double HeatLimit::limit_w(Time at) const {
  const Time begin{at.value / step_.value * step_.value};
  return limits_w_[local_hour(begin, utc_offset_).hour_of_year];
}

// The first step after `now` whose limit is another: it is looked for hour by hour.
Time HeatLimit::next_limit(Time now) const {
  const double limit = limit_w(now);
  const int64_t jump = std::max(step_.value, hours(1).value / step_.value * step_.value);
  Time at{now.value / step_.value * step_.value + step_.value};
  for (size_t i = 0; i < 2 * limits_w_.size(); ++i) {
    if (limit_w(at) != limit) {
      // Steps shorter than an hour: the change may stand before the end of the jump.
      while (at.value - step_.value > now.value && limit_w(Time{at.value - step_.value}) != limit) {
        at.value -= step_.value;
      }
      return at;
    }
    at.value += jump;
  }
  return Time::never();
}

Time HeatLimit::next_change(Time now) const {
  const int64_t loses = engine::kFullPace_ppm - pace_ppm_;
  if (running_ == 0 || loses == 0) return limit_changes_;
  const int64_t left = std::max<int64_t>(kGiveBack_work - lost_, 1);
  return std::min(limit_changes_, now + Duration{(left + loses - 1) / loses});
}

// The cap in the core's idea of power, which counts each chip as full: as it and the boards' power
// stand to each other in what runs now.
Policy HeatLimit::capped(double limit_w) const {
  Policy policy = base_;
  if (limit_w == kNone) return policy;
  const double full_w = power_.rated_w() - power_.idle_w();
  double ratio = full_w > 0 ? core_full_w_ / full_w : 1;
  if (jobs_w_ > 0.05 * full_w) ratio = core_jobs_w_ / jobs_w_;
  const double cap_w = core_idle_w_ + std::max(0.0, limit_w - power_.idle_w()) * ratio;
  const Power cap{std::llround(std::min(cap_w, 1e12) * 1000)};
  std::vector<Power>& by_hour = policy.power_cap.by_hour;
  if (by_hour.size() != 24) by_hour.assign(24, cap);
  for (Power& hour : by_hour) hour = std::min(hour, cap);
  return policy;
}

std::optional<Policy> HeatLimit::policy(Time now) {
  if (now < limit_changes_) return {};
  limit_changes_ = next_limit(now);
  const double limit = limit_w(now);
  if (limit == limit_now_w_) return {};
  limit_now_w_ = limit;
  return capped(limit);
}

Duration HeatLimit::give_time(Time) {
  if (lost_ < kGiveBack_work) return {};
  if (running_ == 0) return lost_ = 0, Duration{};
  const Duration give{(lost_ + engine::kFullPace_ppm - 1) / engine::kFullPace_ppm};
  lost_ = 0;
  summary_.given_hours += seconds_of(give) / 3600;
  return give;
}

// What jobs add shrinks by the pace; what nodes draw idle does not. Rounded down: the limit holds.
int64_t HeatLimit::pace_ppm(Time) {
  const double limit = limit_now_w_;
  pace_ppm_ = engine::kFullPace_ppm;
  if (running_ > 0 && power_.idle_w() + jobs_w_ > limit && jobs_w_ > 0) {
    const double share = std::clamp((limit - power_.idle_w()) / jobs_w_, 0.0, 1.0);
    pace_ppm_ = static_cast<int64_t>(share * static_cast<double>(engine::kFullPace_ppm));
    summary_.least_pace =
        std::min(summary_.least_pace, static_cast<double>(pace_ppm_) / engine::kFullPace_ppm);
  }
  return pace_ppm_;
}

void HeatLimit::time_moves(Time to) {
  if (at_.value != 0 && to > at_) {
    const double hours = seconds_of(to - at_) / 3600;
    if (limit_now_w_ != kNone && running_ + queued_ > 0) {
      summary_.hours_capped += hours;
      if (queued_ > 0) summary_.hours_capped_and_queue += hours;
    }
    if (running_ > 0 && pace_ppm_ < engine::kFullPace_ppm) {
      const int64_t loses = engine::kFullPace_ppm - pace_ppm_;
      summary_.hours_throttled += hours;
      summary_.lost_job_hours += hours * static_cast<double>(running_) *
                                 static_cast<double>(loses) / engine::kFullPace_ppm;
      lost_ += (to - at_).value * loses;
    }
  }
  at_ = std::max(at_, to);
}

double HeatLimit::core_added_w(const Placement& placement) const {
  const auto chip_w = [this](const std::string& model) {
    auto it = core_chip_w_.find(model);
    return it == core_chip_w_.end() ? 0.0 : it->second;
  };
  auto cpu = cpu_of_.find(placement.pool);
  const double cores_w = cpu == cpu_of_.end() ? 0 : chip_w(cpu->second) * held_cores(placement);
  return cores_w + chip_w(placement.device_model) * held_devices(placement);
}

void HeatLimit::add(const LiveJob& job, double sign) {
  jobs_w_ += sign * power_.added_w(job);
  core_jobs_w_ += sign * core_added_w(job.placement);
}

void HeatLimit::started(const LiveJob& job) {
  --queued_;
  ++running_;
  add(job, 1);
}

void HeatLimit::stopped(const LiveJob& job, EndKind, Time) {
  ++queued_;
  --running_;
  add(job, -1);
  if (running_ == 0) jobs_w_ = core_jobs_w_ = 0;
  if (job.slowed >= seconds(1)) ++summary_.jobs_slowed;
}

}  // namespace pentad::twin
