// How each dialect writes numbers, sizes, times and lists. Errors are sentences for the user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/job.h"

namespace pentad::dialect {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower(std::string_view text);
std::string_view trim(std::string_view text);  // blanks and tabs

// Decimal digits only, at most 10^15.
Result<int64_t> parse_whole(std::string_view text);
// At least 1.
Result<int64_t> parse_positive(std::string_view text);
// With an optional sign.
Result<int64_t> parse_signed(std::string_view text);
// Slurm's counts: 2, 1k (1024), 1m.
Result<int64_t> parse_count(std::string_view text);
// "2" or "2-4" of Slurm's counts.
Result<CountRange> parse_count_range(std::string_view text);

// Slurm's limits: m, m:s, h:m:s, d-h, d-h:m, d-h:m:s; seconds round up to a minute.
Result<TimeSpan> parse_slurm_time(std::string_view text);
// PBS: [[HH:]MM:]SS[.ms]; SGE the same with parts that may be empty (`allow_empty`).
Result<TimeSpan> parse_clock_time(std::string_view text, bool allow_empty);
// LSF: [hours:]minutes[/host], counted in minutes.
Result<TimeSpan> parse_lsf_time(std::string_view text);

// Slurm: number and K, M, G or T with an optional B; without one MiB. Rounds up to MiB.
Result<Bytes> parse_slurm_size(std::string_view text);
// PBS: b kb mb gb tb pb, and with w instead of b words of 8 bytes; without one bytes.
Result<Bytes> parse_pbs_size(std::string_view text);
// LSF: K M G T P with an optional B; without one `unit_bytes`.
Result<Bytes> parse_lsf_size(std::string_view text, int64_t unit_bytes);
// SGE: K M G T of 1024 and k m g t of 1000; without one bytes.
Result<Bytes> parse_sge_size(std::string_view text);

// Signal numbers or names, with or without SIG, as Linux numbers them.
Result<int32_t> parse_signal(std::string_view text);
std::string signal_name(int32_t number);

// Slurm's --begin: now[+N[unit]], or words such as today, tomorrow, midnight, noon, teatime, fika,
// HH:MM[:SS][AM|PM], MMDDYY, MM/DD[/YY][-HH:MM], YYYY-MM-DD[THH:MM[:SS]].
Result<Moment> parse_slurm_moment(std::string_view text);
// PBS and SGE -a: [[[[CC]YY]MM]DD]hhmm[.SS].
Result<Moment> parse_touch_moment(std::string_view text);
// LSF -b: [[[year:]month:]day:]hour:minute.
Result<Moment> parse_lsf_moment(std::string_view text);

// Shortest forms that read back: "90 s", "1:30:00"...
std::string time_text(int64_t duration_s);
std::string size_text(Bytes bytes);

}  // namespace pentad::dialect
