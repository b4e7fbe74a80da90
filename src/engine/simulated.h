// An engine without processes: attempts begin and end when a script says, on virtual time. The twin
// runs on it with the times of a trace, the fault simulator with those of a seed. Deterministic:
// the same calls give the same reports in the same order. One thread.
//
// It lives longer than any daemon: disconnect() is what a daemon's death looks like from here, and
// connect() reports again all that is not forgotten, as supervisors' files do on a real machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace pentad::engine {

// What becomes of one attempt when nobody interferes. `end` says how its processes end by
// themselves (its times are filled in); an end beyond the attempt's limit becomes a timeout at the
// limit.
struct Fate {
  Duration prepares;  // from the order to the first process
  Duration runs;      // from the first process to the end, at full pace
  Duration grace;     // from a request to stop, or the limit, to the end
  AttemptEnd end;
};

inline constexpr int64_t kFullPace_ppm = 1'000'000;

// Decides what the engine itself can't know. All calls come from within the engine's own calls.
class Script {
 public:
  virtual ~Script() = default;

  // Asked once for each attempt that is ordered.
  virtual Fate fate(const Order& order) = 0;
  // When copies of this report arrive, counted from now. None: it is lost until the next connect().
  virtual std::vector<Duration> delivery(const Report&) { return {Duration{}}; }

  // What really happens, for those who keep their own books: an order taken (once an attempt,
  // unless it was forgotten), the first process, the end of the last one (of what ran and of what
  // never did).
  virtual void ordered(const Order&, Time) {}
  virtual void began(const AttemptId&, Time) {}
  virtual void ended(const AttemptId&, const AttemptEnd&, Time) {}
};

class SimulatedEngine : public Engine {
 public:
  // `script` must live as long as the engine.
  SimulatedEngine(std::vector<Node> nodes, Script* script, Time now);

  Places places() const override { return Places::core; }
  Result<std::vector<Node>> inventory() override;
  void start(Order order) override;
  void adopt(const StartAttempt& start) override;
  void stop(const AttemptId& attempt, StopHow how) override;
  void forget(const AttemptId& attempt) override;

  // --- the other side ---
  // Reports go to `sink` from now on, the first of them about everything not forgotten.
  void connect(ReportSink sink);
  // What is on its way and comes due before the next connect() never arrives.
  void disconnect();

  // --- the world ---
  Time now() const { return now_; }
  // When something is due next; Time::never() when nothing is.
  Time next_time() const;
  // Lets everything happen that is due up to and including `now`, in order of time.
  void advance(Time now);
  // What runs goes on at this pace from now on, in millionths of full: devices that are throttled
  // do their work later. A limit counts the same slowed time. 0: nothing goes on. Constant time.
  void set_pace(int64_t pace_ppm);
  // Millionths of milliseconds that an attempt would have worked that runs since the beginning.
  int64_t work() const { return work_; }
  // Cuts a node off: what runs there runs on unseen, orders to it wait, requests to stop are kept
  // unless the core gave the attempt up. With `power_off` its attempts end at once, unseen.
  void lose_node(const std::string& node, bool power_off);
  // The node answers again: attempts with a share of it are reported as they are now.
  void return_node(const std::string& node);

  size_t attempts() const { return attempts_.size(); }  // ordered and not forgotten
  size_t running() const { return running_; }           // ordered and not ended

 private:
  enum class Phase { waiting, preparing, running, ended };
  struct Attempt {
    StartAttempt start;
    Fate fate;
    Phase phase = Phase::waiting;
    Time begins;
    Time ends;                 // when asked to stop
    int64_t ends_at_work = 0;  // by itself or at its limit, on the clock of work()
    EndKind ends_as = EndKind::exited;
    EndKind ends_itself_as = EndKind::exited;
    AttemptEnd end;
    std::optional<EndKind> stop_wanted;  // asked for while its node was cut off
  };
  struct Happening {
    Time at;
    uint64_t sequence = 0;
    AttemptId attempt;
    std::shared_ptr<const Report> arrives;  // none: the attempt begins or ends
    bool operator>(const Happening& other) const {
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };
  // An attempt's own end, due when so much work is done: a change of pace leaves their order alone.
  struct WorkEnd {
    int64_t at_work = 0;
    uint64_t sequence = 0;
    AttemptId attempt;
    bool operator>(const WorkEnd& other) const {
      return at_work != other.at_work ? at_work > other.at_work : sequence > other.sequence;
    }
  };

  Attempt* find(const AttemptId& id);
  bool reachable(const Attempt& attempt) const;
  void prepare(Attempt& attempt);
  void stop_now(Attempt& attempt, EndKind kind);
  void begin(Attempt& attempt);
  void end_by(Attempt& attempt, Time at, EndKind kind);
  void ends_itself(Attempt& attempt, Duration after, EndKind kind);
  Time time_of(const WorkEnd& end) const;
  void move_to(Time now);
  void finish(Attempt& attempt, EndKind kind);
  void turn(Attempt& attempt);
  bool overtaken(const Happening& happening) const;
  bool overtaken(const WorkEnd& end) const;
  void drop_overtaken();
  void schedule(Time at, const AttemptId& id, std::shared_ptr<const Report> arrives = {});
  void post(Report report);
  void post_state(const Attempt& attempt);

  std::vector<Node> nodes_;
  Script* script_;
  Time now_;
  ReportSink sink_;
  std::set<std::string> lost_nodes_;
  std::map<AttemptId, Attempt>
      attempts_;  // ordered: the order of reports must not depend on hashes
  size_t running_ = 0;
  uint64_t sequence_ = 0;
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> happenings_;
  std::priority_queue<WorkEnd, std::vector<WorkEnd>, std::greater<>> work_ends_;
  int64_t pace_ppm_ = kFullPace_ppm;
  int64_t work_ = 0;
};

}  // namespace pentad::engine
