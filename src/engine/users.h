// Unix users as an engine needs them to start a job as one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::engine {

struct User {
  std::string name;
  std::string home;
  std::string shell;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

// Asks the system's user database (files, LDAP: may be slow) and remembers the answer for a moment.
class Users {
 public:
  // not_found: no such user.
  Result<User> find(const std::string& name);

 private:
  struct Known {
    User user;
    std::chrono::steady_clock::time_point at;
  };
  std::map<std::string, Known> known_;
};

// The user this process runs as; name and home are empty when the database does not know it.
// Its home is this process' own $HOME, as for every program its user starts.
User current_user();

}  // namespace pentad::engine
