#include "drmaa/session.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "drmaa/drmaa.h"

namespace pentad::drmaa {

namespace {

constexpr const char* kAgent = "pentad-drmaa-agent";

bool is_program(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

// PENTAD_DRMAA_AGENT, else beside this library or in bin beside its folder.
std::string agent_path() {
  if (const char* path = std::getenv("PENTAD_DRMAA_AGENT")) return path;
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&drmaa_init), &info) == 0 || !info.dli_fname) return kAgent;
  std::string folder = info.dli_fname;
  folder.resize(folder.rfind('/') == folder.npos ? 0 : folder.rfind('/') + 1);
  for (const char* between : {"", "../bin/"}) {
    std::string path = folder + between + kAgent;
    if (is_program(path)) return path;
  }
  return kAgent;
}

// The agent has its socket as standard input, and ends when that is closed.
int spawn_agent(const std::string& path, int socket, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Ctrl-C of the terminal is for the program, not for its agent.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  char name[] = "pentad-drmaa-agent";
  char* words[] = {name, nullptr};
  int error = posix_spawnp(&pid, path.c_str(), &actions, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

Outcome no_session() { return {DRMAA_ERRNO_NO_ACTIVE_SESSION, "call drmaa_init first", {}}; }

}  // namespace

Session& Session::the() {
  static Session session;
  return session;
}

Outcome Session::open(const std::string& contact) {
  std::lock_guard lock(mutex_);
  if (socket_ >= 0 && owner_ == getpid()) {
    return {DRMAA_ERRNO_ALREADY_ACTIVE_SESSION, "there is a session already", {}};
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return {DRMAA_ERRNO_DRMS_INIT_FAILED, std::strerror(errno), {}};
  }
  std::string path = agent_path();
  int error = spawn_agent(path, ends[1], agent_);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return {DRMAA_ERRNO_DRMS_INIT_FAILED, path + ": " + std::strerror(error), {}};
  }
  socket_ = ends[0];
  owner_ = getpid();
  Outcome hello = exchange({"hello", contact});
  if (hello.code != DRMAA_ERRNO_SUCCESS) {
    stop_agent();
    return hello;
  }
  contact_ = hello.values.at(0);
  system_ = hello.values.at(1);
  jobs_.clear();
  taken_.clear();
  return {};
}

Outcome Session::close() {
  std::lock_guard lock(mutex_);
  if (socket_ < 0 || owner_ != getpid()) return no_session();
  stop_agent();
  return {};
}

void Session::stop_agent() {
  ::close(socket_);
  socket_ = -1;
  while (waitpid(agent_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Outcome Session::exchange(const Message& question) {
  if (socket_ < 0 || owner_ != getpid()) return no_session();
  std::optional<Message> answer;
  if (send_message(socket_, question)) answer = receive_message(socket_);
  if (!answer || answer->empty()) {
    return {DRMAA_ERRNO_INTERNAL_ERROR, "the agent of this session is gone", {}};
  }
  Outcome out;
  out.code = DRMAA_ERRNO_INTERNAL_ERROR;
  std::from_chars(answer->front().data(), answer->front().data() + answer->front().size(),
                  out.code);
  answer->erase(answer->begin());
  if (out.code == DRMAA_ERRNO_SUCCESS) {
    out.values = std::move(*answer);
  } else if (!answer->empty()) {
    out.text = answer->front();
  }
  return out;
}

Outcome Session::ask(const Message& question) {
  std::lock_guard lock(mutex_);
  return exchange(question);
}

Outcome Session::is_open() {
  std::lock_guard lock(mutex_);
  return socket_ >= 0 && owner_ == getpid() ? Outcome{} : no_session();
}

std::string Session::contact() {
  std::lock_guard lock(mutex_);
  if (!contact_.empty()) return contact_;
  for (const char* name : {"PENTAD_URL", "PENTAD_HOME"}) {
    const char* value = std::getenv(name);
    if (value && *value) return value;
  }
  return "var";
}

std::string Session::name() {
  std::lock_guard lock(mutex_);
  return system_.empty() ? "Pentad" : system_;
}

void Session::add_jobs(const Message& ids) {
  std::lock_guard lock(mutex_);
  jobs_.insert(ids.begin(), ids.end());
}

std::vector<std::string> Session::jobs() {
  std::lock_guard lock(mutex_);
  return {jobs_.begin(), jobs_.end()};
}

bool Session::take_job(const std::string& id) {
  std::lock_guard lock(mutex_);
  jobs_.erase(id);
  return taken_.insert(id).second;
}

bool Session::was_taken(const std::string& id) {
  std::lock_guard lock(mutex_);
  return taken_.contains(id);
}

}  // namespace pentad::drmaa
