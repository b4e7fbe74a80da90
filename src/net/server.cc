#include "net/server.h"

#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "net/connection.h"
#include "net/io_loop.h"
#include "net/listen.h"
#include "net/socket_address.h"

namespace pentad::net {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::string_view kPlain = "http://";

Peer peer_of(int fd) {
  Peer peer;
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &length);
  peer.address = address_text(storage);
  if (storage.ss_family != AF_UNIX) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, /*TCP_NODELAY=*/1, &on, sizeof on);
    return peer;
  }
  peer.is_unix = true;
  ucred credentials{};
  length = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0) {
    peer.uid = credentials.uid;
    peer.gid = credentials.gid;
    peer.pid = credentials.pid;
  }
  return peer;
}

// Takes connections from one listening socket and spreads them over the loops.
class Acceptor {
 public:
  Acceptor(std::vector<std::shared_ptr<IoLoop>>& loops, const ListeningSocket& socket, bool is_tls)
      : loops_(loops),
        is_tls_(is_tls),
        is_unix_(socket.is_unix()),
        acceptor_(loops[0]->context()),
        pause_(loops[0]->context()) {
    acceptor_.assign(asio::generic::stream_protocol(socket.is_unix() ? AF_UNIX : AF_INET, 0),
                     dup(socket.fd()));
  }

  void accept() {
    IoLoop& loop = *loops_[next_++ % loops_.size()];
    acceptor_.async_accept(loop.context().get_executor(),
                           [this, &loop](error_code ec, auto socket) {
                             if (ec == asio::error::operation_aborted || !acceptor_.is_open())
                               return;
                             if (ec) return rest(ec);
                             take(loop, std::move(socket));
                             accept();
                           });
  }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void take(IoLoop& loop, Socket socket) {
    ServerShared& shared = loop.shared();
    if (!is_unix_ && !is_room(loop)) {
      static constexpr std::string_view busy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
          "Connection: close\r\n\r\n";
      error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(busy), ignored);
      return;
    }
    ++shared.connections;
    Peer peer = peer_of(socket.native_handle());
    auto tls = is_tls_ ? shared.tls() : nullptr;
    asio::post(loop.context(), [&loop, socket = std::move(socket), peer = std::move(peer),
                                tls = std::move(tls)]() mutable {
      loop.add(std::move(socket), std::move(peer), std::move(tls));
    });
  }

  // Counts one more connection. Strangers who only hold connections open must not lock others out:
  // at the limit idle ones go. The Unix socket is not counted, so that the operator gets in always.
  static bool is_room(IoLoop& loop) {
    ServerShared& shared = loop.shared();
    const size_t most = shared.options.max_connections;
    size_t before = shared.over_tcp.fetch_add(1);
    if (before < most) return true;
    asio::post(loop.context(), [&loop] { loop.shed(); });
    // Those that go make room a moment later.
    if (before < most + std::max(most / 16, kAboveLimit)) return true;
    --shared.over_tcp;
    return false;
  }

  // Out of descriptors or memory: some will come free.
  void rest(error_code ec) {
    const auto& log = loops_[0]->options().log;
    if (log) log("cannot accept connections: " + ec.message());
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](error_code ec) {
      if (!ec && acceptor_.is_open()) accept();
    });
  }

  static constexpr size_t kAboveLimit = 4;

  std::vector<std::shared_ptr<IoLoop>>& loops_;
  const bool is_tls_;
  const bool is_unix_;
  asio::basic_socket_acceptor<asio::generic::stream_protocol, asio::io_context::executor_type>
      acceptor_;
  asio::steady_timer pause_;
  size_t next_ = 0;
};

struct ListenOn {
  ListeningSocket socket;
  bool is_tls = false;
};

class AsioServer final : public Server {
 public:
  AsioServer(std::shared_ptr<ServerShared> shared, std::vector<ListenOn> sockets)
      : shared_(std::move(shared)), sockets_(std::move(sockets)) {
    for (int i = 0; i < std::max(1, shared_->options.io_threads); ++i) {
      loops_.push_back(std::make_shared<IoLoop>(shared_));
    }
    for (const auto& [socket, is_tls] : sockets_) {
      acceptors_.push_back(std::make_unique<Acceptor>(loops_, socket, is_tls));
      acceptors_.back()->accept();
      if (port_ == 0) port_ = socket.port();
    }
    for (auto& loop : loops_) {
      guards_.push_back(asio::make_work_guard(loop->context()));
      threads_.emplace_back([&context = loop->context()] { context.run(); });
    }
  }

  ~AsioServer() override { stop(Duration(0)); }

  uint16_t port() const override { return port_; }
  size_t connection_count() const override { return shared_->connections; }
  std::shared_ptr<const TlsContext> tls() const override { return shared_->tls(); }

  Status reload_tls() override {
    if (shared_->options.tls.empty()) return {};
    auto context = TlsContext::for_server(shared_->options.tls);
    if (!context) return tl::unexpected(context.error());
    std::lock_guard lock(shared_->tls_mutex);
    shared_->tls_context = std::move(*context);
    return {};
  }

  void stop(Duration grace) override {
    if (threads_.empty()) return;
    for (auto& loop : loops_) PENTAD_ASSERT(!loop->is_here(), "stop() from an I/O thread");
    shared_->stopping = true;
    asio::post(loops_[0]->context(), [this] {
      for (auto& acceptor : acceptors_) acceptor->close();
    });
    post_stop(false);
    auto end = Clock::now() + to_chrono(grace);
    while (shared_->connections > 0 && Clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    end_threads();
  }

 private:
  void post_stop(bool force) {
    for (auto& loop : loops_) {
      asio::post(loop->context(), [loop = loop.get(), force] { loop->stop_connections(force); });
    }
  }

  void end_threads() {
    post_stop(true);
    guards_.clear();
    for (auto& loop : loops_) {
      asio::post(loop->context(), [&context = loop->context()] { context.stop(); });
    }
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    // A connection that was accepted at the last moment, and what is left in the queues.
    for (auto& loop : loops_) {
      loop->context().restart();
      loop->context().poll();
      loop->stop_connections(true);
      loop->context().poll();
    }
    sockets_.clear();
  }

  std::shared_ptr<ServerShared> shared_;
  std::vector<ListenOn> sockets_;
  std::vector<std::shared_ptr<IoLoop>> loops_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_;
  std::vector<std::thread> threads_;
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  auto shared = std::make_shared<ServerShared>();
  if (!options.tls.empty()) {
    auto context = TlsContext::for_server(options.tls);
    if (!context) return tl::unexpected(context.error());
    shared->tls_context = std::move(*context);
  }
  auto proxies = TrustedProxies::parse(options.trusted_proxies);
  if (!proxies) return tl::unexpected(proxies.error());
  shared->proxies = std::move(*proxies);
  std::vector<ListenOn> sockets;
  for (std::string_view address : options.listen) {
    bool is_tls = !options.tls.empty() && !address.starts_with(kPlain);
    if (address.starts_with(kPlain)) address.remove_prefix(kPlain.size());
    bool allow_remote = is_tls || options.allow_remote || !shared->proxies.empty();
    auto listening = listen_tcp(address, allow_remote);
    if (!listening) return tl::unexpected(listening.error());
    for (ListeningSocket& socket : *listening) sockets.push_back({std::move(socket), is_tls});
  }
  if (!options.unix_path.empty()) {
    auto socket = listen_unix(options.unix_path, options.unix_mode);
    if (!socket) return tl::unexpected(socket.error());
    sockets.push_back({std::move(*socket), false});
  }
  shared->options = std::move(options);
  shared->handler = std::move(handler);
  return std::make_unique<AsioServer>(std::move(shared), std::move(sockets));
}

}  // namespace pentad::net
