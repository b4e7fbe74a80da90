// A statement as cost and usage data of the FinOps Open Cost and Usage Specification (FOCUS) 1.2:
// CSV, a row for each line of a charge (Usage) and one for each part that a voucher paid (Credit,
// below zero), so that BilledCost sums to the tenant's own money and the Usage rows to the total.
// What is mapped how stands in docs/focus.md.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/statement.h"

namespace pentad::ledger {

// `provider`: who runs the centre, for ProviderName, PublisherName and InvoiceIssuerName. `prices`:
// those that are known, for the SKUs. `invoice`: of a closed statement its digest; else empty.
struct FocusSettings {
  std::string provider;
  std::vector<Price> prices;
  std::string invoice;
};

// Errors: corrupt when the statement does not add up.
Result<std::string> focus_csv(const Statement& statement, const FocusSettings& settings);

}  // namespace pentad::ledger
