// A copy of a centre in one file, taken while it runs, and a centre made of such a file. The file
// is the same for every database: a backup of one in SQLite can be restored into PostgreSQL and the
// other way round. It holds everything the database does, scripts and hashes of passwords included;
// not what jobs wrote, nor the configuration.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "store/database.h"

namespace pentad::store {

// Called now and then; an error it returns ends the work, which leaves nothing behind.
using WorkProgress = std::function<Status(int64_t done, int64_t total)>;

struct BackupReport {
  int64_t last_event = 0;  // the last that is in it
  std::string chain;       // its audit chain value
  int64_t last_job = 0;    // highest number of a job in it
  int64_t rows = 0;
  int64_t bytes = 0;  // of the file
  Time made;
};

struct BackupOptions {
  Time now;              // written into it
  bool replace = false;  // also when there is a file of that name
  WorkProgress progress;
};

// Writes what `database`, a reader, has at this moment. The writer is not kept waiting. The file is
// its owner's only, and is there as a whole or not at all. Errors: invalid (there is a file of that
// name), disk_full, those of reading and of `progress`.
Result<BackupReport> write_backup(Database& database, const std::string& path,
                                  const BackupOptions& options);

struct RestoreOptions {
  // Where it goes. Made when missing.
  DatabaseOptions database;
  bool replace = false;  // also over what is there
  // Asked when the file was found whole and nothing was changed yet; an error ends the work.
  std::function<Status(const BackupReport&)> approve;
  WorkProgress progress;  // first while the file is checked, then while it is read
};

// Makes the database of the file. Nothing is changed before the file has been found whole; what
// was there before stays until all is written. A database file that is replaced is kept beside it
// with ".replaced" behind its name. Errors: invalid (no backup; not empty), corrupt (cut short or
// altered), unsupported (of a later version; another version's tables over a PostgreSQL that is not
// empty), unavailable (a centre runs there), those of writing and of `progress`.
Result<BackupReport> restore_backup(const std::string& path, const RestoreOptions& options);

}  // namespace pentad::store
