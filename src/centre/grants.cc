// Events about grants: the rules are the ledger's, an award is a voucher like any other.
#include "ledger/grants.h"

#include "centre/state.h"

namespace pentad {

void Centre::State::on(const event::OpenCall& e) {
  int64_t id = 0;
  answer(grants.open(e.call, now, id));
  effects.reply.record = id;
}

void Centre::State::on(const event::Apply& e) {
  const ledger::GrantApplication& a = e.application;
  if (auto r = unknown_payer(a.tenant, a.project.empty() ? nullptr : &a.project, nullptr)) {
    return answer(r);
  }
  if (people.find_tenant(a.tenant)->state != AccountState::active) {
    return refuse(RefusalCode::account_frozen, "/tenant", "the tenant is frozen or closed");
  }
  int64_t id = 0;
  answer(grants.apply(a, now, id));
  effects.reply.record = id;
}

void Centre::State::on(const event::Review& e) {
  answer(grants.review(e.application, e.review, now));
  if (effects.reply.accepted()) effects.reply.record = e.application;
}

void Centre::State::on(const event::Award& e) {
  if (auto refused = grants.check_award(e.application, e.amount, e.by, e.reason, now)) {
    return answer(refused);
  }
  int64_t voucher = 0;
  if (e.amount > Money{}) {
    on(event::IssueVoucher{grants.voucher_for(e.application, e.amount, now)});
    if (!effects.reply.accepted()) return;
    voucher = effects.reply.record;
  }
  grants.decide(e.application, e.amount, voucher, e.by, e.reason, now);
}

const ledger::Grants& Centre::grants() const { return state_->grants; }

}  // namespace pentad
