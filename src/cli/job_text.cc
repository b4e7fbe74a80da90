#include "cli/job_text.h"

#include <fmt/format.h>
#include <string.h>

#include <chrono>

#include "cli/session.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

constexpr std::string_view kGreen = "32", kRed = "31", kYellow = "33", kBlue = "34";

std::string_view colour_of(JobState state) {
  switch (state) {
    case JobState::starting:
    case JobState::running:
    case JobState::ending:
      return kBlue;
    case JobState::completed:
      return kGreen;
    case JobState::held:
    case JobState::queued:
      return kYellow;
    default:
      return kRed;
  }
}

}  // namespace

Time wall_clock() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string state_name(JobState state) {
  std::string name = boost::describe::enum_to_string(state, "?");
  for (char& c : name) {
    if (c == '_') c = ' ';
  }
  return name;
}

Cell state_cell(JobState state) { return Cell(state_name(state), colour_of(state)); }

std::string exit_text(int32_t exit_code, int32_t signal, bool ended) {
  if (!ended) return "-";
  if (signal == 0) return std::to_string(exit_code);
  const char* name = sigabbrev_np(signal);
  return name ? name : std::to_string(signal);
}

int64_t running_ms(const api::JobSummary& job) {
  if (!job.started_at_ms || is_final(job.state) || job.running == 0) return job.ran_ms;
  return std::max<int64_t>(job.ran_ms, wall_clock().value - *job.started_at_ms);
}

std::string what_text(const api::JobSummary& job) {
  std::string text;
  if (job.array) {
    text = fmt::format("{} of {} done", job.succeeded + job.unsuccessful,
                       job.succeeded + job.unsuccessful + job.pending + job.running);
    if (job.unsuccessful > 0) text += fmt::format(", {} not well", job.unsuccessful);
  }
  auto append = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (job.result && job.result->summary.count("en")) {
    append(job.result->summary.at("en"));
  } else if (!job.message.empty()) {
    append(job.message);
  } else if (job.progress && !is_final(job.state)) {
    append(fmt::format("{:.0f} %  {}", job.progress->fraction * 100, job.progress->words));
  } else if (job.state == JobState::failed && job.signal != 0) {
    append("ended by signal " + exit_text(0, job.signal, true));
  } else if (job.state == JobState::failed && job.exit_code != 0) {
    append(fmt::format("exit code {}", job.exit_code));
  }
  if (job.expected_start_at_ms && job.pending > 0 && !job.started_at_ms) {
    Duration until = Time{*job.expected_start_at_ms} - wall_clock();
    append(until > seconds(1) ? "starts in " + format_duration(until) : "starts next");
  }
  return text;
}

int exit_code_of(const api::JobSummary& job) {
  if (job.state == JobState::completed) return kOk;
  if (job.signal != 0) return 128 + job.signal;
  return job.exit_code != 0 ? job.exit_code : kFailed;
}

}  // namespace pentad::cli
