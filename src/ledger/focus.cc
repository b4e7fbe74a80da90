#include "ledger/focus.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_writer.h"
#include "base/money_text.h"
#include "base/reflect.h"
#include "ledger/calendar.h"
#include "ledger/csv.h"
#include "ledger/quantity_text.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

// In alphabetical order, our own at the end.
constexpr std::string_view kColumns[] = {"BilledCost",
                                         "BillingAccountId",
                                         "BillingAccountName",
                                         "BillingAccountType",
                                         "BillingCurrency",
                                         "BillingPeriodEnd",
                                         "BillingPeriodStart",
                                         "ChargeCategory",
                                         "ChargeClass",
                                         "ChargeDescription",
                                         "ChargeFrequency",
                                         "ChargePeriodEnd",
                                         "ChargePeriodStart",
                                         "ConsumedQuantity",
                                         "ConsumedUnit",
                                         "ContractedCost",
                                         "ContractedUnitPrice",
                                         "EffectiveCost",
                                         "InvoiceId",
                                         "InvoiceIssuerName",
                                         "ListCost",
                                         "ListUnitPrice",
                                         "PricingCategory",
                                         "PricingQuantity",
                                         "PricingUnit",
                                         "ProviderName",
                                         "PublisherName",
                                         "ResourceId",
                                         "ResourceName",
                                         "ResourceType",
                                         "ServiceCategory",
                                         "ServiceName",
                                         "ServiceSubcategory",
                                         "SkuId",
                                         "SkuMeter",
                                         "SkuPriceDetails",
                                         "SkuPriceId",
                                         "SubAccountId",
                                         "SubAccountName",
                                         "SubAccountType",
                                         "Tags",
                                         "x_Charge",
                                         "x_EnergyJoules",
                                         "x_EnergyQuality",
                                         "x_LedgerEntry",
                                         "x_PriceVersion",
                                         "x_Voucher",
                                         "x_VoucherFunder"};

// A row by column name; what is not set is null, which CSV writes as nothing.
using Row = std::map<std::string_view, std::string>;

struct Unit {
  std::string_view name;   // as UnitFormat has it
  std::string_view meter;  // what is counted
};

Unit focus_unit(PriceUnit unit) {
  switch (unit) {
    case PriceUnit::core_hour:
      return {"Core-Hours", "Processor core time"};
    case PriceUnit::memory_gib_hour:
      return {"GiB-Hours", "Memory time"};
    case PriceUnit::device_hour:
      return {"Device-Hours", "Accelerator time"};
    case PriceUnit::energy_kwh:
      return {"Kilowatt-Hours", "Electrical energy"};
    case PriceUnit::storage_gib_day:
      return {"GiB-Days", "Stored data"};
    case PriceUnit::tokens_million:
      return {"1000000 Tokens", "Tokens"};
  }
  return {"Units", "Use"};
}

struct Service {
  std::string_view category, name, subcategory;
};

Service service_of(const Charge& charge, PriceUnit unit) {
  if (unit == PriceUnit::storage_gib_day) return {"Storage", "Storage", "Other (Storage)"};
  if (unit == PriceUnit::tokens_million) {
    return {"AI and Machine Learning", "Inference gateway", "Generative AI"};
  }
  switch (charge.workload_class) {
    case WorkloadClass::simulation:
      return {"Compute", "Simulation", "Other (Compute)"};
    case WorkloadClass::training:
      return {"AI and Machine Learning", "Training", "Machine Learning"};
    case WorkloadClass::inference:
      return {"AI and Machine Learning", "Inference", "Machine Learning"};
  }
  return {"Other", "Other", "Other (Other)"};
}

class Export {
 public:
  Export(const Statement& statement, const FocusSettings& settings)
      : s_(statement), settings_(settings) {
    for (const Price& price : settings.prices) prices_[price.id] = &price;
  }
  std::string make();

 private:
  Row common(const Charge& charge) const;
  Row use(const Charge& charge, const ChargeLine& line) const;
  Row credit(const Charge& charge, const VoucherPart& part) const;
  void add(Row row);
  std::string device_of(const ChargeLine& line) const;
  std::string sku(const ChargeLine& line) const;
  std::string sku_price(const ChargeLine& line) const;

  const Statement& s_;
  const FocusSettings& settings_;
  std::map<int64_t, const Price*> prices_;
  std::string out_;
};

void set_costs(Row& row, Money amount) {
  for (std::string_view column : {"BilledCost", "ContractedCost", "EffectiveCost", "ListCost"}) {
    row[column] = money_text_exact(amount);
  }
}

// A JSON object of texts; names of tags in it are ours.
std::string key_values(const std::vector<std::pair<std::string_view, std::string>>& pairs) {
  std::string out = "{";
  for (const auto& [key, value] : pairs) {
    if (value.empty()) continue;
    if (out.size() > 1) out += ',';
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
  }
  return out.size() > 1 ? out + "}" : "";
}

std::string element_name(const Charge& charge) {
  std::string out = std::to_string(charge.attempt.job.value);
  if (charge.attempt.index > 0) out += fmt::format("_{}", charge.attempt.index);
  return out;
}

// Whole seconds: begins rounded down, ends up, and never empty. Use that was metered counts as of
// the second in which it was reported.
MonthSpan period_of(const Charge& charge) {
  bool has_start = charge.attempt.job && charge.started.value > 0;
  Time begin{(has_start ? charge.started : charge.ended).value / 1000 * 1000};
  Time end{(charge.ended.value + 999) / 1000 * 1000};
  return {begin, end > begin ? end : begin + seconds(1)};
}

Row Export::common(const Charge& charge) const {
  Row row;
  row["BillingAccountId"] = s_.tenant;
  row["BillingAccountName"] = s_.tenant;
  row["BillingAccountType"] = "Tenant";
  row["BillingCurrency"] = "CNY";
  row["BillingPeriodStart"] = utc_time_text(s_.from);
  row["BillingPeriodEnd"] = utc_time_text(s_.until);
  bool is_job = static_cast<bool>(charge.attempt.job);
  MonthSpan period = period_of(charge);
  row["ChargePeriodStart"] = utc_time_text(period.from);
  row["ChargePeriodEnd"] = utc_time_text(period.until);
  row["ChargeFrequency"] = "Usage-Based";
  for (auto column : {"InvoiceIssuerName", "ProviderName", "PublisherName"}) {
    row[column] = settings_.provider;
  }
  row["InvoiceId"] = settings_.invoice;
  row["SubAccountId"] = full_name(s_.tenant, s_.project);
  row["SubAccountName"] = s_.project;
  row["SubAccountType"] = "Project";
  if (is_job) {
    row["ResourceId"] = fmt::format("job/{}", element_name(charge));
    row["ResourceName"] = charge.name;
    row["ResourceType"] = "Job";
  }
  row["Tags"] = key_values({{"class", std::string(enum_name(charge.workload_class))},
                            {"pool", charge.placement.pool},
                            {"qos", charge.qos},
                            {"user", charge.user}});
  row["x_Charge"] = std::to_string(charge.id);
  row["x_LedgerEntry"] = std::to_string(charge.entry);
  row["x_EnergyJoules"] = std::to_string(charge.energy.value);
  row["x_EnergyQuality"] = enum_name(charge.energy_quality);
  return row;
}

std::string Export::device_of(const ChargeLine& line) const {
  auto price = prices_.find(line.price_id);
  return price == prices_.end() ? "" : price->second->device_model;
}

// What is sold, whatever it costs now: unit and device model.
std::string Export::sku(const ChargeLine& line) const {
  std::string device = device_of(line);
  return std::string(enum_name(line.unit)) + (device.empty() ? "" : "/" + device);
}

// Where the price stands in the list, without amount, dates and tenant, so that it stays the same
// from version to version.
std::string Export::sku_price(const ChargeLine& line) const {
  std::string out = sku(line);
  auto price = prices_.find(line.price_id);
  if (price == prices_.end()) return out;
  const Price& p = *price->second;
  if (!p.pool.empty()) out += "/pool=" + p.pool;
  if (!p.qos.empty()) out += "/qos=" + p.qos;
  for (size_t i = 1; i < p.steps.size(); ++i) {
    if (p.steps[i].price == line.price) out += fmt::format("/step={}", i + 1);
  }
  return out;
}

Row Export::use(const Charge& charge, const ChargeLine& line) const {
  Row row = common(charge);
  set_costs(row, line.amount);
  Unit unit = focus_unit(line.unit);
  Service service = service_of(charge, line.unit);
  row["ChargeCategory"] = "Usage";
  row["ChargeDescription"] = charge.attempt.job ? fmt::format("{} of job {} {}", unit.meter,
                                                              element_name(charge), charge.name)
                                                : fmt::format("{}: {}", unit.meter, charge.name);
  std::string quantity = quantity_text(line.unit, line.quantity, line.price, line.amount);
  if (quantity.find('/') != quantity.npos) quantity = quantity_text(line.unit, line.quantity);
  row["PricingCategory"] = "Standard";
  row["PricingQuantity"] = row["ConsumedQuantity"] = quantity;
  row["PricingUnit"] = row["ConsumedUnit"] = unit.name;
  row["ContractedUnitPrice"] = row["ListUnitPrice"] = money_text_exact(line.price);
  row["ServiceCategory"] = service.category;
  row["ServiceName"] = service.name;
  row["ServiceSubcategory"] = service.subcategory;
  row["SkuId"] = sku(line);
  row["SkuMeter"] = unit.meter;
  row["SkuPriceId"] = sku_price(line);
  row["SkuPriceDetails"] = key_values({{"DeviceModel", device_of(line)}});
  row["x_PriceVersion"] = std::to_string(line.price_id);
  return row;
}

Row Export::credit(const Charge& charge, const VoucherPart& part) const {
  Row row = common(charge);
  set_costs(row, -part.amount);
  // The service of what it paid for: the charge's first line.
  Service service =
      service_of(charge, charge.lines.empty() ? PriceUnit::core_hour : charge.lines.front().unit);
  row["ChargeCategory"] = "Credit";
  row["ServiceCategory"] = service.category;
  row["ServiceName"] = service.name;
  row["ServiceSubcategory"] = service.subcategory;
  row["x_Voucher"] = std::to_string(part.voucher);
  std::string funder;
  for (const VoucherSubtotal& voucher : s_.vouchers) {
    if (voucher.voucher == part.voucher) funder = voucher.funder;
  }
  row["x_VoucherFunder"] = funder;
  row["ChargeDescription"] =
      fmt::format("Voucher {}{}", part.voucher, funder.empty() ? "" : " of " + funder);
  return row;
}

void Export::add(Row row) {
  std::vector<std::string> cells;
  for (std::string_view column : kColumns) {
    const std::string& cell = row[column];
    // Amounts below zero begin with a minus and are ours; all else may be anybody's text.
    bool is_amount = column.ends_with("Cost");
    cells.push_back(is_amount ? csv_own(cell) : csv_text(cell));
  }
  out_ += csv_line(cells);
}

std::string Export::make() {
  std::vector<std::string> header;
  for (std::string_view column : kColumns) header.emplace_back(column);
  out_ = csv_line(header);
  for (const Charge& charge : s_.charges) {
    for (const ChargeLine& line : charge.lines) add(use(charge, line));
    for (const VoucherPart& part : charge.vouchers) add(credit(charge, part));
  }
  return std::move(out_);
}

}  // namespace

Result<std::string> focus_csv(const Statement& statement, const FocusSettings& settings) {
  if (Status good = check_statement(statement); !good) return tl::unexpected(good.error());
  return Export(statement, settings).make();
}

}  // namespace pentad::ledger
