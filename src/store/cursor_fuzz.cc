// Cursors come back from outside: whatever is read was written by us, and is written the same
// again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "store/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad::store;
  constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto cursor = read_cursor(text, secret)) {
    PENTAD_ASSERT(write_cursor(*cursor, secret) == text, "a cursor has one text");
  }
  // The checksum stops almost all of that: also go in behind it.
  Cursor made{size, static_cast<int64_t>(size), -1, std::string(text.substr(0, 1000))};
  auto read = read_cursor(write_cursor(made, secret), secret);
  PENTAD_ASSERT(read && *read == made, "what was written can be read");
  return 0;
}
