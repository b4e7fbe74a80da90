#include "net/responder.h"

#include <utility>

namespace pentad::net {

namespace {

// Ends the stream when the last handle to it is gone.
class EndAtLast final : public StreamBackend {
 public:
  explicit EndAtLast(std::shared_ptr<StreamBackend> stream) : stream_(std::move(stream)) {}
  ~EndAtLast() override { stream_->end({}); }
  EndAtLast(const EndAtLast&) = delete;
  EndAtLast& operator=(const EndAtLast&) = delete;

  WriteResult write(std::string_view data) override { return stream_->write(data); }
  void end(std::string_view last_words) override { stream_->end(last_words); }
  bool is_open() const override { return stream_->is_open(); }
  void on_writable(std::function<void()> callback) override {
    stream_->on_writable(std::move(callback));
  }
  void on_close(std::function<void()> callback) override { stream_->on_close(std::move(callback)); }

 private:
  std::shared_ptr<StreamBackend> stream_;
};

}  // namespace

Stream::Stream(std::shared_ptr<StreamBackend> backend)
    : backend_(std::make_shared<EndAtLast>(std::move(backend))) {}

WriteResult Stream::write(std::string_view data) const {
  return backend_ ? backend_->write(data) : WriteResult::closed;
}

void Stream::end(std::string_view last_words) const {
  if (backend_) backend_->end(last_words);
}

bool Stream::is_open() const { return backend_ && backend_->is_open(); }

void Stream::on_writable(std::function<void()> callback) const {
  if (backend_) backend_->on_writable(std::move(callback));
}

void Stream::on_close(std::function<void()> callback) const {
  if (backend_) backend_->on_close(std::move(callback));
}

Stream Responder::stream(Response head, StreamOptions options) const {
  return Stream(backend_->start_stream(std::move(head), std::move(options)));
}

}  // namespace pentad::net
