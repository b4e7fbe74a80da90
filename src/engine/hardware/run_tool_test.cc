#include "engine/hardware/run_tool.h"

#include <doctest/doctest.h>

#include <filesystem>

namespace pentad::engine {
namespace {

Result<ToolOutput> shell(const std::string& script, Duration timeout = seconds(60)) {
  return run_tool({"/bin/sh", "-c", script}, timeout);
}

TEST_CASE("output and exit code") {
  auto output = shell("echo one; echo two >&2; exit 3");
  REQUIRE(output);
  CHECK(output->text == "one\n");
  CHECK(output->exit_code == 3);
  CHECK(shell("kill -TERM $$")->exit_code == 128 + 15);
  CHECK(shell("cat")->text.empty());  // standard input is empty
}

TEST_CASE("arguments are not read by a shell") {
  CHECK(run_tool({"echo", "$(reboot); `x`", "a b"}, seconds(60))->text == "$(reboot); `x` a b\n");
}

TEST_CASE("what is not there, what hangs, what prints without end") {
  auto missing = run_tool({"pentad-no-such-tool"}, seconds(60));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  auto hanging = shell("sleep 1000 & sleep 1000", milliseconds(100));
  REQUIRE_FALSE(hanging);
  CHECK(hanging.error().code == ErrorCode::timed_out);
  // Its output is closed, but it does not end.
  auto quiet = shell("exec >&-; sleep 1000", milliseconds(100));
  REQUIRE_FALSE(quiet);
  CHECK(quiet.error().code == ErrorCode::timed_out);
  auto endless =
      run_tool({"/bin/sh", "-c", "while :; do echo yyyyyyyy; done"}, seconds(60), 10'000);
  REQUIRE_FALSE(endless);
  CHECK(endless.error().code == ErrorCode::too_large);
}

TEST_CASE("tools are found in PATH and in the folders given") {
  CHECK(find_tool("sh").ends_with("/sh"));
  CHECK(find_tool("pentad-no-such-tool").empty());
  auto folder = std::filesystem::path(find_tool("sh")).parent_path().string();
  CHECK_FALSE(find_tool("sh", {"/nowhere", folder}).empty());
}

}  // namespace
}  // namespace pentad::engine
