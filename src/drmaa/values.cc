#include "drmaa/values.h"

#include <vector>

#include "dialect/to_request.h"
#include "dialect/values.h"
#include "drmaa/drmaa.h"

namespace pentad::drmaa {

namespace {

std::optional<int32_t> number(std::string_view text, int64_t most) {
  Result<int64_t> value = dialect::parse_whole(text);
  if (!value || *value > most) return {};
  return static_cast<int32_t>(*value);
}

bool read_clock(std::string_view text, dialect::Moment& to) {
  std::vector<std::string_view> parts = dialect::split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  auto hour = number(parts[0], 23), minute = number(parts[1], 59);
  auto second = parts.size() == 3 ? number(parts[2], 60) : 0;
  if (!hour || !minute || !second) return false;
  to.hour = *hour;
  to.minute = *minute;
  to.second = *second;
  return true;
}

bool read_day(std::string_view text, dialect::Moment& to) {
  std::vector<std::string_view> parts = dialect::split(text, '/');
  if (parts.size() > 3) return false;
  to.day = number(parts.back(), 31);
  if (!to.day || *to.day == 0) return false;
  if (parts.size() == 1) return true;
  to.month = number(parts[parts.size() - 2], 12);
  if (!to.month || *to.month == 0) return false;
  if (parts.size() == 2) return true;
  to.year = number(parts[0], 9999);
  if (to.year && parts[0].size() == 2) *to.year += *to.year < 69 ? 2000 : 1900;
  return to.year.has_value();
}

std::optional<Duration> read_zone(std::string_view text) {
  std::vector<std::string_view> parts = dialect::split(text.substr(1), ':');
  if (parts.size() != 2) return {};
  auto hour = number(parts[0], 14), minute = number(parts[1], 59);
  if (!hour || !minute) return {};
  Duration offset = seconds(*hour * 3600 + *minute * 60);
  return text[0] == '-' ? Duration{-offset.value} : offset;
}

}  // namespace

std::optional<Time> read_moment(std::string_view text, Time now, Duration local_offset) {
  dialect::Moment moment;
  bool has_clock = false;
  for (std::string_view part : dialect::split(text, ' ')) {
    if (part.empty()) continue;
    if (part[0] == '+' || part[0] == '-') {
      std::optional<Duration> zone = read_zone(part);
      if (!zone || !has_clock) return {};
      local_offset = *zone;
    } else if (part.find(':') != part.npos) {
      if (has_clock || !read_clock(part, moment)) return {};
      has_clock = true;
    } else if (has_clock || !read_day(part, moment)) {
      return {};
    }
  }
  if (!has_clock) return {};
  Time at = dialect::resolve(moment, now, local_offset);
  if (at.value <= 0) return {};  // before 1970
  return at;
}

int64_t read_duration_s(std::string_view text) {
  int64_t span_s = 0;
  for (std::string_view part : dialect::split(text, ':')) {
    span_s = span_s * 60 + dialect::parse_whole(part).value_or(0);
  }
  return span_s;
}

std::string with_placeholders(std::string_view text, const std::string& home,
                              const std::string& workdir) {
  struct Placeholder {
    std::string_view name;
    std::string_view value;
  };
  const Placeholder placeholders[] = {{DRMAA_PLACEHOLDER_HD, home},
                                      {DRMAA_PLACEHOLDER_WD, workdir},
                                      {DRMAA_PLACEHOLDER_INCR, "%a"}};
  std::string out;
  while (!text.empty()) {
    const Placeholder* found = nullptr;
    for (const Placeholder& one : placeholders) {
      if (text.starts_with(one.name)) found = &one;
    }
    if (found) {
      out += found->value;
      text.remove_prefix(found->name.size());
      continue;
    }
    if (text[0] == '%') out += '%';
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace pentad::drmaa
