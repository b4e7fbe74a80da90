#include "cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::cli {

namespace {

// One code point off the front of `text`, -1 for a byte that is not part of valid UTF-8.
int32_t take_code_point(std::string_view& text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char head = byte(0);
  size_t size = head < 0x80 ? 1 : head >= 0xC2 && head < 0xE0 ? 2 : head < 0xF0 ? 3 : 4;
  if ((head >= 0x80 && head < 0xC2) || head > 0xF4 || size > text.size()) {
    text.remove_prefix(1);
    return -1;
  }
  int32_t code = size == 1 ? head : head & (0xFF >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return -1;
    }
    code = code << 6 | (byte(i) & 0x3F);
  }
  static constexpr int32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    text.remove_prefix(1);
    return -1;
  }
  text.remove_prefix(size);
  return code;
}

struct Span {
  int32_t first, last;
};

// East Asian Wide and Fullwidth, and emoji shown wide (Unicode 15, EastAsianWidth.txt, merged).
constexpr Span kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26BD, 0x26BE},
    {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18D08}, {0x1AFF0, 0x1B2FB}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA},
    {0x1F3E0, 0x1F3F0}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD}};
constexpr Span kNoWidth[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20F0},
                             {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

constexpr size_t kLeast = 3;  // cells of a column in a terminal that is too narrow

template <size_t n>
bool in(const Span (&spans)[n], int32_t code) {
  auto it = std::upper_bound(spans, spans + n, code,
                             [](int32_t c, const Span& span) { return c < span.first; });
  return it != spans && code <= (it - 1)->last;
}

size_t width_of(int32_t code) {
  if (code < 0x300) return 1;
  if (in(kNoWidth, code)) return 0;
  return in(kWide, code) ? 2 : 1;
}

// Direction marks could make a name look like another.
bool is_hidden_control(int32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view before = text;
    int32_t code = take_code_point(text);
    if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code < 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(before[0]));
    } else if (is_hidden_control(code)) {
      out += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += width_of(take_code_point(text));
  return width;
}

std::string shorten(std::string_view text, size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  size_t used = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view before = rest;
    size_t cells = width_of(take_code_point(rest));
    if (used + cells > width - 1)
      return std::string(text.substr(0, text.size() - before.size())) + "…";
    used += cells;
  }
  return std::string(text);
}

std::string wrapped(std::string_view text, size_t width, size_t indent) {
  if (width == 0) return std::string(text);
  const size_t room = width > indent + 8 ? width - indent : 8;
  std::string out;
  while (display_width(text) > room) {
    std::string_view rest = text;
    size_t used = 0, fits = 0, good = 0;  // bytes: that fit, and up to the last good place
    while (true) {
      size_t here = text.size() - rest.size();
      int32_t code = take_code_point(rest);
      if (code == ' ') good = here;
      used += width_of(code);
      if (used > room) break;
      fits = text.size() - rest.size();
      if (in(kWide, code)) good = fits;
    }
    size_t end = good > 0 ? good : fits;
    out.append(text.substr(0, end)).append("\n").append(indent, ' ');
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  return out.append(text);
}

std::string Table::render(size_t width, bool colour) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t w = display_width(columns_[c].title);
    for (const auto& row : rows_) w = std::max(w, display_width(printable(row[c].text)));
    widths.push_back(w);
  }
  size_t total = 2 * (columns_.size() - 1);
  for (size_t w : widths) total += w;
  // The widest column that may shrink gives way, cell by cell; where that is not enough, these
  // columns go below what they should keep.
  bool pressed = false;
  while (width > 0 && total > width) {
    size_t widest = columns_.size();
    for (size_t c = 0; c < columns_.size(); ++c) {
      size_t keeps = pressed ? std::min(kLeast, columns_[c].min_width) : columns_[c].min_width;
      bool may = keeps > 0 && widths[c] > keeps;
      if (may && (widest == columns_.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == columns_.size()) {
      if (pressed) break;
      pressed = true;
      continue;
    }
    --widths[widest];
    --total;
  }
  std::string out;
  auto append = [&](size_t c, std::string_view text, std::string_view sgr) {
    std::string cut = shorten(text, widths[c]);
    std::string pad(widths[c] - display_width(cut), ' ');
    bool last = c + 1 == columns_.size();
    if (columns_[c].align == Align::right) out += pad;
    out += colour && !sgr.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, cut) : cut;
    if (columns_[c].align == Align::left && !last) out += pad;
    out += last ? "\n" : "  ";
  };
  bool titled = false;
  for (const Column& column : columns_) titled = titled || !column.title.empty();
  for (size_t c = 0; titled && c < columns_.size(); ++c) append(c, columns_[c].title, "1");
  for (const auto& row : rows_) {
    for (size_t c = 0; c < columns_.size(); ++c) append(c, printable(row[c].text), row[c].colour);
  }
  return out;
}

}  // namespace pentad::cli
