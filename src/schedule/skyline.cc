#include "schedule/skyline.h"

#include <algorithm>
#include <bit>

namespace pentad::schedule {

void Skyline::build(const NodeRecord& node, Windows windows, Time now) {
  built_at_ = now;
  holds_version_ = node.holds_version;
  steps_.clear();
  steps_.push_back({now, node.cores_free(), node.memory_free(), ~node.devices_used});
  // A device may be shared by several holds; it is whole when the last of them ends.
  std::vector<int32_t> used = node.milli_used;
  for (const Hold& hold : node.holds) {  // ascending by their ends
    const Time end = taken_until(hold.ends_by, now);
    if (end == Time::never()) break;
    if (end != steps_.back().at) {
      const Step before = steps_.back();
      steps_.push_back({end, before.cores, before.memory, before.whole});
    }
    steps_.back().cores += hold.cores;
    steps_.back().memory += hold.memory;
    for (DeviceMask rest = hold.devices; rest != 0; rest &= rest - 1) {
      const int position = std::countr_zero(rest);
      int32_t& left = used[static_cast<size_t>(position)];
      left -= hold.share_milli;
      if (left <= 0) steps_.back().whole |= DeviceMask{1} << position;
    }
  }
  for (const Window& window : windows) take(window);
}

size_t Skyline::step_at(Time instant) const {
  const auto later = std::upper_bound(steps_.begin(), steps_.end(), instant,
                                      [](Time t, const Step& step) { return t < step.at; });
  return later == steps_.begin() ? 0 : static_cast<size_t>(later - steps_.begin()) - 1;
}

// The step that begins at `at`, made if there was none.
size_t Skyline::split(Time at) {
  const size_t step = step_at(at);
  if (steps_[step].at >= at) return step;
  Step second = steps_[step];
  second.at = at;
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step) + 1, second);
  return step + 1;
}

void Skyline::take(const Window& window) {
  if (steps_.empty() || window.begin >= window.end) return;
  const size_t begin = split(window.begin);
  const size_t end = window.end == Time::never() ? steps_.size() : split(window.end);
  for (size_t i = begin; i < end; ++i) {
    steps_[i].cores -= window.cores;
    steps_[i].memory -= window.memory;
    steps_[i].whole &= ~window.devices;
  }
}

size_t Skyline::lacking(size_t step, const Ask& ask, Time end) const {
  DeviceMask free = ask.of;  // all the time
  for (; step < steps_.size() && steps_[step].at < end; ++step) {
    free &= steps_[step].whole;
    if (!steps_[step].has(ask.amounts) || std::popcount(free) < ask.devices) return step;
  }
  return steps_.size();
}

bool Skyline::fits(const Ask& ask, Time begin) const {
  return lacking(step_at(begin), ask, begin + ask.limit) == steps_.size();
}

void Skyline::starts(const Ask& ask, Time from, bool first_only, std::vector<Interval>& out) const {
  const bool plain = ask.devices == 0;  // what a step lacks does not depend on the start
  for (size_t i = step_at(from); i < steps_.size(); ++i) {
    const Time begin = std::max(steps_[i].at, from);
    const Time next = i + 1 == steps_.size() ? Time::never() : steps_[i + 1].at;
    // From some start in this step on the job runs into a step that lacks something.
    const size_t lacks = lacking(i, ask, plain ? Time::never() : next + ask.limit);
    Time end = plain ? Time::never() : next;
    if (lacks < steps_.size()) end = std::min(end, steps_[lacks].at - ask.limit + Duration{1});
    if (lacks > i && begin < end) {
      if (!out.empty() && out.back().end == begin) {
        out.back().end = end;
      } else {
        out.push_back({begin, end});
      }
      if (first_only) return;
    }
    if (plain) i = lacks;
  }
}

}  // namespace pentad::schedule
