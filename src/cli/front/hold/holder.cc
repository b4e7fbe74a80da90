// The side of an allocation that is inside of the job.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "cli/front/argv.h"
#include "cli/front/hold/allocation.h"
#include "cli/front/hold/channel.h"
#include "dialect/values.h"

namespace pentad::cli::front::hold {

namespace {

constexpr int kNotFound = 127;

struct Running {
  int socket = -1;
  pid_t pid = 0;
  bool leads = false;  // a session of its own, which gets its signals
};

// What arrives; see run_order.
struct Arrived {
  std::string folder;
  bool is_program = false, has_terminal = false;
  std::vector<std::string> environment, argv;
};

std::optional<Arrived> read_order(const std::vector<std::string>& words) {
  constexpr size_t kHead = 4;
  if (words.size() < kHead) return {};
  auto count = dialect::parse_whole(words[3]);
  if (!count || *count < 0 || static_cast<size_t>(*count) >= words.size() - kHead) return {};
  auto first = words.begin() + kHead, end = first + *count;
  return Arrived{
      words[0], words[1] == "program", words[2] == "terminal", {first, end}, {end, words.end()}};
}

// The job's variables with those of the order; a step keeps the job's own where both have one.
std::vector<std::string> environment_of(const Arrived& order) {
  Variables merged;
  auto add = [&](const std::string& entry) {
    size_t equals = entry.find('=');
    if (equals != entry.npos) merged[entry.substr(0, equals)] = entry.substr(equals + 1);
  };
  for (const std::string& entry : own_environment()) add(entry);
  for (const std::string& entry : order.environment) {
    bool of_job = entry.starts_with("SLURM") || entry.starts_with("PENTAD_");
    if (!of_job) add(entry);
  }
  std::vector<std::string> out;
  for (const auto& [name, value] : merged) out.push_back(name + "=" + value);
  return out;
}

// 0 and errno when there is no such program.
pid_t spawn(const Arrived& order, const std::vector<int>& streams) {
  std::vector<std::string> argv = order.argv, environment = environment_of(order);
  if (!order.is_program) {
    std::error_code error;
    argv.insert(argv.begin(), std::filesystem::read_symlink("/proc/self/exe", error).string());
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // The first of a session that opens a terminal controls it.
  std::array<char, 64> terminal{};
  if (order.has_terminal && ttyname_r(streams[0], terminal.data(), terminal.size()) == 0) {
    posix_spawn_file_actions_addopen(&actions, 0, terminal.data(), O_RDWR, 0);
    for (int i : {1, 2}) posix_spawn_file_actions_adddup2(&actions, 0, i);
  } else {
    for (int i = 0; i < 3; ++i) {
      posix_spawn_file_actions_adddup2(&actions, streams[static_cast<size_t>(i)], i);
    }
  }
  if (!order.folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, order.folder.c_str());
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults, none;
  sigfillset(&defaults);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  bool leads = order.has_terminal || order.is_program;
  posix_spawnattr_setflags(&attributes,
                           static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                              (leads ? POSIX_SPAWN_SETSID : 0)));
  pid_t pid = 0;
  int failed = posix_spawnp(&pid, argv[0].c_str(), &actions, &attributes, pointers(argv).data(),
                            pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  errno = failed;
  return failed == 0 ? pid : 0;
}

class Holder {
 public:
  Holder(int lifeline, int listener) : lifeline_(lifeline), listener_(listener) {}

  int run() {
    while (true) {
      std::vector<pollfd> waits{{lifeline_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const Running& one : running_) waits.push_back({one.socket, POLLIN, 0});
      poll(waits.data(), waits.size(), running_.empty() ? -1 : 50);
      if (waits[0].revents != 0) return finish();
      for (size_t i = 2; i < waits.size(); ++i) {
        if (waits[i].revents != 0) hear(running_[i - 2]);
      }
      collect();
      if (waits[1].revents != 0) take_order();
    }
  }

 private:
  void take_order() {
    int made = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (made < 0) return;
    auto message = receive_message(made);
    auto order = message ? read_order(unpack(message->bytes)) : std::nullopt;
    if (order && message->descriptors.size() == 3) {
      start(made, *order, message->descriptors);
    } else {
      close(made);
    }
    if (!message) return;
    for (int fd : message->descriptors) close(fd);
  }

  void start(int socket, const Arrived& order, const std::vector<int>& streams) {
    pid_t pid = spawn(order, streams);
    if (pid > 0) {
      running_.push_back({socket, pid, order.has_terminal || order.is_program});
      return;
    }
    dprintf(streams[2], "%s: %s\n", order.argv.front().c_str(), strerrordesc_np(errno));
    send_message(socket, fmt::to_string(kNotFound));
    close(socket);
  }

  // A signal to hand on, or the end of who gave the order.
  static void hear(const Running& one) {
    auto message = receive_message(one.socket);
    if (!message) {
      send(one, SIGTERM);
      send(one, SIGHUP);  // shells that somebody types into hear nothing else
    } else if (auto number = dialect::parse_whole(message->bytes)) {
      send(one, static_cast<int>(*number));
    }
  }

  static void send(const Running& one, int number) { kill(one.leads ? -one.pid : one.pid, number); }

  void collect() {
    std::erase_if(running_, [](const Running& one) {
      int status = 0;
      if (waitpid(one.pid, &status, WNOHANG) != one.pid) return false;
      int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      send_message(one.socket, fmt::to_string(code));
      close(one.socket);
      return true;
    });
  }

  int finish() {
    auto last = receive_message(lifeline_);
    auto code = last ? dialect::parse_whole(last->bytes) : dialect::parse_whole("0");
    for (const Running& one : running_) {
      send(one, SIGTERM);
      send(one, SIGHUP);
    }
    return code ? static_cast<int>(*code) : 0;
  }

  int lifeline_, listener_;
  std::vector<Running> running_;
};

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    if (!std::string_view(*entry).starts_with(kStepsVariable)) out.emplace_back(*entry);
  }
  return out;
}

Result<int> hold_allocation(const std::string& folder) {
  int listener = listen_at(folder + "/steps");
  int lifeline = connect_to(folder + "/client");
  if (listener < 0 || lifeline < 0 || !send_message(lifeline, pack(own_environment()))) {
    return fail(ErrorCode::not_found, "nobody waits for this allocation any more");
  }
  return Holder(lifeline, listener).run();
}

}  // namespace pentad::cli::front::hold
