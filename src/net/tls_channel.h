// TLS on one non-blocking socket, server's or client's side. Says what to wait for and never waits
// itself. Not for several threads at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "net/tls_context.h"

struct ssl_st;

namespace pentad::net {

// closed: the other side has ended the conversation in order. failed: it broke, or was no TLS; see
// why().
enum class TlsStep { done, wants_read, wants_write, closed, failed };

class TlsChannel {
 public:
  // Of a server.
  TlsChannel(const TlsContext& context, int fd);
  // Of a client that wants to speak with `host`, a name or an address, and nobody else.
  TlsChannel(const TlsContext& context, int fd, const std::string& host);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  TlsStep handshake();
  TlsStep read(char* to, size_t size, size_t& bytes);
  // After wants_* the same bytes must be given again.
  TlsStep write(const char* from, size_t size, size_t& bytes);
  // Tells the other side, if it can be told at once, that nothing more comes.
  void end();
  // Client: true if there is neither data nor an end waiting.
  bool is_quiet();

  bool is_up() const { return is_up_; }
  bool was_resumed() const;
  const char* version() const;  // "TLSv1.3"
  // In words for the person at the client, after `failed`.
  const std::string& why() const { return why_; }
  bool is_untrusted() const { return is_untrusted_; }  // failed: verification

 private:
  void init(const TlsContext& context, int fd);
  TlsStep step(int result);

  ssl_st* ssl_ = nullptr;
  bool is_up_ = false;
  bool is_broken_ = false;
  bool is_untrusted_ = false;
  std::string host_;
  std::string why_;
};

}  // namespace pentad::net
