// Slurm's words for what the centre says: states, reasons, times and sizes, as its commands print
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/job_views.h"

namespace pentad::cli::front::slurm {

// What --version prints: clients read the release behind the word.
inline constexpr std::string_view kVersion = "slurm 22.05.8";

std::string_view long_state(JobState state);   // PENDING
std::string_view short_state(JobState state);  // PD
// States by either word, letter case aside; none when there is no such word. A word of a state
// that no job is in here (SUSPENDED) gives an empty list.
std::optional<std::vector<JobState>> states_named(std::string_view word);

std::string_view reason_word(const api::JobSummary& job);

// 0:07, 1:02:03, 2-03:04:05 (squeue); 00:00:07, 2-03:04:05 (sacct, scontrol).
std::string short_time(int64_t duration_s);
std::string clock_time(int64_t duration_s);
// 00:07.250, 01:02:03, 2-03:04:05: CPU times of sacct.
std::string cpu_time(int64_t duration_ms);
// 2026-11-22T18:51:35 in local time.
std::string moment(int64_t at_ms);
std::string moment(const std::optional<int64_t>& at_ms, std::string_view none);
// `Sun Nov 22 18:51:39 2026`
std::string date_line(int64_t at_ms);

// 100M, 1G, 1.50G: of whole mebibytes.
std::string memory_text(int64_t bytes);
// 1234K: of what sacct and sstat measure.
std::string measured_text(int64_t bytes, char unit);

// "0:15" for a signal, "3:0" for an exit code.
std::string exit_words(int32_t exit_code, int32_t signal);

// What --begin and -S take (now-1hour, 2026-11-22, 18:00, ...), looking back where a date is open.
std::optional<int64_t> read_moment(std::string_view text, int64_t now_ms);

}  // namespace pentad::cli::front::slurm
