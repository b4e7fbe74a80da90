#include "cli/front/slurm/core_locks.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

namespace pentad::cli::front::slurm {

CoreLocks::~CoreLocks() { release(); }

void CoreLocks::release() {
  for (int socket : sockets_) close(socket);
  sockets_.clear();
  taken_.clear();
}

int CoreLocks::lock(const std::string& name) const {
  int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A name that starts with NUL is in no folder.
  std::string text = fmt::format("pentad-step-{}-{}-{}", getuid(), job_, name);
  size_t length = std::min(text.size(), sizeof address.sun_path - 1);
  std::copy_n(text.begin(), length, address.sun_path + 1);
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length);
  if (bind(made, reinterpret_cast<const sockaddr*>(&address), size) == 0) return made;
  close(made);
  return -1;
}

bool CoreLocks::try_take(int64_t wanted, int64_t total) {
  int gate = lock("gate");  // two that take some each would wait for each other
  if (gate < 0) return false;
  for (int64_t core = 0; core < total && std::ssize(taken_) < wanted; ++core) {
    int one = lock(fmt::to_string(core));
    if (one < 0) continue;
    sockets_.push_back(one);
    taken_.push_back(core);
  }
  close(gate);
  if (std::ssize(taken_) == wanted) return true;
  release();
  return false;
}

}  // namespace pentad::cli::front::slurm
