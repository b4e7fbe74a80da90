#include "centre/overruns.h"

#include <algorithm>

#include "base/assert.h"
#include "base/slots.h"

namespace pentad {

void Overruns::put(size_t place, const Entry& entry) {
  heap_[place] = entry;
  places_[entry.slot] = static_cast<uint32_t>(place);
}

void Overruns::rise(size_t place, const Entry& entry) {
  while (place > 0 && entry.at < heap_[(place - 1) / 4].at) {
    put(place, heap_[(place - 1) / 4]);
    place = (place - 1) / 4;
  }
  put(place, entry);
}

void Overruns::sink(size_t place, const Entry& entry) {
  while (true) {
    const size_t begin = 4 * place + 1, end = std::min(begin + 4, heap_.size());
    if (begin >= end) break;
    size_t least = begin;
    for (size_t child = begin + 1; child < end; ++child) {
      if (heap_[child].at < heap_[least].at) least = child;
    }
    if (entry.at <= heap_[least].at) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

void Overruns::set(uint32_t slot, Time at) {
  if (slot >= places_.size()) places_.resize(slot + 1, kNoSlot);
  PENTAD_ASSERT(places_[slot] == kNoSlot, "an attempt has one time at which it is overdue");
  heap_.emplace_back();
  rise(heap_.size() - 1, {at, slot});
}

void Overruns::clear(uint32_t slot) {
  if (slot >= places_.size() || places_[slot] == kNoSlot) return;
  const size_t place = places_[slot];
  places_[slot] = kNoSlot;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  if (place > 0 && last.at < heap_[(place - 1) / 4].at) return rise(place, last);
  sink(place, last);
}

}  // namespace pentad
