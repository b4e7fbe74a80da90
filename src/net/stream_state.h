// The part of a streamed answer that any thread may touch: what is to be written, and who is to be
// told.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/responder.h"

namespace pentad::net {

// `wake` is called, from whatever thread writes, when there is something to take() and no take()
// has been promised yet.
class StreamState final : public StreamBackend {
 public:
  StreamState(StreamOptions options, size_t max_bytes, std::function<void()> wake)
      : options_(std::move(options)), max_bytes_(max_bytes), wake_(std::move(wake)) {}

  WriteResult write(std::string_view data) override;
  void end(std::string_view last_words) override;
  bool is_open() const override;
  void on_writable(std::function<void()> callback) override;
  void on_close(std::function<void()> callback) override;

  // The rest is for the connection.
  struct Taken {
    std::string data;
    bool is_last = false;
  };
  Taken take();
  // `bytes` of what was taken are on their way; makes room and tells the writer if it waits for
  // that.
  void sent(size_t bytes);
  // Nothing can be written any more; tells the writer once.
  void close();
  const std::string& heartbeat() const { return options_.heartbeat; }

 private:
  std::function<void()> need_wake();

  const StreamOptions options_;
  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string pending_;
  size_t unsent_bytes_ = 0;
  bool wake_promised_ = false;
  bool was_full_ = false;
  bool ended_ = false;
  bool closed_ = false;
  std::function<void()> on_writable_;
  std::function<void()> on_close_;
};

}  // namespace pentad::net
