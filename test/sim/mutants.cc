#include "mutants.h"

#include <boost/mp11.hpp>

#include "schedule/scheduler.h"

namespace pentad::sim {

namespace {

thread_local bool keeps_what_it_holds = false;

AttemptId* attempt_of(event::What& what) {
  if (auto* e = std::get_if<event::AttemptStarted>(&what)) return &e->attempt;
  if (auto* e = std::get_if<event::AttemptEnded>(&what)) return &e->attempt;
  return nullptr;
}

void make_current(const std::vector<Centre::Outstanding>& running, AttemptId& reported) {
  for (const Centre::Outstanding& o : running) {
    const AttemptId& id = o.start.attempt;
    if (id.job == reported.job && id.index == reported.index) reported.number = id.number;
  }
}

}  // namespace

std::vector<std::string> mutant_names() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Mutant>>([&](auto enumerator) {
    if (enumerator.value != Mutant::none) names.emplace_back(enumerator.name);
  });
  return names;
}

std::optional<Mutant> mutant_of(std::string_view name) {
  Mutant mutant = Mutant::none;
  std::string text(name);
  if (!boost::describe::enum_from_string(text.c_str(), mutant)) return {};
  return mutant;
}

void spoil(Mutant mutant, const Centre& centre, std::vector<store::Command>& batch) {
  for (store::Command& command : batch) {
    event::What& what = command.event.what;
    if (mutant == Mutant::stale_attempt_accepted) {
      if (AttemptId* attempt = attempt_of(what)) make_current(centre.outstanding(), *attempt);
    }
    auto* cancel = std::get_if<event::Cancel>(&what);
    if (mutant == Mutant::cancelled_job_started && cancel) {
      std::optional<JobStatus> status = centre.job_status(cancel->job);
      if (status && status->state == JobState::queued) what = event::Tick{};
    }
  }
}

void spoil(Mutant mutant, std::vector<Centre::Outstanding>& outstanding) {
  if (mutant != Mutant::double_start_after_crash) return;
  for (Centre::Outstanding& o : outstanding) {
    if (!o.confirmed) continue;
    o.confirmed = false;
    ++o.start.attempt.number;
  }
}

std::vector<store::Command> after_restart(Mutant mutant, store::Keeper& keeper) {
  std::vector<store::Command> commands;
  if (mutant != Mutant::dependency_dropped_on_restart) return commands;
  for (JobId job{1}; job < keeper.centre().next_job_id(); ++job.value) {
    std::optional<JobRequest> request = keeper.centre().job_request(job);
    if (!request || !request->dependency) continue;
    event::Modify modify;
    modify.job = job;
    modify.clear_dependency = true;
    commands.push_back({{keeper.centre().now(), "nobody", modify}, {}});
  }
  return commands;
}

SchedulerFault::SchedulerFault(Mutant mutant) {
  keeps_what_it_holds = mutant == Mutant::resources_not_freed;
}

SchedulerFault::~SchedulerFault() { keeps_what_it_holds = false; }

// The linker (--wrap) leads every call of Scheduler::release() from another source file here.
extern "C" {
void release_for_real(Scheduler* scheduler,
                      Allocation held) asm("__real__ZN6pentad9Scheduler7releaseEl");
void release_or_not(Scheduler* scheduler,
                    Allocation held) asm("__wrap__ZN6pentad9Scheduler7releaseEl");

void release_or_not(Scheduler* scheduler, Allocation held) {
  if (!keeps_what_it_holds) release_for_real(scheduler, held);
}
}

}  // namespace pentad::sim
