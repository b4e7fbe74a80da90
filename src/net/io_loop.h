// One I/O thread: its event loop and the connections that live on it. Internal to the server.
#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "net/server.h"

namespace pentad::net {

class Connection;

using Clock = std::chrono::steady_clock;
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                boost::asio::io_context::executor_type>;

// What all loops of a server share.
struct ServerShared {
  ServerOptions options;
  Handler handler;
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> body_bytes = 0;  // received and not yet answered
  std::atomic<bool> stopping = false;
};

inline std::chrono::milliseconds to_chrono(Duration d) {
  return std::chrono::milliseconds(d.value);
}

class IoLoop : public std::enable_shared_from_this<IoLoop> {
 public:
  explicit IoLoop(std::shared_ptr<ServerShared> shared);

  boost::asio::io_context& context() { return context_; }
  ServerShared& shared() { return *shared_; }
  const ServerOptions& options() const { return shared_->options; }
  bool is_here() { return context_.get_executor().running_in_this_thread(); }

  // The rest is called on the loop's own thread.
  void add(Socket socket, Peer peer);
  void remove(const std::shared_ptr<Connection>& connection);
  // Connections without a request close now, the others when they have answered; with `force` all
  // now.
  void stop_connections(bool force);
  // The time as a Date header field has it; made once a second.
  const std::string& date();

 private:
  void schedule_sweep();
  void sweep();

  std::shared_ptr<ServerShared> shared_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  bool timer_runs_ = false;
  std::chrono::milliseconds sweep_interval_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::string date_;
  int64_t date_s_ = 0;
};

}  // namespace pentad::net
