// The daemon's side of control groups: what this machine has, and the leaves ("slots") that
// supervisors use. A slot belongs to one supervisor as long as it lives and serves one attempt
// after the other.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/supervisor_process.h"

namespace pentad::engine {

// automatic: the best there is. The others leave out what they do not name, for tests and for
// machines where something is broken.
enum class GroupMode { automatic, none, v1_only, v2_only };

// Directories under which slots are made; empty where there is none.
struct GroupSite {
  std::string name;
  std::string v2;
  bool memory2 = false;  // controllers that are on below `v2`
  bool cpuset2 = false;
  std::string memory1;
  std::string cpuset1;
  std::vector<std::string> notes;  // what the machine lacks, in sentences
  // Locks of the directory "held" in each of the above: while this lives, no supervisor of an
  // earlier daemon that ends takes them for left alone and removes them.
  std::vector<Descriptor> holds;

  bool any() const { return !v2.empty() || !memory1.empty() || !cpuset1.empty(); }
};

// Finds and makes the directories, named after `name`. Never fails: what cannot be had is in the
// notes.
GroupSite find_groups(GroupMode mode, const std::string& name);

// The mounts and memberships of /proc, apart for tests.
struct CgroupMount {
  std::string controllers;  // of v1, such as "memory" or "cpu,cpuacct"; empty for v2
  std::string own_dir;      // where this process is in it
  std::string top_dir;
  bool v2 = false;
};
// `mountinfo` and `membership` are the texts of /proc/self/mountinfo and /proc/self/cgroup.
std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo,
                                             std::string_view membership);

// Makes slot `number`; the supervisor's arguments. Empty when the site has nothing or it failed.
std::vector<std::string> make_slot(const GroupSite& site, int64_t number);
// Removes the directories of a slot that has no process any more; false when something remains.
bool remove_slot(const std::vector<std::string>& arguments);
// Kills what is left in a slot; true when nothing was.
bool end_slot(const std::vector<std::string>& arguments);
// Ends and removes all slots under `site` that no living supervisor holds (each locks the
// directories of its slot) and whose arguments are not in `used`.
void remove_stale_slots(const GroupSite& site, const std::set<std::string>& used);
// Lets go of the directories themselves, and removes those that are empty.
void remove_site(GroupSite& site);

}  // namespace pentad::engine
