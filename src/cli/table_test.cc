#include "cli/table.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace pentad::cli;

TEST_CASE("a cell is as wide as a terminal shows it") {
  CHECK(display_width("melt") == 4);
  CHECK(display_width("熔化") == 4);
  CHECK(display_width("e\xCC\x81") == 1);  // e with a combining accent
  CHECK(shorten("simulation", 6) == "simul…");
  CHECK(shorten("熔化模拟", 5) == "熔化…");
  CHECK(shorten("熔化模拟", 4) == "熔…");
}

TEST_CASE("nothing in a name can move the cursor") {
  CHECK(printable("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(printable("two\nlines\t") == "two\\nlines\\t");
  CHECK(printable("bad \xFF byte") == "bad \\xff byte");
  CHECK(printable("abc\xE2\x80\xAE") == "abc\\u202e");
  CHECK(rc::check([](const std::string& text) {
    for (unsigned char c : printable(text)) RC_ASSERT(c >= 0x20 && c != 0x7F);
  }));
}

TEST_CASE("paragraphs are broken at blanks, Chinese anywhere") {
  CHECK(wrapped("one two three", 9) == "one two\nthree");
  CHECK(wrapped("one two three", 0) == "one two three");
  CHECK(wrapped("alpha beta gamma", 15, 4) == "alpha beta\n    gamma");
  CHECK(wrapped("封闭系统的能量必须守恒", 9) == "封闭系统\n的能量必\n须守恒");
  CHECK(wrapped("abcdefghijkl", 8) == "abcdefgh\nijkl");
  CHECK(rc::check([](const std::string& bytes) {
    std::string text = wrapped(printable(bytes), 12);
    for (size_t from = 0; from < text.size();) {
      size_t to = std::min(text.find('\n', from), text.size());
      RC_ASSERT(display_width(text.substr(from, to - from)) <= 12u);
      from = to + 1;
    }
  }));
}

TEST_CASE("a table without titles begins with its first row") {
  Table table({{""}, {""}});
  table.add({"a", "b"});
  CHECK(table.render(0, false) == "a  b\n");
}

TEST_CASE("columns line up and give way on a narrow terminal") {
  Table table({{"ID", Align::right}, {"NAME", Align::left, 6}, {"STATE"}});
  table.add({"1", "molecular-dynamics", Cell("running", "32")});
  table.add({"20", "训练", "queued"});
  CHECK(table.render(0, false) ==
        "ID  NAME                STATE\n"
        " 1  molecular-dynamics  running\n"
        "20  训练                queued\n");
  CHECK(table.render(22, false) ==
        "ID  NAME       STATE\n"
        " 1  molecula…  running\n"
        "20  训练       queued\n");
  CHECK(table.render(22, true).find("\x1b[32mrunning\x1b[0m") != std::string::npos);
}
