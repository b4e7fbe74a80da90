// How a handler answers: at once or later, from any thread, whole or as a stream.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/message.h"
#include "net/problem.h"

namespace pentad::net {

// closed: nobody reads any more. full: nothing was taken; on_writable() tells when to go on.
enum class WriteResult { ok, full, closed };

// The two ends that a server (or a test) implements. All of it may be called from any thread.
class StreamBackend {
 public:
  virtual ~StreamBackend() = default;
  virtual WriteResult write(std::string_view data) = 0;
  virtual void end(std::string_view last_words) = 0;
  virtual bool is_open() const = 0;
  virtual void on_writable(std::function<void()> callback) = 0;
  virtual void on_close(std::function<void()> callback) = 0;
};

struct StreamOptions {
  std::string heartbeat;  // written when nothing else was for a while; empty: nothing
};

class ResponderBackend {
 public:
  virtual ~ResponderBackend() = default;
  virtual void send(Response response) = 0;
  virtual std::shared_ptr<StreamBackend> start_stream(Response head, StreamOptions options) = 0;
};

// A body that is written piece by piece. Copies are handles to the same stream; when the last is
// gone the stream ends. Callbacks run on an I/O thread and must be quick; they may call the stream.
class Stream {
 public:
  Stream() = default;
  explicit Stream(std::shared_ptr<StreamBackend> backend);

  // Takes all of `data` or nothing. What is taken but not yet sent is bounded by
  // ServerOptions::stream_buffer_bytes; one piece larger than that is taken when the buffer is
  // empty.
  WriteResult write(std::string_view data) const;
  // Ends the body after what was taken and `last_words`, which always fit.
  void end(std::string_view last_words = {}) const;
  bool is_open() const;
  // Called each time a buffer that was found full has emptied to a half.
  void on_writable(std::function<void()> callback) const;
  // Called once: the client has gone, or all is sent after end(). At once if that is so already.
  void on_close(std::function<void()> callback) const;

 private:
  std::shared_ptr<StreamBackend> backend_;
};

// Answers one request, once; later calls do nothing. Copies are handles to the same request. If the
// last goes without an answer the client gets a 500.
class Responder {
 public:
  explicit Responder(std::shared_ptr<ResponderBackend> backend) : backend_(std::move(backend)) {}

  void send(Response response) const { backend_->send(std::move(response)); }
  void send(const Problem& problem) const { backend_->send(to_response(problem)); }
  // Sends the head (body of `head`, if any, first) and leaves the rest to the stream.
  Stream stream(Response head, StreamOptions options = {}) const;

 private:
  std::shared_ptr<ResponderBackend> backend_;
};

using Handler = std::function<void(Request, Responder)>;

}  // namespace pentad::net
