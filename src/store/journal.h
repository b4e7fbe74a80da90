// The list of events, in the order in which the core took them, and snapshots of the state between
// them. Whoever has these has the centre.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "centre/effects.h"
#include "store/database.h"

namespace pentad::store {

// An event and what it left. Numbers count from 1 without a gap; 0 stands for the empty centre.
struct JournalEntry {
  int64_t seq = 0;
  int64_t batch = 0;  // first event of those committed together
  Time at;
  int32_t core_version = 0;
  uint64_t digest = 0;     // over all events so far and the effects they had
  std::string event;       // JSON of an Event
  std::string chain = {};  // of the audit chain, see chain.h
};

// Over the row's own columns but the chain.
uint64_t row_digest(const JournalEntry& entry);

// The digest after an event and its effects, given the one before; 0 before the first.
uint64_t next_digest(uint64_t before, std::string_view event, const Effects& effects);

// The state right after event `seq`. The row stays when the text is dropped: its digest can be
// checked as long as the events before it are there.
struct SnapshotInfo {
  int64_t seq = 0;
  Time at;
  int32_t core_version = 0;
  uint64_t state_digest = 0;
  uint64_t journal_digest = 0;
  int64_t bytes = 0;
  int64_t parts = 0;  // rows that hold the text; 0: dropped
};

// Digest that Centre::state_digest() has for the state written as `snapshot`.
uint64_t digest_of_snapshot(std::string_view snapshot);

// Writes; every call inside a transaction. All throw soci_error.
class Journal {
 public:
  explicit Journal(Database& database);
  ~Journal();

  void append(const JournalEntry& entry);
  // Keeps the text of the newest `keep` snapshots.
  void add_snapshot(SnapshotInfo info, std::string_view text, int64_t keep);
  // Drops the events up to the oldest snapshot that has its text.
  void prune();

 private:
  struct Statements;
  Database& database_;
  std::unique_ptr<Statements> statements_;
};

struct JournalExtent {
  int64_t first = 0;  // both 0: no event
  int64_t last = 0;
};
Result<JournalExtent> journal_extent(Database& database);

// The newest first.
Result<std::vector<SnapshotInfo>> list_snapshots(Database& database);

// Errors: corrupt when the text is not what was written, not_found when it was dropped.
Result<std::string> read_snapshot(Database& database, const SnapshotInfo& info);

// Hands on the events after `after` up to `until`, one at a time. Stops at the first error of
// `use`. Errors: corrupt when an event is missing or its row damaged.
Status for_each_entry(Database& database, int64_t after, int64_t until,
                      const std::function<Status(const JournalEntry&)>& use);

}  // namespace pentad::store
