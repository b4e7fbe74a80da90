#include "identity/guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::identity {

namespace {

constexpr size_t kMostKeys = 100'000;

std::string pair_key(std::string_view user, std::string_view address) {
  return fmt::format("p {} {}", user, address);
}
std::string address_key(std::string_view address) { return fmt::format("a {}", address); }
std::string user_key(std::string_view user) { return fmt::format("u {}", user); }

}  // namespace

const Guard::Rule Guard::kPair{5, seconds(30), hours(1)};
const Guard::Rule Guard::kAddress{30, seconds(30), hours(1)};
const Guard::Rule Guard::kUser{50, seconds(5), minutes(5)};

Duration Guard::wait(std::string_view user, std::string_view address, Time now) const {
  std::lock_guard lock(mutex_);
  Duration longest;
  for (const std::string& key : {pair_key(user, address), address_key(address), user_key(user)}) {
    auto found = counts_.find(key);
    if (found != counts_.end()) longest = std::max(longest, found->second.until - now);
  }
  return longest;
}

void Guard::failed(std::string_view user, std::string_view address, Time now) {
  std::lock_guard lock(mutex_);
  if (counts_.size() >= kMostKeys) forget(now);
  count(pair_key(user, address), kPair, now);
  count(address_key(address), kAddress, now);
  count(user_key(user), kUser, now);
}

void Guard::count(const std::string& key, const Rule& rule, Time now) {
  Count& c = counts_[key];
  if (now - c.last > rule.longest) c = {};  // long ago
  c.last = now;
  const int64_t over = ++c.failures - rule.free;
  if (over < 0) return;
  const Duration wait = rule.first * (int64_t{1} << std::min<int64_t>(over, 20));
  c.until = now + std::min(wait, rule.longest);
}

void Guard::succeeded(std::string_view user, std::string_view address) {
  std::lock_guard lock(mutex_);
  counts_.erase(pair_key(user, address));
}

// Those that have no effect any more; when that is not enough, those that failed longest ago.
void Guard::forget(Time now) {
  std::erase_if(counts_, [&](const auto& c) { return now - c.second.last > kPair.longest; });
  while (counts_.size() >= kMostKeys) {
    counts_.erase(std::min_element(counts_.begin(), counts_.end(),
                                   [](auto& a, auto& b) { return a.second.last < b.second.last; }));
  }
}

size_t Guard::remembered() const {
  std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace pentad::identity
