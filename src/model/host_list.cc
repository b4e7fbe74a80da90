#include "model/host_list.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace pentad {

namespace {

constexpr size_t kMostDigits = 15;

std::optional<int64_t> number_of(std::string_view digits) {
  int64_t value = 0;
  if (digits.empty() || digits.size() > kMostDigits) return {};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return {};
  return value;
}

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
  return fail(ErrorCode::invalid, fmt::format("`{}`: {}", text, why));
}

// "1-3,07" between brackets, as text of each number.
Result<std::vector<std::string>> expand_numbers(std::string_view inside) {
  std::vector<std::string> out;
  for (size_t from = 0; from <= inside.size();) {
    size_t comma = std::min(inside.find(',', from), inside.size());
    std::string_view part = inside.substr(from, comma - from);
    from = comma + 1;
    size_t dash = part.find('-');
    std::string_view low = part.substr(0, dash);
    auto first = number_of(low);
    auto last = dash == part.npos ? first : number_of(part.substr(dash + 1));
    if (!first || !last) return bad(part, "no number");
    if (*last < *first) return bad(part, "the range runs backwards");
    if (static_cast<size_t>(*last - *first) >= kMostHosts - out.size()) {
      return bad(part, "too many hosts");
    }
    for (int64_t n = *first; n <= *last; ++n) out.push_back(fmt::format("{:0{}}", n, low.size()));
  }
  return out;
}

// One name with its brackets: all names that `rest` makes behind each of `heads`.
Result<std::vector<std::string>> expand_name(std::string_view name) {
  std::vector<std::string> heads{""};
  while (!name.empty()) {
    size_t open = std::min(name.find('['), name.size());
    for (std::string& head : heads) head += name.substr(0, open);
    if (open == name.size()) break;
    size_t close = name.find(']', open);
    if (close == name.npos) return bad(name, "a bracket is left open");
    auto numbers = expand_numbers(name.substr(open + 1, close - open - 1));
    if (!numbers) return tl::unexpected(numbers.error());
    if (heads.size() > kMostHosts / numbers->size()) return bad(name, "too many hosts");
    std::vector<std::string> longer;
    longer.reserve(heads.size() * numbers->size());
    for (const std::string& head : heads) {
      for (const std::string& number : *numbers) longer.push_back(head + number);
    }
    heads = std::move(longer);
    name.remove_prefix(close + 1);
  }
  return heads;
}

// A name as what stands before its last number, and that number.
struct Split {
  std::string_view head, digits;
  int64_t number = -1;
};

Split split_number(std::string_view name) {
  size_t digits = 0;
  while (digits < name.size() && digits < kMostDigits) {
    char c = name[name.size() - digits - 1];
    if (c < '0' || c > '9') break;
    ++digits;
  }
  Split out{name.substr(0, name.size() - digits), name.substr(name.size() - digits)};
  out.number = number_of(out.digits).value_or(-1);
  return out;
}

// "007" fits behind "006" and "8" behind "7", but "8" not behind "07".
bool same_width(std::string_view a, std::string_view b) {
  if (a.size() == b.size()) return true;
  return a.front() != '0' && b.front() != '0';
}

struct Run {
  std::string_view first, last;
  int64_t last_number;
};

void write_group(std::string& out, std::string_view head, const std::vector<Run>& runs) {
  bool is_plain = runs.size() == 1 && runs.front().first == runs.front().last;
  if (!out.empty()) out += ',';
  out += head;
  if (!is_plain) out += '[';
  bool later = false;
  for (const Run& run : runs) {
    if (later) out += ',';
    later = true;
    out += run.first;
    if (run.first != run.last) out += fmt::format("-{}", run.last);
  }
  if (!is_plain) out += ']';
}

}  // namespace

Result<std::vector<std::string>> expand_hosts(std::string_view text) {
  std::vector<std::string> out;
  size_t depth = 0, from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    bool ends = i == text.size() || (text[i] == ',' && depth == 0);
    if (i < text.size() && text[i] == '[') ++depth;
    if (i < text.size() && text[i] == ']' && depth > 0) --depth;
    if (!ends) continue;
    std::string_view name = text.substr(from, i - from);
    from = i + 1;
    if (name.empty()) continue;
    auto names = expand_name(name);
    if (!names) return names;
    if (names->size() > kMostHosts - out.size()) return bad(name, "too many hosts");
    out.insert(out.end(), names->begin(), names->end());
  }
  return out;
}

std::string compress_hosts(std::span<const std::string> hosts) {
  std::string out;
  std::string_view head;
  std::vector<Run> runs;
  auto flush = [&] {
    if (!runs.empty()) write_group(out, head, runs);
    runs.clear();
  };
  for (const std::string& host : hosts) {
    Split name = split_number(host);
    bool joins = !runs.empty() && name.number >= 0 && runs.back().last_number >= 0 &&
                 name.head == head && same_width(runs.back().last, name.digits);
    if (!joins) {
      flush();
      head = name.head;
    }
    if (joins && name.number == runs.back().last_number + 1) {
      runs.back().last = name.digits;
      runs.back().last_number = name.number;
    } else {
      runs.push_back({name.digits, name.digits, name.number});
    }
  }
  flush();
  return out;
}

}  // namespace pentad
