#include "cli/front/slurm/columns.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>

namespace pentad::cli::front::slurm {

namespace {

constexpr size_t kWidestColumn = 100'000;
constexpr size_t kNameWidth = 20;  // of a long format without a number

// Digits at `at`; moves `at` behind them.
size_t read_width(std::string_view text, size_t& at) {
  size_t width = 0;
  for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); ++at) {
    width = std::min(width * 10 + static_cast<size_t>(text[at] - '0'), kWidestColumn);
  }
  return width;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t characters(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

std::string_view first_characters(std::string_view text, size_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (count-- == 0) break;
  }
  return text.substr(0, at);
}

}  // namespace

Layout read_letters(std::string_view format, std::string_view all, const ByLetter& find,
                    const Complain& unknown) {
  Layout out;
  std::string* gap = &out.before;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%' || at + 1 == format.size()) {
      *gap += format[at++];
      continue;
    }
    size_t begin = at++;
    if (format[at] == '%') continue;  // the next one counts
    if (format.substr(at, 3) == "all") {
      Layout every = read_letters(all, "", find, unknown);
      out.pieces.insert(out.pieces.end(), every.pieces.begin(), every.pieces.end());
      gap = &out.pieces.back().after;
      at += 3;
      continue;
    }
    Piece piece;
    piece.right = format[at] == '.';
    if (piece.right) ++at;
    piece.width = read_width(format, at);
    char letter = at < format.size() ? format[at] : ' ';
    piece.field = find(letter);
    at = std::min(at + 1, format.size());
    if (piece.field == kNoField) {
      unknown(std::string_view(&letter, 1));
      *gap += format.substr(begin, at - begin);
      continue;
    }
    out.pieces.push_back(piece);
    gap = &out.pieces.back().after;
  }
  return out;
}

Layout read_names(std::string_view format, const ByName& find, const Complain& unknown) {
  Layout out;
  for (size_t from = 0; from < format.size();) {
    size_t comma = std::min(format.find(',', from), format.size());
    std::string_view word = format.substr(from, comma - from);
    from = comma + 1;
    size_t colon = word.find(':');
    std::string_view name = word.substr(0, colon);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name.empty()) continue;
    Piece piece{find(name), kNameWidth, false, ""};
    if (piece.field == kNoField) {
      unknown(name);
      continue;
    }
    if (colon != word.npos) {
      size_t at = colon + 1;
      piece.right = at < word.size() && word[at] == '.';
      if (piece.right) ++at;
      size_t digits = at;
      size_t width = read_width(word, at);
      if (at > digits) piece.width = width;
      piece.after = word.substr(at);
    }
    out.pieces.push_back(std::move(piece));
  }
  return out;
}

void append_cell(std::string& out, std::string_view text, size_t width, bool right) {
  if (width == 0) {
    out += text;
    return;
  }
  size_t length = characters(text);
  if (length > width) {
    out += first_characters(text, width);
    return;
  }
  if (right) out.append(width - length, ' ');
  out += text;
  if (!right) out.append(width - length, ' ');
}

void write_out(std::string& out, bool at_end) {
  constexpr size_t kMuch = 1 << 16;
  if (!at_end && out.size() < kMuch) return;
  std::fwrite(out.data(), 1, out.size(), stdout);
  out.clear();
  if (at_end) std::fflush(stdout);
}

}  // namespace pentad::cli::front::slurm
