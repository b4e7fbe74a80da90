// The side of an allocation that is inside of the job, and those who give it orders.
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

#include "cli/front/slurm/allocation.h"
#include "cli/front/slurm/channel.h"
#include "cli/front/slurm/commands.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

volatile sig_atomic_t g_to_hand_on = 0;
void note_signal(int number) { g_to_hand_on = number; }

struct Running {
  int socket = -1;
  pid_t pid = 0;
};

std::vector<std::string> own_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    if (!std::string_view(*entry).starts_with(kStepsVariable)) out.emplace_back(*entry);
  }
  return out;
}

// An order: the folder, then a word that says how many variables follow, those, and srun's words.
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
    auto order = receive_message(made);
    if (!order || order->descriptors.size() != 3) {
      close(made);
      return;
    }
    start(made, unpack(order->bytes), order->descriptors);
    for (int fd : order->descriptors) close(fd);
  }

  void start(int socket, const std::vector<std::string>& words, const std::vector<int>& streams) {
    auto count = dialect::parse_whole(words.size() > 1 ? words[1] : "");
    if (!count || static_cast<size_t>(*count) + 2 > words.size()) {
      close(socket);
      return;
    }
    std::map<std::string, std::string> merged;
    auto add = [&](const std::string& entry) {
      size_t equals = entry.find('=');
      if (equals != entry.npos) merged[entry.substr(0, equals)] = entry.substr(equals + 1);
    };
    for (const std::string& entry : own_environment()) add(entry);
    for (int64_t i = 0; i < *count; ++i) {
      const std::string& entry = words[static_cast<size_t>(i) + 2];
      bool of_job = entry.starts_with("SLURM") || entry.starts_with("PENTAD_");
      if (!of_job) add(entry);
    }
    std::vector<std::string> environment;
    for (const auto& [name, value] : merged) environment.push_back(name + "=" + value);
    std::error_code error;
    std::vector<std::string> argv{std::filesystem::read_symlink("/proc/self/exe", error).string(),
                                  "srun"};
    argv.insert(argv.end(), words.begin() + 2 + *count, words.end());
    pid_t pid = spawn(argv, environment, words[0], streams);
    if (pid <= 0) {
      send_message(socket, "1");
      close(socket);
      return;
    }
    running_.push_back({socket, pid});
  }

  static pid_t spawn(std::vector<std::string>& argv, std::vector<std::string>& environment,
                     const std::string& folder, const std::vector<int>& streams) {
    std::vector<char*> words, entries;
    for (std::string& word : argv) words.push_back(word.data());
    for (std::string& entry : environment) entries.push_back(entry.data());
    words.push_back(nullptr);
    entries.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; ++i) {
      posix_spawn_file_actions_adddup2(&actions, streams[static_cast<size_t>(i)], i);
    }
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    pid_t pid = 0;
    int failed = posix_spawn(&pid, words[0], &actions, nullptr, words.data(), entries.data());
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? pid : -1;
  }

  // A signal to hand on, or the end of who gave the order.
  static void hear(const Running& one) {
    auto message = receive_message(one.socket);
    auto number = message ? dialect::parse_whole(message->bytes) : dialect::parse_whole("9");
    if (number) kill(one.pid, message ? static_cast<int>(*number) : SIGTERM);
  }

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
    for (const Running& one : running_) kill(one.pid, SIGTERM);
    return code ? static_cast<int>(*code) : 0;
  }

  int lifeline_, listener_;
  std::vector<Running> running_;
};

}  // namespace

int hold_allocation(const Call& call, const std::string& folder) {
  int listener = listen_at(folder + "/steps");
  int lifeline = connect_to(folder + "/client");
  if (listener < 0 || lifeline < 0) {
    throw failure(call, "nobody waits for this allocation any more");
  }
  if (!send_message(lifeline, pack(own_environment()))) return kFailed;
  return Holder(lifeline, listener).run();
}

int order_step(const Call& call, const std::string& steps_path,
               const std::vector<std::string>& words) {
  int socket = connect_to(steps_path);
  if (socket < 0) {
    throw failure(call, "Unable to confirm allocation: it has been relinquished");
  }
  std::vector<std::string> environment = own_environment();
  std::error_code error;
  std::vector<std::string> order{std::filesystem::current_path(error).string(),
                                 fmt::to_string(environment.size())};
  order.insert(order.end(), environment.begin(), environment.end());
  order.insert(order.end(), words.begin(), words.end());
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = note_signal;
  for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) {
    sigaction(number, &action, nullptr);
  }
  if (!send_message(socket, pack(order), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})) {
    throw failure(call, "the allocation is gone");
  }
  while (true) {
    pollfd one{socket, POLLIN, 0};
    int ready = poll(&one, 1, 1000);
    if (g_to_hand_on != 0) {
      int number = g_to_hand_on;
      g_to_hand_on = 0;
      send_message(socket, fmt::to_string(number));
    }
    if (ready <= 0) continue;
    auto answer = receive_message(socket);
    close(socket);
    if (!answer) throw failure(call, "the job has ended, and the step with it");
    auto code = dialect::parse_whole(answer->bytes);
    return code ? static_cast<int>(*code) : kFailed;
  }
}

}  // namespace pentad::cli::front::slurm
