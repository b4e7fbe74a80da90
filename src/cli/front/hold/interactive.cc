#include "cli/front/hold/interactive.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/front/words.h"

namespace pentad::cli::front::hold {

namespace {

// The words that run the script, which goes where only this user can read it.
std::vector<std::string> words_of(const Interactive& what, const std::string& folder) {
  if (what.script.empty()) return what.order.argv;
  const std::string path = folder + "/script";
  std::ofstream out(path, std::ios::binary);
  out << what.script;
  out.close();
  if (!out || chmod(path.c_str(), 0700) != 0) throw failure(1, "cannot write " + path);
  std::vector<std::string> words;
  if (!what.script.starts_with("#!")) words.push_back(what.shell);
  words.push_back(path);
  words.insert(words.end(), what.order.argv.begin(), what.order.argv.end());
  return words;
}

}  // namespace

std::optional<int> run_interactive(Session& session, ForeignJob job, const Allocation::Send& send,
                                   Sayings sayings, Interactive what) {
  const auto say_ended = sayings.ended;
  Allocation allocation(session, std::move(job), send, std::move(sayings));
  if (!allocation.wait_for_start(what.patience)) return {};
  if (what.ready) what.ready(allocation.job(), allocation.environment());
  what.order.is_program = true;
  what.order.wants_terminal = true;
  what.order.argv = words_of(what, allocation.folder());
  // The job knows where it runs, not in front of what.
  if (const char* terminal = std::getenv("TERM")) {
    what.order.environment.push_back(fmt::format("TERM={}", terminal));
  }
  Result<int> code = run_order(allocation.steps_path(), what.order);
  allocation.set_code(code ? *code : 1);
  if (code) return *code;
  if (say_ended) say_ended(allocation.job(), code.error().message);
  return {};
}

std::string own_shell() {
  const passwd* user = getpwuid(geteuid());
  const bool has_one = user && user->pw_shell && *user->pw_shell;
  return has_one ? user->pw_shell : "/bin/sh";
}

}  // namespace pentad::cli::front::hold
