// Any bytes as a name: what is taken is stable, short and harmless in a path.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "tenancy/names.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = pentad::normal_name(text);
  if (!name) return 0;
  PENTAD_ASSERT(!pentad::name_complaint(name->name), "a name the core takes");
  PENTAD_ASSERT(name->name.find('/') == std::string::npos && !name->key.empty(), "no path");
  const auto again = pentad::normal_name(name->name);
  PENTAD_ASSERT(again && again->name == name->name && again->key == name->key, "stable");
  return 0;
}
