#include "engine/cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pentad::engine {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

bool write_file(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return done;
}

bool make_dir(const std::string& path) { return mkdir(path.c_str(), 0755) == 0 || errno == EEXIST; }

bool is_writable_group(const std::string& path) {
  return access((path + "/cgroup.procs").c_str(), W_OK) == 0;
}

std::vector<std::string> words(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

bool contains_word(const std::string& list, const std::string& word, char separator) {
  for (const std::string& each : words(list, separator)) {
    if (each == word) return true;
  }
  return false;
}

// A path of mountinfo: blanks and the like are written as \040.
std::string unescape_mount(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      out += text[i];
      continue;
    }
    int code = 0;
    std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8);
    out += static_cast<char>(code);
    i += 3;
  }
  return out;
}

// The path of this process in the hierarchy with `controllers` ("" for v2), from /proc/self/cgroup:
// lines "number:controllers:path".
std::string own_path(std::string_view membership, const std::string& controllers) {
  for (const std::string& line : words(membership, '\n')) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (names == controllers) return line.substr(second + 1);
  }
  return "/";
}

bool is_controller(const std::string& word) {
  for (const char* name :
       {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls",
        "net_prio", "perf_event", "hugetlb", "rdma", "misc"}) {
    if (word == name) return true;
  }
  return false;
}

// The controllers among the options of a v1 mount, as /proc/self/cgroup names them.
std::string controllers_of(const std::string& options) {
  std::string out;
  for (const std::string& option : words(options, ',')) {
    if (is_controller(option)) out += (out.empty() ? "" : ",") + option;
  }
  return out;
}

}  // namespace

std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo,
                                             std::string_view membership) {
  std::vector<CgroupMount> mounts;
  for (const std::string& line : words(mountinfo, '\n')) {
    const std::vector<std::string> fields = words(line, ' ');
    size_t dash = 6;
    while (dash < fields.size() && fields[dash] != "-") ++dash;
    if (dash + 3 >= fields.size()) continue;
    const std::string& type = fields[dash + 1];
    if (type != "cgroup" && type != "cgroup2") continue;
    CgroupMount mount;
    mount.v2 = type == "cgroup2";
    if (!mount.v2) mount.controllers = controllers_of(fields[dash + 3]);
    if (!mount.v2 && mount.controllers.empty()) continue;
    const std::string root = unescape_mount(fields[3]);
    mount.top_dir = unescape_mount(fields[4]);
    // In a container the mount may show only part of the hierarchy: `root` of it.
    std::string path = own_path(membership, mount.controllers);
    if (root != "/" && path.starts_with(root)) path = path.substr(root.size());
    mount.own_dir = path == "/" || path.empty() ? mount.top_dir : mount.top_dir + path;
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

namespace {

// Switches controllers on for the children of `dir`, each alone: one that is missing must not keep
// the others off.
void enable_controllers(const std::string& dir) {
  for (const char* name : {"+memory", "+cpuset"}) {
    write_file(dir + "/cgroup.subtree_control", name);
  }
}

bool has_controller(const std::string& dir, const std::string& name) {
  std::string list = read_file(dir + "/cgroup.subtree_control");
  if (!list.empty() && list.back() == '\n') list.pop_back();
  return contains_word(list, name, ' ');
}

constexpr const char* kHeldName = "/held";
constexpr int kHoldTries = 1000;

// A lock that others see until the descriptor is closed; empty when somebody else has it.
Descriptor lock_dir(const std::string& dir, int kind) {
  Descriptor fd(open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && flock(fd.get(), kind | LOCK_NB) != 0) fd.reset();
  return fd;
}

bool is_at(const Descriptor& fd, const std::string& path) {
  struct stat one, other;
  return fstat(fd.get(), &one) == 0 && stat(path.c_str(), &other) == 0 &&
         one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

// Makes `dir` and holds it. The last supervisor of an earlier daemon may be removing it just now.
bool make_held_dir(const std::string& dir, GroupSite& site) {
  const std::string mark = dir + kHeldName;
  for (int i = 0; i < kHoldTries; ++i) {
    if (!make_dir(dir)) return false;
    if (!make_dir(mark) && errno != ENOENT) return false;
    Descriptor lock = lock_dir(mark, LOCK_SH);
    if (lock && is_at(lock, mark)) {
      site.holds.push_back(std::move(lock));
      return true;
    }
    usleep(1000);
  }
  return false;
}

void remove_dir(const std::string& dir) {
  rmdir((dir + kHeldName).c_str());
  rmdir(dir.c_str());
}

// Makes the v2 directory where memory can be limited if there is such a place: our own group may
// hold processes, which forbids controllers below it, so its parent and the top are tried too.
void place_v2(const CgroupMount& mount, const std::string& name, GroupSite& site) {
  std::vector<std::string> candidates{mount.own_dir};
  if (mount.own_dir != mount.top_dir) {
    candidates.push_back(std::filesystem::path(mount.own_dir).parent_path());
    if (candidates.back() != mount.top_dir) candidates.push_back(mount.top_dir);
  }
  for (const std::string& parent : candidates) {
    const std::string dir = parent + "/" + name;
    if (!is_writable_group(parent)) continue;
    enable_controllers(parent);
    if (!make_held_dir(dir, site)) continue;
    enable_controllers(dir);
    const bool memory = has_controller(dir, "memory");
    if (!site.v2.empty() && !memory) {
      remove_dir(dir);
      continue;
    }
    if (!site.v2.empty()) remove_dir(site.v2);
    site.v2 = dir;
    site.memory2 = memory;
    site.cpuset2 = has_controller(dir, "cpuset");
    if (memory) return;
    // A hybrid machine has its controllers in v1: no place is better than our own.
    if (!contains_word(read_file(parent + "/cgroup.controllers"), "memory", ' ')) return;
  }
}

std::string place_v1(const std::vector<CgroupMount>& mounts, const std::string& controller,
                     const std::string& name, GroupSite& site) {
  for (const CgroupMount& mount : mounts) {
    if (mount.v2 || !contains_word(mount.controllers, controller, ',')) continue;
    const std::string dir = mount.own_dir + "/" + name;
    if (is_writable_group(mount.own_dir) && make_held_dir(dir, site)) return dir;
  }
  return {};
}

// A v1 cpuset takes processes only once it has CPUs and memory nodes.
bool inherit_cpuset(const std::string& dir) {
  const std::string parent = std::filesystem::path(dir).parent_path();
  for (const char* file : {"/cpuset.cpus", "/cpuset.mems"}) {
    if (!write_file(dir + file, read_file(parent + file))) return false;
  }
  return true;
}

std::string_view directory_of(std::string_view argument) {
  const size_t equals = argument.find('=');
  return equals == std::string_view::npos ? std::string_view() : argument.substr(equals + 1);
}

void note_what_is_missing(GroupSite& site) {
  if (site.v2.empty()) {
    site.notes.push_back(
        "no cgroup v2: processes are counted and ended by the supervisor as their last parent");
  }
  if (!site.memory2 && site.memory1.empty()) {
    site.notes.push_back("no memory cgroup: memory is sampled, a fast job can exceed its limit");
  }
  if (!site.cpuset2 && site.cpuset1.empty()) {
    site.notes.push_back("no cpuset: jobs are bound by affinity, which they may change");
  }
}

}  // namespace

GroupSite find_groups(GroupMode mode, const std::string& name) {
  GroupSite site;
  site.name = name;
  if (mode == GroupMode::none) {
    note_what_is_missing(site);
    return site;
  }
  const std::vector<CgroupMount> mounts =
      parse_cgroup_mounts(read_file("/proc/self/mountinfo"), read_file("/proc/self/cgroup"));
  for (const CgroupMount& mount : mounts) {
    if (mount.v2 && mode != GroupMode::v1_only && site.v2.empty()) place_v2(mount, name, site);
  }
  if (mode != GroupMode::v2_only) {
    if (!site.memory2) site.memory1 = place_v1(mounts, "memory", name, site);
    if (!site.cpuset2) site.cpuset1 = place_v1(mounts, "cpuset", name, site);
    if (!site.cpuset1.empty() && !inherit_cpuset(site.cpuset1)) site.cpuset1.clear();
  }
  note_what_is_missing(site);
  return site;
}

std::vector<std::string> make_slot(const GroupSite& site, int64_t number) {
  std::vector<std::string> arguments;
  const auto make = [&](const char* what, const std::string& base) {
    const std::string dir = fmt::format("{}/s{}", base, number);
    // One that is there belongs to somebody else.
    if (mkdir(dir.c_str(), 0755) != 0) return false;
    arguments.push_back(what + dir);
    return true;
  };
  bool made = site.v2.empty() || make("v2=", site.v2);
  if (made && !site.memory1.empty()) made = make("memory1=", site.memory1);
  if (made && !site.cpuset1.empty()) {
    made = make("cpuset1=", site.cpuset1) &&
           inherit_cpuset(std::string(directory_of(arguments.back())));
  }
  if (!made) {
    remove_slot(arguments);
    return {};
  }
  if (site.memory2) arguments.push_back("memory2");
  if (site.cpuset2) arguments.push_back("cpuset2");
  return arguments;
}

bool remove_slot(const std::vector<std::string>& arguments) {
  bool gone = true;
  for (const std::string& argument : arguments) {
    const std::string dir(directory_of(argument));
    if (!dir.empty() && rmdir(dir.c_str()) != 0 && errno != ENOENT) gone = false;
  }
  return gone;
}

bool end_slot(const std::vector<std::string>& arguments) {
  bool empty = true;
  for (const std::string& argument : arguments) {
    const std::string dir(directory_of(argument));
    if (dir.empty()) continue;
    const std::string processes = read_file(dir + "/cgroup.procs");
    if (processes.empty()) continue;
    empty = false;
    if (argument.starts_with("v2=") && write_file(dir + "/cgroup.kill", "1")) continue;
    for (const std::string& word : words(processes, '\n')) {
      pid_t pid = 0;
      std::from_chars(word.data(), word.data() + word.size(), pid);
      if (pid > 1) kill(pid, SIGKILL);
    }
  }
  return empty;
}

void remove_stale_slots(const GroupSite& site, const std::set<std::string>& used) {
  const std::pair<const char*, const std::string*> kinds[] = {
      {"v2=", &site.v2}, {"memory1=", &site.memory1}, {"cpuset1=", &site.cpuset1}};
  for (const auto& [prefix, base] : kinds) {
    if (base->empty()) continue;
    std::error_code error;
    std::vector<std::string> slots;
    for (const auto& entry : std::filesystem::directory_iterator(*base, error)) {
      const bool is_slot = entry.path().filename().string().starts_with('s');
      if (is_slot && entry.is_directory(error)) slots.push_back(prefix + entry.path().string());
    }
    for (const std::string& slot : slots) {
      // Kept until the slot is gone: a supervisor that is only just coming up then finds no slot,
      // and ends. One that lives may be about to start an attempt, or already have.
      const Descriptor lock = lock_dir(std::string(directory_of(slot)), LOCK_EX);
      if (!lock || used.contains(slot)) continue;
      end_slot({slot});
      remove_slot({slot});
    }
  }
}

void remove_site(GroupSite& site) {
  for (const std::string* dir : {&site.v2, &site.memory1, &site.cpuset1}) {
    if (!dir->empty()) remove_dir(*dir);
  }
  site.holds.clear();
}

}  // namespace pentad::engine
