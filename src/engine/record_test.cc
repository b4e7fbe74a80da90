#include "engine/record.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <string>
#include <vector>

#include "engine/supervisor/text.h"

namespace pentad::engine {

namespace {

std::string whole_record(const std::string& type, const std::string& body) {
  char head[kMaxHead];
  return std::string(head, write_head(type, body, head)) + body;
}

std::string plain(std::string_view escaped) {
  std::string text(escaped.size(), ' ');
  text.resize(unescape(escaped, text.data()));
  return text;
}

}  // namespace

TEST_CASE("any fields come back as they were written") {
  CHECK(rc::check([](const std::vector<std::string>& values) {
    std::string body;
    for (const std::string& value : values) append_field(body, "key", std::string_view(value));
    std::string text = whole_record("order", body);
    std::string_view rest(text);
    Record record;
    RC_ASSERT(take_record(rest, record));
    RC_ASSERT(rest.empty());
    RC_ASSERT(record.type == "order");
    RC_ASSERT(record.version == kProtocolVersion);
    std::vector<std::string> read;
    Field field;
    while (take_field(record.body, field)) {
      RC_ASSERT(field.key == "key");
      read.push_back(plain(field.value));
    }
    RC_ASSERT(read == values);
  }));
}

TEST_CASE("a record that is cut or changed anywhere does not count") {
  const std::string text = whole_record("ended", "exit_code 3\nmessage no\\nthing\n");
  for (size_t size = 0; size < text.size(); ++size) {
    std::string_view cut(text.data(), size);
    Record record;
    CHECK_FALSE(take_record(cut, record));
    CHECK(cut.size() == size);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    std::string_view rest(changed);
    Record record;
    const bool taken = take_record(rest, record);
    // The type is not covered by the checksum; its readers compare it.
    CHECK((!taken || record.type != "ended" || record.version != kProtocolVersion));
  }
}

TEST_CASE("integers are written and read over their whole range, and nothing else is read") {
  CHECK(rc::check([](int64_t value) {
    char digits[24];
    const std::string_view text(digits, write_integer(value, digits));
    RC_ASSERT(text == std::to_string(value));
    RC_ASSERT(parse_integer(text, value + 1) == value);
  }));
  CHECK(parse_integer("9223372036854775807", 0) == std::numeric_limits<int64_t>::max());
  CHECK(parse_integer("-9223372036854775808", 0) == std::numeric_limits<int64_t>::min());
  for (const char* bad : {"", "-", "1x", " 1", "+1", "9223372036854775808", "-9223372036854775809",
                          "99999999999999999999999999"}) {
    CHECK(parse_integer(bad, -77) == -77);
  }
}

TEST_CASE("fixed text is cut off when full") {
  Text<8> text;
  text << "abc" << int64_t{-12};
  CHECK(text.view() == "abc-12");
  text << "xyz";
  CHECK(text.view() == "abc-12x");
  CHECK(std::string(text.c_str()) == "abc-12x");
}

}  // namespace pentad::engine
