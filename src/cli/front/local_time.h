// Moments and durations as the other schedulers print them.
#pragma once

#include <cstdint>
#include <string>

namespace pentad::cli::front {

// strftime of local time.
std::string local_time(int64_t at_ms, const char* format);
// Sun Nov 22 18:51:39 2026
std::string date_line(int64_t at_ms);
// 00:01:30; hours grow beyond two digits.
std::string clock_text(int64_t duration_s);

}  // namespace pentad::cli::front
