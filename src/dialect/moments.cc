// Signals and moments of values.h.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "dialect/values.h"

namespace pentad::dialect {

namespace {

struct SignalName {
  std::string_view name;
  int32_t number;
};

constexpr SignalName kSignals[] = {{"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ABRT", 6},
                                   {"KILL", 9},  {"USR1", 10}, {"USR2", 12}, {"PIPE", 13},
                                   {"ALRM", 14}, {"TERM", 15}, {"CHLD", 17}, {"CONT", 18},
                                   {"STOP", 19}, {"TSTP", 20}, {"TTIN", 21}, {"TTOU", 22},
                                   {"URG", 23},  {"XCPU", 24}, {"XFSZ", 25}, {"WINCH", 28}};

tl::unexpected<Error> no_moment(std::string_view text) {
  return fail(ErrorCode::invalid, fmt::format("`{}` is not a date or time", text));
}

// Numbers of `text` between `separator`; empty if one is not a number.
std::vector<int32_t> numbers(std::string_view text, char separator) {
  std::vector<int32_t> found;
  for (std::string_view part : split(text, separator)) {
    Result<int64_t> value = parse_whole(part);
    if (!value || *value > 9999) return {};
    found.push_back(static_cast<int32_t>(*value));
  }
  return found;
}

bool is_sound(const Moment& m) {
  auto within = [](std::optional<int32_t> v, int32_t low, int32_t high) {
    return !v || (*v >= low && *v <= high);
  };
  return within(m.year, 1970, 9999) && within(m.month, 1, 12) && within(m.day, 1, 31) &&
         within(m.hour, 0, 23) && within(m.minute, 0, 59) && within(m.second, 0, 60);
}

bool read_clock(std::string_view text, Moment& m) {
  std::string word = lower(trim(text));
  bool pm = word.ends_with("pm");
  bool am = word.ends_with("am");
  std::string_view digits =
      trim(std::string_view(word).substr(0, word.size() - (pm || am ? 2 : 0)));
  std::vector<int32_t> part = numbers(digits, ':');
  if (part.size() < 2 || part.size() > 3) return false;
  m.hour = part[0];
  m.minute = part.size() > 1 ? part[1] : 0;
  m.second = part.size() > 2 ? part[2] : 0;
  if (pm || am) {
    if (m.hour < 1 || m.hour > 12) return false;
    m.hour = m.hour % 12 + (pm ? 12 : 0);
  }
  return is_sound(m);
}

Result<Moment> relative(std::string_view text, std::string_view rest) {
  Moment m;
  m.after_now_s = 0;
  if (rest.empty()) return m;
  if (rest[0] != '+') return no_moment(text);
  rest.remove_prefix(1);
  size_t unit_at = rest.find_first_not_of("0123456789");
  std::string unit = lower(unit_at == rest.npos ? "" : rest.substr(unit_at));
  Result<int64_t> count = parse_whole(rest.substr(0, unit_at));
  if (!count || *count > 1'000'000'000) return no_moment(text);
  int64_t seconds = 0;
  if (unit.empty() || std::string_view("seconds").starts_with(unit)) seconds = 1;
  if (!unit.empty() && std::string_view("minutes").starts_with(unit)) seconds = 60;
  if (!unit.empty() && std::string_view("hours").starts_with(unit)) seconds = 3600;
  if (!unit.empty() && std::string_view("days").starts_with(unit)) seconds = 86400;
  if (!unit.empty() && std::string_view("weeks").starts_with(unit)) seconds = 604800;
  if (seconds == 0) return no_moment(text);
  m.after_now_s = *count * seconds;
  return m;
}

bool read_date(std::string_view text, Moment& m) {
  if (text.find('-') != text.npos) {
    std::vector<int32_t> part = numbers(text, '-');
    if (part.size() < 2 || part.size() > 3) return false;
    if (part.size() == 3) m.year = part[0];
    m.month = part[part.size() - 2];
    m.day = part.back();
  } else {
    std::vector<int32_t> part = numbers(text, '/');
    if (part.size() < 2 || part.size() > 3) return false;
    m.month = part[0];
    m.day = part[1];
    if (part.size() == 3 && part[2] > 99) return false;
    if (part.size() == 3) m.year = 2000 + part[2];
  }
  return is_sound(m);
}

// Parts of "noon tomorrow", "2030-01-02 10:00": false for what is none.
bool read_word(std::string_view word, Moment& m) {
  struct Named {
    std::string_view name;
    int32_t hour;
  };
  for (Named named : {Named{"midnight", 0}, {"noon", 12}, {"fika", 15}, {"teatime", 16}}) {
    if (word == named.name) return m.hour = named.hour, true;
  }
  if (word == "today" || word == "tomorrow") return m.in_days = word == "today" ? 0 : 1, true;
  bool is_digits = word.find_first_not_of("0123456789") == word.npos;
  std::string with_slashes;
  if (is_digits && word.size() == 6) {  // MMDDYY
    with_slashes = fmt::format("{}/{}/{}", word.substr(0, 2), word.substr(2, 2), word.substr(4));
    word = with_slashes;
  }
  // The clock may follow a date behind T or -.
  size_t first = word.find_first_of("-/");
  if (first == word.npos) return read_clock(word, m);
  size_t end = word.find('t');
  if (end == word.npos) {
    end = word.find('-', word[first] == '/' ? first : word.find('-', first + 1) + 1);
    if (word[first] == '-' && word.find('-', first + 1) == word.npos) end = word.npos;
  }
  if (!read_date(word.substr(0, end), m)) return false;
  return end == word.npos || read_clock(word.substr(end + 1), m);
}

}  // namespace

Result<Moment> parse_slurm_moment(std::string_view text) {
  std::string word = lower(trim(text));
  if (word.starts_with("now")) {
    std::string rest = word.substr(3);
    std::erase(rest, ' ');
    return relative(text, rest);
  }
  Moment m;
  bool any = false;
  std::vector<std::string> words;
  for (std::string_view part : split(word, ' ')) {
    bool is_half = (part == "am" || part == "pm") && !words.empty();
    if (is_half) words.back() += part;
    if (!is_half && !part.empty()) words.emplace_back(part);
  }
  for (const std::string& part : words) {
    if (!read_word(part, m)) return no_moment(text);
    any = true;
  }
  return any ? Result<Moment>(m) : no_moment(text);
}

Result<int32_t> parse_signal(std::string_view text) {
  Result<int64_t> number = parse_whole(text);
  if (number && *number >= 1 && *number <= 64) return static_cast<int32_t>(*number);
  std::string_view name =
      text.starts_with("SIG") || text.starts_with("sig") ? text.substr(3) : text;
  std::string wanted(name);
  for (char& c : wanted) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  auto at = std::ranges::find(kSignals, std::string_view(wanted), &SignalName::name);
  if (at == std::end(kSignals)) {
    return fail(ErrorCode::invalid, fmt::format("there is no signal `{}`", text));
  }
  return at->number;
}

std::string signal_name(int32_t number) {
  auto at = std::ranges::find(kSignals, number, &SignalName::number);
  return at == std::end(kSignals) ? std::to_string(number) : std::string(at->name);
}

Result<Moment> parse_touch_moment(std::string_view text) {
  size_t dot = text.find('.');
  std::string_view digits = text.substr(0, dot);
  Moment m;
  bool sound = digits.size() >= 4 && digits.size() <= 12 && digits.size() % 2 == 0 &&
               digits.find_first_not_of("0123456789") == digits.npos;
  if (!sound) return no_moment(text);
  auto pair = [&](size_t from_end) {
    size_t at = digits.size() - from_end;
    return (digits[at] - '0') * 10 + digits[at + 1] - '0';
  };
  m.minute = pair(2);
  m.hour = pair(4);
  if (digits.size() >= 6) m.day = pair(6);
  if (digits.size() >= 8) m.month = pair(8);
  if (digits.size() >= 10) m.year = pair(10) + (pair(10) < 69 ? 2000 : 1900);
  if (digits.size() == 12) m.year = pair(12) * 100 + pair(10);
  if (dot != text.npos) {
    Result<int64_t> second = parse_whole(text.substr(dot + 1));
    if (!second || *second > 60) return no_moment(text);
    m.second = static_cast<int32_t>(*second);
  }
  return is_sound(m) ? Result<Moment>(m) : no_moment(text);
}

Result<Moment> parse_lsf_moment(std::string_view text) {
  std::vector<int32_t> part = numbers(text, ':');
  if (part.size() < 2 || part.size() > 5) return no_moment(text);
  Moment m;
  m.minute = part.back();
  m.hour = part[part.size() - 2];
  if (part.size() >= 3) m.day = part[part.size() - 3];
  if (part.size() >= 4) m.month = part[part.size() - 4];
  if (part.size() == 5) m.year = part[0];
  return is_sound(m) ? Result<Moment>(m) : no_moment(text);
}

}  // namespace pentad::dialect
