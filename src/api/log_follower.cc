#include "api/log_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

namespace pentad::api {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr auto kAskAgain = std::chrono::seconds(1);

}  // namespace

int open_output(const std::string& path, uint32_t owner) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -1;
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == owner) return fd;
  close(fd);
  return -1;
}

LogFollower::LogFollower(EventHub& events) : events_(events), thread_([this] { run(); }) {}

LogFollower::~LogFollower() { stop(); }

void LogFollower::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

int64_t LogFollower::follow(Follow follow) {
  std::lock_guard listening(listening_mutex_);
  if (listener_ == 0) {
    listener_ = events_.add_listener([this](const Change& c) { change(c); });
  }
  int64_t handle = 0;
  {
    std::lock_guard lock(mutex_);
    handle = next_handle_++;
    watched_.push_back({handle, std::move(follow)});
  }
  wake_.notify_all();
  return handle;
}

// Nobody watches: the hub need not tell of changes.
void LogFollower::rest() {
  std::lock_guard listening(listening_mutex_);
  {
    std::lock_guard lock(mutex_);
    if (!watched_.empty()) return;
  }
  if (listener_ != 0) events_.remove_listener(listener_);
  listener_ = 0;
}

void LogFollower::settle(int64_t handle, const AttemptId& attempt, bool ended) {
  std::lock_guard lock(mutex_);
  for (Watched& w : watched_) {
    if (w.handle != handle) continue;
    if (w.follow.attempt.number == 0) w.follow.attempt = attempt;
    if (w.follow.attempt == attempt && ended) w.ended = true;
  }
}

// Notes which of the watched attempts a change ends or begins.
void LogFollower::change(const Change& change) {
  std::lock_guard lock(mutex_);
  for (Watched& w : watched_) {
    AttemptId& mine = w.follow.attempt;
    if (const auto* a = std::get_if<AttemptStatus>(&change.what)) {
      bool is_mine = a->attempt.job == mine.job &&
                     (a->attempt.index == mine.index || (w.follow.any_element && !mine.number));
      if (is_mine && mine.number == 0) mine = a->attempt;
      if (a->attempt == mine && is_final(a->state)) w.ended = true;
    } else if (const auto* j = std::get_if<JobStatus>(&change.what)) {
      if (j->job == mine.job && is_final(j->state)) w.ended = true;
    }
  }
}

// Whether who watches still may. Only the follower's thread asks.
bool LogFollower::may_stay(Watched& w) {
  const auto now = std::chrono::steady_clock::now();
  if (!w.follow.may_stay || now - w.asked < kAskAgain) return true;
  w.asked = now;
  return w.follow.may_stay();
}

// Sends what is new; false when nothing more will come.
bool LogFollower::copy(Watched& w, const AttemptId& attempt, bool ended) {
  if (!w.follow.stream.is_open()) return false;
  if (attempt.number == 0) return !ended;
  if (w.fd < 0) w.fd = open_output(w.follow.path(attempt), w.follow.owner());
  if (w.fd < 0) return !ended;
  std::array<char, 64 << 10> buffer;
  for (;;) {
    ssize_t n = pread(w.fd, buffer.data(), buffer.size(), w.follow.offset);
    if (n <= 0) return !ended;
    auto bytes = std::string_view(buffer.data(), static_cast<size_t>(n));
    switch (w.follow.stream.write(bytes)) {
      case net::WriteResult::ok:
        w.follow.offset += n;
        break;
      case net::WriteResult::full:
        return true;  // the rest next time
      case net::WriteResult::closed:
        return false;
    }
  }
}

void LogFollower::look(std::unique_lock<std::mutex>& lock) {
  std::list<Watched> gone;
  for (auto w = watched_.begin(); w != watched_.end();) {
    bool ended = w->ended;
    AttemptId attempt = w->follow.attempt;
    // Only this thread removes entries, so the place stays good while the lock is open.
    lock.unlock();
    bool more = may_stay(*w) && copy(*w, attempt, ended);
    lock.lock();
    auto next = std::next(w);
    if (!more) gone.splice(gone.end(), watched_, w);
    w = next;
  }
  lock.unlock();
  for (Watched& w : gone) {
    w.follow.stream.end();
    if (w.fd >= 0) close(w.fd);
  }
  gone.clear();
  lock.lock();
}

void LogFollower::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watched_.empty()) {
      lock.unlock();
      rest();
      lock.lock();
      wake_.wait(lock, [this] { return stopping_ || !watched_.empty(); });
      continue;
    }
    look(lock);
    if (!watched_.empty()) wake_.wait_for(lock, kInterval, [this] { return stopping_; });
  }
  for (Watched& w : watched_) {
    w.follow.stream.end();
    if (w.fd >= 0) close(w.fd);
  }
  watched_.clear();
}

}  // namespace pentad::api
