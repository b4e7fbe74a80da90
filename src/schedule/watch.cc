#include "schedule/watch.h"

#include <algorithm>

#include "schedule/timeline.h"

namespace pentad::schedule {
namespace {

// From when on the node fits if attempts end at their limits, those past it included.
Time fits_from(const NodeRecord& node, const Need& need, ModelSlot model) {
  return plain_start_on(node, need, model, Time{0}, Time{-1});
}

}  // namespace

void Watch::start(const Site& site, const QueueKey& key, const Need& need,
                  const std::vector<Option>& options) {
  key_ = key;
  need_ = need;
  lists_.clear();
  for (const Option& option : options) {
    List& list = lists_.emplace_back();
    list.option = option;
    list.from.assign(site.nodes().size(), Time::never());
    std::vector<WatchedNode> fitting;
    for (NodeSlot slot : site.pools()[option.pool].nodes) {
      const Time from = fits_from(site.node(slot), need_, option.model);
      list.from[slot] = from;
      if (from != Time::never()) fitting.push_back({from, slot});
    }
    std::sort(fitting.begin(), fitting.end(), WatchTraits::less);
    list.nodes.assign(std::move(fitting));
  }
}

bool Watch::update(const Site& site, NodeSlot slot, Time ends_by, Time begin) {
  const NodeRecord& node = site.node(slot);
  bool matters = false;
  for (List& list : lists_) {
    if (list.option.pool != node.pool || !node.present) continue;
    Time& from = list.from[slot];
    const Time fresh = fits_from(node, need_, list.option.model);
    if ((from <= begin) != (fresh <= begin)) matters = true;
    if (fresh <= begin && ends_by > begin) matters = true;
    if (fresh == from) continue;
    if (from != Time::never()) list.nodes.erase({from, slot});
    if (fresh != Time::never()) list.nodes.insert({fresh, slot});
    from = fresh;
  }
  return matters;
}

const Watch::List* Watch::best(Time now, Time& begin) const {
  const List* best = nullptr;
  const auto wanted = static_cast<size_t>(need_.nodes);
  for (const List& list : lists_) {
    if (list.nodes.size() < wanted) continue;
    const Time at = std::max(list.nodes.nth(wanted - 1).from, now + Duration{1});
    if (best != nullptr && at >= begin) continue;
    best = &list;
    begin = at;
  }
  return best;
}

std::optional<Time> Watch::earliest_time(Time now) const {
  Time begin;
  if (best(now, begin) == nullptr) return {};
  return begin;
}

std::optional<Reserved> Watch::earliest(const View& view) const {
  Reserved reserved;
  const List* list = best(view.now, reserved.begin);
  if (list == nullptr) return {};
  std::vector<NodeSlot> fitting;
  fitting.reserve(static_cast<size_t>(need_.nodes));
  const auto any = [](const auto&) { return true; };
  list->nodes.find(any, [&](const WatchedNode& node) {
    if (node.from > reserved.begin) return true;
    fitting.push_back(node.node);
    return false;
  });
  auto placed = place_on(view, need_, list->option, fitting, reserved.begin);
  if (!placed) return {};
  reserved.placed = std::move(*placed);
  return reserved;
}

}  // namespace pentad::schedule
