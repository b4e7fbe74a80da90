#include "net/target.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "net/client.h"

namespace pentad::net {
namespace {

// "path [segment|segment] key=value&key=value", or "refused".
std::string shown(std::string_view text) {
  auto target = parse_target(text);
  if (!target) return "refused";
  std::string out = target->path + " [";
  for (size_t i = 0; i < target->segments.size(); ++i) {
    out += (i > 0 ? "|" : "") + target->segments[i];
  }
  out += "]";
  for (const auto& [key, value] : target->query.items) out += " " + key + "=" + value;
  return out;
}

}  // namespace

TEST_CASE("targets are taken apart and decoded") {
  CHECK(shown("/") == "/ []");
  CHECK(shown("/jobs/12") == "/jobs/12 [jobs|12]");
  CHECK(shown("/jobs/") == "/jobs/ [jobs|]");
  CHECK(shown("/a%20b/%E4%BD%A0") == "/a b/\xE4\xBD\xA0 [a b|\xE4\xBD\xA0]");
  CHECK(shown("/a%2Fb/c") == "/a/b/c [a/b|c]");
  CHECK(shown("/a//b") == "/a//b [a||b]");
  CHECK(shown("//a") == "//a [|a]");
  CHECK(shown("/.//a") == "/.//a [.||a]");
  CHECK(shown("/a/../b") == "/a/../b [a|..|b]");
  CHECK(shown("/q?a=1&b=x%20y+z&c&d=") == "/q [q] a=1 b=x y z c= d=");
  CHECK(shown("/q?a=1&a=2") == "/q [q] a=1 a=2");
  CHECK(shown("/q?") == "/q [q]");
  CHECK(shown("/q?a=b=c?d/e") == "/q [q] a=b=c?d/e");
  CHECK(shown("http://localhost:80/jobs?x=1") == "/jobs [jobs] x=1");
  CHECK(shown("http://localhost") == "/ []");
  CHECK(shown("*") == "* [*]");
}

TEST_CASE("targets that are not clean are refused") {
  for (std::string_view text : {"", "jobs", "/%", "/%2", "/%GG", "/a b", "/%00", "/%0A", "/%7F",
                                "/%FF", "/%C0%80", "/a?b=%0d%0aX", "/a?b=%FF", "/a?%00=1", "/a#b",
                                "/a\x01", "/\xE4\xBD\xA0", "localhost:80", "/a?b=\""}) {
    CAPTURE(text);
    CHECK(shown(text) == "refused");
  }
}

TEST_CASE("a refusal says what is wrong") {
  CHECK(parse_target("/%00").error().message.find("path") != std::string::npos);
  CHECK(parse_target("/a?b=%FF").error().message.find("query") != std::string::npos);
  CHECK(parse_target("/%").error().message.find("%XX") != std::string::npos);
}

TEST_CASE("what percent_encode makes of any text comes back from path and query") {
  CHECK(rc::check([] {
    auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7F));
    auto target = parse_target("/a/" + percent_encode(text) + "?k=" + percent_encode(text));
    RC_ASSERT(target.has_value());
    RC_ASSERT((target->segments == std::vector<std::string>{"a", text}));
    RC_ASSERT(target->query.items.size() == 1u);
    RC_ASSERT(target->query.items[0].second == text);
  }));
}

}  // namespace pentad::net
