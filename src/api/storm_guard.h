// Jobs that submit jobs: workflow managers do, and so does a script that submits itself twice by
// mistake and fills the centre in seconds. What comes from inside of jobs is slowed down.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/units.h"

namespace pentad::api {

// A token bucket for each user. From any thread.
class StormGuard {
 public:
  // Each user's jobs may submit `burst` jobs at once and `per_s` each second in the long run; 0 for
  // `per_s` is no limit.
  explicit StormGuard(int64_t burst = 1000, int64_t per_s = 20) : burst_(burst), per_s_(per_s) {}

  // Takes `jobs` tokens. 0 when they were there, else after how long to ask again; nothing is taken
  // then. More than `burst` at once are let through when the bucket is full. A clock that goes back
  // adds nothing.
  Duration take(const std::string& user, int64_t jobs, Time now);

 private:
  struct Bucket {
    int64_t tokens_milli = 0;
    Time at;
  };
  const int64_t burst_;
  const int64_t per_s_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace pentad::api
