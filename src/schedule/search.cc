#include "schedule/search.h"

#include <algorithm>

#include "schedule/timeline.h"

namespace pentad::schedule {
namespace {

struct Candidate {
  NodeFit fit;
  NodeSlot node = 0;
};

std::optional<Placed> place_in(const View& view, const Need& need, Option option, Time start) {
  const std::vector<NodeSlot>& nodes = view.site.pools()[option.pool].nodes;
  const auto wanted = static_cast<size_t>(need.nodes);
  if (nodes.size() < wanted) return {};
  std::vector<Candidate> fitting;  // ascending by name, as the pool is
  for (NodeSlot slot : nodes) {
    const auto fit =
        fit_on(view.site.node(slot), need, option.model, start, view.now, view.plan.on(slot));
    if (fit) fitting.push_back({*fit, slot});
  }
  if (fitting.size() < wanted) return {};
  std::stable_sort(fitting.begin(), fitting.end(), [](const Candidate& a, const Candidate& b) {
    return a.fit.fullness < b.fit.fullness;
  });
  fitting.resize(wanted);

  Placed placed;
  placed.option = option;
  placed.share_milli = need.share_milli;
  for (const Candidate& candidate : fitting) {
    const NodeNeed amounts = need_on(need, view.site.node(candidate.node));
    placed.cores = std::max(placed.cores, amounts.cores);
    placed.memory = std::max(placed.memory, amounts.memory);
    placed.nodes.push_back({candidate.node, candidate.fit.devices});
  }
  std::sort(placed.nodes.begin(), placed.nodes.end(), [&](const auto& a, const auto& b) {
    return view.site.node(a.node).node.name < view.site.node(b.node).node.name;
  });
  return placed;
}

// Counts on a time line: +1 where something begins to hold, -1 where it ceases.
struct Turn {
  Time at;
  int32_t nodes = 0;
  int32_t licences = 0;
};

void add_licence_turns(const View& view, const Need& need, Time from, std::vector<Turn>& turns) {
  std::vector<Time> times{from};
  view.licences.add_turns(need.licences, need.limit, view.now, view.plan, times);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  bool before = false;
  for (Time at : times) {
    if (at < from || at == Time::never()) continue;
    const bool fits = view.licences.fit(need.licences, at, at + need.limit, view.now, view.plan);
    if (fits != before) turns.push_back({at, 0, fits ? 1 : -1});
    before = fits;
  }
}

std::optional<Time> earliest_in(const View& view, const Need& need, Option option, Time from,
                                std::vector<Turn> turns) {
  for (NodeSlot slot : view.site.pools()[option.pool].nodes) {
    const NodeRecord& node = view.site.node(slot);
    for (const Interval& interval :
         starts_on(node, need, option.model, from, view.now, view.plan.on(slot))) {
      turns.push_back({interval.begin, 1, 0});
      turns.push_back({interval.end, -1, 0});
    }
  }
  std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.at < b.at; });
  int32_t nodes = 0, licences = 0;
  for (size_t i = 0; i < turns.size(); ++i) {
    nodes += turns[i].nodes;
    licences += turns[i].licences;
    const bool all_of_this_time = i + 1 == turns.size() || turns[i + 1].at != turns[i].at;
    if (all_of_this_time && nodes >= need.nodes && licences > 0) return turns[i].at;
  }
  return {};
}

}  // namespace

std::optional<Placed> place_at(const View& view, const Need& need,
                               const std::vector<Option>& options, Time start) {
  if (need.impossible) return {};
  if (!view.licences.fit(need.licences, start, start + need.limit, view.now, view.plan)) return {};
  for (const Option& option : options) {
    if (auto placed = place_in(view, need, option, start)) return placed;
  }
  return {};
}

std::optional<Reserved> earliest(const View& view, const Need& need,
                                 const std::vector<Option>& options, Time from) {
  if (need.impossible) return {};
  std::vector<Turn> licence_turns;
  add_licence_turns(view, need, from, licence_turns);
  std::optional<Time> best;
  for (const Option& option : options) {
    const auto at = earliest_in(view, need, option, from, licence_turns);
    if (at && (!best || *at < *best)) best = at;
  }
  if (!best) return {};
  auto placed = place_at(view, need, options, *best);
  if (!placed) return {};
  return Reserved{*best, std::move(*placed)};
}

}  // namespace pentad::schedule
