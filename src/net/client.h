// A small synchronous HTTP/1.1 client for the command line: one connection, kept alive, TCP or Unix
// socket, TLS for https. Not for several threads at once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "net/events.h"
#include "net/message.h"

namespace pentad::net {

// Where a server is. Text: "https://centre.example.org" (port 443), "http://127.0.0.1:6580",
// "127.0.0.1:6580", "unix:/run/pentad.sock" or an absolute path.
struct Address {
  std::string unix_path;  // if not empty, the rest does not count
  std::string host;
  uint16_t port = 0;
  bool is_tls = false;

  static Result<Address> parse(std::string_view text);
  std::string to_text() const;
};

// The `path` of the error when what answers is not whom it should be: no TLS, or a certificate that
// is not trusted, not for that name, or out of date.
inline constexpr std::string_view kUntrustedPeer = "certificate";

struct ClientOptions {
  Duration connect_timeout = seconds(5);
  Duration timeout = seconds(60);         // without a byte of the answer
  Duration stream_timeout = seconds(60);  // without a byte of a stream: heartbeats come more often
  size_t max_body_bytes = 256 << 20;
  // PEM file with the authorities (or certificates) that are trusted; empty: the system's.
  std::string authorities;
  std::string bearer;  // sent as Authorization: Bearer with every request; empty: nothing
  // Asked when a signal has interrupted the waiting; true gives up with `failed`.
  std::function<bool()> is_interrupted;
};

// Errors: unavailable (nobody listens there), timed_out, too_large, invalid (what came is not
// HTTP, or who answers is not trusted), failed (the connection broke). An answer of any status, 500
// too, is not an error.
class Client {
 public:
  explicit Client(Address address, ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // `target` is path and query, already percent-encoded. A kept connection that turns out to be
  // closed is opened again once, but only where nothing can happen twice: for GET and HEAD, and for
  // requests that carry an Idempotency-Key.
  Result<Response> send(Method method, std::string_view target, std::string_view body = {},
                        const Headers& headers = {});
  Result<Response> get(std::string_view target) { return send(Method::get, target); }

  // Hands each piece of the body of a 2xx answer to `take` as it comes, until the end or until
  // `take` returns false (the connection is then closed). Other answers come back whole.
  using TakeBytes = std::function<bool(std::string_view)>;
  Result<Response> stream(std::string_view target, const TakeBytes& take,
                          const Headers& headers = {});
  using TakeEvent = std::function<bool(const ServerEvent&)>;
  Result<Response> events(std::string_view target, const TakeEvent& take,
                          std::string_view last_event_id = {});

  const Address& address() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Percent-encodes all but unreserved characters: for one path segment or query value.
std::string percent_encode(std::string_view text);

}  // namespace pentad::net
