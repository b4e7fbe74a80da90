// For tests: a socket that sends what it is told, right or wrong, and a directory that goes away.
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "net/client_socket.h"
#include "net/http_parser.h"

namespace pentad::net {

class TempDir {
 public:
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "pentad-net-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) {
    REQUIRE(socket_.connect(*tcp_address("127.0.0.1", port), patience));
  }
  explicit RawClient(const std::string& unix_path) {
    REQUIRE(socket_.connect(*unix_address(unix_path), patience));
  }

  // False once the server has closed.
  bool send(std::string_view bytes) { return socket_.write(bytes, patience).has_value(); }
  void half_close() { socket_.shutdown_write(); }

  // The next whole answer; status 0 if the connection ends or stays silent first.
  Response receive(MessageKind kind = MessageKind::response) {
    MessageParser parser(kind, {1 << 20, 1ull << 40});
    while (!parser.is_done() && parser.failure() == ParseFailure::none) {
      size_t used = parser.feed(buffer_);
      buffer_.erase(0, used);
      if (parser.is_done() || (used > 0 && !buffer_.empty())) continue;
      if (!more()) parser.finish();
    }
    Response response;
    response.status = parser.failure() == ParseFailure::none ? parser.head().status : 0;
    response.headers = parser.head().headers;
    response.body = parser.body();
    return response;
  }

  // Bytes up to and including `mark`, or all up to the end if it never comes.
  std::string until(std::string_view mark) {
    while (buffer_.find(mark) == std::string::npos && more()) {
    }
    size_t end = std::min(buffer_.find(mark), buffer_.size() - mark.size()) + mark.size();
    if (buffer_.find(mark) == std::string::npos) end = buffer_.size();
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return text;
  }

  // Everything up to the end of the connection.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(buffer_, {});
  }

 private:
  bool more() {
    std::string piece(64 << 10, '\0');
    auto n = socket_.read(piece.data(), piece.size(), patience);
    if (!n || *n == 0) return false;
    buffer_.append(piece, 0, *n);
    return true;
  }

  static constexpr Duration patience = seconds(20);
  ClientSocket socket_;
  std::string buffer_;
};

}  // namespace pentad::net
