// Any text as an amount, a length of time, a time and a condition on other jobs: no crash; what is
// accepted is within bounds, and what the program prints of an amount it reads again.
#include <cmath>
#include <cstdlib>

#include "cli/dependency.h"
#include "cli/units.h"

namespace pentad::cli {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool near(int64_t a, int64_t b, double part) {
  return std::abs(static_cast<double>(a - b)) <= 1 + part * static_cast<double>(a);
}

void try_amounts(std::string_view text) {
  if (auto bytes = parse_bytes(text)) {
    require(bytes->value >= 0 && bytes->value <= int64_t{1} << 60);
    auto again = parse_bytes(format_bytes(*bytes));
    require(again && near(bytes->value, again->value, 0.06));
  } else {
    require(bytes.error().code == ErrorCode::invalid && !bytes.error().message.empty());
  }
  if (auto duration = parse_duration(text)) {
    require(duration->value >= 0);
    auto again = parse_duration(format_duration(*duration));
    require(again && near(duration->value, again->value, 0.06));
  } else {
    require(duration.error().code == ErrorCode::invalid);
  }
}

void try_time(std::string_view text) {
  constexpr Time kNow{1'763'800'000'000};
  if (auto time = parse_time(text, kNow)) {
    require(std::abs(time->value) < 10'000'000'000'000'000);
    require(!format_time(*time, kNow).empty());
  }
}

int leaves(const api::JobDependency& d, int depth) {
  require(depth <= 64);
  bool group = d.kind == DependencyKind::all || d.kind == DependencyKind::any;
  if (!group) {
    require(d.of.empty() && (d.kind == DependencyKind::singleton || (d.job && *d.job > 0)));
    return 1;
  }
  require(d.of.size() >= 2);
  int count = 0;
  for (const api::JobDependency& part : d.of) count += leaves(part, depth + 1);
  return count;
}

void try_dependency(std::string_view text) {
  if (auto d = parse_dependency(text)) {
    require(leaves(*d, 0) <= static_cast<int>(text.size()));
  } else {
    require(!d.error().message.empty());
  }
}

}  // namespace
}  // namespace pentad::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  pentad::cli::try_amounts(text);
  pentad::cli::try_time(text);
  pentad::cli::try_dependency(text);
  return 0;
}
