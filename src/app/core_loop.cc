#include "app/core_loop.h"

#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace pentad::app {

namespace {

constexpr size_t kLargeWeight = 500;
constexpr Duration kLongestWait = hours(1);
constexpr auto kMemoryPause = std::chrono::seconds(1);

size_t weight_of(const std::vector<store::Command>& commands) {
  size_t weight = 0;
  for (const store::Command& command : commands) {
    const auto* submit = std::get_if<event::Submit>(&command.event.what);
    weight += submit ? submit->jobs.size() : 1;
  }
  return weight;
}

bool changes_people(const event::What& what) {
  return std::holds_alternative<event::PutTenant>(what) ||
         std::holds_alternative<event::PutProject>(what) ||
         std::holds_alternative<event::PutUser>(what) ||
         std::holds_alternative<event::GrantRole>(what) ||
         std::holds_alternative<event::RevokeRole>(what);
}

}  // namespace

CoreLoop::CoreLoop(store::Keeper keeper, Now now, api::EventHub& events, api::Metrics& metrics,
                   CoreLoopOptions options)
    : keeper_(std::move(keeper)),
      now_(std::move(now)),
      events_(events),
      metrics_(metrics),
      options_(options),
      payloads_(options.payload_cache_bytes, options.payload_cache_jobs) {
  if (auto every = keeper_.sign_of_life()) {
    sign_every_ = to_chrono(*every);
    options_.probe_after = std::min(options_.probe_after, *every / 4);
    options_.probe_at_most = std::min(options_.probe_at_most, *every);
  }
  sign_due_ = Clock::now();
  share_directory();
}

CoreLoop::~CoreLoop() { stop(); }

void CoreLoop::start(engine::Engine& engine) {
  engine_ = &engine;
  order_outstanding();
  thread_ = std::thread([this] { run(); });
}

void CoreLoop::order_outstanding() {
  for (const Centre::Outstanding& o : keeper_.centre().outstanding()) {
    if (o.confirmed) {
      engine_->adopt(o.start);
    } else {
      start_attempt(o.start);
    }
    if (o.stopping) engine_->stop(o.start.attempt, *o.stopping);
  }
  told_event_ = keeper_.last_event();
}

void CoreLoop::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  refuse_the_rest();
}

void CoreLoop::refuse_the_rest() {
  std::deque<Item> rest;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    rest.swap(inbox_);
  }
  const Result<std::vector<store::Applied>> refusal =
      fail(ErrorCode::unavailable, "the centre is shutting down");
  for (Item& item : rest) {
    if (auto* posted = std::get_if<Posted>(&item)) posted->done(refusal, *this);
  }
}

Status CoreLoop::close() { return keeper_.close(); }

void CoreLoop::report(std::vector<engine::Report> reports) {
  {
    std::lock_guard lock(mutex_);
    std::move(reports.begin(), reports.end(), std::back_inserter(reports_));
  }
  wake_.notify_one();
}

void CoreLoop::post(std::vector<store::Command> commands, Done done) {
  size_t weight = weight_of(commands);
  {
    std::lock_guard lock(mutex_);
    if (!stopped_) {
      inbox_.emplace_back(Posted{std::move(commands), std::move(done), Clock::now(), weight});
    }
  }
  wake_.notify_one();
}

void CoreLoop::signal(const std::vector<AttemptId>& attempts, int number, engine::SignalScope to) {
  if (!engine_) return;
  for (const AttemptId& attempt : attempts) engine_->signal(attempt, number, to);
}

void CoreLoop::ask(Question question) {
  {
    std::lock_guard lock(mutex_);
    if (!stopped_) inbox_.emplace_back(std::move(question));
  }
  wake_.notify_one();
}

std::optional<Error> CoreLoop::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

Result<std::vector<store::Applied>> CoreLoop::carry_out(std::vector<store::Command> commands) {
  std::promise<Result<std::vector<store::Applied>>> promise;
  auto future = promise.get_future();
  post(std::move(commands), [&](const Result<std::vector<store::Applied>>& result, CoreView&) {
    promise.set_value(result);
  });
  return future.get();
}

bool CoreLoop::wait_for(Question question) {
  auto promise = std::make_shared<std::promise<void>>();
  auto future = promise->get_future();
  ask([promise, question = std::move(question)](CoreView& view) {
    question(view);
    promise->set_value();
  });
  promise.reset();
  try {
    future.get();
    return true;
  } catch (const std::future_error&) {
    return false;  // the question was dropped
  }
}

std::optional<Time> CoreLoop::expected_start(JobId job) {
  Clock::time_point begin = Clock::now();
  if (!forecast_due_ || begin >= *forecast_due_) {
    forecast_.clear();
    for (const auto& e : keeper_.centre().forecast(now_(), options_.forecast_jobs)) {
      forecast_[e.job] = e.start;
    }
    Clock::time_point end = Clock::now();
    // At most once a second, and never more than a twentieth of the time.
    forecast_due_ = end + std::max<Clock::duration>(std::chrono::seconds(1), (end - begin) * 20);
  }
  auto it = forecast_.find(job);
  return it == forecast_.end() ? std::nullopt : std::optional(it->second);
}

// --- the thread ---

// False when it is time to stop.
bool CoreLoop::wait(std::unique_lock<std::mutex>& lock) {
  auto ready = [&] { return stopping_ || !inbox_.empty() || (!reports_.empty() && !degraded_); };
  if (degraded_) {
    wake_.wait_until(lock, probe_due_, ready);
    return !stopping_;
  }
  Clock::duration pause = kMemoryPause;
  if (sign_every_) pause = std::min(pause, sign_due_ - Clock::now());
  if (memory_due_ && !wake_.wait_for(lock, pause, ready)) {
    lock.unlock();
    give_memory_back();
    lock.lock();
  }
  Time wake = keeper_.centre().next_wake();
  // Should a tick not have moved the time of waking, that is no reason to spin.
  if (wake == ticked_for_) wake = std::max(wake, now_() + milliseconds(100));
  if (sign_every_) {
    Clock::time_point until = sign_due_;
    if (wake != Time::never()) {
      const Duration left = std::min(std::max(wake - now_(), Duration{}), kLongestWait);
      until = std::min<Clock::time_point>(until, Clock::now() + to_chrono(left));
    }
    wake_.wait_until(lock, until, ready);
  } else if (wake == Time::never()) {
    wake_.wait(lock, ready);
  } else {
    using std::chrono::system_clock;
    // The clock counts nanoseconds: a begin time in a thousand years would not fit.
    wake = std::min(wake, now_() + kLongestWait);
    wake_.wait_until(lock, system_clock::time_point(to_chrono(wake - Time{})), ready);
  }
  return !stopping_;
}

// The allocator keeps what was freed in small pieces, and a batch of thousands of jobs leaves many.
void CoreLoop::give_memory_back() {
  memory_due_ = false;
  malloc_trim(0);
}

CoreLoop::Round CoreLoop::take() {
  Round round;
  if (!degraded_) round.reports.swap(reports_);
  size_t weight = round.reports.size();
  while (!inbox_.empty() && (weight < options_.max_batch_jobs || weight == 0)) {
    Item item = std::move(inbox_.front());
    inbox_.pop_front();
    if (auto* posted = std::get_if<Posted>(&item)) {
      weight += std::max<size_t>(1, posted->weight);
      memory_due_ |= posted->weight >= kLargeWeight;
      round.posted.push_back(std::move(*posted));
    } else {
      round.questions.push_back(std::move(std::get<Question>(item)));
    }
  }
  return round;
}

void CoreLoop::run() {
  std::unique_lock lock(mutex_);
  while (wait(lock)) {
    Round round = take();
    lock.unlock();
    look_after_writing();
    round.tick = !degraded_ && keeper_.centre().next_wake() <= now_();
    process(std::move(round));
    if (keeper_.is_fenced()) return give_way();
    lock.lock();
  }
}

CoreLoop::Batch CoreLoop::make_batch(Round& round, Time now) {
  Batch batch;
  for (const engine::Report& report : round.reports) {
    store::Command command;
    command.event.actor = "engine";
    std::visit([&](const auto& what) { command.event.what = what; }, report);
    command.event.more = &report != &round.reports.back();
    batch.commands.push_back(std::move(command));
  }
  for (Posted& posted : round.posted) {
    for (store::Command& command : posted.commands) {
      if (std::holds_alternative<event::Submit>(command.event.what)) {
        Submission& submission = batch.submissions.emplace_back();
        submission.place = batch.commands.size();
        for (const Payload& payload : command.payloads) {
          submission.payloads.push_back(payloads_.share(payload));
        }
      }
      batch.commands.push_back(std::move(command));
    }
    batch.ends.push_back(batch.commands.size());
  }
  // Any event wakes what is due; a tick is needed only when there is none.
  if (round.tick && batch.commands.empty()) {
    batch.commands.emplace_back();
    batch.commands.back().event.what = event::Tick{};
    ticked_for_ = keeper_.centre().next_wake();
  }
  for (store::Command& command : batch.commands) {
    command.event.now = now;
    batch.about_people |= changes_people(command.event.what);
  }
  return batch;
}

void CoreLoop::process(Round round) {
  if (degraded_) {
    answer(round.posted, tl::unexpected(*trouble()));
  } else {
    Time now = now_();
    Batch batch = make_batch(round, now);
    if (!batch.commands.empty()) {
      Clock::time_point begin = Clock::now();
      size_t count = batch.commands.size();
      const int64_t before = keeper_.last_event();
      auto applied = keeper_.apply(std::move(batch.commands));
      if (!applied) return fail_round(std::move(round), applied.error());
      metrics_.batch(count, std::chrono::duration<double>(Clock::now() - begin).count());
      if (sign_every_ && keeper_.last_event() != before) sign_due_ = begin + *sign_every_;
      finish(round, batch, std::move(*applied));
    }
  }
  for (Question& question : round.questions) {
    question(*this);
    question = nullptr;
  }
}

void CoreLoop::finish(Round& round, const Batch& batch, std::vector<store::Applied> applied) {
  for (const Submission& s : batch.submissions) remember(s, applied[s.place]);
  if (batch.about_people) share_directory();  // before anybody hears that it is so
  carry_out_effects(applied);
  told_event_ = keeper_.last_event();
  for (const engine::Report& report : round.reports) {
    if (const auto* ended = std::get_if<event::AttemptEnded>(&report))
      engine_->forget(ended->attempt);
  }
  // Answers see their own part of the batch only.
  size_t at = round.reports.size();
  std::vector<store::Applied> all(
      std::make_move_iterator(applied.begin()),
      std::make_move_iterator(applied.begin() + static_cast<ptrdiff_t>(at)));
  for (size_t i = 0; i < round.posted.size(); ++i) {
    auto first = std::make_move_iterator(applied.begin() + static_cast<ptrdiff_t>(at));
    auto last = std::make_move_iterator(applied.begin() + static_cast<ptrdiff_t>(batch.ends[i]));
    Result<std::vector<store::Applied>> part(std::vector<store::Applied>(first, last));
    round.posted[i].done(part, *this);
    metrics_.answered(
        std::chrono::duration<double>(Clock::now() - round.posted[i].arrived).count());
    std::move(part->begin(), part->end(), std::back_inserter(all));
    at = batch.ends[i];
  }
  std::move(applied.begin() + static_cast<ptrdiff_t>(at), applied.end(), std::back_inserter(all));
  count(all);
  publish(all, now_());
}

void CoreLoop::answer(std::vector<Posted>& posted,
                      const Result<std::vector<store::Applied>>& result) {
  for (Posted& p : posted) p.done(result, *this);
}

void CoreLoop::remember(const Submission& submission, const store::Applied& applied) {
  if (applied.handling != store::Handling::done) return;
  const std::vector<JobId>& jobs = applied.effects.reply.jobs;
  metrics_.job_submitted(jobs.size());
  const auto& payloads = submission.payloads;
  if (payloads.empty()) return;
  for (size_t i = 0; i < jobs.size(); ++i) {
    payloads_.keep(jobs[i], payloads[payloads.size() == 1 ? 0 : i]);
  }
}

void CoreLoop::carry_out_effects(const std::vector<store::Applied>& applied) {
  for (const store::Applied& a : applied) {
    for (const StartAttempt& start : a.effects.starts) start_attempt(start);
    for (const StopAttempt& stop : a.effects.stops) engine_->stop(stop.attempt, stop.how);
    for (const Outcome& outcome : a.effects.outcomes) payloads_.drop(outcome.job);
  }
}

void CoreLoop::start_attempt(const StartAttempt& start) {
  JobId job = start.attempt.job;
  PayloadCache::Shared payload = payloads_.find(job);
  if (!payload) {
    auto stored = keeper_.queries().payload(job);
    if (!stored) {
      spdlog::error("job {} cannot start: {}", job.value, stored.error().message);
      AttemptEnd end;
      end.kind = EndKind::not_started;
      end.message = "what the job runs cannot be read: " + stored.error().message;
      end.ended_at = now_();
      return report({event::AttemptEnded{start.attempt, std::move(end)}});
    }
    payload = std::make_shared<const Payload>(std::move(*stored));
    payloads_.keep(job, payloads_.share(*payload));
  }
  engine::Order order{start, std::move(payload), {}, false};
  if (const User* user = keeper_.centre().directory().find_user(start.user)) {
    order.unix_user_is_assumed = user->unix_user.empty();
    order.unix_user = order.unix_user_is_assumed ? user->name : user->unix_user;
  }
  engine_->start(std::move(order));
}

void CoreLoop::count(const std::vector<store::Applied>& applied) {
  for (const store::Applied& a : applied) {
    if (a.handling != store::Handling::done) continue;
    for (size_t i = 0; i < a.effects.starts.size(); ++i) metrics_.attempt_started();
    for (const JobStatus& job : a.effects.jobs) {
      if (is_final(job.state)) metrics_.job_ended(job.state);
    }
    for (const AttemptStatus& attempt : a.effects.attempts) {
      if (is_final(attempt.state)) metrics_.attempt_ended(attempt.end.kind);
    }
  }
}

void CoreLoop::publish(std::vector<store::Applied>& applied, Time now) {
  std::vector<JobStatus> jobs;
  std::vector<AttemptStatus> attempts;
  std::vector<api::NodeChanged> nodes;
  for (store::Applied& a : applied) {
    if (a.handling != store::Handling::done) continue;
    std::move(a.effects.jobs.begin(), a.effects.jobs.end(), std::back_inserter(jobs));
    std::move(a.effects.attempts.begin(), a.effects.attempts.end(), std::back_inserter(attempts));
    for (std::string& name : a.effects.nodes) nodes.push_back({std::move(name), {}, {}});
  }
  if (!nodes.empty()) {
    for (const NodeView& view : keeper_.centre().nodes()) {
      for (api::NodeChanged& node : nodes) {
        if (node.node != view.node.name) continue;
        node.state = view.state;
        node.reason = view.reason;
      }
    }
  }
  if (jobs.empty() && attempts.empty() && nodes.empty()) return;
  events_.publish(now, std::move(jobs), std::move(attempts), std::move(nodes));
}

void CoreLoop::keep(std::vector<store::SecretChange> changes,
                    std::function<void(const Status&)> done) {
  ask([this, changes = std::move(changes), done = std::move(done)](CoreView&) {
    if (auto bad = trouble()) return done(tl::unexpected(*bad));
    done(keeper_.keep_secrets(changes));
  });
}

std::shared_ptr<const Directory> CoreLoop::directory() const {
  std::lock_guard lock(mutex_);
  return directory_;
}

void CoreLoop::share_directory() {
  auto copy = std::make_shared<const Directory>(keeper_.centre().directory());
  std::lock_guard lock(mutex_);
  directory_ = std::move(copy);
}

}  // namespace pentad::app
