#include "schedule/skyline.h"

#include <algorithm>

namespace pentad::schedule {

void Skyline::build(const NodeRecord& node, Windows windows, Time now) {
  built_at_ = now;
  holds_version_ = node.holds_version;
  steps_.clear();
  steps_.push_back({now, node.cores_free(), node.memory_free()});
  for (const Hold& hold : node.holds) {  // ascending by their ends
    const Time end = taken_until(hold.ends_by, now);
    if (end == Time::never()) break;
    if (end != steps_.back().at) steps_.push_back({end, steps_.back().cores, steps_.back().memory});
    steps_.back().cores += hold.cores;
    steps_.back().memory += hold.memory;
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
  }
}

bool Skyline::fits(const NodeNeed& need, Time begin, Time end) const {
  for (size_t i = step_at(begin); i < steps_.size() && (steps_[i].at < end); ++i) {
    if (!steps_[i].has(need)) return false;
  }
  return true;
}

void Skyline::starts(const NodeNeed& need, Duration limit, Time from, bool first_only,
                     std::vector<Interval>& out) const {
  for (size_t i = step_at(from); i < steps_.size(); ++i) {
    if (!steps_[i].has(need)) continue;
    const Time begin = std::max(steps_[i].at, from);
    while (i + 1 < steps_.size() && steps_[i + 1].has(need)) ++i;
    if (i + 1 == steps_.size()) {
      out.push_back({begin, Time::never()});
      return;
    }
    const Time end = steps_[i + 1].at;  // too little from here on
    if (begin + limit > end) continue;
    out.push_back({begin, end - limit + Duration{1}});
    if (first_only) return;
  }
}

}  // namespace pentad::schedule
