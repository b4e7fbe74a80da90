#include "schedule/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::schedule {

std::string bytes_text(Bytes bytes) {
  constexpr int64_t kib = 1024, mib = kib * 1024, gib = mib * 1024;
  const int64_t n = bytes.value;
  const auto in = [n](int64_t unit, std::string_view name) {
    const int64_t tenths = n / unit * 10 + n % unit * 10 / unit;
    return tenths % 10 == 0 ? fmt::format("{} {}", tenths / 10, name)
                            : fmt::format("{}.{} {}", tenths / 10, tenths % 10, name);
  };
  if (n >= gib) return in(gib, "GiB");
  if (n >= mib) return in(mib, "MiB");
  if (n >= kib) return in(kib, "KiB");
  return fmt::format("{} bytes", n);
}

std::string duration_text(Duration duration) {
  const int64_t s = std::max<int64_t>((duration.value + 999) / 1000, 1);
  const auto two = [](int64_t a, std::string_view first, int64_t b, std::string_view second) {
    return b == 0 ? fmt::format("{} {}", a, first)
                  : fmt::format("{} {} {} {}", a, first, b, second);
  };
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return two(s / 60, "min", s % 60, "s");
  if (s < 86400) return two(s / 3600, "h", s % 3600 / 60, "min");
  return two(s / 86400, "d", s % 86400 / 3600, "h");
}

std::string count_text(int64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

}  // namespace pentad::schedule
