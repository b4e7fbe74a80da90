#include "net/io_loop.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/connection.h"
#include "net/wire.h"

namespace pentad::net {

namespace {

// Deadlines are looked at this often: a quarter of the shortest, but not for nothing.
std::chrono::milliseconds interval_for(const ServerOptions& o) {
  Duration shortest = std::min({o.handshake_timeout, o.header_timeout, o.body_timeout,
                                o.keep_alive_timeout, o.write_timeout, o.heartbeat, seconds(4)});
  return std::max(to_chrono(shortest) / 4, std::chrono::milliseconds(10));
}

}  // namespace

IoLoop::IoLoop(std::shared_ptr<ServerShared> shared)
    : shared_(std::move(shared)), sweep_interval_(interval_for(shared_->options)) {}

void IoLoop::add(Socket socket, Peer peer, std::shared_ptr<const TlsContext> tls) {
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket),
                                                 std::move(peer), std::move(tls));
  connections_.insert(connection);
  connection->start();
  schedule_sweep();
}

// Honest clients finish within moments: those that have not for longest are the slow ones of an
// attack, and make room.
std::list<Connection*>::iterator IoLoop::begin_handshake(Connection& connection) {
  if (++shared_->handshakes > shared_->options.max_handshakes && !handshakes_.empty()) {
    handshakes_.front()->close();
  }
  return handshakes_.insert(handshakes_.end(), &connection);
}

void IoLoop::end_handshake(std::list<Connection*>::iterator handshake) {
  handshakes_.erase(handshake);
  --shared_->handshakes;
}

void IoLoop::remove(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) == 0) return;
  --shared_->connections;
  if (!connection->is_unix()) --shared_->over_tcp;
}

void IoLoop::shed() {
  std::vector<std::pair<Clock::time_point, std::shared_ptr<Connection>>> idle;
  for (const auto& connection : connections_) {
    if (auto until = connection->idle_until()) idle.emplace_back(*until, connection);
  }
  if (idle.empty()) return;
  size_t count = std::max<size_t>(1, idle.size() / 16);
  std::nth_element(idle.begin(), idle.begin() + static_cast<ptrdiff_t>(count - 1), idle.end());
  for (size_t i = 0; i < count; ++i) idle[i].second->close();
}

void IoLoop::stop_connections(bool force) {
  std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) {
    if (force) {
      connection->close();
    } else {
      connection->finish();
    }
  }
}

const std::string& IoLoop::date() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (now_s != date_s_) {
    date_s_ = now_s;
    date_ = http_date(now_s);
  }
  return date_;
}

// The timer sleeps while there is nobody to look after.
void IoLoop::schedule_sweep() {
  if (timer_runs_ || connections_.empty()) return;
  timer_runs_ = true;
  timer_.expires_after(sweep_interval_);
  timer_.async_wait([this](boost::system::error_code ec) {
    timer_runs_ = false;
    if (ec) return;
    sweep();
    schedule_sweep();
  });
}

void IoLoop::sweep() {
  auto now = Clock::now();
  std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const auto& connection : all) connection->sweep(now);
}

}  // namespace pentad::net
