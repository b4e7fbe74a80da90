#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace pentad {

void assertion_failed(const char* expression, const char* message, const char* file, int line) {
  std::fprintf(stderr, "pentad: bug: %s (%s) at %s:%d\n", message, expression, file, line);
  std::abort();
}

}  // namespace pentad
