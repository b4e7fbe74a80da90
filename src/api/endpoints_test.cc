#include "api/endpoints.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <set>
#include <sstream>

#include "api/problem.h"
#include "base/reflect.h"

using namespace pentad;
using namespace pentad::api;

namespace {

// Handlers are not called here: each test of theirs stands in src/app, beside the core they need.
std::string words_for_people() {
  std::ifstream in(PENTAD_SOURCE_DIR "/src/api/endpoints.md");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every endpoint has its own name and place, and words for people") {
  std::set<std::string> ids, places;
  std::string words = words_for_people();
  for (const Endpoint& e : endpoints()) {
    CAPTURE(e.id);
    CHECK(ids.insert(std::string(e.id)).second);
    std::string_view path = e.path;
    CHECK(places.insert(fmt::format("{} {}", net::method_name(e.method), path)).second);
    if (path.starts_with("/api/v1")) path.remove_prefix(7);
    CHECK(words.find(fmt::format("| {} {} |", net::method_name(e.method), path)) !=
          std::string::npos);
    for (const Parameter& p : e.parameters) {
      CAPTURE(p.name);
      bool told = false;
      for (const char* form : {"`{}`", "`?{}=", "`{}="}) {
        told |= words.find(fmt::format(fmt::runtime(form), p.name)) != std::string::npos;
      }
      CHECK(told);
    }
    CHECK(bool(e.handler));
    CHECK_FALSE(e.answers.empty());
  }
}

TEST_CASE("the document is JSON and grows with the table") {
  std::string document = openapi_document("1.2.3");
  CHECK(from_json<JsonText>(document).has_value());
  CHECK(document.find(R"("version":"1.2.3")") != std::string::npos);
  for (const ProblemKind& kind : problem_kinds()) {
    CHECK(document.find(std::string(kind.name)) != std::string::npos);
  }
}

TEST_CASE("every refusal and every error has a problem") {
  for (const auto& entry : reflect::enum_entries<RefusalCode>) {
    if (entry.value == RefusalCode::none) continue;
    CHECK(problem_of(Refusal{entry.value, "/x", "why"}).status >= 400);
  }
  for (int code = 0; code <= static_cast<int>(ErrorCode::timed_out); ++code) {
    CHECK(problem_of(Error{static_cast<ErrorCode>(code), "why", ""}).status >= 400);
  }
}
