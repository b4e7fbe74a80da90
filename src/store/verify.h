// Proves that a centre's state is what its events make of it: replays the journal from its oldest
// point and compares every event's effects, every snapshot, every row of the job table and, when it
// begins with the first event, the tables of money with the record.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace pentad::store {

struct VerifyOptions {
  // Also reads the whole file and checks its structure and indexes.
  bool check_file = true;
  // As in LedgerVerifyOptions; none: the texts of closed statements are not compared.
  std::function<std::string(std::string_view)> statement_digest;
  // Called now and then with the number of the event reached and of the last.
  std::function<void(int64_t done, int64_t last)> progress;
};

// Where record and replay part. `seq` is the event; what is wrong, with both figures, is in
// `error`.
struct Difference {
  int64_t seq = 0;
  Error error;
};

struct VerifyReport {
  int64_t after = 0;  // replayed from the state after this event; 0: from the beginning
  int64_t last = 0;   // last event that was replayed
  int64_t events = 0;
  int64_t batches = 0;     // commits that held them
  int64_t snapshots = 0;   // compared with the state at their place
  int64_t ended_jobs = 0;  // rows compared
  int64_t live_jobs = 0;
  int64_t entries = 0;  // of the ledger, compared
  int64_t charges = 0;
  int64_t statements = 0;
  std::optional<Error> file_fault;
  std::optional<Difference> first_difference;
  bool good() const { return !file_fault && !first_difference; }
};

// `database` may be a reader beside a running centre: events that come in meanwhile may be
// included. Errors: those of reading (unavailable, failed); damage is a finding, not an error.
Result<VerifyReport> verify(Database& database, const VerifyOptions& options = {});

}  // namespace pentad::store
