// What works on a centre's database by itself, beside a running daemon or without one: `pentad
// journal`, `ledger verify`, `audit`, `backup`, `restore`. Each prints what it found and returns an
// exit code.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/database.h"

namespace pentad::app {

struct OfflineOptions {
  std::string home = "var";
  bool json = false;  // answer as JSON
};

int verify_journal(const OfflineOptions& options);
int verify_ledger(const OfflineOptions& options);
int show_journal(const OfflineOptions& options, int64_t from);
// `head`: an audit chain value that was kept; empty: none.
int verify_audit(const OfflineOptions& options, const std::string& head);
// The same of a file that `pentad audit export` wrote.
int verify_audit_file(const OfflineOptions& options, const std::string& file,
                      const std::string& head);
// `replace`: also over a file, or a centre, that is there.
int backup(const OfflineOptions& options, const std::string& file, bool replace);
int restore(const OfflineOptions& options, const std::string& file, bool replace);

// For these: where `home` keeps its database, by its configuration.
Result<store::DatabaseOptions> database_of(const std::string& home);
Result<store::Database> open_for_reading(const std::string& home);
// Prints the error; 1.
int complain(const Error& error);
// A line on a terminal that is written over and over; nothing elsewhere.
void show_progress(const char* what, int64_t done, int64_t total);
void end_progress();

}  // namespace pentad::app
