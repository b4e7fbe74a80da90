// The daemon's side of an attempt's control file: making the order, reading what supervisors have
// added. README.md tells the protocol.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attempt.h"

namespace pentad::engine {

// Name of the control file: JOB_INDEX.NUMBER.
std::string control_name(const AttemptId& attempt);
// The reverse; nothing for a name that control_name() would not make.
std::optional<AttemptId> parse_control_name(std::string_view name);

// As setrlimit(2) takes it; -1 is no limit.
struct LimitText {
  int32_t resource = 0;
  int64_t soft = 0;
  int64_t hard = 0;
};

// One signal of how an attempt is ended, so long after that was decided.
struct SignalText {
  int32_t signal = 0;
  Duration after;
};

// The order as it stands in the file. Strings hold no zero byte.
struct OrderText {
  std::string attempt;  // control name
  std::vector<std::string> argv;
  std::string program;                   // what is executed; empty: argv[0], looked for in PATH
  std::vector<std::string> environment;  // NAME=value
  std::string workdir;
  std::string stdin_path;   // empty: /dev/null
  std::string stdout_path;  // empty: /dev/null
  std::string stderr_path;  // empty: joins standard output
  bool append = false;
  std::string tmp;  // directory of the attempt's own, made before and removed after it
  int32_t umask = 022;
  bool switch_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::vector<LimitText> limits;
  bool no_new_privileges = false;
  std::string cpus;
  Bytes memory;    // 0: no limit
  Duration limit;  // 0: no limit
  Duration grace;
  int32_t warn_signal = 0;
  Duration warn_lead;
  bool warn_hard = false;        // also processes that have no handler and die of it
  bool warn_first_only = false;  // only the job's first process
  // Ascending, at most 8 each; empty: TERM. Without a KILL one follows `grace` after the last.
  std::vector<SignalText> on_limit, on_stop;
  // Run as the user when nothing of the job is left, with an ended record's body as one more word.
  // The first line of what it writes goes into the end's message.
  std::vector<std::string> after;
};

// The whole order record.
std::string order_record(const OrderText& order);
// A whole record without content, which forbids everybody to start the attempt.
std::string void_record();

// What a supervisor has written about itself.
struct Owner {
  pid_t pid = 0;
  int64_t start_ticks = 0;
  uint64_t sequence = 0;
  Time started;  // when it took the attempt
  std::string cpus;
  std::vector<std::string> groups;  // its arguments: what=directory
};

// Which records stand in a control file. `ordered` is false while the order is not wholly there;
// `touched` is true when anything, even half a record, follows it.
struct ControlFile {
  bool ordered = false;
  size_t order_size = 0;  // of the order record, which the file begins with
  bool touched = false;
  bool voided = false;
  std::optional<Owner> owner;
  std::optional<AttemptEnd> end;
};

// Takes any bytes. Records that do not name `attempt` (a control name) count as not there: a file
// is used for one attempt after another, and a power failure may bring back what it held.
ControlFile parse_control_file(std::string_view text, std::string_view attempt);
// Body of an ended record, as it also comes over the socket.
AttemptEnd parse_end(std::string_view body);

}  // namespace pentad::engine
