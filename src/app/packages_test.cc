#include "app/packages.h"

#include <doctest/doctest.h>

namespace pentad::app {
namespace {

TEST_CASE("what dpkg-query prints") {
  auto names = installed_packages(
      "ii  lammps\nrc  removed\nhi  held-one\nun  never\niF  half\n"
      "ii  g++\nii \n\nii");
  CHECK(names == std::set<std::string>{"g++", "held-one", "lammps"});
  CHECK(installed_packages("").empty());
}

TEST_CASE("the command that installs what is missing") {
  CHECK(install_command({}, true).empty());
  CHECK(install_command({"a", "b"}, true) == "apt-get install -y --no-install-recommends a b");
  CHECK(install_command({"a"}, false).starts_with("sudo apt-get "));
}

TEST_CASE("dpkg is asked once for each state of its database") {
  int asked = 0;
  int64_t changed = 7;
  std::string text = "ii  a\n";
  Packages packages([&]() -> Result<std::string> { return ++asked, text; },
                    [&] { return changed; });
  CHECK(packages.missing({}) == std::vector<std::string>{});
  CHECK(asked == 0);
  CHECK(packages.missing({"b", "a", "c"}) == std::vector<std::string>{"b", "c"});
  CHECK(packages.missing({"b"}) == std::vector<std::string>{"b"});
  CHECK(asked == 1);
  text = "ii  a\nii  b\n";
  changed = 8;
  CHECK(packages.missing({"b"})->empty());
  CHECK(asked == 2);
}

TEST_CASE("an answer that fails is asked for again") {
  bool works = false;
  Packages packages(
      [&]() -> Result<std::string> {
        if (works) return "ii  a\n";
        return fail(ErrorCode::timed_out, "no answer");
      },
      [] { return 1; });
  CHECK(packages.missing({"a"}).error().code == ErrorCode::timed_out);
  works = true;
  CHECK(packages.missing({"a"})->empty());
}

TEST_CASE("this machine") {
  Packages packages;
  auto missing = packages.missing({"base-files", "pentad-no-such-package"});
  if (!missing) {  // not Debian
    CHECK(missing.error().code == ErrorCode::unsupported);
    return;
  }
  CHECK(*missing == std::vector<std::string>{"pentad-no-such-package"});
}

}  // namespace
}  // namespace pentad::app
