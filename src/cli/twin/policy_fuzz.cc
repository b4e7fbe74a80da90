// Policies and power caps as people write them: anything may come.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/twin/policy_text.h"

using namespace pentad;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Policy policy = cli::twin::plain_policy();
  if (!cli::twin::apply_policy_text(text, policy)) policy = cli::twin::plain_policy();
  if (cli::twin::apply_power_cap(text, policy) && policy.power_cap.by_hour.size() != 24) {
    __builtin_trap();
  }
  return 0;
}
