// Events about people: the directory judges them.
#include <fmt/format.h>

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

// Whoever sends the job in: a project is computed for by its own people.
std::optional<Refusal> Centre::State::check_member(const JobRequest& job) const {
  const auto name = split_full_name(job.project);
  if (!name || !people.find_project(name->first, name->second)) return {};
  if (people.is_member(job.user, name->first, name->second)) return {};
  return Refusal{RefusalCode::unknown_project, "/project",
                 fmt::format("{} is no member of a project {}", job.user, job.project)};
}

const Directory& Centre::directory() const { return state_->people; }

}  // namespace pentad
