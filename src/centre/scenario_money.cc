#include "centre/scenario_money.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

#include "base/money_text.h"
#include "tenancy/directory.h"

namespace pentad {

namespace {

using Words = ScenarioWords;

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

template <class E>
E word(const std::string& name) {
  E value{};
  if (!boost::describe::enum_from_string(name.c_str(), value)) {
    throw std::runtime_error("unknown word " + name);
  }
  return value;
}

Money money(const std::string& text) { return parse_money(text).value(); }
int64_t number(const Words& w, const char* key) { return std::stoll(w.at(key)); }
std::string text(const Words& w, const char* key, std::string otherwise = "") {
  return w.count(key) ? w.at(key) : std::move(otherwise);
}
// "60s" after the scenario's start.
Time moment(const Words& w, const char* key, Time start, Time otherwise) {
  return w.count(key) ? start + seconds(std::stoll(w.at(key))) : otherwise;
}

// The word that is a number, as in "topup T 100".
Money amount(const Words& w) {
  for (const auto& [key, value] : w) {
    if (value.empty() && key.find_first_not_of("-.0123456789") == std::string::npos) {
      return money(key);
    }
  }
  throw std::runtime_error("an amount is missing");
}

std::pair<std::string, std::string> project(const std::string& full) {
  return split_full_name(full).value();
}

event::What charge(const std::string& subject, const Words& w, Policy policy) {
  policy.money.charged.clear();
  if (subject != "off") {
    for (const std::string& unit : parts_of(subject, ',')) {
      policy.money.charged.push_back(word<PriceUnit>(unit));
    }
  }
  if (w.count("pue")) policy.money.pue_milli = static_cast<int32_t>(number(w, "pue"));
  policy.money.charge_requeued = w.count("requeues_free") == 0;
  return event::Configure{policy, {}};
}

event::What price(const std::string& unit, const Words& w, Time start) {
  Price p;
  p.unit = word<PriceUnit>(unit);
  p.tenant = text(w, "tenant");
  p.qos = text(w, "qos");
  p.pool = text(w, "pool");
  p.device_model = text(w, "model");
  p.from = moment(w, "from", start, start);
  p.until = moment(w, "until", start, Time::never());
  for (const std::string& step : parts_of(text(w, "steps"), '|')) {
    const auto parts = parts_of(step, ':');
    p.steps.push_back({std::stoll(parts[0]) * fine_units_of(p.unit) / 3600, money(parts[1])});
  }
  if (w.count("hours")) {
    const auto parts = parts_of(w.at("hours"), '|');
    p.kwh_by_hour.assign(24, money(parts[0]));
    for (size_t hour = 12; hour < 24; ++hour) p.kwh_by_hour[hour] = money(parts[1]);
    p.utc_offset = Duration{-(start.value % hours(24).value)} + hours(0);
    if (p.utc_offset < hours(-14)) p.utc_offset += hours(24);
  }
  if (p.steps.empty() && p.kwh_by_hour.empty()) p.steps = {{0, amount(w)}};
  return event::PutPrices{{p}};
}

event::What voucher(const std::string& tenant, const Words& w, Time start) {
  Voucher v;
  v.tenant = tenant;
  v.project = text(w, "project");
  v.funder = text(w, "funder", "city");
  v.amount = amount(w);
  v.from = moment(w, "from", start, Time{});
  v.until = moment(w, "until", start, Time::never());
  if (w.count("share")) v.share_milli = static_cast<int32_t>(number(w, "share"));
  for (const std::string& name : parts_of(text(w, "classes"), ',')) {
    v.classes.push_back(word<WorkloadClass>(name));
  }
  v.pools = parts_of(text(w, "pools"), ',');
  return event::IssueVoucher{v};
}

event::What quota(const std::string& subject, const Words& w) {
  Quota q;
  if (subject.starts_with("user:")) {
    q.user = subject.substr(5);
  } else {
    const auto parts = parts_of(subject, '/');
    q.tenant = parts[0];
    if (parts.size() > 1) q.project = parts[1];
  }
  const auto limit = [&](const char* key) {
    return w.count(key) ? std::optional(number(w, key)) : std::nullopt;
  };
  q.limits = {limit("running"), limit("queued"), limit("cores"), limit("devices"),
              limit("device_ms")};
  return event::SetQuota{q};
}

event::What budget(const std::string& subject, const Words& w) {
  const auto [tenant, name] = project(subject);
  Budget b;
  if (w.count("total")) b.total = money(w.at("total"));
  if (w.count("month")) b.per_month = money(w.at("month"));
  return event::SetBudget{tenant, name, b};
}

event::What meter(const std::string& subject, const Words& w) {
  const auto [tenant, name] = project(subject);
  event::Meter m{tenant,
                 name,
                 text(w, "user", "u"),
                 PriceUnit::storage_gib_day,
                 number(w, "quantity"),
                 text(w, "ref", "meter")};
  m.unit = word<PriceUnit>(text(w, "unit", "storage_gib_day"));
  return m;
}

event::What close(const std::string& subject, const Words& w) {
  const auto [tenant, name] = project(subject);
  return event::CloseStatement{
      tenant, name, w.at("month"), money(w.at("total")), number(w, "charges"), "digest"};
}

template <class E>
std::string name_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

}  // namespace

std::optional<event::What> money_command(const std::string& verb, const std::string& subject,
                                         const Words& w, const Policy& policy, Time start) {
  if (verb == "charge") return charge(subject, w, policy);
  if (verb == "price") return price(subject, w, start);
  if (verb == "end_price") {
    return event::EndPrice{std::stoll(subject), moment(w, "at", start, start)};
  }
  if (verb == "topup") {
    return event::TopUp{subject, amount(w), text(w, "ref", "INV-1"), text(w, "note")};
  }
  if (verb == "credit") return event::SetCredit{subject, amount(w)};
  if (verb == "adjust") {
    return event::Adjust{w.at("from"), w.at("to"), money(subject), text(w, "reason", "mistake")};
  }
  if (verb == "budget") return budget(subject, w);
  if (verb == "quota") return quota(subject, w);
  if (verb == "voucher") return voucher(subject, w, start);
  if (verb == "cancel_voucher") {
    return event::CancelVoucher{std::stoll(subject), text(w, "reason", "not needed")};
  }
  if (verb == "meter") return meter(subject, w);
  if (verb == "close") return close(subject, w);
  return {};
}

std::vector<std::string> money_lines(const Effects& e) {
  std::vector<std::string> lines;
  for (const LedgerEntry& entry : e.entries) {
    std::string line = fmt::format("entry {} {} ({})", entry.id, name_of(entry.kind), entry.cause);
    for (const Posting& p : entry.postings) {
      line += fmt::format(" {} {}", p.account, money_text(p.amount));
    }
    lines.push_back(std::move(line));
  }
  for (const Charge& c : e.charges) {
    std::string line = fmt::format("charge {} {}/{} {} of {}", c.id, c.tenant, c.project,
                                   money_text(c.total), money_text(c.held));
    for (const ChargeLine& l : c.lines) {
      line += fmt::format("; {} of {} at {} is {}", l.quantity, name_of(l.unit),
                          money_text(l.price), money_text(l.amount));
    }
    for (const VoucherPart& v : c.vouchers) {
      line += fmt::format("; voucher {} {}", v.voucher, money_text(v.amount));
    }
    if (!c.free_because.empty()) line += "; free: " + c.free_because;
    lines.push_back(std::move(line));
  }
  for (const Notice& n : e.notices) lines.push_back("notice " + n.text);
  return lines;
}

std::vector<std::string> account_lines(const Centre& centre) {
  std::vector<std::string> lines;
  for (const Posting& p : centre.accounts()) {
    lines.push_back(fmt::format("{} {}", p.account, money_text(p.amount)));
  }
  return lines;
}

std::vector<std::string> quote_lines(const Quote& quote) {
  std::vector<std::string> lines;
  const auto refused = [](const Refusal& r) {
    return r.code == RefusalCode::none ? ""
                                       : fmt::format(" refused {}: {}", name_of(r.code), r.detail);
  };
  lines.push_back(
      fmt::format("quote {} for up to {} s{}",
                  quote.elements == 1 ? "one" : fmt::format("each of {}", quote.elements),
                  quote.limit.value / 1000, refused(quote.refusal)));
  for (const QuotePlace& p : quote.places) {
    lines.push_back(fmt::format("{}{}{} at most {}, expected {}, {} J{}", p.pool,
                                p.device_model.empty() ? "" : " with ", p.device_model,
                                money_text(p.greatest), money_text(p.expected),
                                p.expected_energy.value, refused(p.refusal)));
  }
  return lines;
}

}  // namespace pentad
