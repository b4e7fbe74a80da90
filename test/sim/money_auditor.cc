#include "money_auditor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "auditor.h"

namespace pentad::sim {

namespace {

std::string cause_of(const AttemptId& id) {
  return fmt::format("attempt {}/{}/{}", id.job.value, id.index, id.number);
}

int64_t at(const std::map<std::string, int64_t>& amounts, const std::string& name) {
  auto it = amounts.find(name);
  return it == amounts.end() ? 0 : it->second;
}

int64_t all_of(const std::map<std::string, int64_t>& amounts, std::string_view prefix) {
  int64_t sum = 0;
  for (const auto& [name, amount] : amounts) sum += name.starts_with(prefix) ? amount : 0;
  return sum;
}

}  // namespace

void MoneyAuditor::asked(const event::What& what) {
  if (auto* e = std::get_if<event::SetCredit>(&what)) {
    int64_t& most = most_credit_["tenant/" + e->tenant];
    most = std::max(most, e->line.value);
  }
  time_given_ |= std::holds_alternative<event::GiveTime>(what);
}

void MoneyAuditor::ordered(const StartAttempt& start) {
  Run run;
  run.cores = start.placement.cores * static_cast<int64_t>(start.placement.nodes.size());
  run.limit_ms = start.limit.value;
  runs_.emplace(start.attempt, run);
}

void MoneyAuditor::ended(const AttemptId& attempt, const AttemptEnd& end) {
  runs_[attempt].ran_ms =
      end.started_at == Time{} ? 0 : std::max<int64_t>(0, (end.ended_at - end.started_at).value);
}

void MoneyAuditor::given_up(const AttemptId& attempt) { runs_[attempt].given_up = true; }

void MoneyAuditor::check(const std::vector<LedgerEntry>& entries,
                         const std::vector<Charge>& charges, const std::vector<Posting>& accounts,
                         bool at_rest) const {
  Amounts balances;
  std::map<std::string, Attempt> attempts;
  int64_t last = 0;
  for (const LedgerEntry& entry : entries) {
    expect(entry.id == ++last, "entries_have_no_gaps", fmt::format("entry {}", entry.id));
    int64_t sum = 0;
    Amounts amounts;
    for (const Posting& p : entry.postings) {
      sum += p.amount.value;
      amounts[p.account] += p.amount.value;
      int64_t& balance = balances[p.account] += p.amount.value;
      const bool may_owe = p.account == "cash" || p.account.starts_with("funder/");
      expect(may_owe || balance >= -at(most_credit_, p.account), "nothing_is_overspent",
             fmt::format("{} has {} after entry {}", p.account, balance, entry.id));
    }
    expect(sum == 0, "entries_are_balanced", fmt::format("entry {}", entry.id));
    if (entry.kind == EntryKind::hold) {
      expect(attempts[entry.cause].held.empty(), "an_attempt_holds_once", entry.cause);
      attempts[entry.cause].held = amounts;
    } else if (entry.kind == EntryKind::settle) {
      expect(attempts[entry.cause].settled.empty(), "an_attempt_settles_once", entry.cause);
      attempts[entry.cause].settled = amounts;
    }
  }
  last = 0;
  std::set<std::string> charged;
  for (const Charge& charge : charges) {
    expect(charge.id == ++last, "charges_have_no_gaps", fmt::format("charge {}", charge.id));
    if (!charge.attempt.job) continue;  // metered
    const std::string cause = cause_of(charge.attempt);
    expect(charged.insert(cause).second, "an_attempt_is_charged_once", cause);
    auto attempt = attempts.find(cause);
    check_charge(charge, attempt == attempts.end() ? nullptr : &attempt->second);
    check_use(charge);
  }
  for (const auto& [cause, attempt] : attempts) {
    expect(attempt.settled.empty() || charged.count(cause) > 0, "what_is_settled_is_charged",
           cause);
    expect(!at_rest || !attempt.settled.empty(), "everything_held_is_settled", cause);
  }
  Amounts claimed;
  for (const Posting& p : accounts) claimed[p.account] = p.amount.value;
  std::erase_if(balances, [](const auto& row) { return row.second == 0; });
  expect(claimed == balances, "the_balances_are_the_sum_of_the_entries", "");
  expect(!at_rest || all_of(balances, "hold/") + all_of(balances, "voucher-hold/") == 0,
         "nothing_is_held_at_rest", "");
}

// What was held is gone, what was charged is revenue, the rest is back where it came from.
void MoneyAuditor::check_charge(const Charge& charge, const Attempt* attempt) const {
  const std::string cause = cause_of(charge.attempt);
  int64_t lines = 0, vouchers = 0;
  for (const ChargeLine& line : charge.lines) lines += line.amount.value;
  for (const VoucherPart& part : charge.vouchers) vouchers += part.amount.value;
  expect(charge.total.value == lines && charge.total.value == charge.paid.value + vouchers,
         "a_charge_adds_up", cause);
  expect(charge.total <= charge.held, "a_charge_is_within_its_hold", cause);
  expect(charge.free_because.empty() || charge.total == Money{}, "what_is_free_costs_nothing",
         cause);
  if (attempt == nullptr) {
    expect(charge.held == Money{}, "what_is_charged_was_held", cause);
    return;
  }
  const Amounts& h = attempt->held;
  const Amounts& s = attempt->settled;
  const int64_t own = all_of(h, "hold/"), by_vouchers = all_of(h, "voucher-hold/");
  expect(charge.held.value == own + by_vouchers, "the_hold_is_what_was_held", cause);
  for (const auto& [account, amount] : h) {
    if (!account.starts_with("hold/") && !account.starts_with("voucher-hold/")) continue;
    expect(at(s, account) == -amount, "a_settlement_releases_the_hold", cause);
  }
  expect(at(s, "revenue") == charge.total.value, "revenue_is_what_is_charged", cause);
  expect(at(s, "tenant/" + charge.tenant) == own - charge.paid.value,
         "what_is_left_of_own_money_returns", cause);
  for (const auto& [account, amount] : h) {
    if (!account.starts_with("voucher-hold/")) continue;
    const std::string id = account.substr(13);
    int64_t spent = 0;
    for (const VoucherPart& part : charge.vouchers) {
      if (std::to_string(part.voucher) == id) spent = part.amount.value;
    }
    // To the voucher, or when that is over to its funder.
    const int64_t back = at(s, "voucher/" + id);
    expect(back == amount - spent || back == 0, "what_is_left_of_a_voucher_returns", cause);
  }
  expect(all_of(s, "voucher/") + all_of(s, "funder/") == by_vouchers - vouchers,
         "what_is_left_of_a_voucher_returns", cause);
}

// As the engine saw it: cores times the time it ran, at most its limit.
void MoneyAuditor::check_use(const Charge& charge) const {
  const auto run = runs_.find(charge.attempt);
  if (run == runs_.end() || run->second.given_up || !run->second.ran_ms) return;
  if (!charge.free_because.empty()) return;
  int64_t core_ms = 0;
  for (const ChargeLine& line : charge.lines) {
    if (line.unit == PriceUnit::core_hour) core_ms += line.quantity;
  }
  const Run& r = run->second;
  const int64_t used = r.cores * std::min(*r.ran_ms, r.limit_ms);
  expect(core_ms <= used && (time_given_ || core_ms == used), "charged_for_what_ran",
         fmt::format("{}: {} of {}", cause_of(charge.attempt), core_ms, used));
  if (time_given_ || charge.lines.size() != 1) return;
  const __int128 exact = __int128{charge.lines[0].price.value} * r.cores * r.limit_ms;
  // More when a step of the price is dearer than the one that came to count.
  expect(charge.held.value >= static_cast<int64_t>((exact + 3'599'999) / 3'600'000),
         "the_greatest_cost_was_held", cause_of(charge.attempt));
}

}  // namespace pentad::sim
