// The ledger as a value and back, and what must hold in it.
#include <fmt/format.h>

#include <map>

#include "ledger/ledger.h"

namespace pentad::ledger {

LedgerState Ledger::state() const {
  LedgerState state;
  state.next_entry = next_entry_;
  state.next_charge = next_charge_;
  state.accounts = books_.rows();
  state.subjects = subjects_.rows();
  state.prices.assign(prices_.all().begin(), prices_.all().end());
  state.vouchers = vouchers_.rows();
  state.references.assign(references_.begin(), references_.end());
  return state;
}

bool Ledger::restore(LedgerState state) {
  next_entry_ = state.next_entry;
  next_charge_ = state.next_charge;
  references_.insert(state.references.begin(), state.references.end());
  subjects_.restore(state.subjects, books_);
  return prices_.restore(state.prices) && vouchers_.restore(state.vouchers, books_) &&
         books_.restore(state.accounts);
}

namespace {

using Failures = std::vector<std::string>;

void expect(bool holds, const char* name, const std::string& detail, Failures& failures) {
  if (!holds) failures.push_back(fmt::format("{}: {}", name, detail));
}

}  // namespace

std::vector<std::string> Ledger::check(std::span<const Hold* const> holds) const {
  Failures failures;
  expect(books_.sums_to_zero(), "money_conserved", "the accounts do not sum to zero", failures);
  std::map<std::string, Money> held;
  std::map<SubjectSlot, InUse> in_use;
  std::map<SubjectSlot, Money> of_project;
  for (const Hold* hold : holds) {
    Money sum = hold->own;
    held["hold/" + hold->tenant] += hold->own;
    for (const VoucherPart& part : hold->vouchers) {
      held[fmt::format("voucher-hold/{}", part.voucher)] += part.amount;
      sum += part.amount;
    }
    expect(sum == hold->greatest, "holds_add_up", hold->tenant, failures);
    of_project[hold->payer.project] += hold->greatest;
    for (SubjectSlot slot : {hold->payer.tenant, hold->payer.project, hold->payer.user}) {
      InUse& use = in_use[slot];
      ++use.running_jobs;
      use.cores += hold->terms.size.cores;
      use.device_milli += hold->terms.size.device_milli;
      use.device_ms_held += hold->terms.size.device_milli * hold->terms.limit.value;
    }
  }
  for (const Posting& row : books_.rows()) {
    const bool is_hold =
        row.account.starts_with("hold/") || row.account.starts_with("voucher-hold/");
    if (is_hold) {
      expect(held[row.account] == row.amount, "holds_match_attempts", row.account, failures);
      held.erase(row.account);
    }
    if (row.account.starts_with("voucher/")) {
      expect(row.amount >= Money{}, "vouchers_not_overspent", row.account, failures);
    }
  }
  for (const auto& [account, amount] : held) {
    expect(amount == Money{}, "holds_match_attempts", account, failures);
  }
  for (SubjectSlot slot = 0; slot < subjects_.end(); ++slot) {
    const Subject& s = subjects_.at(slot);
    InUse use = in_use[slot];
    use.queued_jobs = s.in_use.queued_jobs;  // the centre counts these
    expect(use == s.in_use, "use_matches_attempts", s.name, failures);
    if (s.kind == SubjectKind::project) {
      expect(of_project[slot] == s.held, "projects_hold_what_runs", s.name, failures);
    }
    if (s.kind == SubjectKind::tenant) {
      expect(books_.balance(s.account) >= -s.credit, "never_below_credit", s.name, failures);
    }
  }
  return failures;
}

}  // namespace pentad::ledger
