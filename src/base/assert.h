// An assertion that is never compiled out. It guards against bugs of ours; input from outside must
// be refused long before it could reach one.
#pragma once

namespace pentad {

// Prints the expression, message and place to standard error, then aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* message, const char* file,
                                   int line);

}  // namespace pentad

#define PENTAD_ASSERT(expression, message) \
  (static_cast<bool>(expression)           \
       ? void(0)                           \
       : ::pentad::assertion_failed(#expression, (message), __FILE__, __LINE__))
