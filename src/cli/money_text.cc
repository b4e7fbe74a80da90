#include "cli/money_text.h"

#include <charconv>

#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"
#include "net/client.h"

namespace pentad::cli {

namespace {

std::string with_underscores(std::string text) {
  for (char& c : text) {
    if (c == '-') c = '_';
  }
  return text;
}

template <class E>
E parse_word(const std::string& text, const char* what) {
  E value{};
  std::string word = with_underscores(text);
  if (boost::describe::enum_from_string(word.c_str(), value)) return value;
  std::string words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { words += fmt::format("{}{}", words.empty() ? "" : ", ", d.name); });
  throw CommandError(kUsage, fmt::format("`{}` is no {}: one of {}", printable(text), what, words));
}

}  // namespace

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    out += (out.empty() ? '?' : '&') + name + '=' + net::percent_encode(value);
  }
  return out;
}

int report(const Session& session, const api::Recorded& done, const std::string& words) {
  if (!print_json(session, done)) fmt::print("{}\n", words);
  return kOk;
}

PriceUnit parse_unit(const std::string& text) { return parse_word<PriceUnit>(text, "resource"); }

WorkloadClass parse_class(const std::string& text) {
  return parse_word<WorkloadClass>(text, "class of work");
}

std::vector<WorkloadClass> parse_classes(const std::vector<std::string>& texts) {
  std::vector<WorkloadClass> out;
  for (const std::string& text : texts) out.push_back(parse_class(text));
  return out;
}

int32_t parse_share(const std::string& text, const std::string& option) {
  bool is_percent = text.ends_with('%');
  std::string digits = is_percent ? text.substr(0, text.size() - 1) : text;
  int32_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 1 ||
      value > (is_percent ? 100 : 1000)) {
    throw CommandError(kUsage, option + ": expected 1% to 100%, or thousandths from 1 to 1000");
  }
  return is_percent ? value * 10 : value;
}

std::string share_text(int32_t milli) {
  return milli % 10 == 0 ? fmt::format("{} %", milli / 10)
                         : fmt::format("{}.{} %", milli / 10, milli % 10);
}

std::string moment(const std::optional<int64_t>& ms) {
  return ms ? format_time(Time{*ms}, Time{*ms} - hours(24 * 30)) : "-";
}

std::string cost_text(const api::CostView& cost) {
  if (!cost.greatest_ucny) return "";
  std::string out = fmt::format("costs at most {} CNY", yuan(cost.greatest_ucny));
  if (cost.expected_ucny) out += fmt::format(", expected {}", yuan(cost.expected_ucny));
  // None is known for a processor that the catalogue does not have.
  if (cost.expected_energy_j.value_or(0) > 0) {
    out += fmt::format(" and {:.3f} kWh", static_cast<double>(*cost.expected_energy_j) / 3.6e6);
  }
  return out;
}

}  // namespace pentad::cli
