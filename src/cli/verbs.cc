#include "cli/verbs.h"

#include <fmt/format.h>

#include <charconv>

#include "base/money_text.h"
#include "cli/job_text.h"
#include "cli/units.h"

namespace pentad::cli {

bool Values::has(const std::string& name) const {
  auto it = given.find(name);
  return it != given.end() && !it->second.empty();
}

std::string Values::text(const std::string& name, std::string otherwise) const {
  auto it = given.find(name);
  return it == given.end() || it->second.empty() ? otherwise : it->second.front();
}

std::vector<std::string> Values::list(const std::string& name) const {
  auto it = given.find(name);
  return it == given.end() ? std::vector<std::string>() : it->second;
}

int64_t Values::number(const std::string& name, int64_t otherwise, int64_t min, int64_t max) const {
  if (!has(name)) return otherwise;
  std::string digits = text(name);
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < min || value > max) {
    throw CommandError(kUsage, fmt::format("{}: expected a number from {} to {}", name, min, max));
  }
  return value;
}

Money Values::money(const std::string& name, bool may_be_zero) const {
  Result<Money> amount =
      parse_money(text(name), may_be_zero ? MoneyRange::not_negative : MoneyRange::above_zero);
  if (!amount) throw CommandError(kUsage, fmt::format("{}: {}", name, amount.error().message));
  return *amount;
}

std::optional<int64_t> Values::time_ms(const std::string& name) const {
  if (!has(name)) return {};
  Result<Time> time = parse_time(text(name), wall_clock());
  if (!time) {
    throw CommandError(kUsage,
                       fmt::format("{}: expected a time such as 2026-12-01 or now+30d", name));
  }
  return time->value;
}

}  // namespace pentad::cli
