#include "cli/dependency.h"

#include <doctest/doctest.h>

#include "base/reflect.h"

using namespace pentad;
using pentad::cli::parse_dependency;

TEST_CASE("conditions on other jobs as people write them") {
  struct Row {
    const char* text;
    const char* json;
  };
  for (Row row : {
           Row{"12", R"({"kind":"ok","job":12})"},
           Row{"not_ok:12_3", R"({"kind":"not_ok","job":12,"element":3})"},
           Row{"started:7+2m", R"({"kind":"started","job":7,"delay_s":120})"},
           Row{"each:7", R"({"kind":"elementwise","job":7})"},
           Row{"singleton", R"({"kind":"singleton"})"},
           Row{"ok:1,ended:2",
               R"({"kind":"all","of":[{"kind":"ok","job":1},{"kind":"ended","job":2}]})"},
           Row{"1 & (2 | ended:3)",
               R"({"kind":"all","of":[{"kind":"ok","job":1},{"kind":"any","of":[)"
               R"({"kind":"ok","job":2},)"
               R"({"kind":"ended","job":3}]}]})"},
           Row{"1|2&3", R"({"kind":"any","of":[{"kind":"ok","job":1},{"kind":"all","of":[)"
                        R"({"kind":"ok","job":2},)"
                        R"({"kind":"ok","job":3}]}]})"},
       }) {
    CAPTURE(std::string(row.text));
    auto d = parse_dependency(row.text);
    REQUIRE(d.has_value());
    CHECK(to_json(*d, WriteMode::compact) == row.json);
  }
  for (const char* text : {"", "ok:", "ok:0", "ok:x", "maybe:1", "1,", "1|", "(1", "1)", "ok:1_",
                           "1 2", "started:1+x", "all:1", "-1", "99999999999999999999"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_dependency(text).has_value());
  }
}
