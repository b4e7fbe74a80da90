// A blocking socket with deadlines, for the client.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "net/socket_address.h"

namespace pentad::net {

class ClientSocket {
 public:
  ClientSocket() = default;
  ~ClientSocket() { close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  bool is_open() const { return fd_ >= 0; }
  void close();

  // Errors: unavailable (nobody listens), timed_out, failed.
  Status connect(const SocketAddress& address, Duration timeout);
  // Each waits at most `timeout` for the next byte to move.
  Status write(std::string_view bytes, Duration timeout);
  // 0: the other side has closed.
  Result<size_t> read(char* to, size_t size, Duration timeout);
  // Tells the other side that nothing more will be written.
  void shutdown_write();
  // True if the other side has closed, or sent something nobody asked for.
  bool is_stale() const;

  std::function<bool()> is_interrupted;

 private:
  Status wait(short events, Duration timeout);

  int fd_ = -1;
};

}  // namespace pentad::net
