#include "schedule/search.h"

#include <algorithm>
#include <bit>
#include <queue>

#include "schedule/timeline.h"

namespace pentad::schedule {
namespace {

struct Candidate {
  NodeFit fit;
  NodeSlot node = 0;
};

Placed make_placed(const Site& site, const Need& need, Option option,
                   const std::vector<Candidate>& chosen) {
  Placed placed;
  placed.option = option;
  placed.share_milli = need.share_milli;
  placed.nodes.reserve(chosen.size());
  for (const Candidate& candidate : chosen) {
    const NodeNeed amounts = need_on(need, site.node(candidate.node));
    placed.cores = std::max(placed.cores, amounts.cores);
    placed.memory = std::max(placed.memory, amounts.memory);
    placed.nodes.push_back({candidate.node, candidate.fit.devices});
  }
  return placed;
}

void sort_by_name(const Site& site, Placed& placed) {
  if (placed.nodes.size() < 2) return;
  std::sort(placed.nodes.begin(), placed.nodes.end(), [&](const auto& a, const auto& b) {
    return site.node(a.node).label < site.node(b.node).label;
  });
}

// The steps of a node on which several jobs are planned, where they tell all that the need asks.
const Skyline* skyline_for(const View& view, const Need& need, NodeSlot slot) {
  const NodeRecord& node = view.site.node(slot);
  const bool shares = need.devices > 0 && need.share_milli < 1000;
  if (shares || need.reservation || !node.spans.empty()) return nullptr;
  return view.plan.skyline(node, slot, view.now);
}

Skyline::Ask ask_of(const Need& need, const NodeRecord& node, ModelSlot model) {
  return {need_on(need, node), need.devices, need.devices > 0 ? node.devices_of(model) : 0,
          need.limit};
}

// As fit_on().
std::optional<NodeFit> fit_at(const View& view, const Need& need, ModelSlot model, NodeSlot slot,
                              Time start) {
  const NodeRecord& node = view.site.node(slot);
  const Skyline* skyline = skyline_for(view, need, slot);
  if (!skyline) return fit_on(node, need, model, start, view.now, view.plan.on(slot));
  if (!node.takes_jobs() || !fits_empty(need, model, node)) return {};
  if (!skyline->fits(ask_of(need, node, model), start)) return {};
  if (need.devices > 0) return fit_on(node, need, model, start, view.now, view.plan.on(slot));
  NodeFit fit;
  fit.fullness.cores_free = skyline->cores_at(start);
  return fit;
}

// As starts_on(); where one node is enough just the first of them.
std::vector<Interval> starts_at(const View& view, const Need& need, ModelSlot model, NodeSlot slot,
                                Time from) {
  const NodeRecord& node = view.site.node(slot);
  const Skyline* skyline = skyline_for(view, need, slot);
  if (!skyline) return starts_on(node, need, model, from, view.now, view.plan.on(slot));
  std::vector<Interval> starts;
  if (!node.takes_jobs() || !fits_empty(need, model, node)) return starts;
  const bool first_only = need.nodes == 1 && need.licences.empty();
  skyline->starts(ask_of(need, node, model), from, first_only, starts);
  return starts;
}

// Keeps the `count` fullest. Fewer than that: false.
bool keep_fullest(const Site& site, std::vector<Candidate>& candidates, size_t count) {
  if (candidates.size() < count) return false;
  const auto fuller = [&](const Candidate& a, const Candidate& b) {
    if (a.fit.fullness != b.fit.fullness) return a.fit.fullness < b.fit.fullness;
    return site.node(a.node).label < site.node(b.node).label;
  };
  if (candidates.size() == count) return true;
  std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                   candidates.end(), fuller);
  candidates.resize(count);
  return true;
}

// Where a need that takes all devices of a node (or none) fits from some time before `start` on:
// its devices and, unless all nodes are taken anyway, how full it is then. Empty for other needs.
std::optional<NodeFit> fit_of_open(const View& view, const Need& need, ModelSlot model,
                                   NodeSlot slot, Time start, bool all_taken) {
  const NodeRecord& node = view.site.node(slot);
  NodeFit fit;
  if (need.devices > 0) {
    fit.devices = node.devices_of(model);
    if (need.share_milli < 1000 || std::popcount(fit.devices) != need.devices) return {};
  }
  if (all_taken) return fit;
  if (!node.spans.empty() || !view.plan.on(slot).empty()) return {};
  fit.fullness = {1000 * need.devices, node.cores_free()};
  for (const Hold& hold : node.holds) {
    if (taken_until(hold.ends_by, view.now) > start) break;
    fit.fullness.cores_free += hold.cores;
  }
  return fit;
}

// The nodes of the pool that a need may use at all: those of its reservation, if it names one.
std::vector<NodeSlot> usable_nodes(const Site& site, const Need& need, PoolSlot pool) {
  if (!need.reservation) return site.pools()[pool].nodes;
  std::vector<NodeSlot> nodes;
  for (NodeSlot slot : site.reserved_nodes(need.reservation)) {
    if (site.node(slot).present && site.node(slot).pool == pool) nodes.push_back(slot);
  }
  return nodes;
}

// Looks at every node.
std::vector<Candidate> scan_fitting(const View& view, const Need& need, Option option) {
  std::vector<Candidate> fitting;
  for (NodeSlot slot : usable_nodes(view.site, need, option.pool)) {
    const auto fit = fit_at(view, need, option.model, slot, view.now);
    if (fit) fitting.push_back({*fit, slot});
  }
  return fitting;
}

// Raises `most` to the nodes that fit when they are too few.
std::optional<Placed> place_by_scan(const View& view, const Need& need, Option option,
                                    int32_t& most) {
  std::vector<Candidate> fitting = scan_fitting(view, need, option);
  if (!keep_fullest(view.site, fitting, static_cast<size_t>(need.nodes))) {
    most = std::max(most, static_cast<int32_t>(fitting.size()));
    return {};
  }
  return make_placed(view.site, need, option, fitting);
}

// Looks at the nodes in the order of preference and takes the first that fit, `wanted` at most.
std::vector<Candidate> first_fitting(const View& view, const Need& need, Option option,
                                     int32_t wanted) {
  std::vector<Candidate> chosen;
  const NodeTree* tree = view.index.tree(option.pool, option.model);
  const Time planned_from = view.plan.latest_begin();
  const auto may = [&](const Room& room) {
    if (need.ignore_reservations) return room_may_fit_alone(room, need);
    return view.unplanned ? room_may_fit_unplanned(room, need, view.now)
                          : room_may_fit(room, need, view.now, planned_from);
  };
  const auto enough = [&](const NodeItem& item) {
    if (!may(item.room)) return false;
    const auto fit = fit_at(view, need, option.model, item.node, view.now);
    if (fit) chosen.push_back({*fit, item.node});
    return static_cast<int32_t>(chosen.size()) == wanted;
  };
  if (tree == nullptr || !may(tree->agg())) return chosen;
  chosen.reserve(static_cast<size_t>(std::min(wanted, int32_t{64})));
  const NodeKey from{need.devices * need.share_milli, need.cores, 0};
  tree->find(from, false, may, enough);
  return chosen;
}

// As place_by_scan().
std::optional<Placed> place_by_index(const View& view, const Need& need, Option option,
                                     int32_t& most) {
  if (need.nodes > 1) {
    const NodeTree* tree = view.index.tree(option.pool, option.model);
    if (tree == nullptr) return {};
    const NodeIndex::Count count = view.index.most(option.pool, option.model, need);
    const bool beside_plan =
        !view.unplanned &&
        view.now + need.limit > short_until(tree->agg(), view.plan.latest_begin());
    const int32_t bound = beside_plan ? count.for_long : count.now;
    if (bound < need.nodes) {
      most = std::max(most, bound);
      return {};
    }
  }
  const std::vector<Candidate> chosen = first_fitting(view, need, option, need.nodes);
  if (static_cast<int32_t>(chosen.size()) < need.nodes) {
    most = std::max(most, static_cast<int32_t>(chosen.size()));
    return {};
  }
  return make_placed(view.site, need, option, chosen);
}

// The search for the earliest time in one pool: nodes are opened in the order of what the horizon
// promises, and a sweep counts how many fit at each time.
class Sweep {
 public:
  Sweep(const View& view, const Need& need, Option option, Time from)
      : view_(view), need_(need), option_(option), from_(from) {}

  // The first time from `from` on, not after `until`, at which enough nodes and the licences are
  // free.
  std::optional<Time> run(const std::vector<Time>& licence_turns, Time until);
  // The placement at the time found.
  std::optional<Placed> place(Time at);
  size_t looked_at() const { return looked_at_; }

 private:
  struct Branch {
    Time bound;
    size_t at = 0;
    bool operator>(const Branch& other) const { return bound > other.bound; }
  };
  struct Turn {
    Time at;
    int32_t nodes = 0;
    int32_t licences = 0;
    bool operator>(const Turn& other) const { return at > other.at; }
  };
  struct Opened {
    Interval interval;
    NodeSlot node = 0;
  };
  template <class T>
  using Heap = std::priority_queue<T, std::vector<T>, std::greater<T>>;

  void open_to(Time at);
  void open(NodeSlot slot);

  const View& view_;
  const Need& need_;
  Option option_;
  Time from_;
  Horizon::Bound bound_;
  Heap<Branch> closed_;
  Heap<Turn> turns_;
  std::vector<Opened> opened_;
  size_t looked_at_ = 0;
};

void Sweep::open(NodeSlot slot) {
  const NodeRecord& node = view_.site.node(slot);
  const Windows windows = view_.plan.on(slot);
  ++looked_at_;
  const auto add = [&](Interval interval) {
    opened_.push_back({interval, slot});
    turns_.push({interval.begin, 1, 0});
    if (interval.end != Time::never()) turns_.push({interval.end, -1, 0});
  };
  if (windows.empty() && node.spans.empty()) {
    const Time start = plain_start_on(node, need_, option_.model, from_, view_.now);
    if (start != Time::never()) add({start, Time::never()});
    return;
  }
  for (const Interval& interval : starts_at(view_, need_, option_.model, slot, from_)) {
    add(interval);
  }
}

// Opens every node that may fit at `at` or before.
void Sweep::open_to(Time at) {
  while (!closed_.empty() && closed_.top().bound <= at) {
    const size_t branch = closed_.top().at;
    closed_.pop();
    const size_t leaves = view_.horizon.leaves(option_.pool);
    if (branch >= leaves) {
      open(view_.horizon.node(option_.pool, branch));
      continue;
    }
    for (size_t child : {2 * branch, 2 * branch + 1}) {
      const Time bound = bound_.of(view_.horizon.times(option_.pool, child));
      if (bound != Time::never()) closed_.push({bound, child});
    }
  }
}

// Before when the need does not fit in the pool.
Time promised(const View& view, const Need& need, Option option) {
  if (view.horizon.leaves(option.pool) == 0) return Time::never();
  if (need.reservation) return Time{};
  const Horizon::Bound bound = view.horizon.bound_for(option.pool, need, option.model);
  return bound.of(view.horizon.times(option.pool, 1));
}

std::optional<Time> Sweep::run(const std::vector<Time>& licence_turns, Time until) {
  if (view_.horizon.leaves(option_.pool) == 0) return {};
  if (need_.reservation) {
    for (NodeSlot slot : usable_nodes(view_.site, need_, option_.pool)) open(slot);
  } else {
    bound_ = view_.horizon.bound_for(option_.pool, need_, option_.model);
    const Time root = bound_.of(view_.horizon.times(option_.pool, 1));
    if (root != Time::never()) closed_.push({root, 1});
  }
  for (size_t i = 0; i < licence_turns.size(); ++i) {
    turns_.push({licence_turns[i], 0, i % 2 == 0 ? 1 : -1});
  }
  int32_t nodes = 0, licences = 0;
  while (!closed_.empty() || !turns_.empty()) {
    // Nothing closed may hold an earlier turn than the next.
    const Time next = turns_.empty() ? Time::never() : turns_.top().at;
    if (!closed_.empty() && closed_.top().bound <= next) {
      if (closed_.top().bound > until) return {};
      open_to(std::max(closed_.top().bound, from_));
      continue;
    }
    if (next > until) return {};
    while (!turns_.empty() && turns_.top().at == next) {
      nodes += turns_.top().nodes;
      licences += turns_.top().licences;
      turns_.pop();
    }
    if (nodes >= need_.nodes && licences > 0) return next;
  }
  return {};
}

std::optional<Placed> Sweep::place(Time at) {
  std::vector<NodeSlot> nodes;
  for (const Opened& opened : opened_) {
    if (at >= opened.interval.begin && at < opened.interval.end) nodes.push_back(opened.node);
  }
  return place_on(view_, need_, option_, nodes, at);
}

// The times from `from` on at which the licences begin (0th, 2nd, ...) and cease to be free for the
// need.
std::vector<Time> turns_of_licences(const View& view, const Need& need, Time from) {
  std::vector<Time> times{from}, turns;
  view.licences.add_turns(need.licences, need.limit, view.now, view.plan, times);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (Time at : times) {
    if (at < from || at == Time::never()) continue;
    const bool free = view.licences.fit(need.licences, at, at + need.limit, view.now, view.plan);
    if (free == (turns.size() % 2 == 0)) turns.push_back(at);
  }
  return turns;
}

}  // namespace

std::optional<Placed> place_now(const View& view, const Need& need,
                                const std::vector<Option>& options, int32_t* fitting) {
  if (fitting != nullptr) *fitting = need.nodes - 1;
  if (need.impossible) return {};
  const Time end = view.now + need.limit;
  if (!view.licences.fit(need.licences, view.now, end, view.now, view.plan)) return {};
  int32_t most = 0;
  for (const Option& option : options) {
    auto placed = need.reservation ? place_by_scan(view, need, option, most)
                                   : place_by_index(view, need, option, most);
    if (!placed) continue;
    sort_by_name(view.site, *placed);
    return placed;
  }
  if (fitting != nullptr) *fitting = most;
  return {};
}

int32_t count_fitting(const View& view, const Need& need, Option option, int32_t most) {
  if (need.reservation) {
    const auto fitting = scan_fitting(view, need, option);
    return std::min(most, static_cast<int32_t>(fitting.size()));
  }
  return static_cast<int32_t>(first_fitting(view, need, option, most).size());
}

std::optional<Placed> place_on(const View& view, const Need& need, Option option,
                               const std::vector<NodeSlot>& nodes, Time start) {
  const auto wanted = static_cast<size_t>(need.nodes);
  std::vector<Candidate> fitting;
  fitting.reserve(nodes.size());
  const bool all_taken = nodes.size() == wanted;  // which are the fullest does not matter
  for (NodeSlot slot : nodes) {
    auto fit = fit_of_open(view, need, option.model, slot, start, all_taken);
    if (!fit) fit = fit_at(view, need, option.model, slot, start);
    if (fit) fitting.push_back({*fit, slot});
  }
  if (!keep_fullest(view.site, fitting, wanted)) return {};
  return make_placed(view.site, need, option, fitting);
}

std::optional<Reserved> earliest(const View& view, const Need& need,
                                 const std::vector<Option>& options, Time from, size_t& looked_at) {
  if (need.impossible) return {};
  const std::vector<Time> licence_turns = turns_of_licences(view, need, from);
  // The pool that promises most is searched first, so that others need not be looked into.
  struct Promise {
    Time bound;
    size_t option = 0;
  };
  std::vector<Promise> promises;
  promises.reserve(options.size());
  for (size_t i = 0; i < options.size(); ++i) {
    promises.push_back({promised(view, need, options[i]), i});
  }
  std::sort(promises.begin(), promises.end(), [](const Promise& a, const Promise& b) {
    return a.bound != b.bound ? a.bound < b.bound : a.option < b.option;
  });
  std::optional<Sweep> best;
  size_t best_option = 0;
  Time best_time = Time::never();
  for (const Promise& promise : promises) {
    // At equal times the option that stands first is taken.
    const bool tie_wins = !best || promise.option < best_option;
    const Time until = tie_wins ? best_time : best_time - Duration{1};
    if (promise.bound > until) continue;
    Sweep sweep(view, need, options[promise.option], from);
    const auto at = sweep.run(licence_turns, until);
    looked_at += sweep.looked_at();
    if (!at) continue;
    best.emplace(std::move(sweep));
    best_option = promise.option;
    best_time = *at;
  }
  if (!best) return {};
  auto placed = best->place(best_time);
  if (!placed) return {};
  return Reserved{best_time, std::move(*placed)};
}

}  // namespace pentad::schedule
