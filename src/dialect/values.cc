#include "dialect/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace pentad::dialect {

namespace {

constexpr int64_t kMost = 1'000'000'000'000'000;

template <class... Args>
tl::unexpected<Error> bad(fmt::format_string<Args...> format, Args&&... args) {
  return fail(ErrorCode::invalid, fmt::format(format, std::forward<Args>(args)...));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the leading digits off `text`; -1 if there are none or too many.
int64_t take_digits(std::string_view& text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || !is_digit(text[0]) || error != std::errc{} || value > kMost) return -1;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

Result<Bytes> times(std::string_view text, int64_t number, int64_t unit) {
  if (number > std::numeric_limits<int64_t>::max() / 2 / unit)
    return bad("`{}` is too large", text);
  return Bytes{number * unit};
}

// 2^10 for k, 2^20 for m, ...; 0 for other letters.
int64_t binary_unit(char letter) {
  constexpr std::string_view kLetters = "kmgtp";
  size_t at = kLetters.find(static_cast<char>(letter | 0x20));
  return at == kLetters.npos ? 0 : int64_t{1} << (10 * (at + 1));
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return out;
}

std::string_view trim(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<int64_t> parse_whole(std::string_view text) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  if (value < 0 || !rest.empty()) return bad("`{}` is not a whole number", text);
  return value;
}

Result<int64_t> parse_positive(std::string_view text) {
  Result<int64_t> value = parse_whole(text);
  if (value && *value == 0) return bad("it must be at least 1");
  return value;
}

Result<int64_t> parse_signed(std::string_view text) {
  bool is_negative = text.starts_with('-');
  std::string_view digits = is_negative || text.starts_with('+') ? text.substr(1) : text;
  Result<int64_t> value = parse_whole(digits);
  if (!value) return bad("`{}` is not a number", text);
  return is_negative ? -*value : *value;
}

Result<int64_t> parse_count(std::string_view text) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  int64_t unit = rest.size() == 1 && (rest[0] | 0x20) <= 'm' ? binary_unit(rest[0]) : 1;
  if (value < 0 || value > 1'000'000'000 || unit == 0 || rest.size() > 1 ||
      (rest.size() == 1 && unit == 1)) {
    return bad("`{}` is not a count", text);
  }
  return value * unit;
}

Result<CountRange> parse_count_range(std::string_view text) {
  text = trim(text);
  size_t dash = text.find('-');
  Result<int64_t> min = parse_count(text.substr(0, dash));
  Result<int64_t> max = dash == text.npos ? min : parse_count(text.substr(dash + 1));
  if (!min || !max || *min > *max || *min == 0) return bad("`{}` is not a count or range", text);
  return CountRange{*min, *max};
}

Result<TimeSpan> parse_slurm_time(std::string_view text) {
  std::string word = lower(text);
  if (word == "0" || word == "-1" || word == "unlimited" || word == "infinite") {
    return TimeSpan{0, TimeUnit::minute, true};
  }
  auto no = [&] {
    bool unit = !text.empty() && is_digit(text[0]) && text.find_first_of("hms") != text.npos;
    return bad("`{}` is not a time: write minutes, h:m:s or d-h:m:s{}", text,
               unit ? ", without units" : "");
  };
  int64_t days = 0;
  std::string_view rest = text;
  size_t dash = rest.find('-');
  if (dash != rest.npos) {
    std::string_view day_text = rest.substr(0, dash);
    days = take_digits(day_text);
    if (days < 0 || !day_text.empty() || days > 1'000'000) return no();
    rest.remove_prefix(dash + 1);
  }
  std::array<int64_t, 3> part{};
  std::vector<std::string_view> parts = split(rest, ':');
  if (parts.size() > 3) return no();
  bool days_only = dash != text.npos && rest.empty();  // "1-" is a day
  for (size_t i = 0; i < parts.size() && !days_only; ++i) {
    Result<int64_t> value = parse_whole(parts[i]);
    if (!value || *value > 1'000'000'000) return no();
    part[i] = *value;
  }
  int64_t total = 0;
  if (dash != text.npos || parts.size() == 3) {
    total = days * 86400 + part[0] * 3600 + part[1] * 60 + part[2];
  } else {
    total = part[0] * 60 + part[1];
  }
  if (total == 0) return TimeSpan{0, TimeUnit::minute, true};
  return TimeSpan{(total + 59) / 60 * 60, TimeUnit::minute, false};
}

Result<TimeSpan> parse_clock_time(std::string_view text, bool allow_empty) {
  auto no = [&] { return bad("`{}` is not a time: write seconds or h:m:s", text); };
  std::string_view whole = allow_empty ? text : text.substr(0, text.find('.'));
  std::vector<std::string_view> parts = split(whole, ':');
  if (parts.size() > 3 || whole.empty()) return no();
  if (allow_empty && parts.size() == 2) return no();
  int64_t total = 0;
  for (std::string_view part : parts) {
    bool is_empty = allow_empty && part.empty();
    Result<int64_t> value = is_empty ? Result<int64_t>(0) : parse_whole(part);
    if (!value || *value > 1'000'000'000) return no();
    total = total * 60 + *value;
  }
  if (whole.size() < text.size() && !parse_whole(text.substr(whole.size() + 1))) return no();
  return TimeSpan{total, TimeUnit::second, false};
}

Result<TimeSpan> parse_lsf_time(std::string_view text) {
  std::vector<std::string_view> parts = split(text.substr(0, text.find('/')), ':');
  int64_t total = 0;
  for (std::string_view part : parts) {
    Result<int64_t> value = parse_whole(part);
    if (!value || parts.size() > 2 || *value > 100'000'000) {
      return bad("`{}` is not a time: write minutes or hours:minutes", text);
    }
    total = total * 60 + *value;
  }
  return TimeSpan{total * 60, TimeUnit::minute, false};
}

Result<Bytes> parse_slurm_size(std::string_view text) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  int64_t unit = rest.empty() ? int64_t{1} << 20 : binary_unit(rest[0]);
  bool ends = rest.size() < 2 || (rest.size() == 2 && (rest[1] | 0x20) == 'b');
  if (value < 0 || unit == 0 || !ends || unit > int64_t{1} << 40) {
    return bad("`{}` is not a size: write a whole number and K, M, G or T", text);
  }
  Result<Bytes> bytes = times(text, value, unit);
  if (!bytes) return bytes;
  return Bytes{(bytes->value + (1 << 20) - 1) >> 20 << 20};
}

Result<Bytes> parse_pbs_size(std::string_view text) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  int64_t unit = 1;
  if (!rest.empty() && binary_unit(rest[0]) != 0) {
    unit = binary_unit(rest[0]);
    rest.remove_prefix(1);
  }
  if (!rest.empty() && (rest[0] | 0x20) == 'w') unit *= 8;
  if (value < 0 || rest.size() > 1 ||
      (rest.size() == 1 && lower(rest) != "b" && lower(rest) != "w")) {
    return bad("`{}` is not a size: write a whole number and b, kb, mb, gb or tb", text);
  }
  return times(text, value, unit);
}

Result<Bytes> parse_lsf_size(std::string_view text, int64_t unit_bytes) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  if (value >= 0 && rest.starts_with('.')) {  // 1.5GB
    rest.remove_prefix(1);
    std::string_view digits = rest;
    int64_t fraction = take_digits(rest);
    int64_t scale = 1;
    for (size_t i = rest.size(); i < digits.size() && scale < kMost; ++i) scale *= 10;
    int64_t unit = rest.empty() ? unit_bytes : binary_unit(rest[0]);
    if (fraction < 0 || unit == 0 || scale > 1'000'000) return bad("`{}` is not a size", text);
    Result<Bytes> whole = times(text, value, unit);
    if (!whole) return whole;
    return Bytes{whole->value + unit / scale * fraction + unit % scale * fraction / scale};
  }
  int64_t unit = rest.empty() ? unit_bytes : binary_unit(rest[0]);
  bool ends = rest.size() < 2 || (rest.size() == 2 && (rest[1] | 0x20) == 'b');
  if (value < 0 || unit == 0 || !ends) {
    return bad("`{}` is not a size: write a number and KB, MB, GB or TB", text);
  }
  return times(text, value, unit);
}

Result<Bytes> parse_sge_size(std::string_view text) {
  std::string_view rest = text;
  int64_t value = take_digits(rest);
  int64_t unit = 1;
  if (rest.size() == 1 && binary_unit(rest[0]) != 0) {
    unit = binary_unit(rest[0]);
    if (rest[0] >= 'a') {
      int64_t decimal = 1;
      for (; unit > 1; unit >>= 10) decimal *= 1000;
      unit = decimal;
    }
    rest = {};
  }
  if (value < 0 || !rest.empty()) {
    return bad("`{}` is not a size: write a whole number and K, M or G (1024) or k, m, g (1000)",
               text);
  }
  return times(text, value, unit);
}

std::string time_text(int64_t s) {
  if (s >= 86400) {
    return fmt::format("{}-{:02}:{:02}:{:02}", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
  }
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string size_text(Bytes bytes) {
  constexpr std::array kUnits = {"PiB", "TiB", "GiB", "MiB", "KiB"};
  int64_t unit = int64_t{1} << 50;
  for (const char* name : kUnits) {
    if (bytes.value != 0 && bytes.value % unit == 0) {
      return fmt::format("{} {}", bytes.value / unit, name);
    }
    unit >>= 10;
  }
  return fmt::format("{} B", bytes.value);
}

}  // namespace pentad::dialect
