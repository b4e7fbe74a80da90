#include "base/json_reader.h"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

namespace pentad {
namespace {

bool is_json(std::string_view text) {
  JsonReader in(text, ReadMode::lenient);
  return in.skip_value() && in.finish();
}

bool boost_says_json(std::string_view text) {
  boost::system::error_code ec;
  boost::json::parse_options options;
  options.max_depth = JsonReader::default_depth;
  boost::json::parse({text.data(), text.size()}, ec, {}, options);
  return !ec;
}

void compare_with_boost(const std::vector<std::string_view>& samples) {
  for (auto text : samples) {
    CAPTURE(text);
    CHECK(is_json(text) == boost_says_json(text));
  }
}

std::string read_string(std::string_view text) {
  std::string out;
  JsonReader in(text, ReadMode::lenient);
  REQUIRE_MESSAGE(in.read_string(out), in.error().message);
  return out;
}

}  // namespace

TEST_CASE("accepts and refuses the same values as Boost.JSON") {
  compare_with_boost({"",
                      " ",
                      "{}",
                      "[]",
                      "null",
                      "true",
                      "false",
                      "nul",
                      "truefalse",
                      "0",
                      "-0",
                      "00",
                      "01",
                      "-",
                      "+1",
                      "1.",
                      ".5",
                      "1.5",
                      "1e5",
                      "1E+05",
                      "1e",
                      "1e+",
                      "0x10",
                      "NaN",
                      "Infinity",
                      "[1,2]",
                      "[1,]",
                      "[,1]",
                      "[1 2]",
                      "[1",
                      "]",
                      "{\"a\":1}",
                      "{\"a\":1,}",
                      "{\"a\"}",
                      "{a:1}",
                      "{\"a\":1 \"b\":2}",
                      "{\"a\":1,,\"b\":2}",
                      "{1:2}",
                      "{\"a\":[{\"b\":{}}]}",
                      "[[[[]]]]",
                      "\xEF\xBB\xBF{}",
                      "/**/1",
                      "1 2",
                      "[1]]",
                      "'a'",
                      "\xFF",
                      "[\"a\",\"b\\n\",null,true]"});
}

TEST_CASE("accepts and refuses the same strings as Boost.JSON") {
  compare_with_boost({"\"\"",
                      "\"a",
                      "\"\\\"",
                      "\"\\u12\"",
                      "\"\\u00e9\"",
                      "\"\\uD83D\\uDE00\"",
                      "\"\\uD83D\"",
                      "\"\\uDE00\"",
                      "\"\\uD83D\\u0041\"",
                      "\"\\x\"",
                      "\"\\u12G4\"",
                      "\"\x01\"",
                      "\"\t\"",
                      "\"\x7F\"",
                      "\"\xC3\xA9\"",
                      "\"\xC3\"",
                      "\"\xC0\x80\"",
                      "\"\xED\xA0\x80\"",
                      "\"\xF4\x90\x80\x80\"",
                      "\"\xF0\x9F\x98\x80\"",
                      "\"\xE0\x80\x80\"",
                      "\"\xF5\x80\x80\x80\""});
}

TEST_CASE("strings: escapes, surrogates, text of all lengths around a word") {
  CHECK(read_string(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(read_string(R"("\u00e9\u4f60\uD83D\uDE00")") == "\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80");
  CHECK(read_string(R"("\u0000")") == std::string(1, '\0'));
  for (size_t n = 0; n < 40; ++n) {
    for (std::string tail : {"", "\\n", "\xC3\xA9"}) {
      std::string plain(n, 'x');
      std::string expected = plain + (tail == "\\n" ? "\n" : tail) + plain;
      CHECK(read_string("\"" + plain + tail + plain + "\"") == expected);
    }
  }
}

TEST_CASE("integers are exact at the edges and refused beyond") {
  auto read = [](std::string_view text, auto type) {
    decltype(type) value{};
    JsonReader in(text);
    return in.read_integer(value) && in.finish() ? std::to_string(value) : in.error().message;
  };
  CHECK(read("9223372036854775807", int64_t{}) == "9223372036854775807");
  CHECK(read("-9223372036854775808", int64_t{}) == "-9223372036854775808");
  CHECK(read("18446744073709551615", uint64_t{}) == "18446744073709551615");
  CHECK(read("-0", uint64_t{}) == "0");
  CHECK(read("9007199254740993", int64_t{}) == "9007199254740993");
  CHECK(read("9223372036854775808", int64_t{}).starts_with("expected a number from"));
  CHECK(read("18446744073709551616", uint64_t{}).starts_with("expected a number from"));
  CHECK(read("-1", uint32_t{}) == "expected a number from 0 to 4294967295");
  CHECK(read("1e3", int32_t{}) ==
        "expected an integer, found a number with a fraction or exponent");
  CHECK(read(std::string(100'000, '9'), int64_t{}).starts_with("expected a number from"));
}

TEST_CASE("doubles round trip and overflow is refused") {
  double value = 0;
  JsonReader in("0.1");
  REQUIRE(in.read_double(value));
  CHECK(value == 0.1);
  JsonReader huge("1e999");
  CHECK_FALSE(huge.read_double(value));
  CHECK(huge.error().message == "expected a number that fits a 64-bit float");
}

TEST_CASE("find_tag looks ahead without moving") {
  JsonReader in(R"( {"a":{"type":"inner"},"type":"outer"})");
  CHECK(in.find_tag("type") == "outer");
  CHECK(in.find_tag("none").empty());
  CHECK(in.skip_value());
  CHECK(in.finish());
}

TEST_CASE("the first error stays") {
  JsonReader in("[1]");
  bool flag = false;
  CHECK_FALSE(in.read_bool(flag));
  CHECK_FALSE(in.fail("another"));
  in.at(size_t{2});
  in.at("a~/b");
  CHECK(in.error().message == "expected true or false, found an array");
  CHECK(in.error().path == "/a~0~1b/2");
}

}  // namespace pentad
