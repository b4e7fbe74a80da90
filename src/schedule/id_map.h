// From ids (of jobs, of allocations) to slots: open addressing, about 20 bytes an entry. 0 is no
// id.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace pentad::schedule {

class IdMap {
 public:
  static constexpr uint32_t none = ~uint32_t{0};

  size_t size() const { return size_; }

  uint32_t find(int64_t id) const {
    if (cells_.empty()) return none;
    for (size_t at = home(id);; at = next(at)) {
      if (cells_[at].id == id) return cells_[at].slot;
      if (!cells_[at].id) return none;
    }
  }

  // `id` is not in the map.
  void insert(int64_t id, uint32_t slot) {
    if ((size_ + 1) * 4 > cells_.size() * 3) grow();
    place(id, slot);
    ++size_;
  }

  void erase(int64_t id) {
    if (cells_.empty()) return;
    size_t at = home(id);
    while (cells_[at].id != id) {
      if (!cells_[at].id) return;
      at = next(at);
    }
    // What follows moves up, so that no search meets a gap before its entry.
    for (size_t follower = next(at); cells_[follower].id; follower = next(follower)) {
      const size_t distance = (follower - home(cells_[follower].id)) & (cells_.size() - 1);
      if (distance >= ((follower - at) & (cells_.size() - 1))) {
        cells_[at] = cells_[follower];
        at = follower;
      }
    }
    cells_[at] = {};
    --size_;
  }

 private:
  struct Cell {
    int64_t id = 0;
    uint32_t slot = 0;
  };

  size_t home(int64_t id) const { return mix64(static_cast<uint64_t>(id)) & (cells_.size() - 1); }
  size_t next(size_t at) const { return (at + 1) & (cells_.size() - 1); }

  void place(int64_t id, uint32_t slot) {
    size_t at = home(id);
    while (cells_[at].id) at = next(at);
    cells_[at] = {id, slot};
  }

  void grow() {
    std::vector<Cell> old(cells_.empty() ? 16 : cells_.size() * 2);
    old.swap(cells_);
    for (const Cell& cell : old) {
      if (cell.id) place(cell.id, cell.slot);
    }
  }

  std::vector<Cell> cells_;  // a power of two of them
  size_t size_ = 0;
};

}  // namespace pentad::schedule
