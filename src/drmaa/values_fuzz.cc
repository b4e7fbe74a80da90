// Times and paths of DRMAA: read or refused, never anything else.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "drmaa/values.h"

using namespace pentad;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr Time kNow{1'700'000'000'000};
  auto at = drmaa::read_moment(text, kNow, seconds(3600));
  PENTAD_ASSERT(!at || at->value > 0, "a time before all times");
  PENTAD_ASSERT(drmaa::with_placeholders(text, "", "").size() <= 2 * size, "a path that grew");
  return 0;
}
