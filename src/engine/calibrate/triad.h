// Memory bandwidth by the STREAM triad.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "engine/calibrate/timing.h"

namespace pentad::calibrate {

// a[i] = b[i] + s * c[i] on `threads` threads, each with its own slice of `array_bytes`, which it
// touches first. Times of one pass over all arrays; nothing when stopped early.
std::optional<Times> time_triad(int64_t array_bytes, int threads, const Effort& effort,
                                const std::function<bool()>& stopped);

// Bytes that one pass moves, counted as STREAM does (the write's read is not counted).
double triad_bytes(int64_t array_bytes);

}  // namespace pentad::calibrate
