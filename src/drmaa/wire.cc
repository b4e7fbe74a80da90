#include "drmaa/wire.h"

#include <errno.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>

namespace pentad::drmaa {

namespace {

constexpr uint32_t kMostTexts = 1 << 20;
constexpr uint32_t kMostBytes = 64 << 20;

void add_number(std::string& to, size_t number) {
  auto value = static_cast<uint32_t>(number);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  to.append(bytes, sizeof value);
}

bool read_all(int socket, char* to, size_t size) {
  while (size > 0) {
    ssize_t got = recv(socket, to, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool read_number(int socket, uint32_t most, uint32_t& value) {
  char bytes[sizeof value];
  if (!read_all(socket, bytes, sizeof bytes)) return false;
  std::memcpy(&value, bytes, sizeof value);
  return value <= most;
}

}  // namespace

bool send_message(int socket, const Message& message) {
  std::string bytes;
  add_number(bytes, message.size());
  for (const std::string& text : message) {
    add_number(bytes, text.size());
    bytes += text;
  }
  size_t sent = 0;
  while (sent < bytes.size()) {
    ssize_t done = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    sent += static_cast<size_t>(done);
  }
  return true;
}

std::optional<Message> receive_message(int socket) {
  uint32_t count = 0;
  if (!read_number(socket, kMostTexts, count)) return {};
  Message message;
  uint32_t left = kMostBytes;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t size = 0;
    if (!read_number(socket, left, size)) return {};
    left -= size;
    std::string& text = message.emplace_back(size, '\0');
    if (!read_all(socket, text.data(), size)) return {};
  }
  return message;
}

}  // namespace pentad::drmaa
