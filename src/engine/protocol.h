// What daemon and supervisor say to each other besides the control file: messages over a socket of
// kind SOCK_SEQPACKET and one signal. See README.md for the order of things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/record.h"
#include "engine/signal_scope.h"

namespace pentad::engine {

// Descriptors a supervisor is born with.
inline constexpr int kSocketFd = 3;    // to the daemon; end of file: the daemon is gone
inline constexpr int kAttemptsFd = 4;  // the directory with the control files

// Record types, in the order in which they may stand in a control file.
inline constexpr std::string_view kOrderRecord = "order";      // the daemon: what to run
inline constexpr std::string_view kStartedRecord = "started";  // a supervisor: it is mine
inline constexpr std::string_view kEndedRecord = "ended";      // a supervisor: how it ended
inline constexpr std::string_view kVoidRecord = "void";        // the daemon: nobody may start this

// Largest control file anyone reads; an environment can be megabytes.
inline constexpr size_t kMaxControlFile = 16 << 20;
inline constexpr size_t kMaxControlName = 80;

// Daemon to supervisor: run the attempt with this control file. `sequence` counts the orders given
// to one supervisor, so that a late stop for one attempt cannot hit the next.
struct OrderMessage {
  uint64_t sequence = 0;
  char name[kMaxControlName] = {};
};

// Supervisor to daemon. started: the program runs (left out when it ended at once). ended: the body
// of the ended record follows. refused: another supervisor has the attempt, or had it.
enum class ReplyKind : uint8_t { started = 1, ended = 2, refused = 3 };

struct ReplyHead {
  uint64_t sequence = 0;
  int64_t started_ms = 0;
  ReplyKind kind = ReplyKind::started;
  bool retire = false;  // give this supervisor no further order: its group keeps memory of old jobs
};

inline constexpr size_t kMaxReply = 8192;

// A stop is a queued signal; its value is sequence << 8 | StopCode. (A fixed number, since SIGRTMIN
// differs between C libraries.)
inline constexpr int kStopSignal = 40;
enum class StopCode : uint8_t { graceful = 1, now = 2, limit = 3 };
// The same signal also asks to hand on another one: to whom in the upper two bits of the code, its
// number in the lower six.
constexpr StopCode hand_on(int number, SignalScope to) {
  return static_cast<StopCode>((static_cast<int>(to) + 1) << 6 | (number & 63));
}
constexpr bool is_hand_on(StopCode code) { return static_cast<int>(code) >> 6 != 0; }

// Value of "kind" in an ended record.
enum class EndCode : int64_t {
  exited = 0,
  signalled = 1,
  timeout = 2,
  stopped = 3,
  out_of_memory = 4,
  not_started = 5,
  lost = 6,
};

}  // namespace pentad::engine
