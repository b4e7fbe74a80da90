#include "model/host_list.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace pentad;

namespace {

std::vector<std::string> hosts(std::string_view text) { return expand_hosts(text).value(); }

}  // namespace

TEST_CASE("brackets name many hosts") {
  CHECK(hosts("") == std::vector<std::string>{});
  CHECK(hosts("login") == std::vector<std::string>{"login"});
  CHECK(hosts("n[1-3,7],m2") == std::vector<std::string>{"n1", "n2", "n3", "n7", "m2"});
  CHECK(hosts("n[08-11]") == std::vector<std::string>{"n08", "n09", "n10", "n11"});
  CHECK(hosts("r[1-2]n[1-2]x") == std::vector<std::string>{"r1n1x", "r1n2x", "r2n1x", "r2n2x"});
}

TEST_CASE("what is no list of hosts is refused") {
  for (const char* text : {"n[1", "n[]", "n[a]", "n[3-1]", "n[1-9999999]", "n[1-2-3]", "n[-1]",
                           "n[1-1000]m[1-1000]o[1-2]"}) {
    CAPTURE(text);
    CHECK_FALSE(expand_hosts(text));
  }
}

TEST_CASE("hosts that follow each other share a bracket") {
  auto brief = [](std::vector<std::string> names) { return compress_hosts(names); };
  CHECK(brief({}) == "");
  CHECK(brief({"n1"}) == "n1");
  CHECK(brief({"n1", "n2", "n3", "m2"}) == "n[1-3],m2");
  CHECK(brief({"n1", "n3"}) == "n[1,3]");
  CHECK(brief({"n9", "n10"}) == "n[9-10]");
  CHECK(brief({"n09", "n10"}) == "n[09-10]");
  CHECK(brief({"n07", "n8"}) == "n07,n8");
  CHECK(brief({"login", "login"}) == "login,login");
}

TEST_CASE("what was compressed expands to the same hosts") {
  auto name = rc::gen::apply(
      [](int head, int number, bool wide) {
        std::string digits = std::to_string(number);
        if (wide) digits.insert(0, 3 - std::min<size_t>(3, digits.size()), '0');
        return std::string(1, static_cast<char>('a' + head)) + digits;
      },
      rc::gen::inRange(0, 3), rc::gen::inRange(0, 120), rc::gen::arbitrary<bool>());
  CHECK(rc::check([&] {
    auto names = *rc::gen::container<std::vector<std::string>>(name);
    RC_ASSERT(expand_hosts(compress_hosts(names)).value() == names);
  }));
}
