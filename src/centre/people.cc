// Events about people: the directory judges them.
#include "centre/state.h"

namespace pentad {

void Centre::State::answer(const std::optional<Refusal>& refusal) {
  if (refusal) effects.reply.refusal = *refusal;
}

void Centre::State::on(const event::PutTenant& e) { answer(people.put(e.tenant, e.is_new)); }
void Centre::State::on(const event::PutProject& e) { answer(people.put(e.project, e.is_new)); }
void Centre::State::on(const event::PutUser& e) { answer(people.put(e.user, e.is_new)); }
void Centre::State::on(const event::GrantRole& e) { answer(people.grant(e.grant)); }
void Centre::State::on(const event::RevokeRole& e) { answer(people.revoke(e.grant)); }

// The journal has it: that is all it is for.
void Centre::State::on(const event::Note&) {}

const Directory& Centre::directory() const { return state_->people; }

}  // namespace pentad
