// The daemon: wires store, core, engine and HTTP together, starts them in order and stops them in
// order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace pentad::app {

struct DaemonOptions {
  std::string home = "var";                // made when missing
  std::optional<std::string> listen = {};  // over the configuration's
  bool insecure_listen = false;            // beyond this machine without TLS
  std::string supervisor_path;             // of pentad-supervisor
  std::string apps_folder;                 // the application catalogue; empty: none
  std::string devices_file;                // the device catalogue; empty: none
  std::string version = "0.1.0";
  // On PostgreSQL. Asked again and again, with words about it, while another daemon has the centre:
  // takes its time, then says whether to go on waiting. None: start() fails.
  std::function<bool(const std::string&)> wait = nullptr;
  // Called from a thread of the daemon when another has taken the centre over: it is to be stopped.
  std::function<void()> replaced = nullptr;
  // For --detach: the command that runs this daemon in the foreground. Empty: stay in the
  // foreground.
  std::vector<std::string> detach_command = {};
};

// Environment variable with the number of a descriptor: the daemon writes "ready\n", or the
// sentence why it did not start, to it and closes it.
inline constexpr const char* kReadyVariable = "PENTAD_READY_FD";

// Runs a daemon until SIGTERM or SIGINT (SIGHUP reads the configuration again); jobs run on. Says
// what it does on standard error, or in HOME/log when it was detached. Returns the exit code: 0, or
// 1 after saying why it could not start. With a detach_command it starts that in a session of its
// own, waits until it is ready and returns.
int run_daemon(const DaemonOptions& options);

// A daemon within this process, for tests. One at a time on a home, unless its database is on a
// server: then the others wait.
class Daemon {
 public:
  // Errors: those of the parts, in words for the person who started it.
  static Result<std::unique_ptr<Daemon>> start(const DaemonOptions& options);
  // Like stop().
  virtual ~Daemon() = default;

  virtual uint16_t port() const = 0;  // 0: no TCP
  virtual const std::string& home() const = 0;
  // Reads the configuration again and tells the core what changed. An error changes nothing.
  virtual Status reload() = 0;
  virtual bool is_replaced() const = 0;  // see DaemonOptions::replaced
  // Ends in order: connections, core with a last snapshot, engine. Jobs run on.
  virtual void stop() = 0;
};

}  // namespace pentad::app
