#include "store/keeper.h"

#include <algorithm>
#include <boost/mp11.hpp>
#include <utility>

#include "base/assert.h"
#include "store/answer_table.h"
#include "store/audit_table.h"
#include "store/chain.h"
#include "store/job_table.h"
#include "store/journal.h"
#include "store/known.h"
#include "store/money_table.h"
#include "store/payload_store.h"
#include "store/replay.h"
#include "store/session.h"
#include "store/storable.h"

namespace pentad::store {

namespace {

constexpr const char* kUnknownOutcome =
    "; what was asked last may have happened all the same: look before asking again";

// What a batch writes, prepared on one connection.
struct Tables {
  Journal journal;
  PayloadStore payloads;
  JobTable jobs;
  AnswerTable answers;
  MoneyTable money;
  AuditTable audit;

  explicit Tables(Database& database)
      : journal(database),
        payloads(database),
        jobs(database),
        answers(database),
        money(database),
        audit(database) {}
};

}  // namespace

struct Keeper::State {
  KeeperOptions options;
  Database database;
  std::optional<Tables> tables;  // none while there is no connection

  Replay core;        // the centre, the number of its last event and the digest there
  std::string chain;  // of the last event
  std::vector<JournalEntry> entries;  // of the batch in progress
  Recovery recovery;
  std::optional<Error> snapshot_error;
  int64_t snapshot_seq = 0;
  int64_t snapshot_not_before = 0;  // number of the event after which one is tried again
  int64_t live_jobs = 0;
  bool whole = false;
  bool closed = false;

  State(const KeeperOptions& o, Database d) : options(o), database(std::move(d)) {
    tables.emplace(database);
  }

  Status connect_again();
  Status rebuild();
  Result<bool> is_there(const JournalEntry& entry);
  Status ready();
  Result<std::vector<Applied>> step_all(std::vector<Command>& batch);
  Result<Applied> step(Command& command);
  Result<bool> answer_again(const Command& command, Applied& applied);
  Status fill(event::What& what);
  Effects execute(const Event& event, std::string json);
  void store_submission(const event::Submit& submit, const Reply& reply,
                        std::vector<Payload> payloads);
  Status commit();
  void forget_batch();
  void snapshot_if_due();
  Status take_snapshot();
};

namespace {

// The event of this kind, should it be one that can happen.
template <class T>
const T* alternative(const event::What& what) {
  if constexpr (boost::mp11::mp_contains<event::What, T>::value) {
    return std::get_if<T>(&what);
  } else {
    return nullptr;
  }
}

// The request of a job that ended within the step that submitted it, its place in the submission
// resolved as the core does it.
void resolve(Dependency& dependency, JobId first) {
  if (dependency.job.value < 0) dependency.job = JobId{first.value - 1 - dependency.job.value};
  for (Dependency& part : dependency.of) resolve(part, first);
}

}  // namespace

Status Keeper::State::connect_again() {
  if (!database.is_lost() && tables) return {};
  tables.reset();
  if (database.is_lost()) {
    if (Status connected = database.reconnect(); !connected) return connected;
  }
  return guarded(database, [&] { tables.emplace(database); });
}

// Whether the journal has this event: a commit whose answer was lost may have happened.
Result<bool> Keeper::State::is_there(const JournalEntry& entry) {
  return guarded(database, [&] {
    std::string found;
    soci::session& session = session_of(database);
    session << "SELECT chain FROM journal WHERE seq = :seq", soci::use(entry.seq),
        soci::into(found);
    return session.got_data() && found == entry.chain;
  });
}

Status Keeper::State::rebuild() {
  whole = false;
  if (Status connected = connect_again(); !connected) return connected;
  Result<Recovered> recovered = recover(database);
  if (!recovered) return tl::unexpected(recovered.error());
  Result<ChainHead> head = chain_head(database);
  if (!head) return tl::unexpected(head.error());
  chain = std::move(head->chain);
  core = std::move(recovered->replay);
  recovery = {recovered->snapshot_seq, recovered->replayed, std::move(recovered->warnings)};
  snapshot_seq = recovery.snapshot_seq;
  live_jobs = core.centre.counts().jobs;
  whole = true;
  return {};
}

Status Keeper::State::ready() {
  if (closed) return fail(ErrorCode::unavailable, "the centre is shutting down");
  if (whole && database.is_lost()) whole = false;
  return whole ? Status{} : rebuild();
}

Result<std::vector<Applied>> Keeper::State::step_all(std::vector<Command>& batch) {
  std::vector<Applied> all;
  all.reserve(batch.size());
  for (Command& command : batch) {
    Result<Applied> applied = step(command);
    if (!applied) return tl::unexpected(applied.error());
    all.push_back(std::move(*applied));
  }
  return all;
}

Result<Applied> Keeper::State::step(Command& command) {
  Applied applied;
  Result<bool> answered = answer_again(command, applied);
  if (!answered) return tl::unexpected(answered.error());
  if (*answered) return applied;
  if (Status filled = fill(command.event.what); !filled) return tl::unexpected(filled.error());

  EncodedEvent encoded = encode_event(std::move(command.event));
  const Event& event = encoded.event;
  auto* submit = std::get_if<event::Submit>(&event.what);
  auto* modify = std::get_if<event::Modify>(&event.what);
  if (submit) {
    applied.effects.reply.refusal = core.centre.check_submit(*submit);
    if (!applied.effects.reply.accepted()) return applied;
  }
  applied.effects = execute(event, std::move(encoded.json));
  const Reply& reply = applied.effects.reply;
  if (!reply.accepted()) {
    tables->jobs.record(applied.effects);
    return applied;
  }
  if (submit) store_submission(*submit, reply, std::move(command.payloads));
  if (const auto* closed = alternative<event::CloseStatement>(event.what)) {
    tables->money.record(*closed, core.centre.now(), std::move(command.body));
  }
  if (modify) {
    if (auto request = core.centre.job_request(modify->job))
      tables->jobs.modify(modify->job, *request);
  }
  tables->jobs.record(applied.effects);
  if (command.key) {
    tables->answers.add(event.actor, command.key->key,
                        {command.key->request_digest, reply, core.centre.now()});
  }
  return applied;
}

Result<bool> Keeper::State::answer_again(const Command& command, Applied& applied) {
  if (!command.key) return false;
  auto found = guarded(database,
                       [&] { return tables->answers.find(command.event.actor, command.key->key); });
  if (!found) return tl::unexpected(found.error());
  if (!*found) return false;
  bool same = (*found)->request_digest == command.key->request_digest;
  applied.handling = same ? Handling::repeated : Handling::key_conflict;
  if (same) applied.effects.reply = std::move((*found)->reply);
  return true;
}

Status Keeper::State::fill(event::What& what) {
  if (auto* submit = std::get_if<event::Submit>(&what)) submit->first = core.centre.next_job_id();
  // A job that ended earlier in this batch is not in the tables yet.
  return fill_known(what, core.centre, [&](std::span<const JobId> wanted) {
    std::vector<JobId> rest;
    std::vector<Outcome> found;
    for (JobId job : wanted) {
      if (auto outcome = tables->jobs.outcome(job)) {
        found.push_back(std::move(*outcome));
      } else {
        rest.push_back(job);
      }
    }
    if (rest.empty()) return Result<std::vector<Outcome>>(std::move(found));
    Result<std::vector<Outcome>> stored = JobQueries(database).outcomes(rest);
    if (stored) stored->insert(stored->end(), found.begin(), found.end());
    return stored;
  });
}

Effects Keeper::State::execute(const Event& event, std::string json) {
  Effects effects = core.centre.step(event);
  ++core.seq;
  core.digest = next_digest(core.digest, json, effects);
  int64_t batch = entries.empty() ? core.seq : entries.front().seq;
  JournalEntry& entry = entries.emplace_back(
      JournalEntry{core.seq, batch, event.now, kCoreVersion, core.digest, std::move(json)});
  chain = entry.chain = next_chain(chain, entry);
  tables->audit.add(entry, event);
  tables->money.record(core.seq, effects);
  live_jobs -= static_cast<int64_t>(effects.outcomes.size());
  return effects;
}

void Keeper::State::store_submission(const event::Submit& submit, const Reply& reply,
                                     std::vector<Payload> given) {
  const size_t count = reply.jobs.size();
  PENTAD_ASSERT(given.size() <= 1 || given.size() == count, "one payload a job, or one for all");
  live_jobs += static_cast<int64_t>(count);
  if (given.empty()) given.emplace_back();
  std::vector<std::string> applications, digests;
  for (Payload& payload : given) {
    applications.push_back(storable(payload.application));
    digests.push_back(tables->payloads.stage(std::move(payload)));
  }
  for (size_t i = 0; i < count; ++i) {
    const size_t place = given.size() == 1 ? 0 : i;
    std::optional<JobRequest> request = core.centre.job_request(reply.jobs[i]);
    if (!request) {
      request = submit.jobs[i];
      if (request->dependency) resolve(*request->dependency, submit.first);
    }
    tables->jobs.add(reply.jobs[i], std::move(*request), applications[place], digests[place]);
  }
}

Status Keeper::State::commit() {
  if (entries.empty()) return {};
  return database.transaction([&]() -> Status {
    // First what asks questions; the rest may be on its way together.
    tables->payloads.write();
    for (const JournalEntry& entry : entries) tables->journal.append(entry);
    tables->jobs.write(tables->payloads);
    tables->answers.write();
    tables->money.write();
    tables->audit.write();
    return {};
  });
}

void Keeper::State::forget_batch() {
  entries.clear();
  tables->jobs.clear();
  tables->answers.clear();
  tables->money.clear();
  tables->audit.clear();
}

void Keeper::State::snapshot_if_due() {
  int64_t due = snapshot_seq + std::max(options.snapshot_after_events, live_jobs / 2);
  if (core.seq < std::max(due, snapshot_not_before)) return;
  if (Status taken = take_snapshot(); !taken) {
    // Tried again later, not with every batch: it is large.
    snapshot_not_before = core.seq + std::max<int64_t>(1, options.snapshot_after_events / 10);
  }
}

Status Keeper::State::take_snapshot() {
  const std::string text = core.centre.snapshot();
  SnapshotInfo info;
  info.seq = core.seq;
  info.at = core.centre.now();
  info.core_version = kCoreVersion;
  info.state_digest = digest_of_snapshot(text);
  info.journal_digest = core.digest;
  Status taken = database.transaction([&]() -> Status {
    tables->journal.add_snapshot(info, text, options.snapshots_kept);
    tables->answers.expire(info.at - options.answers_kept);
    if (options.prune_journal) tables->journal.prune();
    return {};
  });
  if (taken) {
    snapshot_seq = core.seq;
    snapshot_error.reset();
  } else {
    snapshot_error = taken.error();
  }
  return taken;
}

Keeper::Keeper(std::unique_ptr<State> state) : state_(std::move(state)) {}
Keeper::Keeper(Keeper&&) noexcept = default;
Keeper& Keeper::operator=(Keeper&&) noexcept = default;
Keeper::~Keeper() = default;

Result<Keeper> Keeper::open(const KeeperOptions& options) {
  Result<Database> opened = Database::open(options.database);
  if (!opened) return tl::unexpected(opened.error());
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(options, std::move(*opened));
  } catch (const soci::soci_error& error) {
    return fail(ErrorCode::corrupt,
                "the tables are not as they should be: " + error.get_error_message(),
                options.database.path);
  }
  if (Status rebuilt = state->rebuild(); !rebuilt) return tl::unexpected(rebuilt.error());
  if (Status alive = state->database.sign(); !alive) return tl::unexpected(alive.error());
  return Keeper(std::move(state));
}

Result<std::vector<Applied>> Keeper::apply(std::vector<Command> batch) {
  State& s = *state_;
  if (Status ready = s.ready(); !ready) return tl::unexpected(ready.error());
  Result<std::vector<Applied>> applied = s.step_all(batch);
  Status committed = applied ? s.commit() : Status(tl::unexpected(applied.error()));
  const bool stepped = !s.entries.empty();
  std::optional<JournalEntry> last;
  if (stepped) last = std::move(s.entries.back());
  s.forget_batch();
  if (committed) {
    s.tables->payloads.committed();
    if (stepped) s.snapshot_if_due();
    return applied;
  }
  s.tables->payloads.rolled_back();
  // The core has seen the batch, the disk has not: back to what the disk says. Should that fail
  // too, the next call tries again.
  if (stepped) {
    s.whole = false;
    const bool was_lost = s.database.is_lost();
    Status rebuilt = s.rebuild();
    if (rebuilt && was_lost && applied) {
      Result<bool> there = s.is_there(*last);
      if (there && *there) return applied;
    }
    if (!rebuilt && was_lost && applied) committed.error().message += kUnknownOutcome;
  }
  // A log whose sync failed, be it for want of space, may hold the batch all the same, and a
  // restart would find it there. Another commit takes its place.
  if (stepped) std::ignore = probe();
  return tl::unexpected(committed.error());
}

const Centre& Keeper::centre() const { return state_->core.centre; }
JobQueries Keeper::queries() { return JobQueries(state_->database); }
Database& Keeper::database() { return state_->database; }
bool Keeper::is_fenced() const { return state_->database.is_fenced(); }
std::optional<Duration> Keeper::sign_of_life() const { return state_->database.sign_of_life(); }
bool Keeper::is_whole() const { return state_->whole; }
int64_t Keeper::last_event() const { return state_->core.seq; }
const Recovery& Keeper::recovery() const { return state_->recovery; }
const std::optional<Error>& Keeper::snapshot_error() const { return state_->snapshot_error; }

Result<std::vector<SecretRow>> Keeper::secrets() { return read_secrets(state_->database); }

Status Keeper::keep_secrets(const std::vector<SecretChange>& changes) {
  if (Status ready = state_->ready(); !ready) return ready;
  return write_secrets(state_->database, changes);
}

Status Keeper::probe() {
  State& s = *state_;
  if (Status ready = s.ready(); !ready) return ready;
  return s.database.transaction([&]() -> Status {
    // A row that stays as it is would not be written at all.
    std::string event = std::to_string(s.core.seq);
    std::string again = event + " again";
    session_of(s.database) << "INSERT INTO meta (name, value) VALUES ('probe', :value) "
                              "ON CONFLICT (name) DO UPDATE SET value = CASE meta.value "
                              "WHEN excluded.value THEN :again ELSE excluded.value END",
        soci::use(event), soci::use(again);
    return {};
  });
}

Status Keeper::take_snapshot() {
  if (Status ready = state_->ready(); !ready) return ready;
  return state_->take_snapshot();
}

Status Keeper::close() {
  State& s = *state_;
  if (s.closed) return {};
  Status ready = s.ready();
  s.closed = true;
  if (!ready) return ready;
  return s.core.seq > s.snapshot_seq ? s.take_snapshot() : Status{};
}

}  // namespace pentad::store
