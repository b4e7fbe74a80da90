#include "engine/supervisor/proc_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "engine/record.h"
#include "engine/supervisor/text.h"

namespace pentad::engine {

namespace {

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  bool ours = false;
};

// All processes of the machine, in a table that grows; one supervisor needs one.
struct Processes {
  Process* all = nullptr;
  size_t count = 0;
  size_t capacity = 0;

  void add(Process process) {
    if (count == capacity) {
      const size_t larger = capacity == 0 ? 1024 : capacity * 2;
      void* memory = std::realloc(all, larger * sizeof(Process));
      if (memory == nullptr) return;
      all = static_cast<Process*>(memory);
      capacity = larger;
    }
    all[count++] = process;
  }
};

// Reads /proc/PID/NAME; empty when the process is gone.
std::string_view read_proc(pid_t pid, const char* name, char* buffer, size_t size) {
  Text<64> path;
  path << "/proc/" << pid << "/" << name;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ssize_t n = read(fd, buffer, size);
  close(fd);
  return {buffer, n > 0 ? static_cast<size_t>(n) : 0};
}

// Takes the next word, blanks around it removed.
std::string_view take_word(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

// The parent of `pid`; 0 when it is gone. A zombie counts: other threads of it may live.
pid_t parent_of(pid_t pid) {
  char buffer[512];
  std::string_view text = read_proc(pid, "stat", buffer, sizeof buffer);
  // The name in parentheses may hold anything, parentheses and blanks included.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return 0;
  text.remove_prefix(name_end + 1);
  take_word(text);  // state
  return static_cast<pid_t>(parse_integer(take_word(text), 0));
}

void read_processes(Processes& processes) {
  processes.count = 0;
  DIR* dir = opendir("/proc");
  if (dir == nullptr) return;
  while (const dirent* entry = readdir(dir)) {
    const pid_t pid = static_cast<pid_t>(parse_integer(entry->d_name, 0));
    if (pid <= 0) continue;
    processes.add({pid, parent_of(pid), false});
  }
  closedir(dir);
}

// Marks those whose line of parents leads to this process. A child may be listed before its parent
// (numbers wrap around), hence the repetition.
void mark_ours(Processes& processes) {
  const pid_t self = getpid();
  Process* const end = processes.all + processes.count;
  const auto before = [](const Process& a, pid_t pid) { return a.pid < pid; };
  std::sort(processes.all, end, [](const Process& a, const Process& b) { return a.pid < b.pid; });
  for (bool changed = true; changed;) {
    changed = false;
    for (Process* process = processes.all; process != end; ++process) {
      if (process->ours || process->parent <= 1) continue;
      const Process* parent = std::lower_bound(processes.all, end, process->parent, before);
      const bool known = parent != end && parent->pid == process->parent;
      if (process->parent != self && !(known && parent->ours)) continue;
      process->ours = changed = true;
    }
  }
}

}  // namespace

void for_each_descendant(void (*each)(void* context, pid_t pid), void* context) {
  Processes processes;
  read_processes(processes);
  mark_ours(processes);
  for (size_t i = 0; i < processes.count; ++i) {
    if (processes.all[i].ours) each(context, processes.all[i].pid);
  }
  std::free(processes.all);
}

int64_t descendants_memory_bytes() {
  int64_t pages = 0;
  for_each_descendant(
      [](void* sum, pid_t pid) {
        char buffer[256];
        std::string_view text = read_proc(pid, "statm", buffer, sizeof buffer);
        take_word(text);
        const int64_t resident = parse_integer(take_word(text), 0);
        const int64_t shared = parse_integer(take_word(text), 0);
        if (resident > shared) *static_cast<int64_t*>(sum) += resident - shared;
      },
      &pages);
  return pages * sysconf(_SC_PAGESIZE);
}

bool catches_signal(pid_t pid, int signal) {
  char buffer[4096];
  const std::string_view text = read_proc(pid, "status", buffer, sizeof buffer);
  const size_t at = text.find("SigCgt:");
  if (at == std::string_view::npos || signal < 1 || signal > 64) return false;
  std::string_view rest = text.substr(at + 7);
  const std::string_view mask = take_word(rest);
  // Hexadecimal, the last digit holds signals 1 to 4.
  const size_t digit = static_cast<size_t>(signal - 1) / 4;
  if (digit >= mask.size()) return false;
  const char c = mask[mask.size() - 1 - digit];
  const int bits = c >= 'a' ? c - 'a' + 10 : c - '0';
  return (bits >> ((signal - 1) % 4) & 1) != 0;
}

}  // namespace pentad::engine
