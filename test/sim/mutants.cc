#include "mutants.h"

#include <algorithm>
#include <boost/mp11.hpp>
#include <span>

#include "ledger/ledger.h"
#include "schedule/scheduler.h"

namespace pentad::sim {

namespace {

thread_local Mutant of_the_core = Mutant::none;

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

CoreFault::CoreFault(Mutant mutant) { of_the_core = mutant; }

CoreFault::~CoreFault() { of_the_core = Mutant::none; }

namespace {

// What is booked at the end of an attempt, spoilt; still balanced.
std::vector<ledger::Move> spoilt(const ledger::Ledger& ledger, std::vector<ledger::Move> moves) {
  const auto find = [&](std::string_view prefix) {
    return std::find_if(moves.begin(), moves.end(), [&](const ledger::Move& move) {
      return ledger.books().name(move.account).starts_with(prefix);
    });
  };
  const auto tenant = find("tenant/"), hold = find("hold/"), revenue = find("revenue");
  const auto voucher = find("voucher/");
  if (of_the_core == Mutant::rest_not_released && tenant != moves.end()) {
    hold->amount += tenant->amount;
    moves.erase(tenant);
  } else if (of_the_core == Mutant::settled_above_hold && revenue != moves.end() &&
             hold != moves.end()) {
    revenue->amount += Money{1};
    hold->amount -= Money{1};
  } else if (of_the_core == Mutant::voucher_not_returned && voucher != moves.end()) {
    if (revenue != moves.end()) voucher->account = revenue->account;
  }
  return moves;
}

}  // namespace

// The linker (--wrap) leads calls of these from another source file here.
#define PENTAD_POST                                                                                \
  "_ZN6pentad6ledger6Ledger4postENS_9EntryKindENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcE" \
  "EES8_St4spanIKNS0_4MoveELm18446744073709551615EERKNS0_5CauseERNS0_7RecordsE"
extern "C" {
void release_for_real(Scheduler* scheduler,
                      Allocation held) asm("__real__ZN6pentad9Scheduler7releaseEl");
void release_or_not(Scheduler* scheduler,
                    Allocation held) asm("__wrap__ZN6pentad9Scheduler7releaseEl");

void release_or_not(Scheduler* scheduler, Allocation held) {
  if (of_the_core != Mutant::resources_not_freed) release_for_real(scheduler, held);
}

void post_for_real(ledger::Ledger* ledger, EntryKind kind, std::string cause, std::string note,
                   std::span<const ledger::Move> moves, const ledger::Cause& by,
                   ledger::Records& records) asm("__real_" PENTAD_POST);
void post_spoilt(ledger::Ledger* ledger, EntryKind kind, std::string cause, std::string note,
                 std::span<const ledger::Move> moves, const ledger::Cause& by,
                 ledger::Records& records) asm("__wrap_" PENTAD_POST);

void post_spoilt(ledger::Ledger* ledger, EntryKind kind, std::string cause, std::string note,
                 std::span<const ledger::Move> moves, const ledger::Cause& by,
                 ledger::Records& records) {
  if (kind != EntryKind::settle || of_the_core == Mutant::none) {
    return post_for_real(ledger, kind, std::move(cause), std::move(note), moves, by, records);
  }
  const auto other = spoilt(*ledger, {moves.begin(), moves.end()});
  post_for_real(ledger, kind, cause, note, other, by, records);
  if (of_the_core == Mutant::charged_twice) {
    post_for_real(ledger, kind, std::move(cause), std::move(note), moves, by, records);
  }
}
}

}  // namespace pentad::sim
