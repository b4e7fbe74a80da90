// Slows down guessing. Who fails to sign in waits, longer each time; who floods from one address
// waits for all names; who attacks one name from many addresses is slowed as well, but less, so
// that nobody can be kept out for long by others.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::identity {

class Guard {
 public:
  // How long to wait before the next attempt for `user` (a folded name) from `address`; zero: now.
  Duration wait(std::string_view user, std::string_view address, Time now) const;
  void failed(std::string_view user, std::string_view address, Time now);
  void succeeded(std::string_view user, std::string_view address);
  size_t remembered() const;

 private:
  struct Count {
    int64_t failures = 0;
    Time last;
    Time until;  // no attempt before
  };
  struct Rule {
    int64_t free;      // failures without a wait
    Duration first;    // after one more; doubles with each
    Duration longest;  // also: how long a failure is remembered
  };
  static const Rule kPair, kAddress, kUser;

  void count(const std::string& key, const Rule& rule, Time now);
  void forget(Time now);

  mutable std::mutex mutex_;
  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace pentad::identity
