// pentad price.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "api/job_types.h"
#include "cli/job_text.h"
#include "cli/money_text.h"
#include "cli/submission.h"
#include "cli/table.h"
#include "cli/units.h"
#include "cli/verbs.h"

namespace pentad::cli {

namespace {

// "0.30" or "FROM:PRICE" with FROM in whole units.
api::PriceStepView parse_step(const std::string& text, PriceUnit unit) {
  size_t colon = text.find(':');
  std::string price = colon == text.npos ? text : text.substr(colon + 1);
  api::PriceStepView step;
  Result<Money> amount = parse_money(price, MoneyRange::not_negative);
  if (!amount) throw CommandError(kUsage, fmt::format("price: {}", amount.error().message));
  step.price_ucny = amount->value;
  if (colon == text.npos) return step;
  // Whole units with up to six decimals are an amount like any other.
  Result<Money> from = parse_money(text.substr(0, colon), MoneyRange::not_negative);
  if (!from) throw CommandError(kUsage, fmt::format("price: {}", from.error().message));
  __int128 fine = static_cast<__int128>(from->value) * fine_units_of(unit) / 1'000'000;
  if (fine > INT64_MAX) throw CommandError(kUsage, "price: such a quantity is never used");
  step.from_quantity = static_cast<int64_t>(fine);
  return step;
}

std::string where_text(const api::PriceView& p) {
  std::string out;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  };
  add("tenant", p.tenant);
  add("qos", p.qos);
  add("pool", p.pool);
  add("device", p.device_model);
  return out.empty() ? "everywhere" : out;
}

std::string amount_text(const api::PriceView& p) {
  if (!p.kwh_by_hour_ucny.empty()) {
    auto [low, high] = std::minmax_element(p.kwh_by_hour_ucny.begin(), p.kwh_by_hour_ucny.end());
    return fmt::format("{} to {} by hour", yuan(*low), yuan(*high));
  }
  std::string out;
  for (const api::PriceStepView& step : p.steps) {
    if (!out.empty()) {
      out += fmt::format(", from {}: ", step.from_quantity / fine_units_of(p.unit));
    }
    out += yuan(step.price_ucny);
  }
  return out;
}

int list_prices(Session& session, const Values& values) {
  auto list =
      session.get<api::PriceList>("/prices" + query_of({{"tenant", values.text("tenant")},
                                                        {"all", values.has("all") ? "true" : ""}}));
  if (print_json(session, list)) return kOk;
  if (list.prices.empty()) {
    fmt::print("there are no prices{}\n", values.has("all") ? "" : " in force; --all shows others");
    return kOk;
  }
  Table table({{"PRICE", Align::right},
               {"RESOURCE"},
               {"CNY"},
               {"WHERE", Align::left, 12},
               {"FROM"},
               {"UNTIL"},
               {"NOTE", Align::left, 8}});
  for (const api::PriceView& p : list.prices) {
    table.add({std::to_string(p.id), std::string(enum_name(p.unit)), amount_text(p),
               printable(where_text(p)), moment(p.from_ms), moment(p.until_ms), printable(p.note)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int set_price(Session& session, const Values& values) {
  api::PriceRequest price;
  price.unit = parse_unit(values.text("resource"));
  for (const std::string& text : values.list("price")) {
    price.steps.push_back(parse_step(text, price.unit));
  }
  for (const std::string& text : values.list("by-hour")) {
    std::stringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
      price.kwh_by_hour_ucny.push_back(parse_step(part, price.unit).price_ucny);
    }
  }
  if (price.steps.empty() && price.kwh_by_hour_ucny.empty()) {
    throw CommandError(kUsage, "give a price in yuan, or 24 of them with --by-hour");
  }
  price.tenant = values.text("tenant");
  price.qos = values.text("qos");
  price.pool = values.text("pool");
  price.device_model = values.text("device-model");
  price.from_ms = values.time_ms("from");
  price.until_ms = values.time_ms("until");
  price.note = values.text("note");
  auto done =
      session.send<api::Recorded>(net::Method::post, "/prices", api::PricesRequest{{price}});
  return report(session, done, fmt::format("price {} is set", done.record));
}

int end_price(Session& session, const Values& values) {
  int64_t id = values.number("price", 0, 1, api::kMaxId);
  api::PriceEnd body{values.time_ms("until")};
  auto done =
      session.send<api::Recorded>(net::Method::post, fmt::format("/prices/{}/end", id), body);
  return report(session, done,
                fmt::format("price {} ends {}", id, body.until_ms ? moment(body.until_ms) : "now"));
}

int show_price(Session& session, const Values& values) {
  int64_t id = values.number("price", 0, 1, api::kMaxId);
  auto list = session.get<api::PriceList>("/prices?all=true");
  auto it = std::find_if(list.prices.begin(), list.prices.end(),
                         [id](const api::PriceView& p) { return p.id == id; });
  if (it == list.prices.end()) {
    throw CommandError(kNotFound, fmt::format("there is no price {}", id));
  }
  if (print_json(session, *it)) return kOk;
  fmt::print("price {}: {} at {} CNY\n  for    {}\n  from   {}\n  until  {}\n  note   {}\n", id,
             enum_name(it->unit), amount_text(*it), printable(where_text(*it)), moment(it->from_ms),
             moment(it->until_ms), printable(it->note));
  for (size_t h = 0; h < it->kwh_by_hour_ucny.size(); ++h) {
    fmt::print("  {:02}:00  {}\n", h, yuan(it->kwh_by_hour_ucny[h]));
  }
  return kOk;
}

void print_cost(const api::CostView& cost) {
  if (!cost.greatest_ucny && !cost.charged_ucny) {
    fmt::print("nothing has been charged for it\n");
    return;
  }
  if (!cost.tenant.empty()) fmt::print("paid by {}\n", printable(cost.project));
  if (cost.greatest_ucny) {
    fmt::print("at most   {} CNY for {} to run\n", yuan(cost.greatest_ucny),
               cost.elements == 1 ? "one attempt" : fmt::format("{} elements", cost.elements));
  }
  if (cost.expected_ucny) fmt::print("expected  {} CNY\n", yuan(cost.expected_ucny));
  if (cost.expected_energy_j) {
    fmt::print("energy    {:.6f} kWh expected\n",
               static_cast<double>(*cost.expected_energy_j) / 3.6e6);
  }
  if (cost.expected_start_at_ms) fmt::print("start     {}\n", moment(cost.expected_start_at_ms));
  if (cost.charged_ucny) {
    fmt::print("charged   {} CNY so far, {} of it own money\n", yuan(cost.charged_ucny),
               yuan(cost.paid_ucny));
  }
}

// A submission as JSON (a file *.json), or a script as `pentad submit` takes it.
api::JobSubmission submission_of(Session& session, const std::string& path) {
  if (!path.ends_with(".json")) {
    JobOptions options;
    options.command = {path};
    return to_submission(session, options);
  }
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw CommandError(kFailed, fmt::format("{} cannot be read", printable(path)));
  Result<api::JobSubmission> out = from_json<api::JobSubmission>(text.str());
  if (!out) {
    throw CommandError(
        kUsage, fmt::format("{}: {} ({})", printable(path), out.error().message, out.error().path));
  }
  return *out;
}

int price_of_job(Session& session, const Values& values) {
  std::string job = values.text("job");
  if (job.empty()) return list_prices(session, values);
  bool is_number = job.find_first_not_of("0123456789") == job.npos;
  if (is_number) {
    auto cost = session.get<api::CostView>(fmt::format("/jobs/{}/cost", job));
    if (!print_json(session, cost)) print_cost(cost);
    return kOk;
  }
  auto answer = session.send<api::DryRun>(net::Method::post, "/jobs?dry_run=true",
                                          submission_of(session, job));
  if (!print_json(session, answer)) {
    if (answer.refusal) {
      fmt::print("would be refused: {}\n", printable(answer.refusal->detail));
    }
    if (answer.cost) {
      answer.cost->expected_start_at_ms = answer.expected_start_at_ms;
      print_cost(*answer.cost);
    }
    if (answer.possible && !answer.cost) fmt::print("nothing is charged for it\n");
  }
  return answer.possible ? kOk : kRefused;
}

}  // namespace

std::vector<Verb> price_verbs() {
  using Kind = VerbOption::Kind;
  return {{"price",
           "",
           "What a job costs: its number, a script or a submission (*.json)",
           price_of_job,
           {{"job", "Without: the prices in force"}}},
          {"price",
           "list",
           "Prices in force",
           list_prices,
           {{"--tenant", "Also those of this tenant alone"},
            {"--all", "Also past and coming ones", Kind::flag}}},
          {"price",
           "set",
           "Set a price: core_hour 0.30, or steps: 0:0 1000:0.25",
           set_price,
           {{"resource",
             "core_hour, memory_gib_hour, device_hour, energy_kwh, storage_gib_day, "
             "tokens_million",
             Kind::one, true},
            {"price", "Yuan for one unit; FROM:PRICE from so much use in the month on", Kind::many},
            {"--by-hour", "24 prices of a kWh, by commas, by the hour of the day"},
            {"--tenant", "Only for this tenant"},
            {"--qos", "Only in this class of service"},
            {"--pool", "Only in this pool"},
            {"--device-model", "Only for this model"},
            {"--from", "Default: now"},
            {"--until", "Default: until it is ended"},
            {"--note", "For people"}}},
          {"price",
           "end",
           "End a price",
           end_price,
           {{"price", "Its number", Kind::one, true}, {"--until", "Default: now"}}},
          {"price", "show", "One price", show_price, {{"price", "Its number", Kind::one, true}}}};
}

}  // namespace pentad::cli
