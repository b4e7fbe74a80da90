#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "api/statement_file.h"
#include "app/config.h"
#include "app/offline.h"
#include "base/reflect.h"
#include "store/journal.h"
#include "store/ledger_verify.h"
#include "store/verify.h"

namespace pentad::app {

namespace {

std::string in_words(const Error& error) {
  return error.path.empty() ? error.message : error.path + ": " + error.message;
}

struct VerifyAnswer {
  bool good = false;
  int64_t events = 0;
  int64_t batches = 0;
  int64_t snapshots = 0;
  int64_t live_jobs = 0;
  int64_t ended_jobs = 0;
  int64_t entries = 0;
  int64_t charges = 0;
  int64_t statements = 0;
  int64_t first_difference = 0;  // event number; 0: none
  std::string fault;
};
BOOST_DESCRIBE_STRUCT(VerifyAnswer, (),
                      (good, events, batches, snapshots, live_jobs, ended_jobs, entries, charges,
                       statements, first_difference, fault))

struct LedgerAnswer {
  bool good = false;
  int64_t events = 0;
  int64_t entries = 0;
  int64_t charges = 0;
  int64_t accounts = 0;
  int64_t statements = 0;
  std::string fault;
};
BOOST_DESCRIBE_STRUCT(LedgerAnswer, (),
                      (good, events, entries, charges, accounts, statements, fault))

}  // namespace

int complain(const Error& error) {
  fmt::print(stderr, "pentad: {}\n", in_words(error));
  return 1;
}

void show_progress(const char* what, int64_t done, int64_t total) {
  static const bool is_terminal = isatty(STDERR_FILENO) != 0;
  if (is_terminal) fmt::print(stderr, "\r\x1b[K{} {} of {}", what, done, total);
}

void end_progress() {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
}

Result<store::DatabaseOptions> database_of(const std::string& home) {
  Result<Config> config = read_config(home + "/pentad.toml");
  if (!config) return tl::unexpected(config.error());
  return store_options(*config, home);
}

Result<store::Database> open_for_reading(const std::string& home) {
  Result<store::DatabaseOptions> options = database_of(home);
  if (!options) return tl::unexpected(options.error());
  options->create = false;
  return store::Database::open_reader(*options);
}

int verify_journal(const OfflineOptions& options) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  store::VerifyOptions how;
  how.statement_digest = api::statement_digest;
  how.progress = [](int64_t done, int64_t last) { show_progress("replayed events:", done, last); };
  Result<store::VerifyReport> report = store::verify(*database, how);
  end_progress();
  if (!report) return complain(report.error());
  VerifyAnswer a{report->good(),
                 report->events,
                 report->batches,
                 report->snapshots,
                 report->live_jobs,
                 report->ended_jobs,
                 report->entries,
                 report->charges,
                 report->statements,
                 0,
                 ""};
  if (report->file_fault) a.fault = in_words(*report->file_fault);
  if (report->first_difference) {
    a.first_difference = report->first_difference->seq;
    a.fault = in_words(report->first_difference->error);
  }
  if (options.json) {
    fmt::print("{}\n", to_json(a));
  } else if (a.good) {
    fmt::print(
        "the journal is good: {} events in {} commits replay to the recorded state; {} "
        "snapshots, {} live and {} ended jobs, {} entries, {} charges and {} closed statements "
        "compared\n",
        a.events, a.batches, a.snapshots, a.live_jobs, a.ended_jobs, a.entries, a.charges,
        a.statements);
  } else {
    fmt::print("the journal is NOT good: {}{}\n",
               a.first_difference > 0 ? fmt::format("event {}: ", a.first_difference) : "",
               a.fault);
  }
  return a.good ? 0 : 1;
}

int verify_ledger(const OfflineOptions& options) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  store::LedgerVerifyOptions how{api::statement_digest};
  Result<store::LedgerReport> report = store::verify_ledger(*database, how);
  if (!report) return complain(report.error());
  LedgerAnswer a{report->good(),
                 report->events,
                 report->entries,
                 report->charges,
                 report->accounts,
                 report->statements,
                 report->first_difference.value_or("")};
  if (options.json) {
    fmt::print("{}\n", to_json(a));
  } else if (a.good) {
    fmt::print(
        "the books are good: {} events make these {} entries and {} charges; {} accounts and {} "
        "closed statements agree to the micro-yuan\n",
        a.events, a.entries, a.charges, a.accounts, a.statements);
  } else {
    fmt::print("the books are NOT good: {}\n", a.fault);
  }
  return a.good ? 0 : 1;
}

int show_journal(const OfflineOptions& options, int64_t from) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  Result<store::JournalExtent> extent = store::journal_extent(*database);
  if (!extent) return complain(extent.error());
  int64_t before = std::max(extent->first, from) - 1;
  Status read = store::for_each_entry(
      *database, std::max<int64_t>(0, before), extent->last,
      [](const store::JournalEntry& entry) -> Status {
        bool written =
            std::printf("{\"seq\":%lld,\"batch\":%lld,\"digest\":\"%016llx\",\"event\":%s}\n",
                        static_cast<long long>(entry.seq), static_cast<long long>(entry.batch),
                        static_cast<unsigned long long>(entry.digest), entry.event.c_str()) > 0;
        return written ? Status() : fail(ErrorCode::failed, "standard output is closed");
      });
  return read ? 0 : complain(read.error());
}

}  // namespace pentad::app
