// What finance and administrators do: money in, corrections, limits, vouchers, metered use,
// statements.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/money_text.h"
#include "ledger/arithmetic.h"
#include "ledger/ledger.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

// Of all that came in, of all vouchers, of all credit lines: far from where integers end, so that
// what was promised can always be booked.
constexpr Money kMost{int64_t{1} << 60};

Refused refusal(RefusalCode code, const char* field, std::string detail) {
  return Refusal{code, field, std::move(detail)};
}
Refused invalid(const char* field, std::string detail) {
  return refusal(RefusalCode::invalid_value, field, std::move(detail));
}
Refused not_above_zero(Money amount) {
  if (amount > Money{} && amount <= kMost) return {};
  return invalid("/amount", amount > kMost ? "more than the books can hold"
                                           : "the amount is above zero; a correction has an entry "
                                             "of its own");
}
Refused seen_before(const std::string& reference) {
  return refusal(RefusalCode::already_exists, "/reference",
                 fmt::format("`{}` has been booked already", reference));
}
Refused negative(const char* field, bool is) {
  return is ? invalid(field, "a limit is not negative") : Refused{};
}

template <class T>
bool below_zero(const std::optional<T>& limit) {
  return limit && *limit < T{};
}

bool beyond(Money balance, Money change) {
  return !add_to(balance, change) || balance > 2 * kMost || balance < -2 * kMost;
}

}  // namespace

Refused Ledger::top_up(const std::string& tenant, Money amount, const std::string& reference,
                       const std::string& note, const Cause& cause, Records& records) {
  if (auto r = not_above_zero(amount)) return r;
  if (reference.empty()) return invalid("/reference", "an invoice or payment must be named");
  const std::string key = "top-up " + reference;
  if (was_seen(key)) return seen_before(reference);
  if (books_.balance(cash_) - amount < -kMost) return invalid("/amount", "more than fits");
  const SubjectSlot slot = subjects_.open(SubjectKind::tenant, tenant, books_);
  Subject& subject = subjects_.at(slot);
  references_.insert(key);
  const Move moves[] = {{cash_, -amount}, {subject.account, amount}};
  post(EntryKind::top_up, key, note, moves, cause, records);
  subject.topped_up_to = books_.balance(subject.account) + books_.balance(subject.hold_account);
  subject.told_percent = 0;
  return {};
}

Refused Ledger::adjust(const std::string& from, const std::string& to, Money amount,
                       const std::string& reason, const Cause& cause, Records& records) {
  if (auto r = not_above_zero(amount)) return r;
  if (reason.empty()) return invalid("/reason", "a correction needs a reason");
  if (from == to) return invalid("/to", "an amount moves from one account to another");
  const auto tenant_of = [&](const std::string& name) {
    return name.starts_with("tenant/") ? subjects_.find(SubjectKind::tenant, name.substr(7))
                                       : kNoSlot;
  };
  for (const auto& [field, name] : {std::pair{"/from", &from}, std::pair{"/to", &to}}) {
    if (*name == "cash" || *name == "revenue" || *name == "write-off") continue;
    if (tenant_of(*name) != kNoSlot) continue;
    return refusal(
        RefusalCode::not_found, field,
        fmt::format("`{}` is not among tenants' accounts, cash, revenue and write-off", *name));
  }
  if (const SubjectSlot slot = tenant_of(from); slot != kNoSlot) {
    const Money free = free_money(subjects_.at(slot));
    if (amount > free) {
      return refusal(
          RefusalCode::not_enough_money, "/amount",
          fmt::format("only {} of {} can be taken", money_text(std::max(Money{}, free)), from));
    }
  }
  const Move moves[] = {{books_.open(from), -amount}, {books_.open(to), amount}};
  for (const Move& move : moves) {
    if (beyond(books_.balance(move.account), move.amount)) {
      return invalid("/amount", "more than fits");
    }
  }
  const bool lost = to == "write-off";
  post(lost ? EntryKind::write_off : EntryKind::adjustment, "correction", reason, moves, cause,
       records);
  return {};
}

Refused Ledger::set_credit(const std::string& tenant, Money line) {
  if (line < Money{} || line > kMost) {
    return invalid("/line", line < Money{} ? "a credit line is not negative" : "more than fits");
  }
  const SubjectSlot slot = subjects_.open(SubjectKind::tenant, tenant, books_);
  Subject& subject = subjects_.at(slot);
  Money all = line - subject.credit;
  for (const Subject* other : subjects_.sorted()) all += other->credit;
  if (all > kMost) return invalid("/line", "more than fits");
  const Money balance = books_.balance(subject.account);
  if (balance < -line) {
    return refusal(RefusalCode::wrong_state, "/line",
                   fmt::format("{} of the credit is in use", money_text(-balance)));
  }
  subject.credit = line;
  return {};
}

Refused Ledger::set_budget(const std::string& tenant, const std::string& project,
                           const Budget& budget) {
  if (auto r = negative("/budget/total", below_zero(budget.total))) return r;
  if (auto r = negative("/budget/per_month", below_zero(budget.per_month))) return r;
  Subject& subject =
      subjects_.at(subjects_.open(SubjectKind::project, full_name(tenant, project), books_));
  subject.budget = budget;
  subject.told_percent = 0;
  subject.told_month_percent = 0;
  return {};
}

Refused Ledger::set_quota(const Quota& quota) {
  const QuotaLimits& q = quota.limits;
  if (below_zero(q.running_jobs) || below_zero(q.queued_jobs) || below_zero(q.cores) ||
      below_zero(q.device_milli) || below_zero(q.device_milli_ms_per_month)) {
    return invalid("/quota/limits", "a limit is not negative");
  }
  const bool of_user = !quota.user.empty();
  if (of_user ? !quota.tenant.empty() || !quota.project.empty() : quota.tenant.empty()) {
    return invalid("/quota", "a quota is of a tenant, of one of its projects, or of a user");
  }
  const SubjectSlot slot =
      of_user ? subjects_.open(SubjectKind::user, quota.user, books_)
      : quota.project.empty()
          ? subjects_.open(SubjectKind::tenant, quota.tenant, books_)
          : subjects_.open(SubjectKind::project, full_name(quota.tenant, quota.project), books_);
  subjects_.at(slot).quota = q;
  return {};
}

Refused Ledger::issue_voucher(const Voucher& voucher, const Cause& cause, Records& records) {
  if (auto r = Vouchers::check(voucher, cause.now)) return r;
  Money all = voucher.amount;
  for (const VoucherRecord& other : vouchers_.all()) {
    if (!add_to(all, other.voucher.amount)) all = Money::max();
  }
  if (all > kMost) return invalid("/voucher/amount", "more than the books can hold");
  VoucherRecord& record = vouchers_.add(voucher, books_);
  record.warned = voucher.until - cause.now <= kVoucherWarning;
  const Move moves[] = {{record.funder, -voucher.amount}, {record.account, voucher.amount}};
  post(EntryKind::voucher_issued, fmt::format("voucher {}", record.voucher.id), voucher.title,
       moves, cause, records);
  return {};
}

Refused Ledger::cancel_voucher(int64_t id, const std::string& reason, const Cause& cause,
                               Records& records) {
  VoucherRecord* record = vouchers_.find(id);
  if (record == nullptr) {
    return refusal(RefusalCode::unknown_voucher, "/voucher",
                   fmt::format("there is no voucher {}", id));
  }
  if (record->over()) {
    return refusal(RefusalCode::wrong_state, "/voucher",
                   record->cancelled ? "it is cancelled already" : "it has expired");
  }
  record->cancelled = true;
  vouchers_.end(*record);
  const Money rest = books_.balance(record->account);
  if (rest == Money{}) return {};
  const Move moves[] = {{record->account, -rest}, {record->funder, rest}};
  post(EntryKind::voucher_cancelled, fmt::format("voucher {}", id), reason, moves, cause, records);
  return {};
}

Refused Ledger::meter(const Payer& payer, PriceUnit unit, int64_t quantity,
                      const std::string& reference, const Cause& cause, Records& records) {
  if (quantity <= 0) return invalid("/quantity", "the quantity is above zero");
  if (reference.empty()) return invalid("/reference", "what is metered must be named");
  const std::string key = "meter " + reference;
  if (was_seen(key)) return seen_before(reference);
  Subject& tenant = subjects_.at(payer.tenant);
  const std::string unit_name = boost::describe::enum_to_string(unit, "?");
  const Price* price = prices_.tariff(tenant.name, "", "", "", cause.now).at(unit);
  if (price == nullptr) {
    return refusal(RefusalCode::no_price, "/unit", fmt::format("{} has no price", unit_name));
  }
  const Month month = month_of(cause.now);
  int64_t charged = tenant.quantities_in(month)[index_of(unit)];
  Charge charge;
  charge.lines = lines_of(*price, quantity, charged);
  if (charge.lines.empty()) return invalid("/quantity", "more than can be counted");
  charge.total = total_of(charge.lines);
  if (auto o = budget_obstacle(payer.project, charge.total, cause.now)) {
    return refusal(RefusalCode::over_budget, "/quantity",
                   fmt::format("costs {}; {} is left of the project's {}", money_text(charge.total),
                               money_text(Money{o->room}),
                               o->gauge == Gauge::budget ? "budget" : "budget of the month"));
  }
  charge.tenant = tenant.name;
  charge.project = split_full_name(subjects_.at(payer.project).name)->second;
  const Purpose purpose{charge.tenant, charge.project, {}, {}};
  Share share = split(charge.total, purpose, cause.now);
  if (share.own > std::max(Money{}, free_money(tenant))) {
    return refusal(RefusalCode::not_enough_money, "/quantity",
                   fmt::format("costs {}, {} of it own money; {} of tenant {} is free",
                               money_text(charge.total), money_text(share.own),
                               money_text(std::max(Money{}, free_money(tenant))), tenant.name));
  }
  tenant.quantities_in(month)[index_of(unit)] = charged;
  references_.insert(key);
  std::vector<Move> moves;
  for (const VoucherPart& part : share.vouchers) {
    VoucherRecord& record = *vouchers_.find(part.voucher);
    moves.push_back({record.account, -part.amount});
    record.spent += part.amount;
  }
  if (share.own > Money{}) moves.push_back({tenant.account, -share.own});
  if (charge.total > Money{}) {
    moves.push_back({revenue_, charge.total});
    charge.entry = next_entry_;
    post(EntryKind::metered, key, unit_name, moves, cause, records);
  }
  charge.user = subjects_.at(payer.user).name;
  charge.name = fmt::format("{} {}", unit_name, reference);
  charge.started = charge.ended = cause.now;
  charge.energy_quality = FigureQuality::measured;
  charge.vouchers = std::move(share.vouchers);
  charge.paid = share.own;
  charge.held = charge.total;
  charge.id = next_charge_++;
  count_charge(charge, payer, month, records);
  records.charges.push_back(std::move(charge));
  return {};
}

Refused Ledger::close_statement(const std::string& tenant, const std::string& project,
                                const std::string& month_name, Money total, int64_t charges,
                                const std::string& digest, Time now) {
  const auto month = month_from(month_name);
  if (!month) return invalid("/month", "a month is written as 2026-11");
  if (digest.empty()) return invalid("/digest", "a closed statement carries a digest");
  if (begin_of(*month + 1) > now) {
    return refusal(RefusalCode::wrong_state, "/month", "the month has not ended yet");
  }
  const std::string name = full_name(tenant, project);
  const SubjectSlot slot = subjects_.find(SubjectKind::project, name);
  if (slot == kNoSlot) {
    return refusal(RefusalCode::wrong_state, "/project", "nothing was ever charged to it");
  }
  Subject& subject = subjects_.at(slot);
  const auto& since = subject.running_since;
  if (!since.empty() && since.begin()->first <= *month) {
    return refusal(
        RefusalCode::wrong_state, "/month",
        fmt::format("{} that started by then still {} and may yet be charged to it",
                    since.begin()->second == 1 ? "an attempt"
                                               : fmt::format("{} attempts", since.begin()->second),
                    since.begin()->second == 1 ? "runs" : "run"));
  }
  Subject::OfMonth& of = subject.months[*month];
  if (!of.digest.empty()) {
    return refusal(RefusalCode::wrong_state, "/month", "the statement is closed already");
  }
  if (of.total != total || of.charges != charges) {
    const std::string seen = fmt::format("{} in {} charges", money_text(of.total), of.charges);
    if (of.charges == 0) subject.months.erase(*month);
    return refusal(RefusalCode::wrong_state, "/total",
                   fmt::format("the ledger has counted {}", seen));
  }
  of.digest = digest;
  return {};
}

}  // namespace pentad::ledger
