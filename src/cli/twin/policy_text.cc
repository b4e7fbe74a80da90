#include "cli/twin/policy_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace pentad::cli::twin {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Status unknown(std::string_view word) {
  return fail(ErrorCode::invalid,
              fmt::format("policy \"{}\": fcfs, easy, depth=K, conservative, fair-share=on|off, "
                          "qos=on|off and age=on|off are known, joined by commas",
                          word),
              "--policy");
}

template <class T>
bool number(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

// Milliwatts; 0 when it is no amount.
int64_t power_of(std::string_view text) {
  double factor = 0;
  for (auto [unit, watts] :
       {std::pair<std::string_view, double>{"MW", 1e6}, {"kW", 1e3}, {"W", 1.0}}) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    factor = watts;
    break;
  }
  double value = 0;
  if (factor == 0 || !number(text, value) || !std::isfinite(value)) return 0;
  const double milliwatts = value * factor * 1000;
  return milliwatts >= 1 && milliwatts < 1e15 ? static_cast<int64_t>(milliwatts) : 0;
}

}  // namespace

Policy plain_policy() {
  Policy policy;
  policy.weights = {1000, 0, 0, 0};
  policy.max_limit = hours(24 * 365 * 20);
  policy.max_pending_jobs = 100'000'000;
  return policy;
}

Status apply_policy_text(std::string_view text, Policy& policy) {
  for (std::string_view word : split(text, ',')) {
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = equals == word.npos ? "" : word.substr(equals + 1);
    const bool on = value == "on";
    if (word == "fcfs") {
      policy.backfill = false;
    } else if (word == "easy") {
      policy.backfill = true;
      policy.reservation_depth = 1;
    } else if (word == "conservative") {
      policy.backfill = true;
      policy.reservation_depth = -1;
    } else if (name == "depth") {
      int32_t depth = 0;
      if (!number(value, depth) || depth < 0 || depth > 1'000'000) return unknown(word);
      policy.backfill = true;
      policy.reservation_depth = depth;
    } else if (!on && value != "off") {
      return unknown(word);
    } else if (name == "fair-share") {
      policy.weights.fair_share = on ? PriorityWeights{}.fair_share : 0;
    } else if (name == "qos") {
      policy.weights.qos = on ? PriorityWeights{}.qos : 0;
    } else if (name == "age") {
      policy.weights.age_per_hour = on ? PriorityWeights{}.age_per_hour : 0;
    } else {
      return unknown(word);
    }
  }
  return {};
}

Status apply_power_cap(std::string_view text, Policy& policy) {
  const auto wrong = [&](std::string_view part) {
    return fail(ErrorCode::invalid,
                fmt::format("power cap \"{}\": write 500kW, or hours as 8-22:400kW,22-8:1MW", part),
                "--power-cap");
  };
  std::vector<Power>& by_hour = policy.power_cap.by_hour;
  by_hour.assign(24, Power{int64_t{1} << 60});
  for (std::string_view part : split(text, ',')) {
    const size_t colon = part.find(':');
    int from = 0, to = 24;
    std::string_view amount = part;
    if (colon != part.npos) {
      const auto hours = split(part.substr(0, colon), '-');
      if (hours.size() != 2 || !number(hours[0], from) || !number(hours[1], to)) return wrong(part);
      if (from < 0 || from > 23 || to < 0 || to > 24 || from == to) return wrong(part);
      amount = part.substr(colon + 1);
    }
    const int64_t milliwatts = power_of(amount);
    if (milliwatts == 0) return wrong(part);
    const int count = to > from ? to - from : 24 - from + to;
    for (int i = 0; i < count; ++i) {
      by_hour[static_cast<size_t>((from + i) % 24)] = Power{milliwatts};
    }
  }
  return {};
}

}  // namespace pentad::cli::twin
