// The handler's end of one request. Internal to the server.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "net/connection.h"
#include "net/responder.h"

namespace pentad::net {

class Exchange final : public ResponderBackend {
 public:
  explicit Exchange(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() override {
    send(to_response(make_problem(HttpProblem::internal, "The request was not answered.")));
  }

  void send(Response response) override {
    if (!answered_.exchange(true)) connection_->answer(std::move(response));
  }

  std::shared_ptr<StreamBackend> start_stream(Response head, StreamOptions options) override {
    auto stream = connection_->make_stream(std::move(options));
    if (answered_.exchange(true)) {
      stream->close();
    } else {
      connection_->answer_stream(std::move(head), stream);
    }
    return stream;
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::atomic<bool> answered_ = false;
};

}  // namespace pentad::net
