// A blocking socket with deadlines, for the client.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "net/socket_address.h"
#include "net/tls_channel.h"

namespace pentad::net {

class ClientSocket {
 public:
  ClientSocket() = default;
  ~ClientSocket() { close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int native() const { return fd_; }
  void close();

  // Errors: unavailable (nobody listens), timed_out, failed.
  Status connect(const SocketAddress& address, Duration timeout);
  // From now on what is written and read goes through TLS with `host`. Errors: invalid (whoever
  // answers is not trusted, or speaks no TLS), timed_out, failed.
  Status start_tls(std::shared_ptr<const TlsContext> context, const std::string& host,
                   Duration timeout);
  // Each waits at most `timeout` for the next byte to move.
  Status write(std::string_view bytes, Duration timeout);
  // 0: the other side has closed.
  Result<size_t> read(char* to, size_t size, Duration timeout);
  // Tells the other side that nothing more will be written.
  void shutdown_write();
  // True if the other side has closed, or sent something nobody asked for.
  bool is_stale();

  std::function<bool()> is_interrupted;

 private:
  Status wait(short events, Duration timeout);

  // Waits for what the step wants; an error when it wants nothing any more.
  Status follow(TlsStep step, Duration timeout);

  int fd_ = -1;
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<TlsChannel> tls_;
};

}  // namespace pentad::net
