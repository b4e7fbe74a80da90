// Any bytes as a Cookie header: what is taken out of it is a value of ours.
#include <cstddef>
#include <cstdint>

#include "api/cookie.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"pentad", "__Host-pentad", ""}) {
    const auto value = pentad::api::cookie_value(text, name);
    if (!value) continue;
    PENTAD_ASSERT(!value->empty() && value->size() <= 128, "short");
    PENTAD_ASSERT(value->find_first_of(";=\r\n \"") == std::string::npos, "no syntax of a header");
  }
  return 0;
}
