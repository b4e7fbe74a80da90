// A file system that is really full: a small tmpfs, where the user may mount one.
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    mkdir(path.c_str(), 0700);
    mounted_ = mount("none", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=4m") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a full file system stops acceptance and nothing else, and space brings it back") {
  TempDir dir;
  SmallDisk disk(dir / "disk");
  if (!disk.mounted()) {
    MESSAGE("not allowed to mount a file system: left out");
    return;
  }
  World world(disk / "pentad.db");
  world.run(job_request(1));
  // Something else takes the rest of the space.
  std::string rest(3'000'000, 'x');
  write_file(disk / "rest", rest);

  Payload payload;
  payload.script = std::string(200'000, 'y');
  int accepted = 0;
  Error error;
  uint64_t digest = 0;
  for (int i = 0; i < 100; ++i) {
    digest = world.centre().state_digest();
    payload.script += static_cast<char>('a' + i % 26);
    std::vector<Command> batch;
    batch.push_back(world.submit(job_request(i), payload));
    auto applied = world.keeper().apply(std::move(batch));
    if (!applied) {
      error = applied.error();
      break;
    }
    ++accepted;
  }
  CHECK_MESSAGE(error.code == ErrorCode::disk_full, error.message);
  CHECK(accepted < 50);
  CHECK(world.centre().state_digest() == digest);
  CHECK(*world.queries().count({}) == accepted + 1);

  std::filesystem::remove(disk / "rest");
  REQUIRE(world.keeper().probe());
  CHECK(world.apply(world.submit(job_request(1), payload)).reply.accepted());
  Result<VerifyReport> report = verify(world.keeper().database());
  REQUIRE(report);
  CHECK(report->good());
}
