#include "engine/hardware/cgroup_limits.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pentad::engine {
namespace {

namespace fs = std::filesystem;

// A file tree that looks like /proc and /sys, removed at the end.
class Root {
 public:
  Root() {
    char path[] = "/tmp/pentad-cgroup-XXXXXX";
    REQUIRE(mkdtemp(path));
    path_ = path;
  }
  ~Root() { fs::remove_all(path_); }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories(fs::path(path_ + file).parent_path());
    std::ofstream(path_ + file) << text;
  }
  CgroupLimits read() const { return read_cgroup_limits(path_); }

 private:
  std::string path_;
};

TEST_CASE("nothing to read limits nothing") {
  Root root;
  CHECK_FALSE(root.read().memory);
  CHECK_FALSE(root.read().cpu_milli);
}

TEST_CASE("version 2: the tightest of all levels") {
  Root root;
  root.write("/proc/self/cgroup", "0::/a/b\n");
  root.write("/sys/fs/cgroup/memory.max", "max\n");
  root.write("/sys/fs/cgroup/a/memory.max", "1073741824\n");
  root.write("/sys/fs/cgroup/a/b/memory.max", "2147483648\n");
  root.write("/sys/fs/cgroup/a/cpu.max", "max 100000\n");
  root.write("/sys/fs/cgroup/a/b/cpu.max", "250000 100000\n");
  CHECK(root.read().memory == gibibytes(1));
  CHECK(root.read().cpu_milli == 2500);
}

TEST_CASE("version 1: controllers by name, no limit written as a huge number") {
  Root root;
  root.write("/proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n0::/\n");
  root.write("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "536870912\n");
  root.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  root.write("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n");
  root.write("/sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
  CHECK(root.read().memory == mebibytes(512));
  CHECK_FALSE(root.read().cpu_milli);
}

TEST_CASE("nonsense limits nothing") {
  Root root;
  root.write("/proc/self/cgroup", "garbage\n::\n0::/../..\n0:\n");
  root.write("/sys/fs/cgroup/memory.max", "-7\n");
  root.write("/sys/fs/cgroup/cpu.max", "0 0\n");
  CHECK_FALSE(root.read().memory);
  CHECK_FALSE(root.read().cpu_milli);
}

}  // namespace
}  // namespace pentad::engine
