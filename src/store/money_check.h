// Compares the tables of money with what a replay of the journal makes: every entry and charge,
// every balance, every closed statement. Private to src/store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "centre/centre.h"
#include "store/ledger_verify.h"
#include "store/money_queries.h"

namespace pentad::store {

class MoneyCheck {
 public:
  MoneyCheck(Database& database, const LedgerVerifyOptions& options)
      : options_(options), queries_(database) {}

  // What one event of the journal made, from the first on. An error is a difference, which the
  // report names as well.
  Status take(Effects& effects);
  // Tables and journal, in a transaction of the database. `centre` is the core after the last event
  // that was taken. Errors: corrupt for a difference, those of reading.
  Status compare(const Centre& centre);

  // Records the first difference; the error it returns ends the verification.
  Status differs(std::string what);
  LedgerReport& report() { return report_; }

 private:
  Status compare_entries();
  Status compare_charges();
  Status compare_balances(const Centre& centre);
  Status compare_statements(const Centre& centre);
  Status compare_statement(const ClosedStatement& row, const ledger::MonthTotal& counted);

  const LedgerVerifyOptions& options_;
  MoneyQueries queries_;
  LedgerReport report_;
  std::vector<LedgerEntry> entries_;  // as the journal makes them
  std::vector<Charge> charges_;
  std::map<std::string, Money> sums_;  // of the postings, by account: kept apart from the core's
};

}  // namespace pentad::store
