#include "api/storm_guard.h"

#include <algorithm>

namespace pentad::api {

Duration StormGuard::take(const std::string& user, int64_t jobs, Time now) {
  if (per_s_ == 0) return {};
  std::lock_guard lock(mutex_);
  // A user of long ago has a full bucket, like one who never came.
  std::erase_if(buckets_, [&](const auto& entry) {
    return (now - entry.second.at).value > burst_ * 1000 / per_s_;
  });
  Bucket& bucket = buckets_.try_emplace(user, Bucket{burst_ * 1000, now}).first->second;
  const int64_t passed_ms = std::max<int64_t>(0, (now - bucket.at).value);
  bucket.tokens_milli = std::min(burst_ * 1000, bucket.tokens_milli + passed_ms * per_s_);
  bucket.at = now;
  const int64_t wanted_milli = std::min(burst_, jobs) * 1000;
  if (bucket.tokens_milli < wanted_milli) {
    return milliseconds((wanted_milli - bucket.tokens_milli + per_s_ - 1) / per_s_);
  }
  bucket.tokens_milli -= wanted_milli;
  return {};
}

}  // namespace pentad::api
