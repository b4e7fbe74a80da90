#include "tenancy/names.h"

#include <doctest/doctest.h>

using namespace pentad;  // NOLINT

TEST_CASE("two spellings of a name have one key") {
  CHECK(normal_name("Zoë")->key == normal_name("ZOE\u0308")->key);  // composed or not
  CHECK(normal_name("Zoe\u0308")->name == "Zoë");
  CHECK(normal_name("lihua")->key == normal_name("ｌｉｈｕａ")->key);  // full width
  CHECK(normal_name("Straße")->key == normal_name("STRASSE")->key);
  CHECK(normal_name("计算中心")->name == "计算中心");
  CHECK(normal_name("a.b_c-d@e+1")->key == "a.b_c-d@e+1");
  CHECK(normal_name("lihua")->key != normal_name("lihue")->key);
}

TEST_CASE("what is no name") {
  // What an attacker would put there: paths, options, quotes, lines, what cannot be seen, bytes.
  for (const char* bad : {"",         ".",        "..",       "../etc", "a/b",
                          "a\\b",     "-rf",      ".ssh",     "a b",    "a'b",
                          "a\"b",     "a;b",      "a%00",     "a\tb",   "a\r\nSet-Cookie:x",
                          "a\x01",    "a\u200Bb", "a\u202Eb", "\u2100", "a\xFF",
                          "\xC0\xAF", "a:b",      "a,b",      "a=b",    "a*b",
                          "(a)",      "😀"}) {
    CAPTURE(bad);
    CHECK(!normal_name(bad));
  }
  CHECK(normal_name(std::string(64, 'a')));
  CHECK(!normal_name(std::string(65, 'a')));
  CHECK(name_complaint("a b"));
  CHECK(!name_complaint("a-b"));
}
