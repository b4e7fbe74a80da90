#include "base/money_text.h"

#include <limits>

namespace pentad {

namespace {

constexpr int kDecimals = 6;
constexpr uint64_t kMicrosPerYuan = 1'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

// What somebody most likely meant by a text that is no amount.
std::string complaint(std::string_view text) {
  if (text.empty()) return "an amount is missing: write yuan such as 12.50";
  if (text.find(',') != text.npos) {
    return "write the amount without commas, with a point before the decimals: 1234.50";
  }
  if (text.front() == '+') return "write the amount without a plus sign";
  if (text.find_first_of("eE") != text.npos && is_digit(text.front())) {
    return "write the amount in full, without an exponent";
  }
  if (text.front() == '.' || text.back() == '.') {
    return "an amount has digits on both sides of its point: 0.50";
  }
  return "expected an amount in yuan with up to six decimals, such as 12.50";
}

// Millionths of the digits; false when there are more than an int64 holds.
bool micros_of(std::string_view whole, std::string_view decimals, uint64_t& out) {
  constexpr uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  uint64_t value = 0;
  auto append = [&](char digit) {
    uint64_t d = static_cast<uint64_t>(digit - '0');
    if (value > (most - d) / 10) return false;
    value = value * 10 + d;
    return true;
  };
  for (char c : whole) {
    if (!append(c)) return false;
  }
  for (size_t i = 0; i < kDecimals; ++i) {
    if (!append(i < decimals.size() ? decimals[i] : '0')) return false;
  }
  out = value;
  return true;
}

std::string text_of(Money amount, size_t least_decimals) {
  // The magnitude of the smallest int64 has no positive int64.
  uint64_t micros = amount.value < 0 ? uint64_t{0} - static_cast<uint64_t>(amount.value)
                                     : static_cast<uint64_t>(amount.value);
  std::string decimals = std::to_string(kMicrosPerYuan + micros % kMicrosPerYuan).substr(1);
  while (decimals.size() > least_decimals && decimals.back() == '0') decimals.pop_back();
  return (amount.value < 0 ? "-" : "") + std::to_string(micros / kMicrosPerYuan) + "." + decimals;
}

}  // namespace

Result<Money> parse_money(std::string_view text, MoneyRange range) {
  std::string_view digits = text;
  bool is_negative = !digits.empty() && digits.front() == '-';
  if (is_negative) digits.remove_prefix(1);
  size_t point = digits.find('.');
  std::string_view whole = digits.substr(0, point);
  std::string_view decimals = point == digits.npos ? "" : digits.substr(point + 1);
  if (!all_digits(whole) || (point != digits.npos && !all_digits(decimals))) {
    return fail(ErrorCode::invalid, complaint(text));
  }
  if (decimals.size() > kDecimals) {
    return fail(ErrorCode::invalid,
                "has more than six decimals: the smallest amount is a millionth of a yuan");
  }
  uint64_t micros = 0;
  if (!micros_of(whole, decimals, micros)) {
    return fail(ErrorCode::invalid, "is more than 9223372036854.775807 yuan");
  }
  Money amount{is_negative ? -static_cast<int64_t>(micros) : static_cast<int64_t>(micros)};
  if (is_negative && range != MoneyRange::any) {
    return fail(ErrorCode::invalid, "may not be below zero");
  }
  if (amount.value == 0 && range == MoneyRange::above_zero) {
    return fail(ErrorCode::invalid, "must be above zero");
  }
  return amount;
}

std::string money_text_exact(Money amount) { return text_of(amount, kDecimals); }

std::string money_text(Money amount) { return text_of(amount, 2); }

}  // namespace pentad
