// Listening sockets: addresses in words to bound file descriptors.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pentad::net {

// A bound, listening, non-blocking socket; closed (and a Unix socket's file removed) when
// destroyed.
class ListeningSocket {
 public:
  ListeningSocket(int fd, std::string unix_path);
  ListeningSocket(ListeningSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        unix_path_(std::move(other.unix_path_)),
        inode_(other.inode_) {}
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  int fd() const { return fd_; }
  bool is_unix() const { return !unix_path_.empty(); }
  uint16_t port() const;  // 0 for a Unix socket

 private:
  int fd_;
  std::string unix_path_;
  ino_t inode_ = 0;  // of our file: another of the same name is not ours to remove
};

struct HostPort {
  std::string host;
  uint16_t port = 0;
};

// "127.0.0.1:80", "[::1]:80", "localhost:80"; a host that is no name or address, or a port that is
// no number below 65536, is invalid.
Result<HostPort> parse_host_port(std::string_view text);

// True for localhost, 127.0.0.0/8 and ::1, written as in a URL (brackets allowed).
bool is_loopback(std::string_view host);

// Listens on one address; "localhost" gives two sockets with one port where the machine has IPv6.
Result<std::vector<ListeningSocket>> listen_tcp(std::string_view address, bool allow_remote);

// Makes a socket file with `mode`. A file left behind by a process that is gone is replaced; one
// that somebody listens on is not.
Result<ListeningSocket> listen_unix(const std::string& path, mode_t mode);

}  // namespace pentad::net
