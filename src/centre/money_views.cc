// What the core tells of money.
#include "centre/state.h"
#include "ledger/month.h"

namespace pentad {

namespace {

using ledger::Subject;
using ledger::SubjectKind;

bool matters(const Subject& s) {
  return !s.months.empty() || s.budget != Budget{} || s.in_use != ledger::InUse{};
}

std::vector<ledger::MonthTotal> months_of(const Subject& s) {
  std::vector<ledger::MonthTotal> months;
  for (const auto& [month, of] : s.months) {
    months.push_back({ledger::month_text(month), of.total, of.charges, of.digest});
  }
  return months;
}

ProjectSpending spending_of(const Subject& s, ledger::Month month) {
  ProjectSpending p;
  p.project = s.name.substr(s.name.find('/') + 1);
  p.budget = s.budget;
  p.spent = s.spent;
  const auto it = s.months.find(month);
  if (it != s.months.end()) p.spent_this_month = it->second.total;
  p.held = s.held;
  p.running = s.in_use.running_jobs;
  p.months = months_of(s);
  return p;
}

}  // namespace

std::optional<TenantBalance> Centre::balance(const std::string& name) const {
  if (state_->people.find_tenant(name) == nullptr) return {};
  const ledger::Ledger& ledger = state_->ledger;
  TenantBalance b;
  b.tenant = name;
  b.balance = ledger.books().balance("tenant/" + name);
  b.held = ledger.books().balance("hold/" + name);
  const ledger::SubjectSlot slot = ledger.subjects().find(SubjectKind::tenant, name);
  if (slot != kNoSlot) b.credit = ledger.subjects().at(slot).credit;
  for (const ledger::VoucherRecord& record : ledger.vouchers().all()) {
    if (record.voucher.tenant != name) continue;
    b.vouchers += ledger.books().balance(record.account);
    b.vouchers_held += ledger.books().balance(record.hold_account);
  }
  for (const Subject* s : ledger.subjects().sorted()) {
    if (s->kind != SubjectKind::project || !s->name.starts_with(name + "/") || !matters(*s)) {
      continue;
    }
    b.projects.push_back(spending_of(*s, ledger::month_of(state_->now)));
  }
  return b;
}

std::vector<TenantBalance> Centre::balances() const {
  std::vector<TenantBalance> balances;
  for (const auto& [name, tenant] : state_->people.tenants()) balances.push_back(*balance(name));
  return balances;
}

std::vector<Price> Centre::prices() const {
  const auto& all = state_->ledger.prices().all();
  return {all.begin(), all.end()};
}

std::vector<VoucherView> Centre::vouchers() const {
  const ledger::Ledger& ledger = state_->ledger;
  std::vector<VoucherView> views;
  for (const ledger::VoucherRecord& record : ledger.vouchers().all()) {
    views.push_back({record.voucher, ledger.books().balance(record.account),
                     ledger.books().balance(record.hold_account), record.spent, record.cancelled,
                     record.expired});
  }
  return views;
}

std::vector<QuotaView> Centre::quotas() const {
  std::vector<QuotaView> views;
  for (const Subject* s : state_->ledger.subjects().sorted()) {
    if (s->quota == QuotaLimits{}) continue;
    QuotaView view;
    view.quota.limits = s->quota;
    if (s->kind == SubjectKind::user) {
      view.quota.user = s->name;
    } else {
      const size_t slash = s->name.find('/');
      view.quota.tenant = s->name.substr(0, slash);
      if (slash != std::string::npos) view.quota.project = s->name.substr(slash + 1);
    }
    view.running_jobs = s->in_use.running_jobs;
    view.queued_jobs = s->in_use.queued_jobs;
    view.cores = s->in_use.cores;
    view.device_milli = s->in_use.device_milli;
    view.device_milli_ms =
        s->device_ms_in(ledger::month_of(state_->now)) + s->in_use.device_ms_held;
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<Posting> Centre::accounts() const { return state_->ledger.books().rows(); }

std::vector<ledger::MonthTotal> Centre::months(const std::string& tenant,
                                               const std::string& project) const {
  const ledger::Subjects& subjects = state_->ledger.subjects();
  const auto slot = subjects.find(SubjectKind::project, full_name(tenant, project));
  return slot == kNoSlot ? std::vector<ledger::MonthTotal>{} : months_of(subjects.at(slot));
}

std::optional<ledger::Hold> Centre::hold_of(const AttemptId& id) const {
  const AttemptRecord* attempt = state_->attempts.find(id);
  if (attempt == nullptr || attempt->hold == kNoSlot) return {};
  return state_->holds[attempt->hold];
}

}  // namespace pentad
