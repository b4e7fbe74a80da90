// How a job of another scheduler is ended, and what follows when it has: signals, exit codes as its
// commands show them, LSF's report, mails.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attempt.h"
#include "model/launch.h"

namespace pentad::dialect {

// One signal, so long after the end was decided.
struct SignalAt {
  int32_t signal = 0;
  Duration after;
  bool operator==(const SignalAt&) const = default;
};

// What a job gets at its limit, and when it is cancelled; empty: the centre's own way, which is
// Slurm's (TERM, then KILL after the grace).
std::vector<SignalAt> limit_signals(const Launch& launch);
std::vector<SignalAt> stop_signals(const Launch& launch);

// Exit code and signal as the dialect's commands and accounting show them. PBS: 256 + signal,
// negative when PBS itself ended the job. LSF, Grid Engine: 128 + signal. `signal` is 0 but for
// Slurm, which shows code:signal.
struct ForeignExit {
  int32_t code = 0;
  int32_t signal = 0;
  bool operator==(const ForeignExit&) const = default;
};
ForeignExit foreign_exit_code(Dialect dialect, const AttemptEnd& end);

// A file that comes to its place when the job has ended.
struct Delivery {
  std::string from, to;
};
BOOST_DESCRIBE_STRUCT(Delivery, (), (from, to))

// What is left to do when an attempt has ended, kept in a file between its start and its end.
struct AfterRun {
  Dialect dialect = Dialect::slurm;
  std::string identifier, job_name, user, host, queue, submit_host, home, workdir;
  std::string command;  // the script's text, or words
  std::vector<Delivery> deliveries;
  std::string stdout_path, stderr_path;
  LaunchReport report = LaunchReport::none;
  std::vector<std::string> mail_events, mail_users;

  bool empty() const {
    return deliveries.empty() && report == LaunchReport::none && mail_events.empty();
  }
};
BOOST_DESCRIBE_STRUCT(AfterRun, (),
                      (dialect, identifier, job_name, user, host, queue, submit_host, home, workdir,
                       command, deliveries, stdout_path, stderr_path, report, mail_events,
                       mail_users))

// As LSF writes it behind the output. `utc_offset` of local time.
std::string lsf_report(const AfterRun& run, const AttemptEnd& end, Duration utc_offset);
// How much of the output LSF's mail carries.
inline constexpr int64_t kMostMailedBytes = 1 << 20;

struct Mail {
  std::vector<std::string> to;
  std::string subject, body;
};
// The mail about an end, if one was asked for. `output` is what the job wrote, up to
// kMostMailedBytes and one more, for LSF's: it stands where no file was named.
std::optional<Mail> end_mail(const AfterRun& run, const AttemptEnd& end, Duration utc_offset,
                             std::string_view output);

}  // namespace pentad::dialect
