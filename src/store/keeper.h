// Keeps a centre: the core in memory and everything about it on disk, never apart. A batch of
// commands is stepped in memory, then written in one transaction - events, what they changed in the
// query tables, payloads, answers to keys -, and only then are its effects handed out. When the
// write fails the core is rebuilt from the journal and nothing of the batch has happened.
//
// Synchronous, without threads or clock of its own; not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "centre/centre.h"
#include "model/payload.h"
#include "store/database.h"
#include "store/job_queries.h"
#include "store/secret_table.h"

namespace pentad::store {

struct KeeperOptions {
  DatabaseOptions database;
  // A snapshot is taken when the events since the last are at least this many and at least half as
  // many as there are unfinished jobs, which bounds both the work and the time of a restart.
  int64_t snapshot_after_events = 20'000;
  int64_t snapshots_kept = 2;
  // Drops events that no kept snapshot needs. The journal then cannot be verified from its
  // beginning.
  bool prune_journal = false;
  // How long, in the time of events, a key is answered again.
  Duration answers_kept = hours(24 * 7);
};

// `request_digest` tells whether a request is the same as the one that first came with `key`.
struct IdempotencyKey {
  std::string key;
  std::string request_digest;
};

struct Command {
  Event event;
  // Of a Submit: one a job in their order, or one that all share, or none (they run nothing).
  std::vector<Payload> payloads;
  // The answer is kept when the command is accepted. Keys of different actors do not meet.
  std::optional<IdempotencyKey> key = {};
  // Of a CloseStatement: the statement as it was shown, kept as it is.
  std::string body = {};
};

// done: carried out now, or refused (see the reply). repeated: the key was answered before; the
// reply is that answer, and nothing was done. key_conflict: the key came before with another
// request; not done.
enum class Handling { done, repeated, key_conflict };

struct Applied {
  Handling handling = Handling::done;
  Effects effects;
};

// What opening found.
struct Recovery {
  int64_t snapshot_seq = 0;           // event after which the snapshot was taken; 0: none
  int64_t replayed = 0;               // events since then
  std::vector<std::string> warnings;  // damaged snapshots that were passed over
};

class Keeper {
 public:
  // Errors: those of Database::open; corrupt when the journal is damaged; unsupported or failed
  // when this version of the core decides its last events otherwise.
  static Result<Keeper> open(const KeeperOptions& options);

  Keeper(Keeper&&) noexcept;
  Keeper& operator=(Keeper&&) noexcept;
  ~Keeper();  // takes no snapshot: see close()

  // One Applied for each command, in order. `first` and `known` of a Submit and `known` of a Modify
  // are filled in here; `now` is the caller's. A refused Submit leaves no trace; other refused
  // commands stand in the journal. Errors (disk_full, failed, ...) mean that nothing has happened.
  Result<std::vector<Applied>> apply(std::vector<Command> batch);

  // The state after the last batch. Not to be trusted while !is_whole().
  const Centre& centre() const;
  // Questions on the writer's own connection, for the thread that owns the keeper.
  JobQueries queries();
  Database& database();

  // False after a failed write whose rebuilding failed too; apply() and probe() try again.
  bool is_whole() const;
  // Another writer has taken the centre over: this one can only end.
  bool is_fenced() const;
  // How often something must be written, be it a probe, so that no other takes over; none when
  // there can be no other.
  std::optional<Duration> sign_of_life() const;
  // Writes a little, durably: says whether apply() would work again after it failed.
  Status probe();

  // What src/identity keeps beside the journal: all of it, and changes of it, durable when this
  // returns. Errors as with apply().
  Result<std::vector<SecretRow>> secrets();
  Status keep_secrets(const std::vector<SecretChange>& changes);

  int64_t last_event() const;  // number of the last event in the journal
  const Recovery& recovery() const;
  // Why the last snapshot was not taken; that costs time at the next start, nothing else.
  const std::optional<Error>& snapshot_error() const;

  Status take_snapshot();
  // A last snapshot, so that the next start replays nothing. Nothing can be applied any more.
  Status close();

 private:
  struct State;
  explicit Keeper(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pentad::store
