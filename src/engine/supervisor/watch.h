// One attempt from its first process to its last: limits kept, stops obeyed, everything ended that
// it started.
#pragma once

#include <sys/resource.h>

#include <cstdint>

#include "engine/protocol.h"
#include "engine/supervisor/group.h"
#include "engine/supervisor/io_counter.h"
#include "engine/supervisor/job.h"
#include "engine/supervisor/launch.h"

namespace pentad::engine {

// What the ended record says. Times are milliseconds since 1970, from one reading of the clock and
// a monotonic difference.
struct Ending {
  EndCode kind = EndCode::exited;
  int exit_code = 0;
  int signal = 0;
  Sentence message;
  int64_t started_ms = 0;
  int64_t ended_ms = 0;
  int64_t user_us = 0;
  int64_t system_us = 0;
  int64_t peak_bytes = 0;
  int64_t read_bytes = 0;
  int64_t written_bytes = 0;
};

// The fields of an ended record that tell how it ended.
template <class Body>
void append_ending(Body& body, const Ending& ending) {
  append_field(body, "kind", static_cast<int64_t>(ending.kind));
  append_field(body, "exit_code", int64_t{ending.exit_code});
  append_field(body, "signal", int64_t{ending.signal});
  append_field(body, "started_ms", ending.started_ms);
  append_field(body, "ended_ms", ending.ended_ms);
  append_field(body, "user_us", ending.user_us);
  append_field(body, "system_us", ending.system_us);
  append_field(body, "peak_bytes", ending.peak_bytes);
  append_field(body, "read_bytes", ending.read_bytes);
  append_field(body, "written_bytes", ending.written_bytes);
  append_field(body, "message", ending.message.view());
}

class Watch {
 public:
  // `told` is called once the program has run for a moment (a job that ends at once needs no word
  // of its start).
  Watch(const Job& job, Group& group, IoCounter& io, uint64_t sequence,
        void (*told)(uint64_t sequence, int64_t started_ms))
      : job_(job), group_(group), io_(io), sequence_(sequence), told_(told) {}

  // Launches the job and returns when nothing of it is left.
  void run(Ending& ending);

 private:
  enum class Phase { running, asked, killed };  // asked: to end, with time left for it

  int64_t elapsed_ms() const;
  int64_t next_deadline_ms() const;
  void wait_for_event();
  void on_order(StopCode code);  // a stop, or a signal to hand on
  void on_stop(StopCode code);
  void on_time(int64_t now_ms);
  void ask_to_end(EndCode why);
  void follow_plan(int64_t now_ms);
  void kill_everything();
  void warn();
  void check_memory(int64_t now_ms);
  bool reap();  // false: no child is left
  void end_leftovers();
  void signal_everything(int signal, bool is_hard);
  void run_after(Ending& ending);
  void judge(Ending& ending) const;
  void add_usage(const GroupUsage& used, Ending& ending) const;

  const Job& job_;
  Group& group_;
  IoCounter& io_;
  const uint64_t sequence_;
  void (*told_)(uint64_t sequence, int64_t started_ms);

  Phase phase_ = Phase::running;
  EndCode cause_ = EndCode::exited;  // timeout or stopped once asked to end
  bool terminated_ = false;          // somebody ended the supervisor itself
  pid_t first_ = 0;
  bool first_ended_ = false;
  int status_ = 0;
  bool is_told_ = false;
  bool warned_ = false;
  const SignalPlan* plan_ = nullptr;  // once asked to end
  size_t next_step_ = 0;
  int64_t asked_at_ms_ = 0;
  int64_t began_ms_ = 0;  // monotonic
  int64_t started_ms_ = 0;
  int64_t kill_at_ms_ = 0;         // of elapsed time, as all that follow
  int64_t memory_check_ms_ = 100;  // when to look next
  int64_t sampled_bytes_ = 0;
  bool over_memory_ = false;
  rusage reaped_{};  // sums of what wait4 told, the largest resident size
};

}  // namespace pentad::engine
