#include "app/application_file.h"

#include <doctest/doctest.h>

#include <string>

namespace pentad::app {
namespace {

constexpr std::string_view kSound = R"(
name = "lj-melt"
version = "1"
workload_class = "simulation"
precision = "fp64"
title = { en = "Melt", zh = "熔化" }
description = { en = "Melts", zh = "熔化" }
[resources]
cores_from = "ranks"
memory_mib = 256
limit_s = 600
[[parameters]]
name = "ranks"
type = "int"
default = 2
min = 1
max = 64
title = { en = "Ranks", zh = "进程数" }
[success]
result = "result.json"
[run]
script = '''
#!/bin/sh
exit 0
'''
)";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kSound);
  size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string complaint(std::string_view from, std::string_view to) {
  auto application = parse_application(replaced(from, to));
  return application ? "" : application.error().message;
}

TEST_CASE("a sound file") {
  auto application = parse_application(kSound);
  REQUIRE(application);
  CHECK(application->name == "lj-melt");
  CHECK(application->run.script == "#!/bin/sh\nexit 0\n");
  CHECK(application->parameters.at(0).default_ == JsonText{"2"});
  CHECK(application->parameters.at(0).max == 64.0);
}

TEST_CASE("complaints name line, key and what would do") {
  CHECK(complaint("max = 64", "maximum = 64").starts_with("line 17: /parameters/0/maximum: "));
  CHECK(complaint("min = 1", "min = \"1\"").starts_with("line 16: /parameters/0/min: "));
  CHECK(complaint("default = 2", "default = 65") ==
        "line 15: /parameters/0/default: ranks: expected a whole number from 1 to 64");
  CHECK(complaint("type = \"int\"", "type = \"integer\"").starts_with("line 14: "));
  CHECK(complaint("cores_from = \"ranks\"", "cores_from = \"cores\"") ==
        "line 9: /resources/cores_from: no parameter is called cores");
  CHECK(complaint("limit_s = 600", "").starts_with("line 8: /resources/limit_s: "));
  CHECK(complaint("memory_mib = 256", "memory_mib = 0").starts_with("line 10: "));
  CHECK(complaint("version = \"1\"", "version = 1979-05-27").starts_with("line 3: /version: "));
  CHECK(complaint("version = \"1\"", "version = ").starts_with("line 3: "));
  CHECK(complaint("[run]", "[run]\n[run]").starts_with("line "));
}

TEST_CASE("too much, and nonsense") {
  std::string large = std::string(kSound) + "#" + std::string(kMaxApplicationBytes, 'x');
  CHECK(parse_application(large).error().code == ErrorCode::too_large);
  CHECK_FALSE(parse_application(""));
  CHECK_FALSE(parse_application(std::string_view("\0\0", 2)));
  CHECK_FALSE(parse_application("\xff\xfe"));
  std::string deep(100'000, '[');
  CHECK_FALSE(parse_application("a = " + deep));
}

}  // namespace
}  // namespace pentad::app
