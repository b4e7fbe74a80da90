// What started attempts hold, by handle: on which nodes, which licences, until when. One node and
// no licence, the usual case, costs no memory of its own.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "schedule/id_map.h"
#include "schedule/plan.h"
#include "schedule/scheduler.h"

namespace pentad::schedule {

struct AllocationRecord {
  struct More {
    std::vector<NodeSlot> nodes;  // behind the first
    std::vector<LicenceNeed> licences;
  };
  Time ends_by;
  NodeSlot node = 0;  // the first
  bool used = false;
  bool on_a_node = false;
  std::unique_ptr<More> more;

  template <class F>
  void for_each_node(F&& f) const {
    if (on_a_node) f(node);
    if (!more) return;
    for (NodeSlot slot : more->nodes) f(slot);
  }
};

class Allocations {
 public:
  // False when the handle is in use.
  bool add(Allocation handle, const Placed& placed, const std::vector<LicenceNeed>& licences,
           Time ends_by);
  // Removes and returns it; `used` is false when there was none.
  AllocationRecord take(Allocation handle);
  template <class F>
  void for_each(F&& f) const {
    for (const AllocationRecord& record : records_) {
      if (record.used) f(record);
    }
  }

 private:
  IdMap ids_;
  std::deque<AllocationRecord> records_;
  std::vector<uint32_t> free_;
};

}  // namespace pentad::schedule
