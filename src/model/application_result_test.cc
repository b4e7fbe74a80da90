#include "model/application_result.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/json_text.h"

namespace pentad {
namespace {

TEST_CASE("a result file") {
  auto result = read_application_result(
      R"({"summary": {"en": "fine\u001b[2J", "zh": "好"},)"
      R"( "figures": [{"name": "drift", "value": -1.5e-05, "unit": "epsilon"}],)"
      R"( "files": ["model.pt"]})");
  REQUIRE(result);
  CHECK(result->summary == LocalText{"fine[2J", "好"});
  CHECK(result->figures == std::vector<Figure>{{"drift", -1.5e-05, "epsilon"}});
  CHECK(result->files == std::vector<std::string>{"model.pt"});
}

TEST_CASE("a result file that is not one") {
  auto path = [](std::string_view json) { return read_application_result(json).error().path; };
  CHECK(path(R"({"figures": []})") == "/summary");
  CHECK(path(R"({"summary": {"en": "a"}})") == "/summary/zh");
  CHECK(path(R"({"summary": {"en": "a", "zh": "b"}, "figures": [{"name": "a"}]})") ==
        "/figures/0/value");
  CHECK(path(R"({"summary": {"en": "a", "zh": "b"}, "extra": 1})") == "/extra");
  CHECK_FALSE(read_application_result(""));
  CHECK_FALSE(read_application_result(R"({"summary": {"en": "a", "zh": "b"},)"));
  std::string long_text(kMaxResultBytes + 1, ' ');
  CHECK(read_application_result(long_text).error().code == ErrorCode::too_large);
}

TEST_CASE("lines of progress") {
  CHECK(parse_progress("progress 0.35 step 350/1000") == Progress{0.35, "step 350/1000"});
  CHECK(parse_progress("progress 1") == Progress{1, ""});
  CHECK(parse_progress("progress 1.000 \x1b[31mred\x07") == Progress{1, "[31mred"});
  CHECK(parse_progress("progress 0 a\r") == Progress{0, "a"});
  for (auto line : {"", "progress", "progress ", "progress x", "progress 1.5", "progress -0.1",
                    "progress nan", "progress 0.5x", " progress 0.5", "Progress 0.5"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_progress(line));
  }
  CHECK(parse_progress("progress 0.5 " + std::string(9000, 'x'))->words.size() == 500);
}

TEST_CASE("the last whole line of progress") {
  CHECK(last_progress("progress 0.1 a\nprogress 0.2 b\nother\nprogress 0.3")->words == "b");
  CHECK(last_progress("progress 0.1 a\n")->words == "a");
  CHECK_FALSE(last_progress("progress 0.1 a\n", false));
  CHECK_FALSE(last_progress("progress 0.1"));
  CHECK_FALSE(last_progress("\n\n\n"));
  CHECK_FALSE(last_progress(""));
}

TEST_CASE("whatever a job prints, words of progress are plain text") {
  CHECK(rc::check([](const std::string& noise) {
    auto found = parse_progress("progress 0.5 " + noise);
    RC_ASSERT(found.has_value());
    RC_ASSERT(is_utf8(found->words));
    for (char c : found->words) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
  }));
}

}  // namespace
}  // namespace pentad
