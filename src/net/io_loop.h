// One I/O thread: its event loop and the connections that live on it. Internal to the server.
#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "net/forwarded.h"
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
  TrustedProxies proxies;
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> over_tcp = 0;  // of these
  std::atomic<size_t> handshakes = 0;
  std::atomic<size_t> body_bytes = 0;  // received and not yet answered
  std::atomic<bool> stopping = false;

  std::shared_ptr<const TlsContext> tls() const {
    std::lock_guard lock(tls_mutex);
    return tls_context;
  }
  mutable std::mutex tls_mutex;
  std::shared_ptr<const TlsContext> tls_context;
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
  // `tls`: null for plain HTTP.
  void add(Socket socket, Peer peer, std::shared_ptr<const TlsContext> tls);
  void remove(const std::shared_ptr<Connection>& connection);
  // Connections without a request close now, the others when they have answered; with `force` all
  // now.
  void stop_connections(bool force);
  // Counts a TLS handshake that begins; the oldest is ended when there are too many.
  std::list<Connection*>::iterator begin_handshake(Connection& connection);
  void end_handshake(std::list<Connection*>::iterator handshake);
  // Closes those connections that have been idle longest: a sixteenth of the idle ones, at least
  // one if there is one.
  void shed();
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
  std::list<Connection*> handshakes_;  // in the order in which they began
  std::string date_;
  int64_t date_s_ = 0;
};

}  // namespace pentad::net
