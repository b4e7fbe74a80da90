// When attempts are overdue: a heap that knows the place of every slot in it, so that an attempt
// that ends leaves it at once. Private to src/centre.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/units.h"

namespace pentad {

// Slots are those of the AttemptTable.
class Overruns {
 public:
  void set(uint32_t slot, Time at);  // the slot has none yet
  void clear(uint32_t slot);         // nothing happens when it has none
  bool empty() const { return heap_.empty(); }
  Time first() const { return heap_.front().at; }
  uint32_t first_slot() const { return heap_.front().slot; }

 private:
  struct Entry {
    Time at;
    uint32_t slot = 0;
  };
  void put(size_t place, const Entry& entry);
  void rise(size_t place, const Entry& entry);
  void sink(size_t place, const Entry& entry);

  std::vector<Entry> heap_;
  std::vector<uint32_t> places_;  // by slot; kNoSlot: not in the heap
};

}  // namespace pentad
