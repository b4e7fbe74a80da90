#include "net/stream_state.h"

#include <utility>

namespace pentad::net {

// The call to make after the lock is gone; empty if one is promised already.
std::function<void()> StreamState::need_wake() {
  if (std::exchange(wake_promised_, true)) return {};
  return wake_;
}

WriteResult StreamState::write(std::string_view data) {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || ended_) return WriteResult::closed;
    if (data.empty()) return WriteResult::ok;
    if (unsent_bytes_ > 0 && unsent_bytes_ + data.size() > max_bytes_) {
      was_full_ = true;
      return WriteResult::full;
    }
    pending_.append(data);
    unsent_bytes_ += data.size();
    wake = need_wake();
  }
  if (wake) wake();
  return WriteResult::ok;
}

void StreamState::end(std::string_view last_words) {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || ended_) return;
    ended_ = true;
    pending_.append(last_words);
    unsent_bytes_ += last_words.size();
    wake = need_wake();
  }
  if (wake) wake();
}

bool StreamState::is_open() const {
  std::lock_guard lock(mutex_);
  return !closed_ && !ended_;
}

void StreamState::on_writable(std::function<void()> callback) {
  std::lock_guard lock(mutex_);
  on_writable_ = std::move(callback);
}

void StreamState::on_close(std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!closed_) {
      on_close_ = std::move(callback);
      return;
    }
  }
  callback();
}

StreamState::Taken StreamState::take() {
  std::lock_guard lock(mutex_);
  wake_promised_ = false;
  return {std::exchange(pending_, {}), ended_};
}

void StreamState::sent(size_t bytes) {
  std::function<void()> callback;
  {
    std::lock_guard lock(mutex_);
    unsent_bytes_ -= bytes;
    if (was_full_ && unsent_bytes_ <= max_bytes_ / 2) {
      was_full_ = false;
      callback = on_writable_;
    }
  }
  if (callback) callback();
}

void StreamState::close() {
  std::function<void()> callback;
  std::function<void()>
      writable;  // both may hold the last handle to what we must not destroy locked
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    callback = std::exchange(on_close_, {});
    writable = std::exchange(on_writable_, {});
    wake = std::exchange(wake_, {});
    pending_ = {};
  }
  if (callback) callback();
}

}  // namespace pentad::net
