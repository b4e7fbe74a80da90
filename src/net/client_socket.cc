#include "net/client_socket.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>

#include "net/client.h"

namespace pentad::net {

namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Error> io_error(int error) {
  bool nobody = error == ECONNREFUSED || error == ENOENT;
  return fail(nobody ? ErrorCode::unavailable : ErrorCode::failed, errno_text(error));
}

}  // namespace

void ClientSocket::close() {
  if (tls_) tls_->end();
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status ClientSocket::wait(short events, Duration timeout) {
  auto end = Clock::now() + std::chrono::milliseconds(timeout.value);
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd p{fd_, events, 0};
    int ready = poll(&p, 1, static_cast<int>(std::clamp<int64_t>(left, 0, 1'000'000'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return io_error(errno);
    if (ready < 0 && is_interrupted && is_interrupted()) {
      return fail(ErrorCode::failed, "interrupted");
    }
    if (ready == 0 && Clock::now() >= end) {
      return fail(ErrorCode::timed_out, "no answer for " + std::to_string(timeout.value) + " ms");
    }
  }
}

Status ClientSocket::connect(const SocketAddress& address, Duration timeout) {
  close();
  fd_ = socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return io_error(errno);
  if (address.family() != AF_UNIX) {
    int on = 1;
    setsockopt(fd_, IPPROTO_TCP, /*TCP_NODELAY=*/1, &on, sizeof on);
  }
  if (::connect(fd_, address.get(), address.length) == 0) return {};
  // A Unix socket whose queue is full says EAGAIN and cannot be waited for.
  if (errno != EINPROGRESS) return errno == EAGAIN ? io_error(ECONNREFUSED) : io_error(errno);
  if (auto ready = wait(POLLOUT, timeout); !ready) return ready;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return io_error(error);
  return {};
}

Status ClientSocket::start_tls(std::shared_ptr<const TlsContext> context, const std::string& host,
                               Duration timeout) {
  context_ = std::move(context);
  tls_ = std::make_unique<TlsChannel>(*context_, fd_, host);
  for (;;) {
    TlsStep step = tls_->handshake();
    if (step == TlsStep::done) return {};
    if (step == TlsStep::failed || step == TlsStep::closed) {
      bool is_untrusted = tls_->is_untrusted();
      std::string why = tls_->why();
      return fail(ErrorCode::invalid,
                  is_untrusted ? why : "no TLS could be agreed on with what answers there: " + why,
                  std::string(kUntrustedPeer));
    }
    if (auto ready = follow(step, timeout); !ready) return ready;
  }
}

Status ClientSocket::follow(TlsStep step, Duration timeout) {
  if (step == TlsStep::wants_read) return wait(POLLIN, timeout);
  if (step == TlsStep::wants_write) return wait(POLLOUT, timeout);
  return fail(ErrorCode::failed, tls_->why().empty() ? "the connection broke" : tls_->why());
}

Status ClientSocket::write(std::string_view bytes, Duration timeout) {
  while (tls_ && !bytes.empty()) {
    size_t n = 0;
    TlsStep step = tls_->write(bytes.data(), bytes.size(), n);
    bytes.remove_prefix(n);
    if (step == TlsStep::done) continue;
    if (auto ready = follow(step, timeout); !ready) return ready;
  }
  while (!bytes.empty()) {
    ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      if (auto ready = wait(POLLOUT, timeout); !ready) return ready;
    } else if (errno != EINTR) {
      return io_error(errno);
    }
  }
  return {};
}

Result<size_t> ClientSocket::read(char* to, size_t size, Duration timeout) {
  while (tls_) {
    size_t n = 0;
    TlsStep step = tls_->read(to, size, n);
    if (step == TlsStep::done) return n;
    if (step == TlsStep::closed) return 0;
    if (auto ready = follow(step, timeout); !ready) return tl::unexpected(ready.error());
  }
  while (true) {
    ssize_t n = ::recv(fd_, to, size, 0);
    if (n >= 0) return static_cast<size_t>(n);
    if (errno == EAGAIN) {
      if (auto ready = wait(POLLIN, timeout); !ready) return tl::unexpected(ready.error());
    } else if (errno != EINTR) {
      return io_error(errno);
    }
  }
}

void ClientSocket::shutdown_write() {
  if (tls_) tls_->end();
  ::shutdown(fd_, SHUT_WR);
}

bool ClientSocket::is_stale() {
  if (tls_) return !tls_->is_quiet();
  pollfd p{fd_, POLLIN, 0};
  return poll(&p, 1, 0) != 0;
}

}  // namespace pentad::net
