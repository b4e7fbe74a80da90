#include "engine/record.h"

#include <cstring>

#include "base/hash.h"

namespace pentad::engine {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr size_t kChecksumDigits = 16;

// Takes what stands before `end` off `text`; false when `end` is not there.
bool take_until(std::string_view& text, char end, std::string_view& part) {
  const size_t at = text.find(end);
  if (at == std::string_view::npos) return false;
  part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return true;
}

void write_checksum(std::string_view body, char* to) {
  uint64_t sum = checksum(body);
  for (size_t i = kChecksumDigits; i-- > 0; sum >>= 4) to[i] = kHexDigits[sum & 15];
}

}  // namespace

uint64_t checksum(std::string_view body) { return Hasher().add(body).digest(); }

int64_t parse_integer(std::string_view digits, int64_t fallback) {
  const bool negative = !digits.empty() && digits[0] == '-';
  if (negative) digits.remove_prefix(1);
  if (digits.empty()) return fallback;
  int64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return fallback;
    if (__builtin_mul_overflow(value, int64_t{10}, &value)) return fallback;
    if (__builtin_sub_overflow(value, int64_t{c - '0'}, &value)) return fallback;
  }
  // Counted downwards, because the least int64 has no positive twin.
  if (negative) return value;
  return value == INT64_MIN ? fallback : -value;
}

size_t write_integer(int64_t value, char* to) {
  char reversed[24];
  size_t n = 0;
  uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    reversed[n++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) reversed[n++] = '-';
  for (size_t i = 0; i < n; ++i) to[i] = reversed[n - 1 - i];
  return n;
}

size_t write_head(std::string_view type, std::string_view body, char* to) {
  char* at = to;
  const auto put = [&at](std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  };
  put(type.substr(0, 16));
  put(" ");
  at += write_integer(kProtocolVersion, at);
  put(" ");
  at += write_integer(static_cast<int64_t>(body.size()), at);
  put(" ");
  write_checksum(body, at);
  at += kChecksumDigits;
  put("\n");
  return static_cast<size_t>(at - to);
}

bool take_record(std::string_view& text, Record& record) {
  std::string_view rest = text;
  std::string_view head, type, version, length;
  if (!take_until(rest, '\n', head)) return false;
  if (!take_until(head, ' ', type) || !take_until(head, ' ', version)) return false;
  if (!take_until(head, ' ', length) || head.size() != kChecksumDigits || type.empty())
    return false;
  const int64_t size = parse_integer(length, -1);
  const int64_t number = parse_integer(version, 0);
  if (size < 0 || static_cast<uint64_t>(size) > rest.size()) return false;
  if (number < 1 || number > 1'000'000) return false;
  const std::string_view body = rest.substr(0, static_cast<size_t>(size));
  char expected[kChecksumDigits];
  write_checksum(body, expected);
  if (head != std::string_view(expected, kChecksumDigits)) return false;
  record = {type, static_cast<int>(number), body};
  rest.remove_prefix(body.size());
  text = rest;
  return true;
}

bool take_field(std::string_view& body, Field& field) {
  if (body.empty()) return false;
  std::string_view line;
  if (!take_until(body, '\n', line)) {
    line = body;
    body = {};
  }
  const size_t blank = line.find(' ');
  field.key = line.substr(0, blank);
  field.value = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
  return true;
}

size_t unescape(std::string_view escaped, char* to) {
  size_t n = 0;
  for (size_t i = 0; i < escaped.size(); ++i) {
    char c = escaped[i];
    if (c == '\\' && i + 1 < escaped.size()) c = escaped[++i] == 'n' ? '\n' : escaped[i];
    to[n++] = c;
  }
  return n;
}

}  // namespace pentad::engine
