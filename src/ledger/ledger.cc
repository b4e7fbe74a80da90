#include "ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "base/money_text.h"
#include "ledger/arithmetic.h"

namespace pentad::ledger {

namespace {

// "tenant T", "project T/P", "user U".
std::string subject_text(const Subject& s) {
  return fmt::format("{} {}", boost::describe::enum_to_string(s.kind, "?"), s.name);
}

int64_t percent(Money used, Money limit) {
  if (limit <= Money{}) return used > Money{} ? 100 : 0;
  return share_of(std::max<int64_t>(0, used.value), 100, limit.value, Round::down).value_or(100);
}

std::string device_hours(int64_t milli_ms) {
  const int64_t hundredths = milli_ms / (fine_units_of(PriceUnit::device_hour) / 100);
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}
std::string devices(int64_t milli) {
  return milli % 1000 == 0 ? fmt::format("{}", milli / 1000)
                           : fmt::format("{}.{:03}", milli / 1000, milli % 1000);
}

}  // namespace

void Ledger::set_policy(const MoneyPolicy& policy) {
  policy_ = policy;
  policy_.pue_milli = std::clamp(policy.pue_milli, 1000, 100'000);
  policy_.charged.clear();
  for (PriceUnit unit : policy.charged) {  // each once
    auto& charged = policy_.charged;
    if (std::find(charged.begin(), charged.end(), unit) == charged.end()) charged.push_back(unit);
  }
}

void Ledger::post(EntryKind kind, std::string cause_text, std::string note,
                  std::span<const Move> moves, const Cause& cause, Records& records) {
  const bool posted = books_.post(moves);
  PENTAD_ASSERT(posted, "what the commands let through can be booked");
  LedgerEntry& entry = records.entries.emplace_back();
  entry.id = next_entry_++;
  entry.at = cause.now;
  entry.kind = kind;
  entry.cause = std::move(cause_text);
  entry.actor = cause.actor;
  entry.note = std::move(note);
  entry.postings.reserve(moves.size());
  for (const Move& move : moves) {
    entry.postings.push_back({books_.name(move.account), move.amount});
  }
}

void Ledger::count_charge(const Charge& charge, const Payer& payer, Month month, Records& records) {
  Subject& project = subjects_.at(payer.project);
  Subject::OfMonth& of = project.months[month];
  PENTAD_ASSERT(of.digest.empty(), "nothing is charged to a month that is closed");
  of.total += charge.total;
  ++of.charges;
  project.spent += charge.total;
  if (charge.total > Money{}) tell_levels(payer, month, charge.ended, records);
}

void Ledger::tell_levels(const Payer& payer, Month month, Time now, Records& records) {
  Subject& project = subjects_.at(payer.project);
  if (project.budget.total) {
    tell(project, project.told_percent, "budget", project.spent, *project.budget.total, now,
         records);
  }
  if (project.budget.per_month) {
    if (month > project.told_month) {
      project.told_month = month;
      project.told_month_percent = 0;
    }
    if (month == project.told_month) {
      tell(project, project.told_month_percent, "month-cap", project.months[month].total,
           *project.budget.per_month, now, records);
    }
  }
  Subject& tenant = subjects_.at(payer.tenant);
  if (tenant.topped_up_to <= Money{}) return;
  const Money left = books_.balance(tenant.account) + books_.balance(tenant.hold_account);
  tell(tenant, tenant.told_percent, "balance", tenant.topped_up_to - left, tenant.topped_up_to, now,
       records);
}

// Once for each level, the highest that was reached.
void Ledger::tell(Subject& subject, int32_t& told, const char* kind, Money used, Money limit,
                  Time now, Records& records) {
  const int64_t reached = percent(used, limit);
  int32_t level = 0;
  for (int32_t at : policy_.notify_at_percent) {
    if (at <= reached) level = std::max(level, at);
  }
  if (level <= told) return;
  told = level;
  const bool of_project = subject.kind == SubjectKind::project;
  const size_t slash = of_project ? subject.name.find('/') : subject.name.size();
  Notice notice{now, subject.name.substr(0, slash),
                of_project ? subject.name.substr(slash + 1) : "", kind, ""};
  const std::string_view what =
      of_project ? std::string_view(kind) == "budget" ? "budget" : "budget of the month"
                 : "balance after the last top-up";
  notice.text = fmt::format("{}: {} % of the {} spent, {} of {}", subject.name, level, what,
                            money_text(used), money_text(limit));
  records.notices.push_back(std::move(notice));
}

void Ledger::run_due(Time now, Records& records) {
  for (int64_t id : vouchers_.due(now)) {
    VoucherRecord& record = *vouchers_.find(id);
    const Voucher& v = record.voucher;
    const Money rest = books_.balance(record.account);
    Notice notice{now, v.tenant, v.project, "voucher", ""};
    if (v.until > now) {
      record.warned = true;
      notice.text = fmt::format("voucher {} of {} expires within {} days, {} is left", id, v.funder,
                                kVoucherWarning / hours(24), money_text(rest));
    } else {
      record.expired = true;
      vouchers_.end(record);
      notice.text =
          fmt::format("voucher {} of {} has expired, {} goes back", id, v.funder, money_text(rest));
      const Move moves[] = {{record.account, -rest}, {record.funder, rest}};
      if (rest > Money{}) {
        post(EntryKind::voucher_expired, fmt::format("voucher {}", id), "", moves, {now, "pentad"},
             records);
      }
    }
    records.notices.push_back(std::move(notice));
  }
}

Time Ledger::next_due(Time now) const {
  return std::min(vouchers_.next_due(now), prices_.next_change(now));
}

std::string Ledger::explain(const Obstacle& o, const Ask& ask) const {
  if (o.subject == kNoSlot) return "";
  const Subject& s = subjects_.at(o.subject);
  const std::string who = subject_text(s);
  switch (o.gauge) {
    case Gauge::account:
      return fmt::format("{} is frozen or closed", who);
    case Gauge::running_jobs:
      return fmt::format("{} of {} run, the most it may have at a time", s.in_use.running_jobs,
                         who);
    case Gauge::queued_jobs:
      return fmt::format("{} of {} wait; {} more would exceed its {}", s.in_use.queued_jobs, who,
                         o.need, s.quota.queued_jobs.value_or(0));
    case Gauge::cores:
      return fmt::format("needs {} cores; {} uses {} of the {} it may have", o.need, who,
                         s.in_use.cores, s.quota.cores.value_or(0));
    case Gauge::device_milli:
      return fmt::format("needs {} devices; {} uses {} of the {} it may have", devices(o.need), who,
                         devices(s.in_use.device_milli), devices(s.quota.device_milli.value_or(0)));
    case Gauge::device_ms:
      return fmt::format("may use {} device-hours; {} of the {} that {} has this month are left",
                         device_hours(o.need), device_hours(o.room),
                         device_hours(s.quota.device_milli_ms_per_month.value_or(0)), who);
    case Gauge::price:
      return fmt::format("something it needs in pool {} has no price", ask.pool);
    case Gauge::budget:
      return fmt::format("the greatest cost is {}, {} of the budget of {} is left",
                         money_text(Money{o.need}), money_text(Money{o.room}), who);
    case Gauge::month_cap:
      return fmt::format("the greatest cost is {}, {} of this month's budget of {} is left",
                         money_text(Money{o.need}), money_text(Money{o.room}), who);
    case Gauge::money:
      if (Money{o.need} == Money::max()) return "it would cost more than can be counted";
      return fmt::format("the greatest cost is {}, {} of {} is free", money_text(Money{o.need}),
                         money_text(Money{o.room}), who);
  }
  return "";
}

}  // namespace pentad::ledger
