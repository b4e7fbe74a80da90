// Months and moments as statements print them: in UTC+8, whatever the machine's time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "ledger/month.h"

namespace pentad::ledger {

// [from, until).
struct MonthSpan {
  Time from;
  Time until;
  bool operator==(const MonthSpan&) const = default;
};

// "2026-11", years 1970 to 9999; nothing for any other text.
std::optional<MonthSpan> month_span(std::string_view month);

// The month a point in time lies in: "2026-11".
std::string month_name(Time time);

// "2026-11-22 16:00:05" in UTC+8. Time::never() is "-".
std::string local_time_text(Time time);

// "2026-11-22T08:00:05Z", whole seconds, rounded down.
std::string utc_time_text(Time time);

}  // namespace pentad::ledger
