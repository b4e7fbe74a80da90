// Steps a core through the journal again and compares what it does with what was recorded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "centre/centre.h"
#include "store/database.h"
#include "store/journal.h"

namespace pentad::store {

// A core at a place in the journal.
struct Replay {
  Centre centre;
  int64_t seq = 0;
  uint64_t digest = 0;

  // Takes the next event. Errors: corrupt when the event cannot be understood, unsupported when a
  // core of another version wrote it and this one decides otherwise, failed when this version does.
  Result<Effects> step(const JournalEntry& entry);
};

// What went into the core is what the journal says: text that cannot be stored is mended in both.
struct EncodedEvent {
  std::string json;
  Event event;
};
EncodedEvent encode_event(Event event);

struct Recovered {
  Replay replay;
  int64_t snapshot_seq = 0;           // 0: from the beginning
  int64_t replayed = 0;               // events after it
  std::vector<std::string> warnings;  // snapshots that were passed over, and why
};

// The state after the last event, from the newest snapshot that is good. Errors as in step(), and
// corrupt when neither a snapshot nor the beginning of the journal is there.
Result<Recovered> recover(Database& database);

// The state of a snapshot.
Result<Replay> restore(Database& database, const SnapshotInfo& info);

}  // namespace pentad::store
