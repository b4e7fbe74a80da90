// The few shapes of HTML that a report is made of. All text is escaped here and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentad::twin {

struct HtmlColumn {
  std::string title;
  bool numeric = false;
};

struct HtmlCell {
  std::string text;
  bool foreign = false;  // text of the input, in whatever language that is
  HtmlCell(std::string t, bool f = false) : text(std::move(t)), foreign(f) {}
  HtmlCell(std::string_view t) : text(t) {}
  HtmlCell(const char* t) : text(t) {}
};

struct HtmlTable {
  std::string caption;
  std::vector<HtmlColumn> columns;
  std::vector<std::vector<HtmlCell>> rows;  // the first cell heads its row
};

class Html {
 public:
  // As it stands: only for markup written in the source.
  Html& raw(std::string_view markup);
  Html& text(std::string_view text);
  // <tag>text</tag>; `attributes` are markup.
  Html& element(std::string_view tag, std::string_view text, std::string_view attributes = {});
  // A heading with an anchor; sections are closed by raw("</section>").
  Html& section(std::string_view id, std::string_view title);
  // Nothing when there is no row. Scrolls sideways by keyboard, too.
  Html& table(const HtmlTable& table);
  // Nothing when `lines` is empty.
  Html& list(const std::vector<std::string>& lines);

  std::string take() { return std::move(out_); }

 private:
  void cell(const HtmlCell& cell, const HtmlColumn& column, bool head);
  std::string out_;
};

}  // namespace pentad::twin
