// How people write amounts and times on a command line, and how they like to read them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace pentad::cli {

// "4GiB", "512M", "1.5G", "4096" (bytes). K, M, G, T, P are powers of 1024, with or without iB or
// B; KB, MB, GB, TB, PB too: what people mean by them on a computer. Errors: invalid.
Result<Bytes> parse_bytes(std::string_view text);

// "90s", "1h30m", "2d", "1d12h", "1:30:00" (h:m:s), "5:00" (m:s), "1-12:00:00" (days), "90"
// (seconds), "500ms". Errors: invalid, also for negative and overflowing ones.
Result<Duration> parse_duration(std::string_view text);

// "now+1h", "+30m", "16:00" (the next one, local time), "2026-11-22T16:00", "2026-11-22 16:00:30",
// "2026-11-22" or seconds since 1970 as "@1700000000". Errors: invalid.
Result<Time> parse_time(std::string_view text, Time now);

// "1.5 GiB", "512 MiB", "0".
std::string format_bytes(Bytes bytes);
// "1d 2h", "1h 30m", "12m 5s", "4.2s", "350ms".
std::string format_duration(Duration duration);
// Local time: "16:00:05" today, else "2026-11-22 16:00".
std::string format_time(Time time, Time now);

}  // namespace pentad::cli
