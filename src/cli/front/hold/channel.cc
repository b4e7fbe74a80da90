#include "cli/front/hold/channel.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace pentad::cli::front::hold {

namespace {

constexpr uint32_t kLongestMessage = 64 << 20;
constexpr size_t kMostDescriptors = 3;

bool address_of(const std::string& path, sockaddr_un& address) {
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::copy(path.begin(), path.end(), address.sun_path);
  return true;
}

bool read_all(int socket, char* to, size_t size) {
  while (size > 0) {
    ssize_t got = read(socket, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

// Room for the control data of a message, aligned as the kernel wants it.
union Control {
  cmsghdr head;
  std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptors)> bytes;
};

}  // namespace

int listen_at(const std::string& path) {
  sockaddr_un address{};
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0 || !address_of(path, address)) return -1;
  bool fine = bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
              chmod(path.c_str(), 0600) == 0 && listen(made, 64) == 0;
  if (fine) return made;
  close(made);
  return -1;
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0 || !address_of(path, address)) return -1;
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  close(made);
  return -1;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool send_message(int socket, std::string_view bytes, const std::vector<int>& descriptors) {
  auto length = static_cast<uint32_t>(bytes.size());
  iovec head{&length, sizeof length};
  msghdr message{};
  message.msg_iov = &head;
  message.msg_iovlen = 1;
  Control control{};
  if (!descriptors.empty() && descriptors.size() <= kMostDescriptors) {
    const size_t size = sizeof(int) * descriptors.size();
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
  }
  ssize_t sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent != static_cast<ssize_t>(sizeof length)) return false;
  return write_all(socket, bytes);
}

Result<Message> receive_message(int socket) {
  Message out;
  uint32_t length = 0;
  iovec head{&length, sizeof length};
  Control control{};
  msghdr message{};
  message.msg_iov = &head;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t got;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    out.descriptors.resize((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(out.descriptors.data(), CMSG_DATA(part), out.descriptors.size() * sizeof(int));
  }
  bool fine = got == static_cast<ssize_t>(sizeof length) && length <= kLongestMessage;
  if (fine) {
    out.bytes.resize(length);
    fine = read_all(socket, out.bytes.data(), length);
  }
  if (fine) return out;
  for (int fd : out.descriptors) close(fd);
  return fail(ErrorCode::failed, "the other side is gone");
}

std::string pack(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + '\0';
  return out;
}

std::vector<std::string> unpack(std::string_view bytes) {
  std::vector<std::string> out;
  for (size_t end; (end = bytes.find('\0')) != bytes.npos; bytes.remove_prefix(end + 1)) {
    out.emplace_back(bytes.substr(0, end));
  }
  return out;
}

}  // namespace pentad::cli::front::hold
