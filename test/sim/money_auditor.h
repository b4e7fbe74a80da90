// The auditor's own books: it knows the entries and charges that were told, what the engine ran and
// for how long, and keeps its own sums. It shares no code with the ledger.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "centre/effects.h"
#include "centre/event.h"

namespace pentad::sim {

class MoneyAuditor {
 public:
  void asked(const event::What& what);
  void ordered(const StartAttempt& start);
  void ended(const AttemptId& attempt, const AttemptEnd& end);
  void given_up(const AttemptId& attempt);

  // All entries and charges there are, and the balances the core claims. At rest nothing is held.
  void check(const std::vector<LedgerEntry>& entries, const std::vector<Charge>& charges,
             const std::vector<Posting>& accounts, bool at_rest) const;

 private:
  using Amounts = std::map<std::string, int64_t>;
  struct Run {
    int64_t cores = 0;
    int64_t limit_ms = 0;
    std::optional<int64_t> ran_ms;
    bool given_up = false;
  };
  struct Attempt {
    Amounts held;
    Amounts settled;
  };

  void check_charge(const Charge& charge, const Attempt* attempt) const;
  void check_use(const Charge& charge) const;

  std::map<AttemptId, Run> runs_;
  std::map<std::string, int64_t> most_credit_;  // ever asked for
  bool time_given_ = false;
};

}  // namespace pentad::sim
