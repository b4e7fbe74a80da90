#include "net/listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "net/message.h"
#include "net/socket_address.h"

namespace pentad::net {

namespace {

constexpr int backlog = 1024;

ino_t inode_of(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

tl::unexpected<Error> listen_error(int error, const std::string& where) {
  ErrorCode code = error == EADDRINUSE ? ErrorCode::unavailable : ErrorCode::failed;
  std::string message = "cannot listen on " + where + ": " + errno_text(error);
  if (error == EADDRINUSE) message += ". Is a centre running already?";
  return fail(code, std::move(message), where);
}

Result<ListeningSocket> bind_and_listen(int fd, const SocketAddress& address,
                                        const std::string& where, const std::string& unix_path) {
  int error = 0;
  if (bind(fd, address.get(), address.length) != 0) error = errno;
  // Not before the bind: destroying the socket would remove a file that is somebody else's.
  ListeningSocket socket(fd, error == 0 ? unix_path : "");
  if (error == 0 && ::listen(fd, backlog) != 0) error = errno;
  if (error != 0) return listen_error(error, where);
  return socket;
}

Result<ListeningSocket> listen_on(const std::string& host, uint16_t port) {
  auto address = tcp_address(host, port);
  if (!address) return tl::unexpected(address.error());
  std::string where = address_text(address->storage);
  int fd = socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return listen_error(errno, where);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->family() == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  return bind_and_listen(fd, *address, where, {});
}

bool is_listening(const SocketAddress& address) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  bool answered = connect(fd, address.get(), address.length) == 0 || errno == EAGAIN;
  close(fd);
  return answered;
}

}  // namespace

ListeningSocket::ListeningSocket(int fd, std::string unix_path)
    : fd_(fd), unix_path_(std::move(unix_path)) {
  if (!unix_path_.empty()) inode_ = inode_of(unix_path_);
}

ListeningSocket::~ListeningSocket() {
  if (fd_ < 0) return;
  if (!unix_path_.empty() && inode_of(unix_path_) == inode_) unlink(unix_path_.c_str());
  close(fd_);
}

uint16_t ListeningSocket::port() const {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) {
    return 0;
  }
  if (address.family() == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
  }
  if (address.family() == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
  }
  return 0;
}

Result<HostPort> parse_host_port(std::string_view text) {
  auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::invalid, "'" + std::string(text) + "' is no address with a port: " +
                                        std::string(why) + ", as in 127.0.0.1:6580");
  };
  size_t colon = text.rfind(':');
  if (colon == text.npos) return refuse("expected host:port");
  HostPort result;
  std::string_view host = text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (error != std::errc{} || end != port.data() + port.size()) {
    return refuse("expected a port from 0 to 65535");
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    return refuse("expected an IPv6 address in brackets");
  }
  auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == ':';
  };
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_allowed)) {
    return refuse("expected a host");
  }
  result.host = host;
  return result;
}

bool is_loopback(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (equal_without_case(host, "localhost")) return true;
  auto address = tcp_address(std::string(host), 0);
  if (!address) return false;
  if (address->family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address->storage);
    return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address->storage);
  return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

Result<std::vector<ListeningSocket>> listen_tcp(std::string_view address, bool allow_remote) {
  auto wanted = parse_host_port(address);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!allow_remote && !is_loopback(wanted->host)) {
    return fail(ErrorCode::invalid,
                "refusing to listen on " + std::string(address) +
                    ": other machines reach that address, and passwords, tokens and data would "
                    "cross the network in clear. Give the centre a certificate ([tls] in "
                    "pentad.toml; `pentad certificate --self-signed HOST` makes one for a try), "
                    "name the proxy that has one ([http] behind_proxy), or say "
                    "--insecure-listen if nobody else can be on that network",
                std::string(address));
  }
  std::vector<ListeningSocket> sockets;
  bool is_name = equal_without_case(wanted->host, "localhost");
  auto first = listen_on(is_name ? "127.0.0.1" : wanted->host, wanted->port);
  if (!first) return tl::unexpected(first.error());
  uint16_t port = first->port();
  sockets.push_back(std::move(*first));
  if (is_name) {
    // A machine without IPv6, or a free port that is taken there, is no reason to fail.
    auto second = listen_on("::1", port);
    if (second) sockets.push_back(std::move(*second));
  }
  return sockets;
}

Result<ListeningSocket> listen_unix(const std::string& path, mode_t mode) {
  auto address = unix_address(path);
  if (!address) return tl::unexpected(address.error());
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0) {
    if (!S_ISSOCK(info.st_mode)) {
      return fail(ErrorCode::invalid, "cannot listen on " + path + ": a file of that name exists",
                  path);
    }
    if (is_listening(*address)) return listen_error(EADDRINUSE, path);
    if (unlink(path.c_str()) != 0) return listen_error(errno, path);
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return listen_error(errno, path);
  // The file gets the mode of the socket, so that there is no moment at which others could connect.
  fchmod(fd, mode);
  auto socket = bind_and_listen(fd, *address, path, path);
  // The umask may have taken bits away that were asked for.
  if (socket && chmod(path.c_str(), mode) != 0) return listen_error(errno, path);
  return socket;
}

}  // namespace pentad::net
