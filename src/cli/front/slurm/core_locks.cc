#include "cli/front/slurm/core_locks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "cli/front/slurm/commands.h"
#include "dialect/values.h"

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

void CoreLocks::bind_thread(int64_t first, int64_t count, int64_t total,
                            const cpu_set_t& allowed) const {
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  if (std::ssize(cpus) != total) return;
  cpu_set_t own;
  CPU_ZERO(&own);
  for (int64_t i = first; i < first + count; ++i) {
    const auto core = static_cast<size_t>(taken_[static_cast<size_t>(i)]);
    CPU_SET(cpus[core], &own);
  }
  sched_setaffinity(0, sizeof own, &own);
}

int64_t next_step_number(const std::string& job) {
  std::string folder = variable("PENTAD_JOB_DIR");
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) folder = "/tmp";
  std::string path = fmt::format("{}/.steps-{}", folder, job);
  int64_t number = 0;
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && flock(fd, LOCK_EX) == 0) {
    std::array<char, 32> text{};
    ssize_t size = pread(fd, text.data(), text.size() - 1, 0);
    auto read =
        dialect::parse_whole({text.data(), static_cast<size_t>(std::max<ssize_t>(0, size))});
    number = read ? *read : 0;
    std::string next = fmt::to_string(number + 1);
    if (pwrite(fd, next.data(), next.size(), 0) < 0) number = 0;
  }
  if (fd >= 0) close(fd);
  return number;
}

}  // namespace pentad::cli::front::slurm
