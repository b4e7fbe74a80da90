// Events about money: who is named must exist, the rest the ledger judges.
#include <fmt/format.h>

#include "centre/state.h"
#include "ledger/month.h"

namespace pentad {

using ledger::SubjectKind;

// `project` and `user` may be null: not asked about.
std::optional<Refusal> Centre::State::unknown_payer(const std::string& tenant,
                                                    const std::string* project,
                                                    const std::string* user) const {
  if (people.find_tenant(tenant) == nullptr) {
    return Refusal{RefusalCode::unknown_tenant, "/tenant",
                   fmt::format("there is no tenant `{}`", tenant)};
  }
  if (project != nullptr && people.find_project(tenant, *project) == nullptr) {
    return Refusal{RefusalCode::unknown_project, "/project",
                   fmt::format("tenant {} has no project `{}`", tenant, *project)};
  }
  if (user != nullptr && people.find_user(*user) == nullptr) {
    return Refusal{RefusalCode::unknown_user, "/user", fmt::format("there is no user `{}`", *user)};
  }
  return {};
}

void Centre::State::booked(const ledger::Refused& refused, const SubjectName& who) {
  if (refused) return answer(refused);
  if (!effects.entries.empty()) effects.reply.record = effects.entries.back().id;
  improve(who);
  set_money_due();
}

void Centre::State::on(const event::TopUp& e) {
  if (auto r = unknown_payer(e.tenant, nullptr, nullptr)) return answer(r);
  ledger::Records made = records();
  booked(ledger.top_up(e.tenant, e.amount, e.reference, e.note, cause(), made),
         {SubjectKind::tenant, e.tenant});
}

void Centre::State::on(const event::Adjust& e) {
  for (const std::string* account : {&e.from, &e.to}) {
    if (!account->starts_with("tenant/")) continue;
    const std::string tenant = account->substr(7);
    if (auto r = unknown_payer(tenant, nullptr, nullptr)) return answer(r);
    ledger.open_tenant(tenant);
  }
  ledger::Records made = records();
  const bool to_tenant = e.to.starts_with("tenant/");
  booked(ledger.adjust(e.from, e.to, e.amount, e.reason, cause(), made),
         {SubjectKind::tenant, to_tenant ? e.to.substr(7) : ""});
}

void Centre::State::on(const event::SetCredit& e) {
  if (auto r = unknown_payer(e.tenant, nullptr, nullptr)) return answer(r);
  booked(ledger.set_credit(e.tenant, e.line), {SubjectKind::tenant, e.tenant});
}

void Centre::State::on(const event::SetBudget& e) {
  if (auto r = unknown_payer(e.tenant, &e.project, nullptr)) return answer(r);
  booked(ledger.set_budget(e.tenant, e.project, e.budget),
         {SubjectKind::project, full_name(e.tenant, e.project)});
}

void Centre::State::on(const event::SetQuota& e) {
  const Quota& q = e.quota;
  if (!q.user.empty()) {
    if (people.find_user(q.user) == nullptr) {
      return refuse(RefusalCode::unknown_user, "/quota/user",
                    fmt::format("there is no user `{}`", q.user));
    }
  } else if (auto r = unknown_payer(q.tenant, q.project.empty() ? nullptr : &q.project, nullptr)) {
    r->field = "/quota" + r->field;
    return answer(r);
  }
  const SubjectName who = !q.user.empty() ? SubjectName{SubjectKind::user, q.user}
                          : q.project.empty()
                              ? SubjectName{SubjectKind::tenant, q.tenant}
                              : SubjectName{SubjectKind::project, full_name(q.tenant, q.project)};
  booked(ledger.set_quota(q), who);
}

void Centre::State::on(const event::PutPrices& e) {
  for (size_t i = 0; i < e.prices.size(); ++i) {
    const std::string& tenant = e.prices[i].tenant;
    if (tenant.empty()) continue;
    if (auto r = unknown_payer(tenant, nullptr, nullptr)) {
      r->field = fmt::format("/prices/{}/tenant", i);
      return answer(r);
    }
  }
  std::vector<Price> prices = e.prices;
  for (Price& price : prices) {
    if (price.from == Time{}) price.from = now;
  }
  if (auto refused = ledger.put_prices(prices, now)) return answer(refused);
  effects.reply.record = static_cast<int64_t>(ledger.prices().all().size());
  improve_all();
  set_money_due();
}

void Centre::State::on(const event::EndPrice& e) {
  if (auto refused = ledger.end_price(e.price, e.until == Time{} ? now : e.until, now))
    return answer(refused);
  effects.reply.record = e.price;
  improve_all();
  set_money_due();
}

void Centre::State::on(const event::IssueVoucher& e) {
  const Voucher& v = e.voucher;
  if (auto r = unknown_payer(v.tenant, v.project.empty() ? nullptr : &v.project, nullptr)) {
    r->field = "/voucher" + r->field;
    return answer(r);
  }
  ledger::Records made = records();
  booked(ledger.issue_voucher(v, cause(), made), {SubjectKind::tenant, v.tenant});
  if (effects.reply.accepted()) {
    effects.reply.record = static_cast<int64_t>(ledger.vouchers().all().size());
  }
}

void Centre::State::on(const event::CancelVoucher& e) {
  ledger::Records made = records();
  booked(ledger.cancel_voucher(e.voucher, e.reason, cause(), made), {SubjectKind::tenant, ""});
  if (effects.reply.accepted()) effects.reply.record = e.voucher;
}

void Centre::State::on(const event::Meter& e) {
  if (auto r = unknown_payer(e.tenant, &e.project, &e.user)) return answer(r);
  if (people.standing(e.tenant, e.project, e.user) == AccountState::closed) {
    return refuse(RefusalCode::account_frozen, "/tenant", "the account is closed");
  }
  ledger::Records made = records();
  const ledger::Payer payer = ledger.payer(e.tenant, e.project, e.user);
  booked(ledger.meter(payer, e.unit, e.quantity, e.reference, cause(), made),
         {SubjectKind::tenant, ""});
}

void Centre::State::on(const event::CloseStatement& e) {
  if (auto r = unknown_payer(e.tenant, &e.project, nullptr)) return answer(r);
  answer(ledger.close_statement(e.tenant, e.project, e.month, e.total, e.charges, e.digest, now));
}

void Centre::State::run_due_money() {
  ledger::Records made = records();
  ledger.run_due(now, made);
  improve_all();
  set_money_due();
}

void Centre::State::set_money_due() { money_due = ledger.next_due(now); }

// Budgets and quotas of a month begin anew.
void Centre::State::turn_month() {
  month_end = ledger::begin_of(ledger::month_of(now) + 1);
  improve_all();
}

void Centre::State::people_changed() {
  ++people_changes;
  improve_all();
}

}  // namespace pentad
