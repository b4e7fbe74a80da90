// The state of the local engine and what changes it. Used by one thread only, which LocalEngine
// owns.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "engine/attempts_dir.h"
#include "engine/cgroups.h"
#include "engine/cpu_picker.h"
#include "engine/engine.h"
#include "engine/launch_order.h"
#include "engine/local_config.h"
#include "engine/supervisor_process.h"

namespace pentad::engine {

struct AttemptHash {
  size_t operator()(const AttemptId& id) const {
    return Hasher()
        .add(static_cast<uint64_t>(id.job.value))
        .add(static_cast<uint64_t>(id.index))
        .add(static_cast<uint64_t>(id.number))
        .digest();
  }
};

class LocalWorker {
 public:
  using Clock = std::chrono::steady_clock;

  // `site` as found by find_groups(); `config` must outlive this.
  LocalWorker(const LocalConfig& config, AttemptsDir dir, GroupSite site, Descriptor epoll);

  // What the last daemon left: watches attempts that run, reports those that ended. Call first.
  void recover();
  void start(Order order);
  void adopt(const StartAttempt& start);
  void stop(const AttemptId& attempt, StopHow how);
  void signal(const AttemptId& attempt, int number, SignalScope to);
  void forget(const AttemptId& attempt);

  // Waits up to the next thing to do and does what has come up. `wake_fd` in the epoll set only
  // ends the waiting.
  void wait();
  void add_wake_fd(int wake_fd);
  std::vector<Report> take_reports();
  // Ends idle supervisors and removes what no attempt needs.
  void close();

 private:
  enum class Phase { with_supervisor, foreign, leftovers, ended };

  struct Attempt {
    Phase phase = Phase::with_supervisor;
    Binding binding;
    uint64_t supervisor = 0;  // key in supervisors_, while with_supervisor
    int tries = 0;
    Descriptor foreign;  // pidfd of a supervisor of a daemon before us; may be empty for a moment
    Owner owner;
    uint64_t watch = 0;                   // key in watched_
    std::optional<StopCode> stop_wanted;  // for whichever supervisor gets it next
    std::string lost_message;
    bool file_is_free = false;  // its supervisor has let go of the control file
    bool adopted = false;
    std::unique_ptr<Order> order;  // kept until it is known to have been started
    AttemptEnd end;
  };
  struct Supervisor {
    SupervisorProcess process;
    std::vector<std::string> groups;
    uint64_t sequence = 0;
    std::string cpus;
    std::optional<AttemptId> attempt;
    bool retiring = false;
    Clock::time_point idle_since;
  };
  using Attempts = std::unordered_map<AttemptId, Attempt, AttemptHash>;

  // --- attempts (local_worker.cc) ---
  void begin(const AttemptId& id, Attempt& attempt);
  void start_again(const AttemptId& id, Attempt& attempt, const std::string& problem);
  void finish(const AttemptId& id, Attempt& attempt, AttemptEnd end);
  void not_started(const AttemptId& id, Attempt& attempt, std::string message);
  void unknown(const AttemptId& id, Attempt& attempt);
  // Hands `code` to the supervisor of a running attempt.
  void tell(const Attempt& attempt, StopCode code);
  void lose(const AttemptId& id, Attempt& attempt, std::string message);
  void report_end(const AttemptId& id, const Attempt& attempt);
  void take_over(const AttemptId& id, Attempt& attempt, const AttemptsDir::Look& look);
  void watch_foreign(const AttemptId& id, Attempt& attempt);
  void on_foreign_end(uint64_t watch);
  bool end_leftovers(const AttemptId& id, Attempt& attempt);
  void settle_later(const AttemptId& id);
  void look_again();

  // --- supervisors (local_supervisors.cc) ---
  void assign(const AttemptId& id, Attempt& attempt);
  uint64_t pick_supervisor(const std::string& cpus, std::string& problem);
  uint64_t add_supervisor(std::string& problem);
  void on_message(uint64_t key);
  void on_reply(uint64_t key, const ReplyHead& head, std::string_view body);
  void on_refusal(const AttemptId& id);
  void on_supervisor_end(uint64_t key);
  void after_supervisor_end(const AttemptId& id, const std::string& how,
                            const std::vector<std::string>& groups);
  void release(uint64_t key);
  void discard_slot(std::vector<std::string> groups);
  void remove_spent_slots();
  void trim_idle();
  void watch_fd(int fd, uint64_t token);
  int timeout_ms() const;

  const LocalConfig& config_;
  AttemptsDir dir_;
  GroupSite site_;
  Descriptor epoll_;
  OrderMaker maker_;
  CpuPicker picker_;
  Attempts attempts_;
  std::unordered_map<uint64_t, std::unique_ptr<Supervisor>> supervisors_;
  std::vector<uint64_t> idle_;  // the last one was used last
  std::unordered_map<uint64_t, AttemptId> watched_;
  std::vector<AttemptId> unsettled_;  // leftovers to end, foreign supervisors to find
  int settle_ms_ = 0;                 // until look_again(); grows while nothing changes
  struct SpentSlot {
    std::vector<std::string> groups;
    int tries = 0;
  };
  std::vector<SpentSlot> spent_slots_;
  std::vector<Report> reports_;
  uint64_t next_key_ = 1;
  int64_t next_slot_ = 1;
};

}  // namespace pentad::engine
