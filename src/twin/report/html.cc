#include "twin/report/html.h"

#include "twin/report/escape.h"

namespace pentad::twin {

namespace {

constexpr size_t kOneLine = 20;  // bytes

}  // namespace

Html& Html::raw(std::string_view markup) {
  out_ += markup;
  return *this;
}

Html& Html::text(std::string_view text) { return raw(escape_html(text)); }

Html& Html::element(std::string_view tag, std::string_view content, std::string_view attributes) {
  raw("<").raw(tag);
  if (!attributes.empty()) raw(" ").raw(attributes);
  return raw(">").text(content).raw("</").raw(tag).raw(">\n");
}

Html& Html::section(std::string_view id, std::string_view title) {
  raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"").raw(id).raw("-title\">\n<h2 id=\"");
  return raw(id).raw("-title\">").text(title).raw("</h2>\n");
}

void Html::cell(const HtmlCell& cell, const HtmlColumn& column, bool head) {
  raw(head ? "<th scope=\"row\"" : "<td");
  // A figure and its unit stay on one line; a sentence may break.
  if (column.numeric) raw(cell.text.size() <= kOneLine ? " class=\"n one\"" : " class=\"n\"");
  raw(">");
  // Isolated, so that a name written from right to left leaves its neighbours where they are.
  if (cell.foreign) raw("<bdi>");
  text(cell.text);
  if (cell.foreign) raw("</bdi>");
  raw(head ? "</th>" : "</td>");
}

Html& Html::table(const HtmlTable& table) {
  if (table.rows.empty()) return *this;
  raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
  text(table.caption).raw("\">\n<table>\n");
  element("caption", table.caption);
  raw("<thead><tr>");
  for (const HtmlColumn& column : table.columns) {
    raw(column.numeric ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    text(column.title).raw("</th>");
  }
  raw("</tr></thead>\n<tbody>\n");
  for (const auto& row : table.rows) {
    raw("<tr>");
    for (size_t i = 0; i < row.size() && i < table.columns.size(); ++i) {
      cell(row[i], table.columns[i], i == 0);
    }
    raw("</tr>\n");
  }
  return raw("</tbody>\n</table>\n</div>\n");
}

Html& Html::list(const std::vector<std::string>& lines) {
  if (lines.empty()) return *this;
  raw("<ul>\n");
  for (const std::string& line : lines) element("li", line);
  return raw("</ul>\n");
}

}  // namespace pentad::twin
