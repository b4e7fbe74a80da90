// Clocks in milliseconds.
#pragma once

#include <time.h>

#include <cstdint>

namespace pentad::engine {

inline int64_t clock_ms(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace pentad::engine
