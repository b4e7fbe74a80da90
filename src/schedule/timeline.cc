#include "schedule/timeline.h"

#include <algorithm>
#include <array>
#include <bit>

namespace pentad::schedule {
namespace {

void subtract(NodeFree& free, int32_t cores, Bytes memory, DeviceMask devices, int32_t share) {
  free.cores -= cores;
  free.memory -= memory;
  for (DeviceMask rest = devices; rest != 0; rest &= rest - 1) {
    free.milli[static_cast<size_t>(std::countr_zero(rest))] -= share;
  }
}

// The devices of `candidates` that have at least `share` left.
DeviceMask with_share(const NodeFree& free, DeviceMask candidates, int32_t share) {
  DeviceMask mask = 0;
  for (DeviceMask rest = candidates; rest != 0; rest &= rest - 1) {
    const int position = std::countr_zero(rest);
    if (free.milli[static_cast<size_t>(position)] >= share) mask |= DeviceMask{1} << position;
  }
  return mask;
}

// The `count` devices with the least free share, then the lowest positions.
DeviceMask choose_devices(const NodeFree& free, DeviceMask usable, int32_t count) {
  DeviceMask chosen = 0;
  while (count-- > 0) {
    int best = -1;
    for (DeviceMask rest = usable & ~chosen; rest != 0; rest &= rest - 1) {
      const int position = std::countr_zero(rest);
      const auto left = [&](int at) { return free.milli[static_cast<size_t>(at)]; };
      if (best < 0 || left(position) < left(best)) best = position;
    }
    chosen |= DeviceMask{1} << best;
  }
  return chosen;
}

bool outside_reservations(const NodeRecord& node, const Need& need, Time start, Time end) {
  bool inside_own = !need.reservation;
  for (const ReservedSpan& span : node.spans) {
    if (span.id == need.reservation) {
      inside_own = span.begin <= start && end <= span.end;
    } else if (!need.ignore_reservations && span.begin < end && start < span.end &&
               span.begin < span.end) {
      return false;
    }
  }
  return inside_own;
}

bool amounts_fit(const NodeFree& free, const NodeNeed& need) {
  return free.cores >= need.cores && free.memory >= need.memory;
}

// Where only what is held now matters.
std::optional<NodeFit> fit_now(const NodeRecord& node, const Need& need, ModelSlot model) {
  const NodeNeed amounts = need_on(need, node);
  if (node.cores_free() < amounts.cores || node.memory_free() < amounts.memory) return {};
  NodeFit fit;
  fit.fullness.cores_free = node.cores_free();
  if (need.devices == 0) return fit;
  const DeviceMask of_model = node.devices_of(model);
  const DeviceMask untouched = of_model & ~node.devices_used;
  fit.fullness.milli_free = 1000 * std::popcount(of_model);
  for (DeviceMask rest = of_model & node.devices_used; rest != 0; rest &= rest - 1) {
    fit.fullness.milli_free -= node.milli_used[static_cast<size_t>(std::countr_zero(rest))];
  }
  if (need.share_milli == 1000) {
    if (std::popcount(untouched) < need.devices) return {};
    DeviceMask rest = untouched;
    for (int32_t i = 0; i < need.devices; ++i) rest &= rest - 1;
    fit.devices = untouched & ~rest;  // the lowest positions; all have the same left
    return fit;
  }
  NodeFree free;
  for (DeviceMask rest = of_model; rest != 0; rest &= rest - 1) {
    const int position = std::countr_zero(rest);
    free.milli[static_cast<size_t>(position)] = node.milli_free(position);
  }
  const DeviceMask usable = with_share(free, of_model, need.share_milli);
  if (std::popcount(usable) < need.devices) return {};
  fit.devices = choose_devices(free, usable, need.devices);
  return fit;
}

}  // namespace

NodeFree free_at(const NodeRecord& node, Windows windows, Time instant, Time now,
                 DeviceMask asked) {
  NodeFree free;
  free.cores = node.cores;
  free.memory = node.memory;
  for (DeviceMask rest = asked; rest != 0; rest &= rest - 1) {
    free.milli[static_cast<size_t>(std::countr_zero(rest))] = 1000;
  }
  for (size_t i = node.holds.size(); i-- > 0;) {
    const Hold& hold = node.holds[i];
    if (taken_until(hold.ends_by, now) <= instant) break;  // and so are all that end earlier
    subtract(free, hold.cores, hold.memory, hold.devices & asked, hold.share_milli);
  }
  for (const Window& window : windows) {
    if (window.begin <= instant && instant < window.end) {
      subtract(free, window.cores, window.memory, window.devices & asked, window.share_milli);
    }
  }
  return free;
}

std::optional<NodeFit> fit_on(const NodeRecord& node, const Need& need, ModelSlot model, Time start,
                              Time now, Windows windows) {
  if (!node.takes_jobs() || !fits_empty(need, model, node)) return {};
  const Time end = start + need.limit;
  if (!outside_reservations(node, need, start, end)) return {};
  if (start == now && windows.empty()) return fit_now(node, need, model);
  const NodeNeed amounts = need_on(need, node);
  const DeviceMask of_model = need.devices > 0 ? node.devices_of(model) : 0;
  const NodeFree at_start = free_at(node, windows, start, now, of_model);
  if (!amounts_fit(at_start, amounts)) return {};

  DeviceMask usable = with_share(at_start, of_model, need.share_milli);
  for (const Window& window : windows) {
    if (window.begin <= start || window.begin >= end) continue;
    const NodeFree later = free_at(node, windows, window.begin, now, of_model);
    if (!amounts_fit(later, amounts)) return {};
    usable &= with_share(later, of_model, need.share_milli);
  }
  if (std::popcount(usable) < need.devices) return {};

  NodeFit fit;
  fit.fullness.cores_free = at_start.cores;
  for (DeviceMask rest = of_model; rest != 0; rest &= rest - 1) {
    fit.fullness.milli_free += at_start.milli[static_cast<size_t>(std::countr_zero(rest))];
  }
  fit.devices = choose_devices(at_start, usable, need.devices);
  return fit;
}

void add_window_turns(Time begin, Time end, Duration limit, std::vector<Time>& turns) {
  turns.push_back(begin);
  turns.push_back(end);
  turns.push_back(begin - limit + Duration{1});  // the first start that would run into it
}

Time plain_start_on(const NodeRecord& node, const Need& need, ModelSlot model, Time from,
                    Time now) {
  if (!node.takes_jobs() || !fits_empty(need, model, node)) return Time::never();
  const NodeNeed amounts = need_on(need, node);
  const DeviceMask of_model = need.devices > 0 ? node.devices_of(model) : 0;
  int32_t cores = node.cores_free();
  Bytes memory = node.memory_free();
  // Devices with too little left, and how much of each is held.
  DeviceMask short_of = 0;
  std::array<int32_t, Site::max_devices> used;
  for (DeviceMask rest = of_model & node.devices_used; rest != 0; rest &= rest - 1) {
    const auto position = static_cast<size_t>(std::countr_zero(rest));
    used[position] = node.milli_used[position];
    if (used[position] + need.share_milli > 1000) short_of |= DeviceMask{1} << position;
  }
  const auto fits = [&] {
    return cores >= amounts.cores && memory >= amounts.memory &&
           std::popcount(of_model & ~short_of) >= need.devices;
  };
  size_t ended = 0;
  const auto end_until = [&](Time until) {
    for (; ended < node.holds.size(); ++ended) {
      const Hold& hold = node.holds[ended];
      if (taken_until(hold.ends_by, now) > until) return;
      cores += hold.cores;
      memory += hold.memory;
      for (DeviceMask rest = hold.devices & short_of; rest != 0; rest &= rest - 1) {
        const int position = std::countr_zero(rest);
        int32_t& held = used[static_cast<size_t>(position)];
        held -= hold.share_milli;
        if (held + need.share_milli <= 1000) short_of &= ~(DeviceMask{1} << position);
      }
    }
  };
  end_until(from);
  if (fits()) return from;
  while (ended < node.holds.size()) {
    const Time next = taken_until(node.holds[ended].ends_by, now);
    if (next == Time::never()) break;
    end_until(next);
    if (fits()) return next;
  }
  return Time::never();
}

std::vector<Interval> starts_on(const NodeRecord& node, const Need& need, ModelSlot model,
                                Time from, Time now, Windows windows) {
  if (!node.takes_jobs() || !fits_empty(need, model, node)) return {};
  std::vector<Time> turns{from};
  for (const Hold& hold : node.holds) turns.push_back(taken_until(hold.ends_by, now));
  for (const Window& window : windows) {
    add_window_turns(window.begin, window.end, need.limit, turns);
  }
  for (const ReservedSpan& span : node.spans) {
    add_window_turns(span.begin, span.end, need.limit, turns);
    turns.push_back(span.end - need.limit + Duration{1});  // too late to end inside one's own
  }
  std::erase_if(turns, [&](Time t) { return t < from || t == Time::never(); });
  std::sort(turns.begin(), turns.end());
  turns.erase(std::unique(turns.begin(), turns.end()), turns.end());

  std::vector<Interval> intervals;
  for (size_t i = 0; i < turns.size(); ++i) {
    if (!fit_on(node, need, model, turns[i], now, windows)) continue;
    const Time end = i + 1 < turns.size() ? turns[i + 1] : Time::never();
    if (!intervals.empty() && intervals.back().end == turns[i]) {
      intervals.back().end = end;
    } else {
      intervals.push_back({turns[i], end});
    }
  }
  return intervals;
}

}  // namespace pentad::schedule
