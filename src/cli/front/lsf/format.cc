#include "cli/front/lsf/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr size_t kMostColumns = 1000;
constexpr size_t kMostWidth = 4096;

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

Result<Column> read_column(std::string_view word) {
  Column column;
  size_t colon = word.find(':');
  column.field = lower_case(word.substr(0, colon));
  if (colon == word.npos) return column;
  column.has_width = true;
  std::string_view width = word.substr(colon + 1);
  // A unit for sizes may stand behind another colon: sizes have theirs written out anyway.
  width = width.substr(0, width.find(':'));
  if (width.starts_with('-')) {
    column.right = true;
    width.remove_prefix(1);
  }
  if (width.empty()) return column;
  auto [end, error] = std::from_chars(width.data(), width.data() + width.size(), column.width);
  bool sound = error == std::errc() && end == width.data() + width.size();
  if (!sound || column.width == 0 || column.width > kMostWidth) {
    return fail(ErrorCode::invalid,
                fmt::format("{}: Illegal output width for the field", printable(word)));
  }
  return column;
}

}  // namespace

Result<Format> read_format(std::string_view text) {
  Format format;
  constexpr std::string_view kDelimiter = "delimiter=";
  while (true) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n')) {
      text.remove_prefix(1);
    }
    if (text.empty()) break;
    if (lower_case(text.substr(0, kDelimiter.size())) == kDelimiter) {
      text.remove_prefix(kDelimiter.size());
      bool quoted = text.size() >= 3 && (text[0] == '\'' || text[0] == '"') && text[2] == text[0];
      if (text.empty()) return fail(ErrorCode::invalid, "delimiter= names no character");
      format.delimiter = quoted ? text[1] : text[0];
      text.remove_prefix(quoted ? 3 : 1);
      continue;
    }
    std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(word.size());
    if (format.columns.size() == kMostColumns) {
      return fail(ErrorCode::invalid, "so many fields are a mistake");
    }
    Result<Column> column = read_column(word);
    if (!column) return tl::unexpected(column.error());
    format.columns.push_back(std::move(*column));
  }
  if (format.columns.empty()) return fail(ErrorCode::invalid, "the format names no field");
  return format;
}

std::string fitted(std::string_view text, size_t width, bool right, bool keep_end) {
  auto is_inside = [](char c) { return (c & 0xc0) == 0x80; };  // of a character of several bytes
  std::string out(text);
  while (!keep_end && display_width(out) > width) {
    while (is_inside(out.back())) out.pop_back();
    out.pop_back();
  }
  if (display_width(out) > width) {
    while (!out.empty() && display_width(out) >= width) {
      size_t next = 1;
      while (next < out.size() && is_inside(out[next])) ++next;
      out.erase(0, next);
    }
    out.insert(0, "*");
  }
  std::string blanks(width - std::min(width, display_width(out)), ' ');
  return right ? blanks + out : out + blanks;
}

}  // namespace pentad::cli::front::lsf
