// The side of an allocation that gives orders.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "cli/front/hold/allocation.h"
#include "cli/front/hold/channel.h"
#include "cli/front/hold/terminal.h"
#include "dialect/values.h"

namespace pentad::cli::front::hold {

namespace {

volatile sig_atomic_t g_to_hand_on = 0;
volatile sig_atomic_t g_resized = 0;
void note_signal(int number) { g_to_hand_on = number; }
void note_size(int) { g_resized = 1; }

void catch_signals() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = note_signal;
  for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) {
    sigaction(number, &action, nullptr);
  }
  action.sa_handler = note_size;
  sigaction(SIGWINCH, &action, nullptr);
}

Result<int> wait_for_code(int socket, Terminal* terminal) {
  while (true) {
    std::array<pollfd, 3> waits = {pollfd{socket, POLLIN, 0},
                                   pollfd{terminal ? terminal->keys() : -1, POLLIN, 0},
                                   pollfd{terminal ? terminal->master() : -1, POLLIN, 0}};
    poll(waits.data(), waits.size(), 1000);
    if (g_to_hand_on != 0) {
      int number = g_to_hand_on;
      g_to_hand_on = 0;
      send_message(socket, fmt::to_string(number));
    }
    if (terminal && g_resized != 0) {
      g_resized = 0;
      terminal->follow_size();
    }
    if (waits[1].revents != 0) terminal->pass_keys();
    if (waits[2].revents != 0) terminal->show();
    if (waits[0].revents == 0) continue;
    auto answer = receive_message(socket);
    if (!answer) return fail(ErrorCode::unavailable, "the job has ended, and the step with it");
    auto code = dialect::parse_whole(answer->bytes);
    return code ? static_cast<int>(*code) : 1;
  }
}

}  // namespace

Result<int> run_order(const std::string& steps_path, const Order& order) {
  int socket = connect_to(steps_path);
  if (socket < 0) return fail(ErrorCode::not_found, "it has been relinquished");
  std::unique_ptr<Terminal> terminal;
  if (order.wants_terminal && has_terminal()) terminal = std::make_unique<Terminal>();
  if (terminal && !terminal->is_open()) terminal.reset();
  std::vector<std::string> words{order.folder, order.is_program ? "program" : "step",
                                 terminal ? "terminal" : "streams",
                                 fmt::to_string(order.environment.size())};
  words.insert(words.end(), order.environment.begin(), order.environment.end());
  words.insert(words.end(), order.argv.begin(), order.argv.end());
  std::vector<int> streams{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  if (terminal) streams.assign(3, terminal->program_end());
  catch_signals();
  Result<int> code = fail(ErrorCode::unavailable, "the allocation is gone");
  if (send_message(socket, pack(words), streams)) {
    if (terminal) {
      terminal->close_program_end();
      terminal->take_over();
    }
    code = wait_for_code(socket, terminal.get());
  }
  close(socket);
  return code;
}

}  // namespace pentad::cli::front::hold
