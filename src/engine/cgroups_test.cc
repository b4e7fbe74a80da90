#include "engine/cgroups.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

namespace pentad::engine {

TEST_CASE("cgroup mounts of a hybrid machine") {
  const auto mounts = parse_cgroup_mounts(
      "25 20 0:22 / /sys/fs/cgroup ro shared:1 - tmpfs tmpfs mode=755\n"
      "26 25 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n"
      "27 25 0:24 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
      "28 25 0:25 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct\n"
      "29 25 0:26 / /sys/fs/cgroup/mem\\040ory rw - cgroup cgroup rw,memory\n",
      "4:memory:/user/1\n3:cpu,cpuacct:/\n1:name=systemd:/x\n0::/user.slice\n");
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].v2);
  CHECK(mounts[0].own_dir == "/sys/fs/cgroup/unified/user.slice");
  CHECK(mounts[0].top_dir == "/sys/fs/cgroup/unified");
  CHECK(mounts[1].controllers == "cpu,cpuacct");
  CHECK(mounts[1].own_dir == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(mounts[2].controllers == "memory");
  CHECK(mounts[2].own_dir == "/sys/fs/cgroup/mem ory/user/1");
}

TEST_CASE("cgroup mounts inside a container show part of the hierarchy") {
  const auto mounts = parse_cgroup_mounts(
      "30 25 0:26 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
      "4:memory:/docker/abc/child\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].own_dir == "/sys/fs/cgroup/memory/child");
}

TEST_CASE("nonsense in place of the tables of mounts is passed over") {
  CHECK(parse_cgroup_mounts("", "").empty());
  CHECK(parse_cgroup_mounts("a b c\n- - - - - - - -\n1 2 3 4 5 6 - cgroup2\n", "::\n:\n").empty());
}

TEST_CASE("slots are made, found stale, and removed") {
  if (geteuid() != 0) return;
  const std::string name = "pentad-test-" + std::to_string(getpid());
  GroupSite site = find_groups(GroupMode::automatic, name);
  if (!site.any()) return;
  const std::vector<std::string> one = make_slot(site, 1);
  const std::vector<std::string> two = make_slot(site, 2);
  CHECK(!one.empty());
  CHECK(make_slot(site, 1).empty());  // it is somebody's
  CHECK(end_slot(one));               // nothing in it
  {
    // A supervisor lives in it, though it has no attempt that anybody knows of.
    const std::string dir = one.front().substr(one.front().find('=') + 1);
    const Descriptor held(open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(flock(held.get(), LOCK_EX) == 0);
    remove_stale_slots(site, {two.begin(), two.end()});
    CHECK(access(dir.c_str(), F_OK) == 0);
  }
  remove_stale_slots(site, {two.begin(), two.end()});
  CHECK(remove_slot(one));  // had gone
  CHECK(make_slot(site, 2).empty());
  CHECK(remove_slot(two));
  const std::string base = site.v2.empty() ? site.memory1 : site.v2;
  rmdir(base.c_str());
  CHECK((base.empty() || access(base.c_str(), F_OK) == 0));  // held
  remove_site(site);
  CHECK((base.empty() || access(base.c_str(), F_OK) != 0));
}

TEST_CASE("without groups the notes say what that means") {
  const GroupSite site = find_groups(GroupMode::none, "unused");
  CHECK(!site.any());
  CHECK(site.notes.size() == 3);
  CHECK(make_slot(site, 1).empty());
}

}  // namespace pentad::engine
