#include "cli/front/local_time.h"

#include <fmt/format.h>

#include <ctime>

namespace pentad::cli::front {

std::string local_time(int64_t at_ms, const char* format) {
  std::time_t at_s = at_ms / 1000;
  std::tm local{};
  char text[128];
  if (!localtime_r(&at_s, &local)) return "";
  return {text, std::strftime(text, sizeof text, format, &local)};
}

std::string date_line(int64_t at_ms) { return local_time(at_ms, "%a %b %e %H:%M:%S %Y"); }

std::string clock_text(int64_t duration_s) {
  return fmt::format("{:02}:{:02}:{:02}", duration_s / 3600, duration_s / 60 % 60, duration_s % 60);
}

}  // namespace pentad::cli::front
