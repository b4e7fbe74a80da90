// What a simulation looks at, after each step and when everything has come to rest.
#include <algorithm>

#include "base/reflect.h"
#include "simulation.h"
#include "store/journal.h"
#include "store/money_queries.h"
#include "store/replay.h"

namespace pentad::sim {

namespace {

// A value that the disk must be able to give now.
template <class T>
T must(Result<T> result, const char* what) {
  expect(result.has_value(), what, result ? "" : result.error().message);
  return std::move(*result);
}

std::string name_of(const event::What& what) {
  return std::visit([](const auto& e) { return std::string(e.type_name); }, what);
}

}  // namespace

void Simulation::check_state() {
  if (!daemon_.is_alive() || !daemon_.keeper().is_whole()) return;
  std::vector<std::string> broken = daemon_.centre().check_invariants();
  expect(broken.empty(), "invariant", broken.empty() ? "" : broken.front());
}

void Simulation::recovered() {
  store::Keeper& keeper = daemon_.keeper();
  const store::Recovery& r = keeper.recovery();
  note("the daemon is back: snapshot {}, {} events replayed", r.snapshot_seq, r.replayed);
  uint64_t digest = daemon_.centre().state_digest();
  if (in_doubt_ && ever_alive_) {
    reached_(keeper.last_event() == last_event_ ? Rare::died_in_commit_batch_lost
                                                : Rare::died_in_commit_batch_kept);
  }
  if (!in_doubt_ || keeper.last_event() == last_event_) {
    expect(keeper.last_event() == last_event_, "recovery_loses_no_event",
           fmt::format("{} of {}", keeper.last_event(), last_event_));
    expect(last_event_ == 0 || digest == state_digest_, "recovery_gives_the_same_state", "");
  }
  expect(keeper.last_event() >= last_event_, "recovery_loses_no_event",
         fmt::format("{} of {}", keeper.last_event(), last_event_));
  if (stopped_cleanly_) {
    expect(r.replayed == 0, "a_clean_stop_leaves_nothing_to_replay", "");
    if (last_event_ > 0) reached_(Rare::started_from_snapshot_alone);
  }
  if (r.replayed > 0) {
    reached_(r.snapshot_seq > 0 ? Rare::replayed_after_snapshot : Rare::replayed_from_start);
  }
  in_doubt_ = stopped_cleanly_ = false;
  last_event_ = keeper.last_event();
  state_digest_ = digest;
  for (const Centre::Outstanding& o : daemon_.centre().outstanding()) {
    reached_(o.confirmed ? Rare::adopted_running : Rare::start_given_again);
    if (o.stopping) reached_(Rare::stop_given_again);
  }
  look();
}

void Simulation::committed(const std::vector<store::Command>& batch) {
  if (refused_) reached_(Rare::worked_again_after_refusal);
  refused_ = in_doubt_ = false;
  last_event_ = daemon_.keeper().last_event();
  state_digest_ = daemon_.centre().state_digest();
  follow();
  digest_.add(state_digest_).add(static_cast<uint64_t>(batch.size()));
}

namespace {

// The next event of the journal must do what it did when it was recorded. A digest of 0: not known.
void step_alike(store::Replay& replay, const store::JournalEntry& entry) {
  Event event = must(from_json<Event>(entry.event, ReadMode::lenient), "events_can_be_read");
  Effects effects = replay.centre.step(event);
  uint64_t digest = store::next_digest(replay.digest, entry.event, effects);
  expect(
      (replay.digest == 0 && replay.seq > 0) || digest == entry.digest,
      "a_restored_centre_goes_on_alike",
      fmt::format("event {} {}: {}", entry.seq, entry.event, to_json(effects, WriteMode::compact)));
  replay.digest = entry.digest;
  replay.seq = entry.seq;
}

}  // namespace

// A restored state must not only look the same, it must go on in the same way.
void Simulation::copy_state() {
  Result<Centre> copy = Centre::restore(daemon_.centre().snapshot());
  expect(copy.has_value(), "a_snapshot_can_be_restored", copy ? "" : copy.error().message);
  expect(copy->state_digest() == daemon_.centre().state_digest(), "a_snapshot_holds_everything",
         "");
  copy_.emplace(store::Replay{std::move(*copy), daemon_.keeper().last_event(), 0});
}

void Simulation::follow() {
  if (!copy_) return;
  auto extent = store::journal_extent(daemon_.keeper().database());
  if (copy_->seq == last_event_) return;
  if (!extent || extent->first == 0 || extent->first > copy_->seq + 1) return copy_.reset();
  Status read = store::for_each_entry(daemon_.keeper().database(), copy_->seq, last_event_,
                                      [&](const store::JournalEntry& entry) {
                                        step_alike(*copy_, entry);
                                        return Status{};
                                      });
  if (disk_.is_off()) return;
  expect(read.has_value(), "events_can_be_read", read ? "" : read.error().message);
  expect(copy_->centre.state_digest() == state_digest_, "a_restored_centre_goes_on_alike",
         "its state differs");
}

void Simulation::refused(const Error& error, bool in_doubt) {
  note("refused{}: {}", in_doubt ? ", but in doubt" : "", error.message);
  refused_ = true;
  mark_refusal(error);
  in_doubt_ |= in_doubt;
  if (!daemon_.keeper().is_whole()) return;
  expect(daemon_.keeper().last_event() == last_event_ &&
             (last_event_ == 0 || daemon_.centre().state_digest() == state_digest_),
         "nothing_happens_when_a_commit_fails", "");
}

void Simulation::told(const store::Command& command, const store::Applied& applied) {
  const Effects& effects = applied.effects;
  if (options_.trace) {
    const Refusal& refusal = effects.reply.refusal;
    note("{}{} {}{}", command.key ? command.key->key + " " : "", name_of(command.event.what),
         to_json(command.event.what, WriteMode::compact),
         applied.handling != store::Handling::done ? " (answered before)"
         : effects.reply.accepted()                ? ""
                                                   : " refused: " + refusal.detail);
    for (const StartAttempt& s : effects.starts) {
      note("    start {}", to_json(s, WriteMode::compact));
    }
    for (const StopAttempt& s : effects.stops) {
      note("    stop {}", to_json(s.attempt, WriteMode::compact));
    }
  }
  auto* state = std::get_if<event::SetNodeState>(&command.event.what);
  if (state && effects.reply.accepted() && state->state == NodeState::down) {
    auditor_.node_given_up(state->node);
  }
  mark(command, applied);
  size_t ended = 0;
  for (const JobStatus& status : effects.jobs) {
    const ::pentad::Outcome* outcome =
        is_final(status.state) ? &effects.outcomes.at(ended++) : nullptr;
    if (outcome) {
      expect(outcome->job == status.job, "outcomes_stand_beside_their_jobs", "");
      note("    job {} {} {}", status.job.value, boost::describe::enum_to_string(status.state, "?"),
           status.message);
    }
    auditor_.told(status, outcome);
    clients_.told(status);
    mark(status);
  }
}

void Simulation::answered(const std::string& call, const store::Applied& answer) {
  clients_.answered(call, answer);
}

void Simulation::failed(const std::string& call, bool in_doubt) {
  note("{} gets an error", call);
  clients_.failed(call, in_doubt);
}

std::vector<Auditor::Stored> Simulation::stored_jobs() {
  store::JobQueries queries = daemon_.keeper().queries();
  std::vector<Auditor::Stored> all;
  store::JobListing listing;
  do {
    store::JobPage page = must(queries.list(listing), "jobs_can_be_listed");
    for (const store::JobRecord& record : page.jobs) all.push_back({record.status, {}});
    listing.cursor = page.next;
  } while (!listing.cursor.empty());
  return all;
}

void Simulation::look() {
  for (const NodeView& node : daemon_.centre().nodes()) {
    if (node.state == NodeState::down) auditor_.node_given_up(node.node.name);
  }
  if (scenario_.money > 0) check_money(false);
  store::JobQueries queries = daemon_.keeper().queries();
  for (const auto& [status, submission] : stored_jobs()) {
    std::vector<::pentad::Outcome> outcome;
    if (is_final(status.state)) {
      outcome = must(queries.outcomes(std::array{status.job}), "outcomes_can_be_read");
      expect(outcome.size() == 1, "a_final_job_has_an_outcome", "");
    } else {
      expect(daemon_.centre().has_job(status.job), "tables_and_core_agree",
             fmt::format("job {}", status.job.value));
    }
    auditor_.found(status, outcome.empty() ? nullptr : &outcome.front());
    clients_.told(status);
  }
}

void Simulation::come_to_rest() {
  resting_ = true;
  fates_.be_kind();
  disk_.heal();
  if (disk_.is_off()) die();
  disk_.power_off_after(std::numeric_limits<int64_t>::max());
  while (!daemon_.is_alive()) bring_back();
  for (const std::string& node : lost_nodes_) engine_.return_node(node);
  lost_nodes_.clear();
  note("from here on all goes well");
  daemon_.reconnect();
  bool cleared = false;
  for (int round = 0; round < 3'000; ++round) {
    clients_.send_again();
    while (daemon_.waiting() > 0 || daemon_.centre().next_wake() <= now_) work(64, {});
    check_state();
    if (engine_.next_time() <= now_) {
      engine_.advance(now_);
    } else if (daemon_.centre().counts().jobs == 0 && clients_.all_answered() &&
               engine_.running() == 0) {
      return check_journal();
    } else {
      Time due = std::min(engine_.next_time(), daemon_.centre().next_wake());
      if (clients_.all_answered() && !std::exchange(cleared, true)) {
        clients_.clear_the_way();
        continue;
      }
      if (clients_.all_answered() && clients_.help_along()) continue;
      if (due == Time::never()) break;
      now_ = due;
      engine_.advance(now_);
    }
  }
  std::string waiting = clients_.unanswered();
  for (JobId job : clients_.unfinished()) {
    waiting += fmt::format(" {} ({})", job.value, daemon_.centre().why_waiting(job).detail);
  }
  throw Broken("everything_comes_to_rest",
               fmt::format("{} attempts run, jobs wait:{}", engine_.running(), waiting));
}

// From every kept snapshot, and from the beginning, the journal leads to this very state.
void Simulation::check_journal() {
  store::Keeper& keeper = daemon_.keeper();
  uint64_t digest = daemon_.centre().state_digest();
  auto replay = [&](store::Replay from) {
    Status replayed = store::for_each_entry(keeper.database(), from.seq, keeper.last_event(),
                                            [&](const store::JournalEntry& entry) {
                                              step_alike(from, entry);
                                              return Status{};
                                            });
    expect(replayed.has_value(), "the_journal_can_be_replayed",
           replayed ? "" : replayed.error().message);
    expect(from.centre.state_digest() == digest, "the_journal_leads_to_this_state", "");
  };
  for (const store::SnapshotInfo& info : must(store::list_snapshots(keeper.database()), "list")) {
    if (info.parts > 0) replay(must(store::restore(keeper.database(), info), "snapshot"));
  }
  if (must(store::journal_extent(keeper.database()), "extent").first == 1) replay({});

  std::vector<Auditor::Stored> stored = stored_jobs();
  for (auto& [status, submission] : stored) {
    Payload payload = must(keeper.queries().payload(status.job), "payload");
    submission = payload.environment["SUBMISSION"];
    check_attempts(status.job);
  }
  auditor_.check_at_rest(stored);
  check_money(true);
}

// What was told and what is stored is what the core says, to the millionth.
void Simulation::check_money(bool at_rest) {
  store::MoneyQueries queries(daemon_.keeper().database());
  std::vector<LedgerEntry> entries;
  std::vector<Charge> charges;
  Status read = queries.for_each_entry({}, [&](const LedgerEntry& entry) {
    entries.push_back(entry);
    return Status{};
  });
  expect(read.has_value(), "entries_can_be_read", read ? "" : read.error().message);
  read = queries.for_each_charge({}, [&](const Charge& charge) {
    charges.push_back(charge);
    return Status{};
  });
  expect(read.has_value(), "charges_can_be_read", read ? "" : read.error().message);
  auditor_.money().check(entries, charges, daemon_.centre().accounts(), at_rest);
}

void Simulation::check_attempts(JobId job) {
  store::AttemptListing listing;
  listing.job = job;
  listing.descending = false;
  AttemptId last;
  do {
    store::AttemptPage page = must(daemon_.keeper().queries().attempts(listing), "attempts");
    for (const AttemptStatus& a : page.attempts) {
      int32_t expected = a.attempt.index == last.index && last.number > 0 ? last.number + 1 : 1;
      expect(a.attempt.number == expected && is_final(a.state), "attempts_are_numbered",
             to_json(a.attempt));
      last = a.attempt;
    }
    listing.cursor = page.next;
  } while (!listing.cursor.empty());
}

}  // namespace pentad::sim
