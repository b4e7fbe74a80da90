// Whom a signal for an attempt reaches.
#pragma once

#include <cstdint>

namespace pentad::engine {

// first: the process the attempt was started with; others: all that came of it.
enum class SignalScope : uint8_t { all, first, others };

}  // namespace pentad::engine
