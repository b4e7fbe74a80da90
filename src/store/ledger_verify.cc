#include "store/ledger_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/journal.h"
#include "store/money_check.h"
#include "store/replay.h"

namespace pentad::store {

namespace {

// A running centre may commit between the last replayed event and the look at the tables.
constexpr int kTries = 20;

class Books {
 public:
  Books(Database& database, const LedgerVerifyOptions& options)
      : database_(database), check_(database, options) {}
  Result<LedgerReport> run();

 private:
  Status replay_to_end();
  Status step(const JournalEntry& entry);

  Database& database_;
  MoneyCheck check_;
  Replay replay_;
};

Status Books::step(const JournalEntry& entry) {
  Result<Effects> effects = replay_.step(entry);
  if (effects) return check_.take(*effects);
  return check_.differs(fmt::format("event {}: {}", entry.seq, effects.error().message));
}

Status Books::replay_to_end() {
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  return for_each_entry(database_, replay_.seq, std::max(extent->last, replay_.seq),
                        [&](const JournalEntry& entry) { return step(entry); });
}

Result<LedgerReport> Books::run() {
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  if (extent->first > 1) {
    return fail(ErrorCode::unsupported,
                fmt::format("the journal begins with event {}: the books can only be proved from "
                            "the first",
                            extent->first));
  }
  Status done;
  for (int tries = 0; done && tries < kTries; ++tries) {
    done = replay_to_end();
    bool at_end = false;
    if (done) {
      done = database_.transaction([&]() -> Status {
        Result<JournalExtent> now = journal_extent(database_);
        if (!now) return tl::unexpected(now.error());
        at_end = now->last <= replay_.seq;
        return at_end ? check_.compare(replay_.centre) : Status{};
      });
    }
    if (at_end) break;
  }
  LedgerReport& report = check_.report();
  if (done || report.first_difference) return std::move(report);
  if (done.error().code != ErrorCode::corrupt) return tl::unexpected(done.error());
  report.first_difference = done.error().message;
  return std::move(report);
}

}  // namespace

Result<LedgerReport> verify_ledger(Database& database, const LedgerVerifyOptions& options) {
  return Books(database, options).run();
}

}  // namespace pentad::store
