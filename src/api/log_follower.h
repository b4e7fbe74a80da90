// Sends the output of running attempts to those who watch it, as it grows.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/event_hub.h"
#include "base/ids.h"
#include "model/attempt.h"
#include "net/responder.h"

namespace pentad::api {

// Opens a plain file for reading; -1 when it is not one, or belongs to another user than `owner`.
int open_output(const std::string& path, uint32_t owner);

// One watched output. `attempt.number` 0: the next attempt of that job and element that starts.
struct Follow {
  net::Stream stream;
  AttemptId attempt;
  bool any_element = false;                           // of the job, while number is 0
  std::function<std::string(const AttemptId&)> path;  // where the attempt writes
  std::function<uint32_t()> owner;                    // see open_output; asked when it is opened
  int64_t offset = 0;
  std::function<bool()> may_stay = nullptr;  // asked about once a second: no ends it; null: it may
};

// A thread that sleeps while nobody watches, and looks at the files ten times a second else.
class LogFollower {
 public:
  explicit LogFollower(EventHub& events);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // Watches until the attempt has ended, as changes say from now on. What changed before must be
  // told with settle(): look it up after this call, so that nothing falls in between.
  int64_t follow(Follow follow);
  void settle(int64_t handle, const AttemptId& attempt, bool ended);
  void stop();

 private:
  struct Watched {
    int64_t handle = 0;
    Follow follow;
    int fd = -1;
    bool ended = false;
    std::chrono::steady_clock::time_point asked = {};
  };

  void run();
  void look(std::unique_lock<std::mutex>& lock);
  void rest();
  void change(const Change& change);
  static bool may_stay(Watched& watched);
  static bool copy(Watched& watched, const AttemptId& attempt, bool ended);

  EventHub& events_;
  // Taken before mutex_, and held while the hub is called: its listener takes mutex_.
  std::mutex listening_mutex_;
  int64_t listener_ = 0;

  std::mutex mutex_;  // of all that stands below
  std::condition_variable wake_;
  std::list<Watched> watched_;
  int64_t next_handle_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pentad::api
