// One connection to the server: reads a request, has it handled, writes the answer, and again.
// Internal to the server. Everything happens on the loop's thread except answers, which any thread
// may bring.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/http_parser.h"
#include "net/io_loop.h"
#include "net/problem.h"
#include "net/read_buffer.h"
#include "net/stream_state.h"
#include "net/tls_channel.h"
#include "net/wire.h"

namespace pentad::net {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `tls`: null for plain HTTP.
  Connection(std::shared_ptr<IoLoop> loop, Socket socket, Peer peer,
             std::shared_ptr<const TlsContext> tls);

  void start();
  // Closes when a deadline has passed; writes a heartbeat when one is due.
  void sweep(Clock::time_point now);
  // Closes as soon as what is being asked has been answered.
  void finish();
  void close();
  bool is_unix() const { return peer_.is_unix; }
  // Idle, nobody asking: when it will be closed for that.
  std::optional<Clock::time_point> idle_until() const;

  // From any thread, once per request.
  void answer(Response response);
  void answer_stream(Response head, std::shared_ptr<StreamState> stream);
  std::shared_ptr<StreamState> make_stream(StreamOptions options);

 private:
  enum class State { handshaking, reading, handling, writing, streaming, lingering, closed };

  template <class F>
  void run_on_loop(F f);

  // connection_tls.cc
  void handshake();
  void end_handshake();
  void refuse_plain();
  void read_tls();
  void write_tls(const std::array<boost::asio::const_buffer, 3>& parts);
  bool tell_at_once(std::string_view bytes);

  // connection.cc
  void read();
  void on_read(boost::system::error_code ec, size_t bytes);
  void drain(size_t bytes);
  void on_end_of_input();
  void parse();
  bool accept_head();
  std::optional<Problem> check_sender();
  bool account_body();
  void dispatch();
  void refuse(const Problem& problem);
  void set_read_deadline();

  // connection_write.cc
  void respond(Response response);
  void respond_stream(Response head, std::shared_ptr<StreamState> stream);
  void begin_answer(const Response& response, BodyFraming framing);
  void write();
  void on_written(boost::system::error_code ec, size_t bytes);
  void write_piece(std::string data, bool is_last);
  void flush_stream();
  void on_all_written();
  void finish_message();
  void linger();
  void release_body();

  // Shared: a responder, and with it this connection, may outlive the server.
  const std::shared_ptr<IoLoop> loop_;
  Socket socket_;
  Peer peer_;
  std::unique_ptr<TlsChannel> tls_;
  std::string tls_piece_;                       // of an answer, as one record
  std::list<Connection*>::iterator handshake_;  // while handshaking
  bool first_byte_seen_ = false;
  bool client_is_tls_ = false;  // of this request, a proxy's word included
  State state_ = State::reading;
  std::optional<Clock::time_point> deadline_;

  ReadBuffer in_;
  MessageParser parser_;
  bool is_reading_ = false;  // a read is under way
  bool head_accepted_ = false;
  bool input_ended_ = false;  // the client has closed its side
  bool refused_ = false;      // what follows on this connection is not to be read
  bool answered_before_ = false;
  Clock::time_point body_start_;
  size_t body_received_ = 0;
  size_t body_charged_ = 0;  // part of ServerShared::body_bytes that is ours

  std::string out_head_;  // these three are written one after the other
  std::string out_body_;
  std::string out_tail_;
  size_t out_done_ = 0;
  bool is_writing_ = false;
  bool keep_alive_ = false;
  bool is_chunked_ = false;
  std::shared_ptr<StreamState> stream_;
  size_t stream_taken_ = 0;  // bytes of the stream that are being written
  bool stream_last_ = false;
  Clock::time_point last_write_;
  size_t lingered_bytes_ = 0;

  std::mutex mutex_;  // orders answers of other threads before close()
  bool is_closed_ = false;
};

}  // namespace pentad::net
