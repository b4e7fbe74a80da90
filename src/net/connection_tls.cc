// A connection's side of TLS; see connection.cc for reading.
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "net/connection.h"

namespace pentad::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t kRecordBytes = 16 << 10;
constexpr size_t kReadBytes = 16 << 10;

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

void Connection::handshake() {
  if (state_ != State::handshaking) return;
  auto again = [self = shared_from_this()](error_code ec) {
    if (ec) return self->close();
    self->handshake();
  };
  if (!first_byte_seen_) {
    char first = 0;
    ssize_t n = recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n == 0) return close();
    if (n < 0) return socket_.async_wait(Socket::wait_read, std::move(again));
    first_byte_seen_ = true;
    // TLS begins with a byte that is no letter, a request with its method.
    if (is_letter(first)) return refuse_plain();
  }
  switch (tls_->handshake()) {
    case TlsStep::done:
      end_handshake();
      state_ = State::reading;
      peer_.is_tls = true;
      set_read_deadline();
      return read();
    case TlsStep::wants_read:
      return socket_.async_wait(Socket::wait_read, std::move(again));
    case TlsStep::wants_write:
      return socket_.async_wait(Socket::wait_write, std::move(again));
    case TlsStep::closed:
    case TlsStep::failed:
      return close();
  }
}

void Connection::end_handshake() {
  if (state_ == State::handshaking) loop_->end_handshake(handshake_);
}

// Answered in clear, without having looked at what was asked.
void Connection::refuse_plain() {
  end_handshake();
  tls_.reset();
  refuse(make_problem(HttpProblem::malformed_request,
                      "Plain HTTP was spoken to a port that speaks HTTPS.",
                      "write https:// instead of http://"));
}

// Records that have arrived may hold more than one read takes: asks TLS first and the socket only
// when TLS wants more.
void Connection::read_tls() {
  bool is_long = state_ == State::lingering || (parser_.has_head() && !parser_.is_done());
  size_t most = loop_->options().max_header_bytes + (64 << 10);
  auto [data, size] = in_.prepare(is_long ? kReadBytes : ReadBuffer::small_bytes, most);
  size_t bytes = 0;
  TlsStep step = tls_->read(data, size, bytes);
  is_reading_ = true;
  auto self = shared_from_this();
  if (step == TlsStep::wants_read || step == TlsStep::wants_write) {
    auto what = step == TlsStep::wants_read ? Socket::wait_read : Socket::wait_write;
    return socket_.async_wait(what, [self](error_code ec) {
      self->is_reading_ = false;
      if (self->state_ == State::closed) return;
      if (ec) return self->close();
      self->read();
    });
  }
  error_code ec;
  if (step == TlsStep::closed) ec = asio::error::eof;
  if (step == TlsStep::failed) ec = asio::error::connection_reset;
  // Not at once: requests that wait one behind the other would pile up on the stack.
  asio::post(loop_->context(), [self, ec, bytes] {
    self->is_reading_ = false;
    self->on_read(ec, bytes);
  });
}

void Connection::write_tls(const std::array<asio::const_buffer, 3>& parts) {
  tls_piece_.clear();
  for (const asio::const_buffer& part : parts) {
    size_t take = std::min(part.size(), kRecordBytes - tls_piece_.size());
    tls_piece_.append(static_cast<const char*>(part.data()), take);
  }
  size_t bytes = 0;
  TlsStep step = tls_->write(tls_piece_.data(), tls_piece_.size(), bytes);
  auto self = shared_from_this();
  auto again = [self](error_code ec) { self->on_written(ec, 0); };
  switch (step) {
    case TlsStep::done:
      return asio::post(loop_->context(), [self, bytes] { self->on_written({}, bytes); });
    case TlsStep::wants_write:
      return socket_.async_wait(Socket::wait_write, std::move(again));
    case TlsStep::wants_read:
      return socket_.async_wait(Socket::wait_read, std::move(again));
    case TlsStep::closed:
    case TlsStep::failed:
      return close();
  }
}

// Few bytes between two messages, when nothing else is being written.
bool Connection::tell_at_once(std::string_view bytes) {
  if (tls_) {
    size_t sent = 0;
    return tls_->write(bytes.data(), bytes.size(), sent) == TlsStep::done && sent == bytes.size();
  }
  auto sent =
      send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace pentad::net
