#include "twin/steps.h"

#include <algorithm>

namespace pentad::twin {

Steps::Steps(const trace::Machine& machine, const ItPower* power, Duration step, Sink sink)
    : power_(power), step_(step), sink_(std::move(sink)) {
  const auto column = [this](const std::string& pool, const std::string& model) -> UseColumn& {
    auto [it, added] = column_of_.try_emplace({pool, model}, columns_.size());
    if (added) columns_.push_back({pool, model, 0});
    return columns_[it->second];
  };
  for (const Node& node : machine.nodes) {
    column(node.pool, "").units += node.cores;
    for (const DeviceGroup& group : node.devices) {
      column(node.pool, group.model).units += group.count;
    }
  }
  busy_.assign(columns_.size(), 0);
  sum_.busy.assign(columns_.size(), 0);
  sum_.pace = 0;
}

void Steps::accumulate(Time to) {
  const auto dt = static_cast<double>((to - at_).value);
  sum_.queued += dt * static_cast<double>(queued_);
  sum_.running += dt * static_cast<double>(running_);
  sum_.pace += dt * pace_;
  for (size_t i = 0; i < busy_.size(); ++i) sum_.busy[i] += dt * busy_[i];
  if (power_ != nullptr) {
    sum_.boards_w += dt * (power_->idle_w() + jobs_w_);
    sum_.drawn_w += dt * (power_->idle_w() + pace_ * jobs_w_);
    sum_.idle_w += dt * (power_->idle_w() - idle_shares_w_);
  }
  at_ = to;
}

void Steps::hand_out(Time end) {
  StepRow row = sum_;
  row.begin = begin_;
  row.length = end - begin_;
  const auto length = static_cast<double>(row.length.value);
  row.queued /= length;
  row.running /= length;
  row.boards_w /= length;
  row.drawn_w /= length;
  row.pace = length > 0 ? row.pace / length : 1;
  row.idle_w /= length;
  for (double& busy : row.busy) busy /= length;
  sink_(row);
  sum_ = {};
  sum_.pace = 0;
  sum_.busy.assign(columns_.size(), 0);
  begin_ = end;
}

void Steps::time_moves(Time to) {
  if (!open_) {
    open_ = true;
    // Steps begin at whole multiples, so that an hour of the table is an hour of the clock.
    begin_ = Time{to.value / step_.value * step_.value};
    at_ = begin_;
  }
  while (to >= begin_ + step_) {
    accumulate(begin_ + step_);
    hand_out(begin_ + step_);
  }
  if (to > at_) accumulate(to);
}

void Steps::close() {
  if (open_ && at_ > begin_) hand_out(at_);
}

void Steps::add(const LiveJob& job, double sign) {
  const Placement& placement = job.placement;
  auto cores = column_of_.find({placement.pool, ""});
  if (cores != column_of_.end()) busy_[cores->second] += sign * held_cores(placement);
  if (!placement.device_model.empty()) {
    auto devices = column_of_.find({placement.pool, placement.device_model});
    if (devices != column_of_.end()) busy_[devices->second] += sign * held_devices(placement);
  }
  if (power_ == nullptr) return;
  jobs_w_ += sign * power_->added_w(job);
  idle_shares_w_ += sign * power_->idle_share_w(job);
}

void Steps::started(const LiveJob& job) {
  --queued_;
  ++running_;
  add(job, 1);
}

void Steps::stopped(const LiveJob& job, EndKind, Time) {
  ++queued_;
  --running_;
  add(job, -1);
  // Sums of many terms drift; an empty centre is exactly idle.
  if (running_ == 0) {
    std::fill(busy_.begin(), busy_.end(), 0.0);
    jobs_w_ = idle_shares_w_ = 0;
  }
}

}  // namespace pentad::twin
