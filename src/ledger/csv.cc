#include "ledger/csv.h"

#include <array>

namespace pentad::ledger {

namespace {

bool is_dangerous(std::string_view text) {
  size_t begin = text.find_first_not_of(' ');
  if (begin == text.npos) return false;
  text.remove_prefix(begin);
  constexpr std::array<std::string_view, 11> starts = {"=",  "+",  "-",  "@",  "\t", "\r",
                                                       "\n", "＝", "＋", "－", "＠"};
  for (std::string_view start : starts) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

std::string quoted(std::string_view text, std::string_view prefix) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(prefix) + std::string(text);
  std::string out = "\"";
  out += prefix;
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string csv_text(std::string_view text) { return quoted(text, is_dangerous(text) ? "'" : ""); }

std::string csv_own(std::string_view text) { return quoted(text, ""); }

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    out += cells[i];
  }
  return out + "\r\n";
}

}  // namespace pentad::ledger
