// A responder that keeps what it is given: for tests of handlers without sockets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/responder.h"

namespace pentad::net {

class FakeStream final : public StreamBackend {
 public:
  WriteResult write(std::string_view data) override {
    if (!is_open_) return WriteResult::closed;
    if (text.size() + data.size() > capacity) return WriteResult::full;
    text.append(data);
    return WriteResult::ok;
  }
  void end(std::string_view last_words) override {
    if (is_open_) text.append(last_words);
    hang_up();
  }
  bool is_open() const override { return is_open_; }
  void on_writable(std::function<void()> callback) override { writable = std::move(callback); }
  void on_close(std::function<void()> callback) override {
    if (!is_open_) return callback();
    closed_ = std::move(callback);
  }

  // The client goes away.
  void hang_up() {
    is_open_ = false;
    if (auto callback = std::exchange(closed_, {})) callback();
  }

  std::string text;
  size_t capacity = 1 << 20;
  std::function<void()> writable;

 private:
  bool is_open_ = true;
  std::function<void()> closed_;
};

class FakeResponder final : public ResponderBackend {
 public:
  void send(Response r) override {
    if (!response) response = std::move(r);
  }
  std::shared_ptr<StreamBackend> start_stream(Response head, StreamOptions) override {
    response = std::move(head);
    stream = std::make_shared<FakeStream>();
    stream->text = response->body;
    return stream;
  }

  std::optional<Response> response;
  std::shared_ptr<FakeStream> stream;
};

}  // namespace pentad::net
