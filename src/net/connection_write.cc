// Answers; see connection.cc for reading.
#include <array>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "net/connection.h"

namespace pentad::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// After a refusal the client may still be sending, and would not see the answer if we reset the
// connection. For so long what it sends is read away; then it is cut off.
constexpr std::chrono::seconds linger_time{2};

}  // namespace

// Fills out_head_ and decides what becomes of the connection afterwards.
void Connection::begin_answer(const Response& response, BodyFraming framing) {
  const MessageHead& head = parser_.head();
  keep_alive_ = head.keep_alive && parser_.is_done() && !refused_ && !input_ended_ &&
                !loop_->shared().stopping && framing != BodyFraming::until_close;
  out_head_.clear();
  append_head(out_head_, response, {framing, keep_alive_, head.is_http_1_1, client_is_tls_},
              loop_->date());
  out_body_.clear();
  out_tail_.clear();
  release_body();
}

void Connection::respond(Response response) {
  if (state_ != State::handling) return;
  state_ = State::writing;
  bool has_none = response.status == 204 || response.status == 304;
  begin_answer(response, has_none ? BodyFraming::none : BodyFraming::length);
  if (!has_none && parser_.head().method != "HEAD") out_body_ = std::move(response.body);
  write();
}

void Connection::respond_stream(Response head, std::shared_ptr<StreamState> stream) {
  if (state_ != State::handling) return stream->close();
  is_chunked_ = parser_.head().is_http_1_1;
  begin_answer(head, is_chunked_ ? BodyFraming::chunked : BodyFraming::until_close);
  if (parser_.head().method == "HEAD") {
    state_ = State::writing;
    stream->close();
    return write();
  }
  state_ = State::streaming;
  stream_ = std::move(stream);
  stream_last_ = false;
  stream_taken_ = 0;
  if (loop_->shared().stopping) stream_->end({});
  if (!head.body.empty() && is_chunked_) {
    out_head_ += chunk_head(head.body.size());
    out_tail_ = "\r\n";
  }
  out_body_ = std::move(head.body);
  write();
  read();  // to learn when the client goes
}

void Connection::write() {
  is_writing_ = true;
  out_done_ = 0;
  on_written({}, 0);
}

void Connection::on_written(error_code ec, size_t bytes) {
  if (state_ == State::closed) return;
  if (ec) return close();
  out_done_ += bytes;
  std::array<asio::const_buffer, 3> parts{asio::buffer(out_head_), asio::buffer(out_body_),
                                          asio::buffer(out_tail_)};
  size_t skip = out_done_;
  size_t left = 0;
  for (asio::const_buffer& part : parts) {
    size_t gone = std::min(skip, part.size());
    part += gone;
    skip -= gone;
    left += part.size();
  }
  if (left == 0) return on_all_written();
  last_write_ = Clock::now();
  deadline_ = last_write_ + to_chrono(loop_->options().write_timeout);
  if (tls_) return write_tls(parts);
  socket_.async_write_some(parts, [self = shared_from_this()](error_code ec, size_t bytes) {
    self->on_written(ec, bytes);
  });
}

void Connection::on_all_written() {
  is_writing_ = false;
  deadline_.reset();
  if (state_ != State::streaming) return finish_message();
  // Keep a copy: telling the writer may close us.
  auto stream = stream_;
  stream->sent(std::exchange(stream_taken_, 0));
  if (state_ != State::streaming) return;
  if (!stream_last_) return flush_stream();
  stream_.reset();
  stream->close();
  if (state_ == State::streaming) finish_message();
}

// Writes what the stream has by now, if nothing is being written.
void Connection::flush_stream() {
  if (state_ != State::streaming || is_writing_ || stream_last_) return;
  StreamState::Taken taken = stream_->take();
  if (taken.data.empty() && !taken.is_last) return;
  stream_taken_ = taken.data.size();
  write_piece(std::move(taken.data), taken.is_last);
}

void Connection::write_piece(std::string data, bool is_last) {
  stream_last_ = is_last;
  out_head_.clear();
  out_tail_.clear();
  if (is_chunked_) {
    if (!data.empty()) {
      out_head_ = chunk_head(data.size());
      out_tail_ = "\r\n";
    }
    if (is_last) out_tail_ += "0\r\n\r\n";
  }
  out_body_ = std::move(data);
  write();
}

// The answer is out: on to the next request, or good bye.
void Connection::finish_message() {
  if (!keep_alive_ || loop_->shared().stopping) {
    if (refused_ || !in_.empty()) return linger();
    return close();
  }
  state_ = State::reading;
  answered_before_ = true;
  parser_.reset(MessageKind::request);
  head_accepted_ = false;
  body_received_ = 0;
  out_body_ = {};
  if (!is_reading_) in_.shrink();  // a read under way writes into it
  if (input_ended_ && in_.empty()) return close();
  set_read_deadline();
  parse();
}

void Connection::linger() {
  error_code ec;
  if (tls_) tls_->end();
  socket_.shutdown(Socket::shutdown_send, ec);
  if (ec || input_ended_) return close();
  state_ = State::lingering;
  deadline_ = Clock::now() + linger_time;
  in_.consume(in_.size());
  read();
}

}  // namespace pentad::net
