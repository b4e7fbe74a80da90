#include "cli/front/slurm/words.h"

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "dialect/to_request.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

struct StateWord {
  JobState state;
  std::string_view brief, full;
};
constexpr std::array kStates = {
    StateWord{JobState::held, "PD", "PENDING"},
    StateWord{JobState::queued, "PD", "PENDING"},
    StateWord{JobState::starting, "R", "RUNNING"},
    StateWord{JobState::running, "R", "RUNNING"},
    StateWord{JobState::ending, "CG", "COMPLETING"},
    StateWord{JobState::completed, "CD", "COMPLETED"},
    StateWord{JobState::failed, "F", "FAILED"},
    StateWord{JobState::cancelled, "CA", "CANCELLED"},
    StateWord{JobState::timeout, "TO", "TIMEOUT"},
    StateWord{JobState::out_of_memory, "OOM", "OUT_OF_MEMORY"},
    StateWord{JobState::node_failed, "NF", "NODE_FAIL"},
};
// Words of states that no job has here.
constexpr std::array<std::string_view, 32> kForeignStates = {
    "s",  "suspended",    "pr", "preempted",    "bf", "boot_fail",     "dl",      "deadline",
    "cf", "configuring",  "rs", "resizing",     "rd", "resv_del_hold", "rq",      "requeued",
    "rf", "requeue_fed",  "rh", "requeue_hold", "rv", "revoked",       "si",      "signaling",
    "se", "special_exit", "so", "stage_out",    "st", "stopped",       "requeue", "preempt"};

const StateWord& word_of(JobState state) {
  for (const StateWord& word : kStates) {
    if (word.state == state) return word;
  }
  return kStates.front();
}

std::string_view ended_reason(const api::JobSummary& job) {
  switch (job.state) {
    case JobState::failed:
      return job.signal != 0 ? "RaisedSignal" : "NonZeroExitCode";
    case JobState::timeout:
      return "TimeLimit";
    case JobState::out_of_memory:
      return "OutOfMemory";
    case JobState::node_failed:
      return "NodeDown";
    default:
      return "None";
  }
}

std::tm local_time(int64_t at_ms) {
  std::time_t at_s = at_ms / 1000;
  std::tm out{};
  localtime_r(&at_s, &out);
  return out;
}

std::string formatted(int64_t at_ms, const char* form) {
  std::tm local = local_time(at_ms);
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), form, &local)};
}

}  // namespace

std::string_view long_state(JobState state) { return word_of(state).full; }
std::string_view short_state(JobState state) { return word_of(state).brief; }

std::optional<std::vector<JobState>> states_named(std::string_view given) {
  std::string word = dialect::lower(given);
  std::vector<JobState> found;
  for (const StateWord& one : kStates) {
    if (word == dialect::lower(one.brief) || word == dialect::lower(one.full)) {
      found.push_back(one.state);
    }
  }
  for (std::string_view foreign : kForeignStates) {
    if (word == foreign) return found;
  }
  if (found.empty()) return {};
  return found;
}

std::string_view reason_word(const api::JobSummary& job) {
  if (is_final(job.state)) return ended_reason(job);
  if (job.state != JobState::held && job.state != JobState::queued) return "None";
  switch (job.reason) {
    case PendingReason::none:
      return "None";
    case PendingReason::held_by_user:
      return "JobHeldUser";
    case PendingReason::held_by_operator:
      return "JobHeldAdmin";
    case PendingReason::dependency:
      return "Dependency";
    case PendingReason::dependency_never:
      return "DependencyNeverSatisfied";
    case PendingReason::begin_time:
    case PendingReason::requeue_delay:
      return "BeginTime";
    case PendingReason::array_limit:
      return "JobArrayTaskLimit";
    case PendingReason::reservation:
      return "Reservation";
    case PendingReason::nodes_unavailable:
      return "ReqNodeNotAvail";
    case PendingReason::licences:
      return "Licenses";
    case PendingReason::power_cap:
      return "PowerNotAvail";
    case PendingReason::resources:
      return "Resources";
    case PendingReason::priority:
      return "Priority";
    case PendingReason::frozen:
      return "InvalidAccount";
    case PendingReason::quota:
      return "AssocMaxJobsLimit";
    case PendingReason::budget:
    case PendingReason::money:
      return "AssocGrpBillingMinutes";
  }
  return "None";
}

std::string short_time(int64_t s) {
  if (s < 0) s = 0;
  int64_t days = s / 86400, hour = s / 3600 % 24, minute = s / 60 % 60;
  if (days > 0) return fmt::format("{}-{:02}:{:02}:{:02}", days, hour, minute, s % 60);
  if (hour > 0) return fmt::format("{}:{:02}:{:02}", hour, minute, s % 60);
  return fmt::format("{}:{:02}", minute, s % 60);
}

std::string clock_time(int64_t s) {
  if (s < 0) s = 0;
  std::string clock = fmt::format("{:02}:{:02}:{:02}", s / 3600 % 24, s / 60 % 60, s % 60);
  return s < 86400 ? clock : fmt::format("{}-{}", s / 86400, clock);
}

std::string cpu_time(int64_t ms) {
  if (ms < 0) ms = 0;
  int64_t s = ms / 1000;
  if (s >= 3600) return clock_time(s);
  return fmt::format("{:02}:{:02}.{:03}", s / 60, s % 60, ms % 1000);
}

std::string moment(int64_t at_ms) { return formatted(at_ms, "%Y-%m-%dT%H:%M:%S"); }

std::string moment(const std::optional<int64_t>& at_ms, std::string_view none) {
  return at_ms ? moment(*at_ms) : std::string(none);
}

std::string date_line(int64_t at_ms) { return formatted(at_ms, "%a %b %d %H:%M:%S %Y"); }

std::string memory_text(int64_t bytes) {
  constexpr int64_t kMebi = 1 << 20;
  int64_t amount = (bytes + kMebi - 1) / kMebi;
  std::string_view units = "MGTP";
  double scaled = static_cast<double>(amount);
  while (scaled >= 1024 && units.size() > 1) {
    scaled /= 1024;
    units.remove_prefix(1);
  }
  if (amount == 0) return "0";
  bool is_whole = scaled == static_cast<double>(static_cast<int64_t>(scaled));
  return is_whole ? fmt::format("{:.0f}{}", scaled, units.front())
                  : fmt::format("{:.2f}{}", scaled, units.front());
}

std::string measured_text(int64_t bytes, char unit) {
  std::string_view units = "KMGTP";
  if (bytes <= 0) return "0";
  double scaled = static_cast<double>(bytes) / 1024;
  size_t at = unit == 0 ? 0 : units.find(unit);
  for (size_t i = 0; i < at && at != units.npos; ++i) scaled /= 1024;
  if (unit == 0) return fmt::format("{:.0f}K", scaled);
  return fmt::format("{:.2f}{}", scaled, unit);
}

std::string exit_words(int32_t exit_code, int32_t signal) {
  return fmt::format("{}:{}", exit_code, signal);
}

std::optional<int64_t> read_moment(std::string_view text, int64_t now_ms) {
  // now-1hour: the reader of --begin knows only what lies ahead.
  constexpr std::string_view kBack = "now-";
  std::string word = dialect::lower(text);
  bool looks_back = word.starts_with(kBack);
  if (looks_back) word[kBack.size() - 1] = '+';
  bool is_dated = word.find('-') != word.npos || word.find('/') != word.npos;
  auto read = dialect::parse_slurm_moment(looks_back ? std::string_view(word) : text);
  if (!read) return {};
  if (read->after_now_s) {
    int64_t apart_ms = *read->after_now_s * 1000;
    return looks_back ? now_ms - apart_ms : now_ms + apart_ms;
  }
  std::tm local = local_time(now_ms);
  Duration offset = seconds(local.tm_gmtoff);
  int64_t at = dialect::resolve(*read, Time{now_ms}, offset).value;
  // A time of day without a date is today's.
  if (!is_dated && !read->month && !read->day && at > now_ms) {
    std::tm then = local_time(at);
    if (then.tm_yday != local.tm_yday) at -= hours(24).value;
  }
  return at;
}

}  // namespace pentad::cli::front::slurm
