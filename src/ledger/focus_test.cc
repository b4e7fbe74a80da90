// What FOCUS 1.2 asks of each column, written down a second time and held against the export: which
// must be there, which may be null when, their types and allowed values, and how costs go together.
#include "ledger/focus.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_reader.h"
#include "base/money_text.h"
#include "ledger/statement_sample.h"

namespace pentad::ledger {
namespace {

using Row = std::map<std::string, std::string>;

// RFC 4180, for the tests.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t i = 0; i < csv.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted && csv[i] == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
      cell += csv[++i];
    } else if (csv[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && csv[i] == ',') {
      rows.back().emplace_back();
    } else if (!quoted && csv[i] == '\r') {
      ++i;
      rows.emplace_back(1);
    } else {
      cell += csv[i];
    }
  }
  rows.pop_back();  // after the last line end
  return rows;
}

std::vector<Row> rows_of(const std::string& csv) {
  auto cells = cells_of(csv);
  std::vector<Row> out;
  for (size_t i = 1; i < cells.size(); ++i) {
    REQUIRE(cells[i].size() == cells[0].size());
    Row& row = out.emplace_back();
    for (size_t k = 0; k < cells[i].size(); ++k) row[cells[0][k]] = cells[i][k];
  }
  return out;
}

FocusSettings settings() {
  Price device;
  device.id = 5;
  device.unit = PriceUnit::device_hour;
  device.device_model = "GPU & \"Co\"";
  device.pool = "default";
  device.tenant = "city-lab";
  return {"Harbour Computing Centre", {device}, "blake2b-256:12"};
}

std::vector<Row> sample_rows() {
  return rows_of(focus_csv(sample_statement().value(), settings()).value());
}

const std::set<std::string> kMandatory = {
    "BilledCost",        "BillingAccountId",   "BillingAccountName", "BillingCurrency",
    "BillingPeriodEnd",  "BillingPeriodStart", "ChargeCategory",     "ChargeClass",
    "ChargeDescription", "ChargePeriodEnd",    "ChargePeriodStart",  "ContractedCost",
    "EffectiveCost",     "InvoiceIssuerName",  "ListCost",           "PricingQuantity",
    "PricingUnit",       "ProviderName",       "PublisherName",      "ServiceCategory",
    "ServiceName"};
// Of what this centre has: accounts of several types, unit prices and a price list, resources,
// metering, tags.
const std::set<std::string> kConditional = {"BillingAccountType",
                                            "ConsumedQuantity",
                                            "ConsumedUnit",
                                            "ContractedUnitPrice",
                                            "ListUnitPrice",
                                            "PricingCategory",
                                            "ResourceId",
                                            "ResourceName",
                                            "ResourceType",
                                            "SkuId",
                                            "SkuMeter",
                                            "SkuPriceDetails",
                                            "SkuPriceId",
                                            "SubAccountId",
                                            "SubAccountName",
                                            "SubAccountType",
                                            "Tags"};
const std::set<std::string> kRecommended = {"ChargeFrequency", "InvoiceId", "ServiceSubcategory"};

TEST_CASE("FOCUS: the columns are there, each once, in order; ours are marked") {
  auto header = cells_of(focus_csv(sample_statement().value(), settings()).value()).at(0);
  std::set<std::string> names(header.begin(), header.end());
  CHECK(names.size() == header.size());
  for (const auto& set : {kMandatory, kConditional, kRecommended}) {
    for (const std::string& name : set) {
      CAPTURE(name);
      CHECK(names.contains(name));
      names.erase(name);
    }
  }
  for (const std::string& name : names) CHECK(name.starts_with("x_"));
  auto own = std::find_if(header.begin(), header.end(),
                          [](const std::string& name) { return name.starts_with("x_"); });
  CHECK(std::is_sorted(header.begin(), own));
}

TEST_CASE("FOCUS: what may not be null is not") {
  for (const Row& row : sample_rows()) {
    bool is_use = row.at("ChargeCategory") == "Usage";
    for (const std::string& name : kMandatory) {
      bool may_be_null = name == "ChargeClass" ||
                         (!is_use && (name == "PricingQuantity" || name == "PricingUnit"));
      CAPTURE(name);
      CHECK((may_be_null || !row.at(name).empty()));
    }
    for (const char* name : {"PricingCategory", "SkuId", "SkuPriceId", "SkuMeter",
                             "ContractedUnitPrice", "ListUnitPrice", "ConsumedQuantity"}) {
      CAPTURE(name);
      CHECK(row.at(name).empty() == !is_use);
    }
    CHECK(row.at("SubAccountId").empty() == row.at("SubAccountType").empty());
    CHECK(row.at("ResourceId").empty() == row.at("ResourceType").empty());
    CHECK(row.at("ConsumedQuantity").empty() == row.at("ConsumedUnit").empty());
    CHECK(row.at("PricingQuantity").empty() == row.at("PricingUnit").empty());
    CHECK((!row.at("SkuPriceId").empty() || row.at("SkuPriceDetails").empty()));
  }
}

bool is_time(const std::string& text) {
  if (text.size() != 20) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    char wanted = "dddd-dd-ddTdd:dd:ddZ"[i];
    if (wanted == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != wanted) return false;
  }
  return true;
}

TEST_CASE("FOCUS: types and allowed values") {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"ChargeCategory", {"Usage", "Purchase", "Tax", "Credit", "Adjustment"}},
      {"ChargeClass", {"", "Correction"}},
      {"ChargeFrequency", {"One-Time", "Recurring", "Usage-Based"}},
      {"PricingCategory", {"", "Standard", "Dynamic", "Committed", "Other"}},
      {"BillingCurrency", {"CNY"}},
      {"PricingUnit",
       {"", "Core-Hours", "GiB-Hours", "Device-Hours", "Kilowatt-Hours", "GiB-Days",
        "1000000 Tokens"}}};
  const std::map<std::string, std::set<std::string>> subcategories = {
      {"Compute", {"Other (Compute)"}},
      {"AI and Machine Learning", {"Machine Learning", "Generative AI"}},
      {"Storage", {"Other (Storage)"}}};
  for (const Row& row : sample_rows()) {
    for (const auto& [name, values] : allowed) {
      CAPTURE(name);
      CHECK(values.contains(row.at(name)));
    }
    CHECK(subcategories.at(row.at("ServiceCategory")).contains(row.at("ServiceSubcategory")));
    for (const auto& [name, text] : row) {
      CAPTURE(name);
      if (name.ends_with("Cost") || name.ends_with("UnitPrice")) {
        CHECK((text.empty() || parse_money(text).has_value()));
      }
      bool is_period = name.starts_with("BillingPeriod") || name.starts_with("ChargePeriod");
      if (is_period) CHECK(is_time(text));
      if (name == "Tags" || name == "SkuPriceDetails") {
        JsonReader json(text);
        CHECK((text.empty() ||
               (json.peek() == JsonKind::object && json.skip_value() && json.finish())));
      }
    }
    CHECK(row.at("ChargePeriodStart") < row.at("ChargePeriodEnd"));
    CHECK(row.at("BillingPeriodStart") == "2026-10-31T16:00:00Z");
    CHECK(row.at("BillingPeriodEnd") == "2026-11-30T16:00:00Z");
  }
}

TEST_CASE("FOCUS: costs go together, and sum to the statement") {
  Statement statement = sample_statement().value();
  Money billed, use;
  for (const Row& row : sample_rows()) {
    Money cost = parse_money(row.at("BilledCost")).value();
    billed += cost;
    // Nothing is bought in advance and there is no second price list.
    for (const char* name : {"EffectiveCost", "ContractedCost", "ListCost"}) {
      CHECK(row.at(name) == row.at("BilledCost"));
    }
    if (row.at("ChargeCategory") == "Credit") {
      CHECK(cost < Money{});
      CHECK(row.at("x_Voucher") == "7");
      CHECK(row.at("x_VoucherFunder") == "city-hall");
      continue;
    }
    use += cost;
    double product =
        std::stod(row.at("PricingQuantity")) * std::stod(row.at("ContractedUnitPrice"));
    CHECK(product == doctest::Approx(static_cast<double>(cost.value) / 1e6).epsilon(1e-6));
  }
  CHECK(use == statement.total);
  CHECK(billed == statement.paid);
}

TEST_CASE("FOCUS: a SKU's price has one name whatever version of it was charged") {
  for (const Row& row : sample_rows()) {
    if (row.at("x_PriceVersion") != "5") continue;
    CHECK(row.at("SkuId") == "device_hour/GPU & \"Co\"");
    CHECK(row.at("SkuPriceId") == "device_hour/GPU & \"Co\"/pool=default");
    CHECK(row.at("ResourceName") == "'=HYPERLINK(\"http://x\",\"y\")");
  }
}

}  // namespace
}  // namespace pentad::ledger
