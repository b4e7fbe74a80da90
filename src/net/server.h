// HTTP/1.1 server on TCP and a Unix socket. Handlers are called on an I/O thread and must not
// block; they answer through a Responder whenever they can.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "net/responder.h"
#include "net/tls_context.h"

namespace pentad::net {

struct ServerOptions {
  // "127.0.0.1:6580", "[::1]:6580" or "localhost:6580" (both loopbacks, the v6 one if the machine
  // has it). Port 0 takes a free one. Empty: no TCP. With "http://" before it plain HTTP is spoken
  // there even when there is a certificate.
  std::vector<std::string> listen;
  // Not empty: addresses above speak TLS.
  TlsFiles tls;
  // An address that other machines can reach needs TLS, a proxy that has it, or this flag:
  // otherwise it is refused, since passwords and tokens would cross the network in clear.
  bool allow_remote = false;
  // Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. When there are any, only they
  // and this machine may use plain HTTP.
  std::vector<std::string> trusted_proxies;
  // Host names besides loopback ones, and those of the certificate, that requests over TCP may name
  // in Host and Origin. Others are refused, so that a web page elsewhere cannot make a browser here
  // speak to the centre.
  std::vector<std::string> allowed_hosts;

  std::string unix_path;  // empty: no Unix socket
  mode_t unix_mode = 0600;

  int io_threads = 1;
  // At this many TCP connections idle ones are closed for new ones; 503 when none is idle.
  size_t max_connections = 1024;
  size_t max_handshakes = 128;  // under way at once; one more ends the oldest
  size_t max_header_bytes = 16 << 10;
  size_t max_body_bytes = 32 << 20;         // of one request: 413 above
  size_t max_total_body_bytes = 256 << 20;  // of all that are being received: 503 above
  size_t stream_buffer_bytes = 1 << 20;     // not yet sent, per stream

  Duration handshake_timeout = seconds(10);
  Duration header_timeout =
      seconds(10);                      // from the first byte of a request to the end of its header
  Duration body_timeout = seconds(30);  // and more for large bodies: at least body_bytes_per_s
  int64_t body_bytes_per_s = 16 << 10;
  Duration keep_alive_timeout = seconds(75);
  Duration write_timeout = seconds(30);  // without a byte being taken by the client
  Duration heartbeat = seconds(15);

  // Told what an operator should know, from an I/O thread: a handler that threw, descriptors
  // running out.
  std::function<void(const std::string&)> log;
};

class Server {
 public:
  // Listens and starts the I/O threads. Errors: invalid (an address that cannot be understood or is
  // not loopback), unavailable (in use), failed; the message says what to do.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);

  // Like stop(0).
  virtual ~Server() = default;

  // Port of the first TCP address, 0 without TCP.
  virtual uint16_t port() const = 0;
  virtual size_t connection_count() const = 0;
  // Of the certificate in use; null without TLS.
  virtual std::shared_ptr<const TlsContext> tls() const = 0;
  // Reads certificate and key again, for connections from now on. An error changes nothing.
  virtual Status reload_tls() = 0;

  // Takes no more connections or requests, lets requests in flight finish and streams end, then
  // closes what is left after `grace`. Returns when all threads are gone. Not from an I/O thread.
  virtual void stop(Duration grace) = 0;
};

}  // namespace pentad::net
