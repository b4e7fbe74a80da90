// Reading and life cycle; see connection_write.cc for answers.
#include "net/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "net/exchange.h"
#include "net/listen.h"
#include "net/target.h"

namespace pentad::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t head_read_bytes = 4 << 10;
constexpr size_t body_read_bytes = 64 << 10;
constexpr size_t linger_bytes = 256 << 20;  // read away after a refusal, at most

}  // namespace

Connection::Connection(std::shared_ptr<IoLoop> loop, Socket socket, Peer peer,
                       std::shared_ptr<const TlsContext> tls)
    : loop_(std::move(loop)),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      parser_(MessageKind::request,
              {loop_->options().max_header_bytes, loop_->options().max_body_bytes}) {
  if (!tls) return;
  tls_ = std::make_unique<TlsChannel>(*tls, socket_.native_handle());
}

void Connection::start() {
  if (tls_) {
    handshake_ = loop_->begin_handshake(*this);
    state_ = State::handshaking;
    deadline_ = Clock::now() + to_chrono(loop_->options().handshake_timeout);
    return handshake();
  }
  set_read_deadline();
  read();
}

void Connection::close() {
  if (state_ == State::closed) return;
  end_handshake();
  state_ = State::closed;
  auto self = shared_from_this();
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  error_code ignored;
  if (tls_) tls_->end();
  socket_.close(ignored);
  release_body();
  if (auto stream = std::exchange(stream_, nullptr)) stream->close();
  loop_->remove(self);
}

void Connection::finish() {
  if (idle_until() || state_ == State::lingering || state_ == State::handshaking) return close();
  if (state_ == State::streaming) stream_->end({});
}

std::optional<Clock::time_point> Connection::idle_until() const {
  bool is_idle = state_ == State::reading && !parser_.has_started() && in_.empty();
  return is_idle ? deadline_ : std::nullopt;
}

void Connection::sweep(Clock::time_point now) {
  if (deadline_ && now >= *deadline_) {
    deadline_.reset();
    bool is_late = state_ == State::reading && (parser_.has_started() || !in_.empty());
    if (!is_late) return close();
    return refuse(make_problem(HttpProblem::timed_out, "The request came too slowly."));
  }
  bool is_quiet = state_ == State::streaming && !is_writing_ && !stream_last_;
  if (is_quiet && !stream_->heartbeat().empty() &&
      now - last_write_ >= to_chrono(loop_->options().heartbeat)) {
    write_piece(stream_->heartbeat(), false);
  }
}

void Connection::set_read_deadline() {
  const ServerOptions& o = loop_->options();
  auto now = Clock::now();
  if (!parser_.has_head()) {
    bool waits = answered_before_ && in_.empty() && !parser_.has_started();
    deadline_ = now + to_chrono(waits ? o.keep_alive_timeout : o.header_timeout);
    return;
  }
  auto earned = std::chrono::milliseconds(static_cast<int64_t>(body_received_) * 1000 /
                                          std::max<int64_t>(o.body_bytes_per_s, 1));
  deadline_ = body_start_ + to_chrono(o.body_timeout) + earned;
}

void Connection::read() {
  if (is_reading_ || state_ == State::closed) return;
  if (tls_) return read_tls();
  is_reading_ = true;
  bool is_long = state_ == State::lingering || (parser_.has_head() && !parser_.is_done());
  auto [data, size] = in_.prepare(is_long ? body_read_bytes : head_read_bytes,
                                  loop_->options().max_header_bytes + body_read_bytes);
  socket_.async_read_some(asio::buffer(data, size),
                          [self = shared_from_this()](error_code ec, size_t bytes) {
                            self->is_reading_ = false;
                            self->on_read(ec, bytes);
                          });
}

void Connection::on_read(error_code ec, size_t bytes) {
  if (state_ == State::closed) return;
  if (ec == asio::error::eof) return on_end_of_input();
  if (ec) return close();
  bool was_idle = in_.empty() && !parser_.has_started();
  in_.commit(bytes);
  if (state_ == State::lingering) return drain(bytes);
  if (state_ == State::reading) {
    if (was_idle) set_read_deadline();
    return parse();
  }
  // The next request came while this one is being answered: it waits in the buffer, and in the
  // kernel.
  if (state_ == State::streaming && in_.size() < loop_->options().max_header_bytes) read();
}

// Throws away what comes after a refusal.
void Connection::drain(size_t bytes) {
  in_.consume(in_.size());
  lingered_bytes_ += bytes;
  if (lingered_bytes_ > linger_bytes) return close();
  read();
}

void Connection::on_end_of_input() {
  input_ended_ = true;
  if (state_ == State::streaming || state_ == State::lingering) return close();
  if (state_ != State::reading) return;
  if (!parser_.has_started() && in_.empty()) return close();
  parser_.finish();
  refuse(problem_of(ParseFailure::cut_short, {}));
}

void Connection::parse() {
  while (!parser_.is_done() && !in_.empty()) {
    size_t used = parser_.feed(in_.view());
    in_.consume(used);
    if (parser_.failure() != ParseFailure::none) {
      const ServerOptions& o = loop_->options();
      return refuse(problem_of(parser_.failure(), {o.max_header_bytes, o.max_body_bytes}));
    }
    if (parser_.has_head()) {
      body_received_ += used;
      if (!head_accepted_ && !accept_head()) return;
      if (!account_body()) return;
    }
    if (used == 0) break;
  }
  if (parser_.is_done()) return dispatch();
  if (in_.size() >= loop_->options().max_header_bytes + body_read_bytes) {
    return refuse(problem_of(ParseFailure::malformed, {}));  // an endless chunk header
  }
  if (input_ended_) return on_end_of_input();
  if (parser_.has_head()) set_read_deadline();
  read();
}

// Who may ask here at all, and in whose name.
std::optional<Problem> Connection::check_sender() {
  const ServerShared& shared = loop_->shared();
  bool is_own = tls_ || is_loopback(host_of(peer_.address));
  if (!is_own && !shared.proxies.empty() && !shared.proxies.contains(peer_.address)) {
    return make_problem(HttpProblem::foreign_host,
                        "Only the centre's proxy may speak to this port directly.",
                        "use the address of the proxy");
  }
  Peer client = shared.proxies.client(peer_, parser_.head().headers);
  const auto tls = shared.tls();
  static const std::vector<std::string> none;
  const OriginRules rules{shared.options.allowed_hosts, tls ? tls->certificate().names : none,
                          client.is_tls};
  return check_origin(parser_.head(), rules);
}

// Looks at the head before its body is read. False: refused.
bool Connection::accept_head() {
  head_accepted_ = true;
  body_start_ = Clock::now();
  if (!peer_.is_unix) {
    if (auto problem = check_sender()) {
      refuse(*problem);
      return false;
    }
  }
  const std::string* expect = parser_.head().headers.find("Expect");
  if (!expect || parser_.is_done()) return true;
  if (!equal_without_case(*expect, "100-continue")) {
    refuse(make_problem(HttpProblem::expectation_failed,
                        "The only expectation this server meets is 100-continue."));
    return false;
  }
  // Nothing else is being written, so these few bytes find room, unless the client reads no
  // answers.
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  if (tell_at_once(go_on)) return true;
  close();
  return false;
}

// Charges what has come of the body to the memory that all bodies share. False: refused.
bool Connection::account_body() {
  ServerShared& shared = loop_->shared();
  size_t more = parser_.body().size() - body_charged_;
  body_charged_ += more;
  if (more == 0 ||
      shared.body_bytes.fetch_add(more) + more <= shared.options.max_total_body_bytes) {
    return true;
  }
  refuse(make_problem(HttpProblem::unavailable,
                      "Too many large requests are being received at once.",
                      "try again in a moment"));
  return false;
}

void Connection::release_body() { loop_->shared().body_bytes -= std::exchange(body_charged_, 0); }

void Connection::dispatch() {
  state_ = State::handling;
  deadline_.reset();
  MessageHead& head = parser_.head();
  client_is_tls_ = peer_.is_tls;
  auto target = parse_target(head.target);
  Method method = method_from_name(head.method);
  if (!target) {
    return respond(
        to_response(make_problem(HttpProblem::malformed_request, target.error().message)));
  }
  Request request;
  request.method = method;
  request.path = std::move(target->path);
  request.segments = std::move(target->segments);
  request.query = std::move(target->query);
  request.peer = loop_->shared().proxies.client(peer_, head.headers);
  client_is_tls_ = request.peer.is_tls;
  request.headers = std::move(head.headers);
  request.body = std::move(parser_.body());
  Responder responder(std::make_shared<Exchange>(shared_from_this()));
  try {
    loop_->shared().handler(std::move(request), std::move(responder));
  } catch (const std::exception& e) {
    // The responder went with the exception, and its client gets a 500.
    if (loop_->options().log) loop_->options().log("a handler threw: " + std::string(e.what()));
  }
}

// Answers and closes: what else the client sends on this connection cannot be understood or
// trusted.
void Connection::refuse(const Problem& problem) {
  state_ = State::handling;
  refused_ = true;
  client_is_tls_ = peer_.is_tls;
  respond(to_response(problem));
}

// Answers that arrive after close() are dropped here, so that none is queued on a loop that has
// ended.
template <class F>
void Connection::run_on_loop(F f) {
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    if (!loop_->is_here()) return asio::post(loop_->context(), std::move(f));
  }
  f();
}

void Connection::answer(Response response) {
  run_on_loop([self = shared_from_this(), response = std::move(response)]() mutable {
    self->respond(std::move(response));
  });
}

void Connection::answer_stream(Response head, std::shared_ptr<StreamState> stream) {
  run_on_loop(
      [self = shared_from_this(), head = std::move(head), stream = std::move(stream)]() mutable {
        self->respond_stream(std::move(head), std::move(stream));
      });
}

std::shared_ptr<StreamState> Connection::make_stream(StreamOptions options) {
  auto wake = [self = shared_from_this()] {
    std::lock_guard lock(self->mutex_);
    if (!self->is_closed_) {
      asio::post(self->loop_->context(), [self] { self->flush_stream(); });
    }
  };
  return std::make_shared<StreamState>(std::move(options), loop_->options().stream_buffer_bytes,
                                       std::move(wake));
}

}  // namespace pentad::net
