// Tables of records under small integers (slots), for what comes and goes by the hundred thousand a
// second: records keep their address while they live, freed slots are taken again, and an index
// finds a slot by the hash of its key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pentad {

constexpr uint32_t kNoSlot = ~uint32_t{0};

// Records by slot. A record not in use is as `T{}`; whether one is in use, T itself must tell.
template <class T>
class Slots {
 public:
  T& operator[](uint32_t slot) { return chunks_[slot / kChunk][slot % kChunk]; }
  const T& operator[](uint32_t slot) const { return chunks_[slot / kChunk][slot % kChunk]; }

  uint32_t take() {
    if (!free_.empty()) {
      const uint32_t slot = free_.back();
      free_.pop_back();
      return slot;
    }
    if (used_ % kChunk == 0) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return used_++;
  }
  void give_back(uint32_t slot) {
    (*this)[slot] = T{};
    free_.push_back(slot);
  }

  size_t size() const { return used_ - free_.size(); }  // in use
  uint32_t end() const { return used_; }                // all slots ever taken are below

 private:
  static constexpr size_t kChunk = 128;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<uint32_t> free_;
  uint32_t used_ = 0;
};

// From hashes to slots: open addressing, 8 bytes a cell. The keys stand in the records: find() asks
// `is` whether a slot is the right one.
class SlotIndex {
 public:
  template <class Is>
  uint32_t find(uint64_t hash, Is&& is) const {
    if (cells_.empty()) return kNoSlot;
    const auto tag = static_cast<uint32_t>(hash);
    for (size_t at = tag & mask();; at = next(at)) {
      const Cell& cell = cells_[at];
      if (cell.slot == kNoSlot) return kNoSlot;
      if (cell.tag == tag && is(cell.slot)) return cell.slot;
    }
  }

  // The slot is not in the index.
  void insert(uint64_t hash, uint32_t slot) {
    if ((size_ + 1) * 4 > cells_.size() * 3) grow();
    place({static_cast<uint32_t>(hash), slot});
    ++size_;
  }

  // False when the slot is not there under this hash.
  bool erase(uint64_t hash, uint32_t slot) {
    if (cells_.empty()) return false;
    size_t at = static_cast<uint32_t>(hash) & mask();
    while (cells_[at].slot != slot) {
      if (cells_[at].slot == kNoSlot) return false;
      at = next(at);
    }
    // What follows moves up, so that no search meets a gap before its entry.
    for (size_t follower = next(at); cells_[follower].slot != kNoSlot; follower = next(follower)) {
      const size_t distance = (follower - cells_[follower].tag) & mask();
      if (distance >= ((follower - at) & mask())) {
        cells_[at] = cells_[follower];
        at = follower;
      }
    }
    cells_[at] = {};
    --size_;
    return true;
  }

  size_t size() const { return size_; }

 private:
  struct Cell {
    uint32_t tag = 0;  // of the hash; its low bits are the cell it wants
    uint32_t slot = kNoSlot;
  };
  size_t mask() const { return cells_.size() - 1; }
  size_t next(size_t at) const { return (at + 1) & mask(); }

  void place(Cell cell) {
    size_t at = cell.tag & mask();
    while (cells_[at].slot != kNoSlot) at = next(at);
    cells_[at] = cell;
  }
  void grow() {
    std::vector<Cell> old(cells_.empty() ? 16 : cells_.size() * 2);
    old.swap(cells_);
    for (const Cell& cell : old) {
      if (cell.slot != kNoSlot) place(cell);
    }
  }

  std::vector<Cell> cells_;  // a power of two of them
  size_t size_ = 0;
};

}  // namespace pentad
