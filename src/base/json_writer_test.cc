#include "base/json_writer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/json_text.h"

namespace pentad {
namespace {

std::string number(double value) {
  std::string out;
  append_json_double(out, value);
  return out;
}

std::string text(std::string_view value) {
  std::string out;
  append_json_string(out, value);
  return out;
}

}  // namespace

TEST_CASE("doubles are short, exact and without exponent in the range people read") {
  CHECK(number(0) == "0");
  CHECK(number(1.25) == "1.25");
  CHECK(number(1e20) == "100000000000000000000");
  CHECK(number(-0.000001) == "-0.000001");
  CHECK(number(1e21) == "1e+21");
  CHECK(number(5e-324) == "5e-324");
  CHECK(number(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(number(std::nan("")) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("strings are escaped, and mended where they are not UTF-8") {
  CHECK(text("plain") == "\"plain\"");
  CHECK(text("a\"\\\n\r\t\x01\x1F\x7F/") == "\"a\\\"\\\\\\n\\r\\t\\u0001\\u001f\x7F/\"");
  CHECK(text("\xE4\xBD\xA0") == "\"\xE4\xBD\xA0\"");
  CHECK(text("a\xFF"
             "b\xC3") ==
        "\"a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD\"");
  CHECK(text(std::string(1, '\0')) == "\"\\u0000\"");
}

TEST_CASE("UTF-8 helpers") {
  CHECK(is_utf8("a\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80"));
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_utf8("\x80"));
  CHECK(utf8_length("a\xC3\xA9\xE4\xBD\xA0\xF0\x9F\x98\x80") == 4);
  for (uint32_t code : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string bytes;
    append_utf8(bytes, code);
    CHECK(utf8_sequence_bytes(bytes) == bytes.size());
  }
}

}  // namespace pentad
