// What the core's thread does when nothing can be written, and so that it stays the one that
// writes.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/core_loop.h"

namespace pentad::app {

namespace {

Error in_words(const Error& error) {
  bool is_full = error.code == ErrorCode::disk_full;
  return {
      is_full ? ErrorCode::disk_full : ErrorCode::unavailable,
      (is_full ? "the disk of the centre is full: " : "the centre cannot write: ") + error.message,
      {}};
}

}  // namespace

// A commit whose answer was lost has turned out to be there: the engine has not heard of it.
void CoreLoop::catch_up() {
  if (!keeper_.is_whole() || keeper_.last_event() == told_event_) return;
  spdlog::warn("events {} to {} are in the journal after all", told_event_ + 1,
               keeper_.last_event());
  forecast_due_.reset();
  share_directory();
  order_outstanding();
}

void CoreLoop::set_trouble(std::optional<Error> error) {
  std::lock_guard lock(mutex_);
  trouble_ = std::move(error);
}

// Nothing of the batch has happened: callers hear so, and what the engine said is said again later.
void CoreLoop::fail_round(Round round, const Error& error) {
  metrics_.batch_failed();
  Error told = in_words(error);
  degrade(told);
  catch_up();
  {
    std::lock_guard lock(mutex_);
    reports_.insert(reports_.begin(), std::make_move_iterator(round.reports.begin()),
                    std::make_move_iterator(round.reports.end()));
  }
  answer(round.posted, tl::unexpected(told));
  if (!keeper_.is_whole()) return;
  for (Question& question : round.questions) question(*this);
}

void CoreLoop::degrade(const Error& told) {
  if (!degraded_) {
    spdlog::error("nothing new is taken: {}", told.message);
    probe_wait_ = to_chrono(options_.probe_after);
  }
  degraded_ = true;
  probe_due_ = Clock::now() + probe_wait_;
  set_trouble(told);
}

void CoreLoop::look_after_writing() {
  if (degraded_) {
    if (Clock::now() >= probe_due_) probe();
  } else if (sign_every_ && Clock::now() >= sign_due_) {
    give_sign();
  }
}

// So that nobody takes us for dead.
void CoreLoop::give_sign() {
  const Clock::time_point begin = Clock::now();
  Status given = keeper_.probe();
  sign_due_ = begin + *sign_every_;
  if (!given) degrade(in_words(given.error()));
}

// Whatever else we were asked is for the one that decides now.
void CoreLoop::give_way() {
  spdlog::error(
      "another Pentad has taken over this centre: this process decides nothing any more and ends; "
      "jobs run on");
  set_trouble(Error{ErrorCode::unavailable, "another Pentad has taken over this centre", {}});
  is_replaced_ = true;
  refuse_the_rest();
  if (tell_replaced_) tell_replaced_();
}

void CoreLoop::probe() {
  const Clock::time_point begin = Clock::now();
  Status probed = keeper_.probe();
  if (probed) {
    catch_up();
    if (sign_every_) sign_due_ = begin + *sign_every_;
    spdlog::info("writing works again");
    degraded_ = false;
    forecast_due_.reset();
    return set_trouble({});
  }
  probe_wait_ = std::min<Clock::duration>(probe_wait_ * 2, to_chrono(options_.probe_at_most));
  probe_due_ = Clock::now() + probe_wait_;
  set_trouble(in_words(probed.error()));
}

}  // namespace pentad::app
