// pentad-daemon: the centre as a program, and what works on its files. People reach it through
// `pentad up`, `pentad journal`.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "api/statement_file.h"
#include "app/daemon.h"
#include "base/reflect.h"
#include "catalogue/data_path.h"
#include "store/journal.h"
#include "store/ledger_verify.h"
#include "store/verify.h"

namespace pentad::app {

namespace {

struct Options {
  std::string home = "var";
  std::string listen;
  std::string apps;
  std::string devices;
  bool insecure_listen = false;
  bool detach = false;
  bool verify = false;
  bool verify_ledger = false;
  bool json = false;
  int64_t show_from = -1;
};

std::string in_words(const Error& error) {
  return error.path.empty() ? error.message : error.path + ": " + error.message;
}

int complain(const Error& error) {
  fmt::print(stderr, "pentad: {}\n", in_words(error));
  return 1;
}

Result<store::Database> open_for_reading(const std::string& home) {
  store::DatabaseOptions options;
  options.path = home + "/pentad.db";
  options.create = false;
  return store::Database::open_reader(options);
}

struct VerifyAnswer {
  bool good = false;
  int64_t events = 0;
  int64_t batches = 0;
  int64_t snapshots = 0;
  int64_t live_jobs = 0;
  int64_t ended_jobs = 0;
  int64_t first_difference = 0;  // event number; 0: none
  std::string fault;
};
BOOST_DESCRIBE_STRUCT(VerifyAnswer, (),
                      (good, events, batches, snapshots, live_jobs, ended_jobs, first_difference,
                       fault))

int verify(const Options& options) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  store::VerifyOptions how;
  bool live = isatty(STDERR_FILENO) != 0;
  how.progress = [&](int64_t done, int64_t last) {
    if (live) fmt::print(stderr, "\rreplayed {} of {} events", done, last);
  };
  Result<store::VerifyReport> report = store::verify(*database, how);
  if (live) fmt::print(stderr, "\r\x1b[K");
  if (!report) return complain(report.error());
  VerifyAnswer a{report->good(),
                 report->events,
                 report->batches,
                 report->snapshots,
                 report->live_jobs,
                 report->ended_jobs,
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
        "snapshots, {} live and {} ended jobs compared\n",
        a.events, a.batches, a.snapshots, a.live_jobs, a.ended_jobs);
  } else {
    fmt::print("the journal is NOT good: {}{}\n",
               a.first_difference > 0 ? fmt::format("event {}: ", a.first_difference) : "",
               a.fault);
  }
  return a.good ? 0 : 1;
}

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

int verify_ledger(const Options& options) {
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

int show(const Options& options) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  Result<store::JournalExtent> extent = store::journal_extent(*database);
  if (!extent) return complain(extent.error());
  int64_t before = std::max(extent->first, options.show_from) - 1;
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

int serve(const Options& options) {
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  DaemonOptions daemon;
  daemon.home = options.home;
  if (!options.listen.empty()) daemon.listen = options.listen;
  daemon.insecure_listen = options.insecure_listen;
  daemon.supervisor_path = self.parent_path() / "pentad-supervisor";
  daemon.apps_folder = options.apps.empty() ? data_path(self, "apps") : options.apps;
  daemon.devices_file =
      options.devices.empty() ? data_path(self, "catalogue/devices.toml") : options.devices;
  if (options.detach) {
    daemon.detach_command = {self.string(),      "--home",    options.home,       "--apps",
                             daemon.apps_folder, "--devices", daemon.devices_file};
    if (daemon.listen) {
      daemon.detach_command.insert(daemon.detach_command.end(), {"--listen", *daemon.listen});
    }
    if (daemon.insecure_listen) daemon.detach_command.push_back("--insecure-listen");
  }
  return run_daemon(daemon);
}

}  // namespace

}  // namespace pentad::app

int main(int argc, char** argv) {
  pentad::app::Options options;
  CLI::App app{"The centre as a process; people use `pentad up` and `pentad journal`.",
               "pentad-daemon"};
  app.add_option("--home", options.home, "The centre's directory");
  app.add_option("--listen", options.listen, "Address and port; port 0: any free one");
  app.add_flag("--insecure-listen", options.insecure_listen,
               "Listen beyond this machine without TLS");
  app.add_option("--apps", options.apps, "Folder of the application catalogue");
  app.add_option("--devices", options.devices, "File of the device catalogue");
  app.add_flag("--detach", options.detach, "Go to the background once it is ready");
  app.add_flag("--journal-verify", options.verify, "Replay the journal and compare");
  app.add_flag("--ledger-verify", options.verify_ledger, "Replay the journal, compare the books");
  app.add_option("--journal-show", options.show_from, "Print events from this number on");
  app.add_flag("--json", options.json, "Answer as JSON");
  CLI11_PARSE(app, argc, argv);
  if (options.verify) return pentad::app::verify(options);
  if (options.verify_ledger) return pentad::app::verify_ledger(options);
  if (options.show_from >= 0) return pentad::app::show(options);
  return pentad::app::serve(options);
}
