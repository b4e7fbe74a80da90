// From what the core orders to what a supervisor is told: user, files, environment, limits.
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "engine/control_file.h"
#include "engine/engine.h"
#include "engine/local_config.h"
#include "engine/outputs.h"
#include "engine/users.h"

namespace pentad::engine {

// Environment variable that marks every process of an attempt; its value is `attempt_mark`.
inline constexpr const char* kMarkVariable = "PENTAD_ATTEMPT_MARK";
// Unlike any other attempt's, also of another centre on this machine.
std::string attempt_mark(const std::string& home, const AttemptId& attempt);

// Makes orders, and on the way the job's directory and script file.
class OrderMaker {
 public:
  // `config` must outlive this.
  explicit OrderMaker(const LocalConfig& config);

  // An error's message is a sentence for the user: no such user, a name with a zero byte, ...
  Result<OrderText> make(const Order& order, const std::string& cpus);

 private:
  Status check(const Order& order) const;
  Status choose_user(const Order& order, OrderText& text, User& user);
  Status make_directory(JobId job, const User& user);
  Result<std::string> write_script(const Order& order, const User& user);
  Status fill_environment(const Order& order, const User& user, const Files& files,
                          const std::string& cpus, OrderText& text) const;
  void add_devices(const Placement& placement, std::map<std::string, std::string>& all) const;
  std::vector<std::string> device_ids(const Placement& placement) const;

  const LocalConfig& config_;
  const User self_;
  Users users_;
  std::set<JobId> prepared_;  // jobs whose directory and script are there
};

}  // namespace pentad::engine
