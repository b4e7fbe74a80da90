#include "store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/reflect.h"
#include "store/job_queries.h"
#include "store/journal.h"
#include "store/money_check.h"
#include "store/replay.h"
#include "store/session.h"

namespace pentad::store {

namespace {

constexpr int64_t kEventsPerProgress = 1000;
constexpr size_t kRowsAtOnce = 500;
// A running centre may commit between the last replayed event and the look at the live jobs.
constexpr int kTries = 20;

class Verification {
 public:
  Verification(Database& database, const VerifyOptions& options)
      : database_(database),
        options_(options),
        queries_(database),
        money_options_{options.statement_digest},
        money_(database, money_options_) {}

  Result<VerifyReport> run();

 private:
  Status begin();
  Status replay_to_end();
  Status step(const JournalEntry& entry);
  Status check_snapshot();
  Status check_ended_rows();
  Status check_live_rows();
  Status check_money();
  Status compare(const JobRecord& row, const JobStatus& replayed);

  // Records the first difference; the error it returns ends the verification.
  Status differs(int64_t seq, Error error) {
    if (!report_.first_difference) report_.first_difference = Difference{seq, error};
    return tl::unexpected(std::move(error));
  }

  Database& database_;
  const VerifyOptions& options_;
  JobQueries queries_;
  LedgerVerifyOptions money_options_;
  MoneyCheck money_;
  Replay replay_;
  VerifyReport report_;
  std::map<int64_t, SnapshotInfo> snapshots_;
  std::map<JobId, JobStatus> ended_;  // not compared yet
};

Status Verification::begin() {
  Result<std::vector<SnapshotInfo>> snapshots = list_snapshots(database_);
  if (!snapshots) return tl::unexpected(snapshots.error());
  for (const SnapshotInfo& info : *snapshots) snapshots_[info.seq] = info;
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  if (extent->first <= 1 && (extent->first == 1 || snapshots_.empty())) return {};
  // Pruned: the oldest snapshot that is kept is the oldest point there is.
  auto oldest = std::find_if(snapshots_.begin(), snapshots_.end(), [&](const auto& s) {
    return s.second.parts > 0 && s.first >= extent->first - 1;
  });
  if (oldest == snapshots_.end()) {
    return differs(extent->first, {ErrorCode::corrupt,
                                   fmt::format("the journal begins with event {} and there is no "
                                               "snapshot to begin with",
                                               extent->first),
                                   database_.path()});
  }
  Result<Replay> restored = restore(database_, oldest->second);
  if (!restored) return differs(oldest->first, restored.error());
  replay_ = std::move(*restored);
  report_.after = replay_.seq;
  return {};
}

Status Verification::step(const JournalEntry& entry) {
  Result<Effects> effects = replay_.step(entry);
  if (!effects) return differs(entry.seq, effects.error());
  if (report_.after == 0) {
    if (Status good = money_.take(*effects); !good) return differs(entry.seq, good.error());
  }
  ++report_.events;
  if (entry.batch == entry.seq) ++report_.batches;
  for (const JobStatus& status : effects->jobs) {
    if (is_final(status.state)) ended_[status.job] = status;
  }
  if (ended_.size() >= kRowsAtOnce) {
    if (Status same = check_ended_rows(); !same) return same;
  }
  if (options_.progress && report_.events % kEventsPerProgress == 0) {
    options_.progress(entry.seq, report_.last);
  }
  return check_snapshot();
}

Status Verification::check_snapshot() {
  auto here = snapshots_.find(replay_.seq);
  if (here == snapshots_.end()) return {};
  const SnapshotInfo& info = here->second;
  const uint64_t state = replay_.centre.state_digest();
  if (info.journal_digest != replay_.digest || info.state_digest != state) {
    return differs(info.seq,
                   {ErrorCode::failed,
                    fmt::format("the snapshot after event {} (core version {}) has state digest "
                                "{:016x} and journal digest {:016x}; replaying gives {:016x} and "
                                "{:016x}",
                                info.seq, info.core_version, info.state_digest, info.journal_digest,
                                state, replay_.digest),
                    database_.path()});
  }
  if (info.parts > 0) {
    Result<Replay> restored = restore(database_, info);
    if (!restored) return differs(info.seq, restored.error());
    if (restored->centre.state_digest() != state) {
      return differs(info.seq, {ErrorCode::failed,
                                fmt::format("the snapshot after event {} does not restore the "
                                            "state it was taken of",
                                            info.seq),
                                database_.path()});
    }
  }
  ++report_.snapshots;
  return {};
}

Status Verification::compare(const JobRecord& row, const JobStatus& replayed) {
  if (row.status == replayed) return {};
  return differs(replay_.seq,
                 {ErrorCode::corrupt,
                  fmt::format("the row of job {} says {}, the journal says {}", replayed.job.value,
                              to_json(row.status), to_json(replayed)),
                  database_.path()});
}

Status Verification::check_ended_rows() {
  JobListing listing;
  for (const auto& [id, status] : ended_) listing.filter.ids.push_back(id);
  listing.limit = static_cast<int32_t>(ended_.size());
  if (ended_.empty()) return {};
  Result<JobPage> page = queries_.list(listing);
  if (!page) return tl::unexpected(page.error());
  for (const JobRecord& row : page->jobs) {
    auto wanted = ended_.find(row.status.job);
    if (Status same = compare(row, wanted->second); !same) return same;
    ended_.erase(wanted);
    ++report_.ended_jobs;
  }
  if (ended_.empty()) return {};
  return differs(replay_.seq, {ErrorCode::corrupt,
                               fmt::format("job {} has ended by the journal but has no row",
                                           ended_.begin()->first.value),
                               database_.path()});
}

// Where a job stands while it lives changes with more than its events (why it waits, for one): what
// has happened to it must agree.
JobStatus comparable(JobStatus status) {
  status.reason = PendingReason::none;
  status.message.clear();
  return status;
}

Status Verification::check_live_rows() {
  JobListing listing;
  listing.filter.states = {JobState::held, JobState::queued, JobState::starting, JobState::running,
                           JobState::ending};
  listing.limit = static_cast<int32_t>(kRowsAtOnce);
  int64_t rows = 0;
  do {
    Result<JobPage> page = queries_.list(listing);
    if (!page) return tl::unexpected(page.error());
    for (JobRecord& row : page->jobs) {
      std::optional<JobStatus> status = replay_.centre.job_status(row.status.job);
      if (!status) {
        return differs(replay_.seq, {ErrorCode::corrupt,
                                     fmt::format("job {} is unfinished in the table, but not by "
                                                 "the journal",
                                                 row.status.job.value),
                                     database_.path()});
      }
      row.status = comparable(std::move(row.status));
      if (Status same = compare(row, comparable(*status)); !same) return same;
      ++rows;
    }
    listing.cursor = page->next;
  } while (!listing.cursor.empty());
  report_.live_jobs = rows;
  const int64_t wanted = replay_.centre.counts().jobs;
  if (rows == wanted) return {};
  return differs(replay_.seq, {ErrorCode::corrupt,
                               fmt::format("{} jobs are unfinished by the journal, {} in the table",
                                           wanted, rows),
                               database_.path()});
}

// Books go back to the first event.
Status Verification::check_money() {
  if (report_.after != 0) return {};
  Status same = money_.compare(replay_.centre);
  const LedgerReport& found = money_.report();
  report_.entries = found.entries;
  report_.charges = found.charges;
  report_.statements = found.statements;
  if (same || !found.first_difference) return same;
  return differs(replay_.seq, {ErrorCode::corrupt, *found.first_difference, database_.path()});
}

Status Verification::replay_to_end() {
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  report_.last = std::max(extent->last, replay_.seq);
  Status read = for_each_entry(database_, replay_.seq, report_.last,
                               [&](const JournalEntry& entry) { return step(entry); });
  if (!read && read.error().code == ErrorCode::corrupt) {
    return differs(replay_.seq + 1, read.error());
  }
  return read ? check_ended_rows() : read;
}

Result<VerifyReport> Verification::run() {
  if (options_.check_file) {
    if (Status whole = database_.check_all(); !whole) {
      if (whole.error().code != ErrorCode::corrupt) return tl::unexpected(whole.error());
      report_.file_fault = whole.error();
    }
  }
  Status done = begin();
  if (done) done = check_snapshot();
  for (int tries = 0; done && tries < kTries; ++tries) {
    done = replay_to_end();
    if (!done) break;
    bool at_end = false;
    done = database_.transaction([&]() -> Status {
      Result<JournalExtent> extent = journal_extent(database_);
      if (!extent) return tl::unexpected(extent.error());
      at_end = extent->last <= replay_.seq;
      if (!at_end) return {};
      Status same = check_live_rows();
      return same ? check_money() : same;
    });
    if (at_end) break;
  }
  if (done && options_.progress) options_.progress(report_.last, report_.last);
  if (done || report_.first_difference) return std::move(report_);
  if (done.error().code == ErrorCode::corrupt) {
    report_.first_difference = Difference{replay_.seq, done.error()};
    return std::move(report_);
  }
  return tl::unexpected(done.error());
}

}  // namespace

Result<VerifyReport> verify(Database& database, const VerifyOptions& options) {
  return Verification(database, options).run();
}

}  // namespace pentad::store
