// The thread on which the core lives. It takes what waited while the last batch was written -
// commands of people, reports of the engine - as the next batch: no artificial delay, and the disk
// decides how large batches grow. After each commit it carries out the effects, answers the callers
// and tells those who watch. When nothing can be written it takes nothing new, keeps what the
// engine reports and tries again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "api/core.h"
#include "api/event_hub.h"
#include "api/metrics.h"
#include "app/payload_cache.h"
#include "base/units.h"
#include "engine/engine.h"
#include "store/keeper.h"

namespace pentad::app {

struct CoreLoopOptions {
  size_t max_batch_jobs = 4000;  // jobs submitted and other commands in one batch, about
  size_t forecast_jobs = 1000;   // of the head of the queue
  size_t payload_cache_bytes = 8 << 20;
  size_t payload_cache_jobs = 20'000;
  Duration probe_after = seconds(1);  // of trouble; doubled each time up to probe_at_most
  Duration probe_at_most = seconds(10);
};

class CoreLoop final : public api::Core, private api::CoreView {
 public:
  using Now = std::function<Time()>;  // from any thread
  CoreLoop(store::Keeper keeper, Now now, api::EventHub& events, api::Metrics& metrics,
           CoreLoopOptions options = {});
  ~CoreLoop() override;

  // Called once, on the core's thread, when another daemon has taken the centre over: nothing is
  // taken any more. Before start().
  void on_replaced(std::function<void()> tell) { tell_replaced_ = std::move(tell); }
  bool is_replaced() const { return is_replaced_; }

  // Gives the engine what it must be doing according to the core, then starts the thread. `engine`
  // must live until stop() has returned.
  void start(engine::Engine& engine);
  // Finishes the batch in progress and refuses the rest. Attempts run on.
  void stop();
  // The last snapshot; after stop().
  Status close();

  // The sink of the engine; from any thread, also before start().
  void report(std::vector<engine::Report> reports);

  void post(std::vector<store::Command> commands, Done done) override;
  void ask(Question question) override;
  void keep(std::vector<store::SecretChange> changes,
            std::function<void(const Status&)> done) override;
  void signal(const std::vector<AttemptId>& attempts, int number, engine::SignalScope to) override;
  std::optional<Error> trouble() const override;
  std::shared_ptr<const Directory> directory() const override;

  // Posts and waits, for start-up. Not from the core's thread.
  Result<std::vector<store::Applied>> carry_out(std::vector<store::Command> commands);
  // Asks and waits. False when the loop has stopped.
  bool wait_for(Question question);

  // On the core's thread.
  Result<std::vector<store::SecretRow>> secrets() { return keeper_.secrets(); }

  const store::Recovery& recovery() const { return keeper_.recovery(); }

 private:
  using Clock = std::chrono::steady_clock;
  static std::chrono::milliseconds to_chrono(Duration d) {
    return std::chrono::milliseconds(d.value);
  }
  struct Posted {
    std::vector<store::Command> commands;
    Done done;
    Clock::time_point arrived;
    size_t weight = 1;
  };
  using Item = std::variant<Posted, Question>;
  struct Round {
    std::vector<engine::Report> reports;
    std::vector<Posted> posted;
    std::vector<Question> questions;
    bool tick = false;
  };
  struct Submission {
    size_t place = 0;  // in the batch
    std::vector<PayloadCache::Shared> payloads;
  };
  struct Batch {
    std::vector<store::Command> commands;
    std::vector<size_t> ends;  // of the commands of each posted item
    std::vector<Submission> submissions;
    bool about_people = false;  // some of it changes the directory
  };

  // CoreView
  const Centre& centre() const override { return keeper_.centre(); }
  Time now() const override { return now_(); }
  int64_t last_event() const override { return keeper_.last_event(); }
  std::optional<Time> expected_start(JobId job) override;

  void run();
  bool wait(std::unique_lock<std::mutex>& lock);
  Round take();
  void process(Round round);
  Batch make_batch(Round& round, Time now);
  void finish(Round& round, const Batch& batch, std::vector<store::Applied> applied);
  void answer(std::vector<Posted>& posted, const Result<std::vector<store::Applied>>& result);
  void carry_out_effects(const std::vector<store::Applied>& applied);
  void start_attempt(const StartAttempt& start);
  void publish(std::vector<store::Applied>& applied, Time now);
  void count(const std::vector<store::Applied>& applied);
  void share_directory();
  void remember(const Submission& submission, const store::Applied& applied);
  void give_memory_back();
  void order_outstanding();
  void catch_up();
  void fail_round(Round round, const Error& error);
  void degrade(const Error& told);
  void set_trouble(std::optional<Error> error);
  void probe();
  void give_sign();
  void look_after_writing();
  void give_way();
  void refuse_the_rest();

  store::Keeper keeper_;
  const Now now_;
  api::EventHub& events_;
  api::Metrics& metrics_;
  CoreLoopOptions options_;
  engine::Engine* engine_ = nullptr;
  PayloadCache payloads_;

  std::unordered_map<JobId, Time> forecast_;
  std::optional<Clock::time_point> forecast_due_;
  // None when nobody can take the centre over.
  std::optional<Clock::duration> sign_every_;
  Clock::time_point sign_due_;
  int64_t told_event_ = 0;  // the last whose effects have been carried out
  std::function<void()> tell_replaced_;
  std::atomic<bool> is_replaced_ = false;
  Clock::time_point probe_due_;
  Clock::duration probe_wait_{};
  Time ticked_for_;  // the last time of waking that had no other event
  // Set by large batches: when nothing has come for a second, free memory goes back to the system.
  bool memory_due_ = false;
  bool degraded_ = false;  // of the thread; trouble_ is what others see

  mutable std::mutex mutex_;  // of all that stands below
  std::condition_variable wake_;
  std::deque<Item> inbox_;
  std::vector<engine::Report> reports_;
  std::optional<Error> trouble_;
  std::shared_ptr<const Directory> directory_;
  bool stopping_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

}  // namespace pentad::app
