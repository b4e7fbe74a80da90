#include "engine/supervisor/watch.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "engine/supervisor/clock.h"
#include "engine/supervisor/proc_tree.h"

namespace pentad::engine {

namespace {

constexpr int64_t kNever = INT64_MAX;
// A job that ends sooner is reported once, not as started and then as ended.
constexpr int64_t kTellAfterMs = 2;
// How long between two attempts to kill what does not die.
constexpr int64_t kKillAgainMs = 1000;
constexpr int64_t kMemoryCheckMs = 100;
// What a job's command for the end may take.
constexpr int64_t kAfterMs = 60'000;
constexpr size_t kMostSaid = 600;

int64_t microseconds(const timeval& t) { return t.tv_sec * 1'000'000 + t.tv_usec; }

void add(timeval& sum, const timeval& t) {
  const int64_t us = microseconds(sum) + microseconds(t);
  sum.tv_sec = us / 1'000'000;
  sum.tv_usec = us % 1'000'000;
}

// Signals that end a process which has no handler, and are sent for exactly that.
bool means_end(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT || signal == SIGHUP ||
         signal == SIGKILL;
}

void send_signal(pid_t pid, int signal, bool is_hard) {
  if (!is_hard && !means_end(signal) && !catches_signal(pid, signal)) return;
  kill(pid, signal);
  if (means_end(signal)) kill(pid, SIGCONT);  // a stopped process hears nothing
}

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, kStopSignal}) sigaddset(&set, signal);
  return set;
}

}  // namespace

int64_t Watch::elapsed_ms() const { return clock_ms(CLOCK_MONOTONIC) - began_ms_; }

void Watch::signal_everything(int signal, bool is_hard) {
  if (group_.tracks()) {
    const pid_t self = getpid();
    group_.for_each_process([=](pid_t pid) {
      if (pid != self) send_signal(pid, signal, is_hard);
    });
    return;
  }
  struct How {
    int signal;
    bool is_hard;
  } how{signal, is_hard};
  for_each_descendant(
      [](void* context, pid_t pid) {
        const How& how = *static_cast<How*>(context);
        send_signal(pid, how.signal, how.is_hard);
      },
      &how);
}

void Watch::kill_everything() {
  if (group_.tracks()) return group_.kill_all();
  for_each_descendant([](void*, pid_t pid) { kill(pid, SIGKILL); }, nullptr);
}

void Watch::ask_to_end(EndCode why) {
  if (phase_ != Phase::running) return;
  cause_ = why;
  phase_ = Phase::asked;
  static constexpr SignalPlan kUsual{{{SIGTERM, 0}}, 1};
  const SignalPlan& own = why == EndCode::timeout ? job_.at_limit : job_.at_stop;
  plan_ = own.count > 0 ? &own : &kUsual;
  asked_at_ms_ = elapsed_ms();
  follow_plan(asked_at_ms_);
}

// Sends what is due and says when to come again: for the next signal, or to kill.
void Watch::follow_plan(int64_t now_ms) {
  int64_t last_ms = asked_at_ms_;
  for (; next_step_ < plan_->count; ++next_step_) {
    const SignalStep& step = plan_->steps[next_step_];
    last_ms = asked_at_ms_ + step.after_ms;
    kill_at_ms_ = last_ms;
    if (last_ms > now_ms) return;
    if (step.signal == SIGKILL) break;
    signal_everything(step.signal, true);
  }
  const bool kills = next_step_ < plan_->count;
  next_step_ = plan_->count;
  kill_at_ms_ = last_ms + (kills ? 0 : job_.grace_ms);
}

void Watch::on_order(StopCode code) {
  if (!is_hand_on(code)) return on_stop(code);
  const int number = static_cast<int>(code) & 63;
  const auto to = static_cast<SignalScope>((static_cast<int>(code) >> 6) - 1);
  if (to == SignalScope::first) {
    kill(first_, number);
    return;
  }
  struct Sent {
    int number;
    pid_t spared;
  } sent{number, to == SignalScope::others ? first_ : getpid()};
  if (group_.tracks()) {
    const pid_t self = getpid();
    group_.for_each_process([self, sent](pid_t pid) {
      if (pid != self && pid != sent.spared) kill(pid, sent.number);
    });
    return;
  }
  for_each_descendant(
      [](void* what, pid_t pid) {
        const Sent& one = *static_cast<Sent*>(what);
        if (pid != one.spared) kill(pid, one.number);
      },
      &sent);
}

void Watch::on_stop(StopCode code) {
  ask_to_end(code == StopCode::limit ? EndCode::timeout : EndCode::stopped);
  if (code != StopCode::now) return;
  if (plan_ != nullptr) next_step_ = plan_->count;
  kill_at_ms_ = 0;
}

// A process that has no handler for the warning would die of it; it is spared unless that is meant.
void Watch::warn() {
  warned_ = true;
  if (job_.warn_first_only) return send_signal(first_, job_.warn_signal, true);
  signal_everything(job_.warn_signal, job_.warn_hard);
}

// Without a memory controller: looks now and then, and ends what is above the limit.
void Watch::check_memory(int64_t now_ms) {
  const int64_t before_ms = clock_ms(CLOCK_MONOTONIC);
  const int64_t bytes = descendants_memory_bytes();
  const int64_t cost_ms = clock_ms(CLOCK_MONOTONIC) - before_ms;
  // At most a twentieth of the time on looking.
  memory_check_ms_ = now_ms + std::max(kMemoryCheckMs, cost_ms * 20);
  sampled_bytes_ = std::max(sampled_bytes_, bytes);
  if (bytes <= job_.memory_bytes || phase_ == Phase::killed) return;
  over_memory_ = true;
  phase_ = Phase::killed;
  kill_at_ms_ = now_ms + kKillAgainMs;
  kill_everything();
}

int64_t Watch::next_deadline_ms() const {
  int64_t next = is_told_ ? kNever : kTellAfterMs;
  if (phase_ != Phase::running) {
    next = std::min(next, kill_at_ms_);
  } else if (job_.limit_ms > 0) {
    next = std::min(next, job_.limit_ms);
    if (job_.warn_signal > 0 && !warned_) {
      next = std::min(next, std::max<int64_t>(0, job_.limit_ms - job_.warn_lead_ms));
    }
  }
  if (job_.memory_bytes > 0 && !group_.limits_memory()) next = std::min(next, memory_check_ms_);
  return next;
}

void Watch::on_time(int64_t now_ms) {
  if (!is_told_ && now_ms >= kTellAfterMs) {
    is_told_ = true;
    told_(sequence_, started_ms_);
  }
  if (job_.memory_bytes > 0 && !group_.limits_memory() && now_ms >= memory_check_ms_) {
    check_memory(now_ms);
  }
  if (phase_ == Phase::running && job_.limit_ms > 0) {
    const int64_t warn_at_ms = job_.limit_ms - job_.warn_lead_ms;
    if (job_.warn_signal > 0 && !warned_ && now_ms >= warn_at_ms) warn();
    if (now_ms >= job_.limit_ms) ask_to_end(EndCode::timeout);
  }
  const bool is_step = phase_ == Phase::asked && next_step_ < plan_->count;
  if (is_step && now_ms >= kill_at_ms_) follow_plan(now_ms);
  if (phase_ != Phase::running && now_ms >= kill_at_ms_) {
    phase_ = Phase::killed;
    kill_at_ms_ = now_ms + kKillAgainMs;
    kill_everything();
  }
}

void Watch::wait_for_event() {
  const int64_t now_ms = elapsed_ms();
  const int64_t deadline_ms = next_deadline_ms();
  timespec timeout{};
  if (deadline_ms > now_ms) {
    // Bounded so that the sum fits whatever the limit is.
    const int64_t wait_ms = std::min<int64_t>(deadline_ms - now_ms, 86'400'000);
    timeout = {wait_ms / 1000, wait_ms % 1000 * 1'000'000};
  }
  const sigset_t signals = awaited_signals();
  siginfo_t info;
  // The lowest number first: a child that has ended counts before a stop that came too late.
  const int signal = sigtimedwait(&signals, &info, deadline_ms == kNever ? nullptr : &timeout);
  if (signal == SIGCHLD) {
    reap();
  } else if (signal == kStopSignal) {
    const uint64_t value = reinterpret_cast<uintptr_t>(info.si_value.sival_ptr);
    if (value >> 8 == sequence_) on_order(static_cast<StopCode>(value & 0xFF));
  } else if (signal > 0) {
    terminated_ = true;
    on_stop(StopCode::graceful);
  }
  if (!first_ended_) on_time(elapsed_ms());
}

bool Watch::reap() {
  for (;;) {
    int status = 0;
    rusage usage;
    const pid_t pid = wait4(-1, &status, WNOHANG, &usage);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return true;
    if (pid < 0) return false;
    add(reaped_.ru_utime, usage.ru_utime);
    add(reaped_.ru_stime, usage.ru_stime);
    reaped_.ru_maxrss = std::max(reaped_.ru_maxrss, usage.ru_maxrss);
    if (pid != first_) continue;
    first_ended_ = true;
    status_ = status;
  }
}

// Whatever a job starts has this process as its last parent, so that nothing is left exactly when
// no child is.
void Watch::end_leftovers() {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int64_t pause_ms = 5;
  while (reap()) {
    kill_everything();
    const timespec pause{pause_ms / 1000, pause_ms % 1000 * 1'000'000};
    sigtimedwait(&child, nullptr, &pause);
    pause_ms = std::min<int64_t>(pause_ms * 2, kKillAgainMs);
  }
}

void Watch::judge(Ending& ending) const {
  if (WIFSIGNALED(status_)) {
    ending.kind = EndCode::signalled;
    ending.signal = WTERMSIG(status_);
  } else {
    ending.exit_code = WEXITSTATUS(status_);
  }
  if (over_memory_) {
    ending.kind = EndCode::out_of_memory;
  } else if (cause_ != EndCode::exited) {
    ending.kind = cause_;
  }
  if (ending.kind == EndCode::timeout) {
    ending.message << "ran into its limit of " << job_.limit_ms / 1000 << " s";
  } else if (terminated_) {
    ending.kind = EndCode::lost;
    ending.message << "its supervisor was told to terminate, as when the machine shuts down";
  }
}

void Watch::add_usage(const GroupUsage& used, Ending& ending) const {
  // Those who were never waited for count only in the group.
  ending.user_us = used.user_us >= 0 ? used.user_us : microseconds(reaped_.ru_utime);
  ending.system_us = used.system_us >= 0 ? used.system_us : microseconds(reaped_.ru_stime);
  // The group counts in batches and without the files that others have cached too; cached files
  // that it takes off may have been memory early on. No less than its largest process is right in
  // all cases.
  const int64_t largest = std::max<int64_t>(reaped_.ru_maxrss * 1024, sampled_bytes_);
  ending.peak_bytes = std::max(used.peak_bytes, largest);
  const bool failed = ending.exit_code != 0 || ending.signal != 0;
  if (ending.kind <= EndCode::signalled && used.oom_kills > 0 && failed) {
    ending.kind = EndCode::out_of_memory;
  }
  if (ending.kind == EndCode::out_of_memory) {
    ending.message << "needed more memory than its limit of " << (job_.memory_bytes >> 20)
                   << " MiB";
  }
}

// What the command says in its first line goes into the message.
void Watch::run_after(Ending& ending) {
  Text<4096> told;
  append_ending(told, ending);
  Job job = job_;
  job.after[job.after_count] = const_cast<char*>(told.c_str());
  job.argv = job.after;
  job.program = job.after[0];
  job.workdir = "/";
  job.stdin_path = job.stderr_path = job.tmp = nullptr;
  job.output_fd = memfd_create("said", MFD_CLOEXEC);
  Sentence said;
  first_ended_ = false;
  first_ = job.output_fd < 0 ? 0 : launch(job, group_, said);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int64_t end_ms = elapsed_ms() + kAfterMs;
  while (first_ > 0 && !first_ended_ && elapsed_ms() < end_ms) {
    const timespec pause{1, 0};
    sigtimedwait(&child, nullptr, &pause);
    reap();
  }
  end_leftovers();
  if (first_ > 0) {
    char line[kMostSaid];
    const ssize_t n = pread(job.output_fd, line, sizeof line, 0);
    std::string_view text(line, n > 0 ? static_cast<size_t>(n) : 0);
    said << text.substr(0, text.find('\n'));
  }
  if (job.output_fd >= 0) close(job.output_fd);
  if (said.empty()) return;
  ending.message << (ending.message.empty() ? "" : "; ") << said.view();
}

void Watch::run(Ending& ending) {
  started_ms_ = clock_ms(CLOCK_REALTIME);
  began_ms_ = clock_ms(CLOCK_MONOTONIC);
  ending = Ending();
  io_.begin();
  first_ = launch(job_, group_, ending.message);
  if (first_ == 0) {
    ending.kind = EndCode::not_started;
  } else {
    while (!first_ended_) wait_for_event();
    ending.started_ms = started_ms_;
  }
  end_leftovers();
  ending.ended_ms = started_ms_ + elapsed_ms();
  io_.end(ending.read_bytes, ending.written_bytes);
  const GroupUsage used = group_.finish();
  const bool is_started = ending.kind != EndCode::not_started;
  if (is_started) {
    judge(ending);
    add_usage(used, ending);
    if (job_.after != nullptr) {
      run_after(ending);
      group_.finish();  // what the command used is nobody's
    }
  }
  remove_tmp(job_);
}

}  // namespace pentad::engine
