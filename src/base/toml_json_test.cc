#include "base/toml_json.h"

#include <doctest/doctest.h>

namespace pentad {
namespace {

TomlValue parsed(std::string_view text) {
  auto document = parse_toml(text);
  REQUIRE(document);
  return *document;
}

TEST_CASE("all kinds of values") {
  auto json = toml_to_json(
      parsed("a = 1\nb = 1.5\nc = true\nd = \"x\\n\"\ne = [1, [2]]\n[f]\ng = {h = -1}\n"));
  REQUIRE(json);
  CHECK(*json == R"({"a":1,"b":1.5,"c":true,"d":"x\n","e":[1,[2]],"f":{"g":{"h":-1}}})");
  CHECK(*toml_to_json(parsed("")) == "{}");
  CHECK(*toml_to_json(parsed("\"a/b~c\" = 9223372036854775807")) ==
        R"({"a/b~c":9223372036854775807})");
}

TEST_CASE("what JSON cannot say is refused where it stands") {
  auto path = [](std::string_view text) { return toml_to_json(parsed(text)).error().path; };
  CHECK(path("a = [1, inf]") == "/a/1");
  CHECK(path("[b]\nc = nan") == "/b/c");
  CHECK(path("\"x/y\" = 1979-05-27") == "/x~1y");
}

TEST_CASE("from a pointer to the line") {
  TomlValue document = parsed("a = 1\n\n[b]\nc = [\n 1,\n 2]\n[[d]]\n[[d]]\n\"x/y\" = 3\n");
  CHECK(toml_line(document, "/a") == 1);
  CHECK(toml_line(document, "/b/c/1") == 6);
  CHECK(toml_line(document, "/d/1/x~1y") == 9);
  CHECK(toml_line(document, "/d/1/missing") == 8);
  CHECK(toml_line(document, "/d/99999999999999999999") == toml_line(document, "/d"));
  CHECK(toml_line(document, "") == 1);
}

}  // namespace
}  // namespace pentad
