// An ordered set whose searches skip whole stretches: every subtree knows an aggregate of its items
// (minima of needs, maxima of free amounts), so that "the first item from here on that could ..."
// costs a few steps however many items could not. A B+ tree; items are small and copied. Aggregates
// are counted again when somebody asks, so that many changes beside each other cost one count.
//
// Traits gives: Item; Key; Agg (default: of no items); static constexpr size_t max_items (of a
// leaf); static const Key& key(const Item&); static bool less(const Key&, const Key&); static void
// add(Agg&, const Item&); static void join(Agg&, const Agg&).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace pentad::schedule {

template <class Traits>
class AggTree {
 public:
  using Item = typename Traits::Item;
  using Key = typename Traits::Key;
  using Agg = typename Traits::Agg;

  size_t size() const { return root_.size; }
  bool empty() const { return root_.size == 0; }
  const Agg& agg() const { return agg_of(root_); }
  // The first item; there must be one.
  const Item& front() const {
    const Branch* at = &root_;
    while (at->inner) at = &at->inner->front();
    return at->items.front();
  }

  // False when an item with this key is there already.
  bool insert(const Item& item) {
    bool fresh = true;
    if (auto right = insert(root_, item, true, fresh)) grow(std::move(*right));
    return fresh;
  }

  // False when there is none.
  bool erase(const Key& key) {
    if (!erase(root_, key)) return false;
    if (root_.inner && root_.inner->size() == 1) {
      Branch only = std::move(root_.inner->front());
      root_ = std::move(only);
    }
    return true;
  }

  // Puts the item in the place of the one with the same key. False when there is none.
  bool replace(const Item& item) { return replace(root_, item); }

  // The first item from `from` on (beyond it when `beyond`) for which `is` holds. Subtrees whose
  // aggregate fails `may` are skipped. Null when there is none; valid until the next change.
  template <class May, class Is>
  const Item* find(const Key& from, bool beyond, May&& may, Is&& is) const {
    return find(root_, &from, beyond, may, is);
  }
  template <class May, class Is>
  const Item* find(May&& may, Is&& is) const {
    return find(root_, nullptr, false, may, is);
  }

  // All items, in order.
  template <class F>
  void for_each(F&& f) const {
    for_each(root_, f);
  }

  // Replaces everything by these items, which ascend.
  void assign(std::vector<Item> items) {
    root_ = {};
    if (items.empty()) return;
    Branches level = pack(items, max_items * 3 / 4);  // leaves room for those that come
    while (level.size() > 1) level = pack(level, max_branches * 3 / 4);
    root_ = std::move(level.front());
  }

  // How many items stand before `key`.
  int64_t rank(const Key& key) const {
    int64_t before = 0;
    const Branch* at = &root_;
    while (at->inner) {
      const size_t child = child_of(*at->inner, key);
      for (size_t i = 0; i < child; ++i) before += (*at->inner)[i].size;
      at = &(*at->inner)[child];
    }
    return before + (lower_bound(at->items, key) - at->items.begin());
  }

  // The item with `n` before it; there must be one.
  const Item& nth(size_t n) const {
    const Branch* at = &root_;
    while (at->inner) {
      size_t child = 0;
      while (n >= (*at->inner)[child].size) n -= (*at->inner)[child++].size;
      at = &(*at->inner)[child];
    }
    return at->items[n];
  }

  // Empty when order, sizes and aggregates are right; else what is wrong.
  const char* check() const { return check(root_); }

 private:
  static constexpr size_t max_items = Traits::max_items;
  static constexpr size_t max_branches = 16;

  // A subtree: a leaf with items, or an inner node with branches.
  struct Branch {
    mutable Agg agg{};
    mutable bool stale = false;  // `agg` does not know of the last changes; so above it
    Key first{};
    uint32_t size = 0;
    std::vector<Item> items;
    std::unique_ptr<std::vector<Branch>> inner;
  };
  using Branches = std::vector<Branch>;

  static auto lower_bound(const std::vector<Item>& items, const Key& key) {
    return std::lower_bound(items.begin(), items.end(), key, [](const Item& item, const Key& k) {
      return Traits::less(Traits::key(item), k);
    });
  }

  // The branch that holds `key` or would: the last that does not begin behind it.
  static size_t child_of(const Branches& branches, const Key& key) {
    size_t child = 0;
    while (child + 1 < branches.size() && !Traits::less(key, branches[child + 1].first)) ++child;
    return child;
  }

  static const Agg& agg_of(const Branch& branch) {
    if (branch.stale) count_again(branch);
    return branch.agg;
  }

  static void count_again(const Branch& branch) {
    branch.agg = Agg{};
    if (branch.inner) {
      for (const Branch& child : *branch.inner) Traits::join(branch.agg, agg_of(child));
    } else {
      for (const Item& item : branch.items) Traits::add(branch.agg, item);
    }
    branch.stale = false;
  }

  // All but the aggregate, which is for later.
  static void recount(Branch& branch) {
    branch.stale = true;
    if (branch.inner) {
      branch.size = 0;
      for (const Branch& child : *branch.inner) branch.size += child.size;
      if (!branch.inner->empty()) branch.first = branch.inner->front().first;
    } else {
      branch.size = static_cast<uint32_t>(branch.items.size());
      if (!branch.items.empty()) branch.first = Traits::key(branch.items.front());
    }
  }

  // Inserts below `branch`. A branch that grew too large gives away its right part. `last` says
  // that nothing stands right of the branch: what is only appended to leaves full nodes behind.
  static std::optional<Branch> insert(Branch& branch, const Item& item, bool last, bool& fresh) {
    if (branch.inner) {
      Branches& branches = *branch.inner;
      const size_t child = child_of(branches, Traits::key(item));
      const bool last_child = last && child + 1 == branches.size();
      auto right = insert(branches[child], item, last_child, fresh);
      if (right) {
        branches.insert(branches.begin() + static_cast<std::ptrdiff_t>(child) + 1,
                        std::move(*right));
      }
      if (branches.size() > max_branches) return split(branch, branches, last_child);
      if (fresh) add(branch, item);
      branch.first = branches.front().first;
      return {};
    }
    const auto at = lower_bound(branch.items, Traits::key(item));
    if (at != branch.items.end() && !Traits::less(Traits::key(item), Traits::key(*at))) {
      fresh = false;
      return {};
    }
    const bool append = last && at == branch.items.end();
    const auto index = at - branch.items.begin();
    if (branch.items.size() == branch.items.capacity()) {
      branch.items.reserve(std::min(max_items + 1, branch.items.size() * 3 / 2 + 2));
    }
    branch.items.insert(branch.items.begin() + index, item);
    if (branch.items.size() > max_items) return split(branch, branch.items, append);
    add(branch, item);
    branch.first = Traits::key(branch.items.front());
    return {};
  }

  static void add(Branch& branch, const Item& item) {
    if (!branch.stale) Traits::add(branch.agg, item);
    ++branch.size;
  }

  template <class Part>
  static Branch split(Branch& branch, std::vector<Part>& parts, bool append) {
    const size_t keep = append ? parts.size() - 1 : parts.size() / 2;
    const auto at = parts.begin() + static_cast<std::ptrdiff_t>(keep);
    std::vector<Part> moved(std::make_move_iterator(at), std::make_move_iterator(parts.end()));
    parts.erase(at, parts.end());
    recount(branch);
    return branch_of(std::move(moved));
  }

  template <class Part>
  static Branch branch_of(std::vector<Part> parts) {
    Branch branch;
    if constexpr (std::is_same_v<Part, Branch>) {
      branch.inner = std::make_unique<Branches>(std::move(parts));
    } else {
      branch.items = std::move(parts);
    }
    recount(branch);
    return branch;
  }

  // Branches over so many parts each.
  template <class Part>
  static Branches pack(std::vector<Part>& parts, size_t fill) {
    Branches level;
    level.reserve(parts.size() / fill + 1);
    for (size_t i = 0; i < parts.size(); i += fill) {
      const auto from = parts.begin() + static_cast<std::ptrdiff_t>(i);
      const auto count = static_cast<std::ptrdiff_t>(std::min(fill, parts.size() - i));
      level.push_back(branch_of(
          std::vector<Part>(std::make_move_iterator(from), std::make_move_iterator(from + count))));
    }
    return level;
  }

  template <class F>
  static void for_each(const Branch& branch, F& f) {
    if (branch.inner) {
      for (const Branch& child : *branch.inner) for_each(child, f);
    } else {
      for (const Item& item : branch.items) f(item);
    }
  }

  void grow(Branch right) {
    Branch root;
    root.inner = std::make_unique<Branches>();
    root.inner->reserve(max_branches + 1);
    root.inner->push_back(std::move(root_));
    root.inner->push_back(std::move(right));
    recount(root);
    root_ = std::move(root);
  }

  static bool erase(Branch& branch, const Key& key) {
    if (!branch.inner) {
      const auto at = lower_bound(branch.items, key);
      if (at == branch.items.end() || Traits::less(key, Traits::key(*at))) return false;
      branch.items.erase(branch.items.begin() + (at - branch.items.begin()));
      recount(branch);
      return true;
    }
    Branches& branches = *branch.inner;
    const size_t child = child_of(branches, key);
    if (!erase(branches[child], key)) return false;
    shrink(branches, child);
    recount(branch);
    return true;
  }

  static bool replace(Branch& branch, const Item& item) {
    if (branch.inner) {
      if (!replace((*branch.inner)[child_of(*branch.inner, Traits::key(item))], item)) return false;
    } else {
      const auto at = lower_bound(branch.items, Traits::key(item)) - branch.items.begin();
      if (at == std::ssize(branch.items)) return false;
      Item& place = branch.items[static_cast<size_t>(at)];
      if (Traits::less(Traits::key(item), Traits::key(place))) return false;
      place = item;
    }
    branch.stale = true;
    return true;
  }

  // Removes an empty branch and joins a small one with its neighbour.
  static void shrink(Branches& branches, size_t child) {
    const auto drop = [&](size_t i) {
      branches.erase(branches.begin() + static_cast<std::ptrdiff_t>(i));
    };
    if (branches[child].size == 0) return drop(child);
    for (size_t left : {child - 1, child}) {
      if (left >= branches.size() || left + 1 >= branches.size()) continue;
      Branch& a = branches[left];
      Branch& b = branches[left + 1];
      if (a.inner) {
        if (a.inner->size() + b.inner->size() > max_branches / 2) continue;
        std::move(b.inner->begin(), b.inner->end(), std::back_inserter(*a.inner));
      } else {
        if (a.items.size() + b.items.size() > max_items / 2) continue;
        a.items.insert(a.items.end(), b.items.begin(), b.items.end());
      }
      recount(a);
      return drop(left + 1);
    }
  }

  template <class May, class Is>
  static const Item* find(const Branch& branch, const Key* from, bool beyond, May& may, Is& is) {
    if (branch.size == 0 || !may(agg_of(branch))) return nullptr;
    if (branch.inner) {
      const Branches& branches = *branch.inner;
      const size_t first = from ? child_of(branches, *from) : 0;
      for (size_t i = first; i < branches.size(); ++i) {
        const Key* bound = i == first ? from : nullptr;
        if (const Item* item = find(branches[i], bound, beyond, may, is)) return item;
      }
      return nullptr;
    }
    auto at = from ? lower_bound(branch.items, *from) : branch.items.begin();
    if (from && beyond && at != branch.items.end() && !Traits::less(*from, Traits::key(*at))) ++at;
    for (; at != branch.items.end(); ++at) {
      if (is(*at)) return &*at;
    }
    return nullptr;
  }

  static const char* check(const Branch& branch) {
    Branch fresh;
    if (branch.inner) {
      const Branches& branches = *branch.inner;
      for (size_t i = 0; i < branches.size(); ++i) {
        if (const char* wrong = check(branches[i])) return wrong;
        if (branches[i].size == 0) return "an empty branch";
        if (i > 0 && !Traits::less(branches[i - 1].first, branches[i].first)) return "order";
        if (branches[i].stale && !branch.stale) return "a count above a stale one";
        Traits::join(fresh.agg, agg_of(branches[i]));
        fresh.size += branches[i].size;
      }
    } else {
      for (size_t i = 0; i < branch.items.size(); ++i) {
        const Key& key = Traits::key(branch.items[i]);
        if (i > 0 && !Traits::less(Traits::key(branch.items[i - 1]), key)) return "order";
        Traits::add(fresh.agg, branch.items[i]);
      }
      fresh.size = static_cast<uint32_t>(branch.items.size());
      if (fresh.size > 0 && !(branch.first == Traits::key(branch.items.front()))) return "first";
    }
    if (fresh.size != branch.size) return "size";
    return fresh.agg == agg_of(branch) ? nullptr : "aggregate";
  }

  Branch root_;
};

}  // namespace pentad::schedule
