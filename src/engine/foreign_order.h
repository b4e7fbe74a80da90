// What an order has beyond the usual when its job came as a script of another scheduler: that
// scheduler's variables and files, shell, signals, and what follows the end.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/control_file.h"
#include "engine/engine.h"
#include "engine/local_config.h"
#include "engine/outputs.h"
#include "engine/users.h"

namespace pentad::engine {

class ForeignOrder {
 public:
  // The payload has a launch. All must outlive this. `devices` as the job will see them, `cpus` as
  // it is bound.
  ForeignOrder(const LocalConfig& config, const Order& order, const User& user, const Files& files,
               std::string cpus, std::vector<std::string> devices);

  // Which program reads `script`, the path of the job's script.
  void choose_shell(const std::string& script, OrderText& text) const;
  // Signals, output, temporary files, what follows the end. Writes files to the job's directory.
  Status fill(OrderText& text, std::map<std::string, std::string>& variables) const;

 private:
  void fill_signals(OrderText& text) const;
  Status fill_after(const std::string& queue, OrderText& text) const;
  Status write(const std::string& path, const std::string& bytes) const;
  std::string private_tmp(const std::string& queue) const;

  const LocalConfig& config_;
  const Order& order_;
  const Launch& launch_;
  const User& user_;
  const Files& files_;
  const std::string directory_;  // of the job
  const std::string cpus_;
  const std::vector<std::string> devices_;
};

}  // namespace pentad::engine
