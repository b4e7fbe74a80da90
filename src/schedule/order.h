// Walks the whole queue in its order by merging the groups, each a few steps at a time.
#pragma once

#include <algorithm>
#include <vector>

#include "schedule/queue.h"

namespace pentad::schedule {

class Order {
 public:
  // From the job at `from` on, or the first when null.
  Order(const Queue& queue, const QueueKey* from) {
    entries_.reserve(queue.groups().size());
    for (const Group* group : queue.groups()) {
      if (from == nullptr || !group->front.before(*from)) {
        entries_.push_back({group->front, group->jobs.front().job, group});
      } else {
        push_from(*group, *from, false);
      }
    }
    std::make_heap(entries_.begin(), entries_.end(), later);
  }

  // The next job, or IdMap::none at the end. Jobs returned before may have left the queue since,
  // those to come may not.
  JobSlot next() {
    if (entries_.empty()) return IdMap::none;
    std::pop_heap(entries_.begin(), entries_.end(), later);
    const Entry entry = entries_.back();
    entries_.pop_back();
    if (push_from(*entry.group, entry.key, true)) {
      std::push_heap(entries_.begin(), entries_.end(), later);
    }
    return entry.job;
  }

 private:
  struct Entry {
    QueueKey key;
    JobSlot job = 0;
    const Group* group = nullptr;
  };
  static bool later(const Entry& a, const Entry& b) { return b.key.before(a.key); }

  bool push_from(const Group& group, const QueueKey& key, bool beyond) {
    const auto any = [](const auto&) { return true; };
    const QueueItem* item = group.jobs.find(key, beyond, any, any);
    if (item != nullptr) entries_.push_back({item->key, item->job, &group});
    return item != nullptr;
  }

  std::vector<Entry> entries_;
};

}  // namespace pentad::schedule
