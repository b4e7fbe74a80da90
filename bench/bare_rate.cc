// The bare limit of any engine on this machine: how often a second a small program can spawn and
// reap /bin/true, so many at a time.
//
//   bare_rate [count] [at a time]
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <charconv>
#include <chrono>
#include <cstring>

extern char** environ;

namespace {

int number(const char* text, int otherwise) {
  int value = otherwise;
  if (text) std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  int count = number(argc > 1 ? argv[1] : nullptr, 5000);
  int at_a_time = number(argc > 2 ? argv[2] : nullptr, 2);
  char name[] = "true";
  char* words[] = {name, nullptr};
  auto start = std::chrono::steady_clock::now();
  int live = 0;
  for (int started = 0; started < count || live > 0;) {
    if (started < count && live < at_a_time) {
      pid_t pid = 0;
      if (posix_spawn(&pid, "/bin/true", nullptr, nullptr, words, environ) != 0) return 1;
      ++started;
      ++live;
      continue;
    }
    if (waitpid(-1, nullptr, 0) > 0) --live;
  }
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("{:.0f} /s: {} of /bin/true, {} at a time\n", count / elapsed.count(), count,
             at_a_time);
}
