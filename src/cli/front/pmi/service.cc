#include "cli/front/pmi/service.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "cli/front/argv.h"

namespace pentad::cli::front::pmi {

namespace {

void close_if_open(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// Beside this program; empty: not installed.
std::string server_path() {
  std::error_code error;
  const auto path =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "pentad-pmix";
  return access(path.c_str(), X_OK) == 0 ? path.string() : std::string();
}

pid_t spawn(std::vector<std::string> words, int in, int out) {
  std::vector<char*> argv = pointers(words);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigfillset(&defaults);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  // Ctrl-C is not for it: it ends when the step has ended.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : 0;
}

}  // namespace

Service::Service(int64_t ranks) : simple_(ranks), ends_(static_cast<size_t>(ranks)) {
  for (Ends& ends : ends_) {
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) continue;
    ends = {pair[0], pair[1]};
  }
}

Service::~Service() {
  for (Ends& ends : ends_) {
    close_if_open(ends.program);
    close_if_open(ends.ours);
  }
  stop_pmix();
}

Status Service::start_pmix(const std::string& name, const std::string& parent) {
  const std::string server = server_path();
  if (server.empty()) return fail(ErrorCode::not_found, "no pentad-pmix is installed");
  std::string draft = parent + "/.pmix.XXXXXX";
  if (!mkdtemp(draft.data())) {
    draft = "/tmp/pentad-pmix.XXXXXX";
    if (!mkdtemp(draft.data())) return fail(ErrorCode::failed, "cannot make a folder", "/tmp");
  }
  folder_ = draft;
  std::array<int, 2> in{-1, -1}, out{-1, -1};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) {
    for (int fd : {in[0], in[1]}) close_if_open(fd);
    return fail(ErrorCode::failed, "cannot make a pipe");
  }
  pmix_ = spawn({server, fmt::to_string(ends_.size()), name, folder_}, in[0], out[1]);
  close(in[0]);
  close(out[1]);
  to_pmix_ = in[1];
  from_pmix_ = out[0];
  if (pmix_ > 0 && read_variables(ends_.size())) return {};
  stop_pmix();
  return fail(ErrorCode::failed, "pentad-pmix did not start");
}

bool Service::read_variables(size_t ranks) {
  std::string text;
  std::vector<std::string> one;
  while (pmix_variables_.size() < ranks) {
    std::array<char, 65536> bytes;
    const ssize_t size = read(from_pmix_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    text.append(bytes.data(), static_cast<size_t>(size));
    size_t begin = 0;
    for (size_t end = 0; (end = text.find('\0', begin)) != text.npos; begin = end + 1) {
      if (end > begin) {
        one.push_back(text.substr(begin, end - begin));
      } else {
        pmix_variables_.push_back(std::exchange(one, {}));
      }
    }
    text.erase(0, begin);
  }
  return true;
}

void Service::stop_pmix() {
  close_if_open(to_pmix_);
  constexpr int kLooks = 200;
  for (int look = 0; pmix_ > 0; ++look) {
    if (look == kLooks) kill(pmix_, SIGKILL);
    if (waitpid(pmix_, nullptr, look < kLooks ? WNOHANG : 0) != 0) pmix_ = 0;
    const timespec pause{0, 10'000'000};
    if (pmix_ > 0) nanosleep(&pause, nullptr);
  }
  close_if_open(from_pmix_);
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
  folder_.clear();
  pmix_variables_.clear();
}

std::vector<std::string> Service::variables(int64_t rank) const {
  const auto at = static_cast<size_t>(rank);
  std::vector<std::string> out;
  if (ends_[at].program >= 0) {
    out = {fmt::format("PMI_FD={}", ends_[at].program), fmt::format("PMI_RANK={}", rank),
           fmt::format("PMI_SIZE={}", ends_.size())};
  }
  if (at < pmix_variables_.size()) {
    out.insert(out.end(), pmix_variables_[at].begin(), pmix_variables_[at].end());
  }
  return out;
}

void Service::started(int64_t rank) { close_if_open(ends_[static_cast<size_t>(rank)].program); }

void Service::add_to(std::vector<pollfd>& waits) const {
  for (const Ends& ends : ends_) {
    if (ends.ours >= 0) waits.push_back({ends.ours, POLLIN, 0});
  }
  if (from_pmix_ >= 0) waits.push_back({from_pmix_, POLLIN, 0});
}

void Service::serve() {
  for (size_t rank = 0; rank < ends_.size(); ++rank) {
    std::array<char, 16384> bytes;
    while (ends_[rank].ours >= 0) {
      const ssize_t size = recv(ends_[rank].ours, bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (size <= 0) {
        close_if_open(ends_[rank].ours);
        break;
      }
      const std::string_view said(bytes.data(), static_cast<size_t>(size));
      for (const auto& [to, answer] : simple_.hear(static_cast<int64_t>(rank), said)) {
        // One that asks without reading the answers is left alone.
        int& fd = ends_[static_cast<size_t>(to)].ours;
        if (fd < 0) continue;
        const ssize_t sent = send(fd, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent != std::ssize(answer)) close_if_open(fd);
      }
    }
  }
  pollfd one{from_pmix_, POLLIN, 0};
  if (from_pmix_ < 0 || poll(&one, 1, 0) <= 0) return;
  unsigned char code = 0;
  if (read(from_pmix_, &code, 1) == 1) {
    pmix_aborted_ = code;
  } else {
    close_if_open(from_pmix_);
  }
}

std::optional<int> Service::aborted() const {
  return pmix_aborted_ ? pmix_aborted_ : simple_.aborted();
}

}  // namespace pentad::cli::front::pmi
