// Tables for people: columns aligned by what a terminal shows, cut to its width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentad::cli {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  // A column that may be cut when the terminal is narrow keeps at least this many cells; 0: never
  // cut.
  size_t min_width = 0;
};

// A cell's text may be coloured; the colour is left out where there is none.
struct Cell {
  std::string text;
  std::string_view colour;  // SGR parameters such as "32"; empty for none
  Cell(std::string t, std::string_view c = {}) : text(std::move(t)), colour(c) {}
  Cell(const char* t) : text(t) {}
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // `width` in cells, 0 for no limit.
  std::string render(size_t width, bool colour) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Text as a terminal may safely show it: control characters and broken UTF-8 become visible
// escapes.
std::string printable(std::string_view text);
// Cells that valid, printable UTF-8 takes: wide characters (Chinese, emoji) count two, combining
// none.
size_t display_width(std::string_view text);
// At most `width` cells; what was cut off ends in an ellipsis.
std::string shorten(std::string_view text, size_t width);
// Lines of at most `width` cells (0: no limit), broken at blanks or, where there is none, between
// wide characters or anywhere; `indent` blanks before each line but the first, whose width they
// count as well.
std::string wrapped(std::string_view text, size_t width, size_t indent = 0);

}  // namespace pentad::cli
