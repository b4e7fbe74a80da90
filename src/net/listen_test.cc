#include "net/listen.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "net/socket_address.h"
#include "net/test_client.h"

namespace pentad::net {

TEST_CASE("hosts and ports") {
  CHECK(parse_host_port("127.0.0.1:80")->host == "127.0.0.1");
  CHECK(parse_host_port("[::1]:65535")->host == "::1");
  CHECK(parse_host_port("[::1]:65535")->port == 65535);
  CHECK(parse_host_port("my-host.example:0")->port == 0);
  for (std::string_view text : {"", "80", ":80", "a:", "a:65536", "a:-1", "a:1x", "::1:80", "[::1]",
                                "a b:80", "a/b:80", "[]:80"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_host_port(text));
  }
}

TEST_CASE("only loopback addresses count as such") {
  for (auto host : {"localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"}) {
    CHECK_MESSAGE(is_loopback(host), host);
  }
  for (auto host : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.example", "::ffff:8.8.8.8",
                    "", "127.1", "fe80::1"}) {
    CHECK_MESSAGE(!is_loopback(host), host);
  }
}

TEST_CASE("refuses to listen where others could reach it") {
  for (auto address : {"0.0.0.0:0", "[::]:0", "10.0.0.1:0", "example.org:80"}) {
    auto sockets = listen_tcp(address, false);
    REQUIRE_FALSE(sockets);
    CHECK(sockets.error().code == ErrorCode::invalid);
    CHECK(sockets.error().message.find("in clear") != std::string::npos);
  }
  CHECK(listen_tcp("0.0.0.0:0", true));
}

TEST_CASE("a free port is found, a taken one is said") {
  auto sockets = listen_tcp("localhost:0", false);
  REQUIRE(sockets);
  uint16_t port = sockets->front().port();
  CHECK(port > 0);
  for (const auto& socket : *sockets) CHECK(socket.port() == port);
  auto again = listen_tcp("127.0.0.1:" + std::to_string(port), false);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::unavailable);
  CHECK(again.error().message.find(std::to_string(port)) != std::string::npos);
}

TEST_CASE("Unix sockets: mode, left-over files, other files, long paths") {
  TempDir dir;
  std::string path = dir.path() + "/p.sock";
  mode_t old = umask(077);
  {
    auto socket = listen_unix(path, 0660);
    REQUIRE(socket);
    struct stat info {};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0660);
    auto again = listen_unix(path, 0600);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::unavailable);
  }
  umask(old);
  CHECK(access(path.c_str(), F_OK) != 0);

  // A file whose process was killed.
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  auto address = unix_address(path);
  REQUIRE(bind(fd, address->get(), address->length) == 0);
  close(fd);
  CHECK(listen_unix(path, 0600));

  std::ofstream(path) << "precious";
  auto other = listen_unix(path, 0600);
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find("exists") != std::string::npos);
  CHECK(access(path.c_str(), F_OK) == 0);

  auto longer = listen_unix(dir.path() + "/" + std::string(120, 'x'), 0600);
  REQUIRE_FALSE(longer);
  CHECK(longer.error().message.find("107 bytes") != std::string::npos);
  CHECK(listen_unix(dir.path() + "/none/p.sock", 0600).error().code == ErrorCode::failed);
}

TEST_CASE("a socket file of somebody else is left alone") {
  TempDir dir;
  std::string path = dir.path() + "/p.sock";
  auto first = std::make_unique<ListeningSocket>(std::move(*listen_unix(path, 0600)));
  REQUIRE(unlink(path.c_str()) == 0);
  auto second = listen_unix(path, 0600);
  REQUIRE(second);
  first.reset();
  CHECK(access(path.c_str(), F_OK) == 0);
}

}  // namespace pentad::net
