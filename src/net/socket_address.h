// Addresses of sockets as the kernel wants them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace pentad::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

// Numeric host, IPv4 or IPv6 without brackets.
Result<SocketAddress> tcp_address(const std::string& host, uint16_t port);
Result<SocketAddress> unix_address(const std::string& path);

// "127.0.0.1:80", "[::1]:80", "unix".
std::string address_text(const sockaddr_storage& storage);

// "connection refused" for an errno value.
std::string errno_text(int error);

}  // namespace pentad::net
