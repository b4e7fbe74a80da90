// The database of a centre: one SQLite file in its home directory, or a database of a PostgreSQL
// server, opened by one writer and any number of readers. Opening checks first and changes
// afterwards: a file that is not ours, damaged or written by a later version is refused with words
// and left as it is.
//
// Not thread-safe: each thread uses a Database of its own (see reader_pool.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"

namespace pentad::store {

struct DatabaseOptions {
  std::string path;  // of the file; its directory is made when missing
  // "postgresql://user@host/name": a database there, in place of a file. Who is missing in it comes
  // from the environment (PGPASSFILE and the like).
  std::string url = {};
  // On PostgreSQL: how long after its last sign of life a writer is taken for dead.
  Duration lease = seconds(10);
  // On PostgreSQL: asked again and again while another writer has the database, with words about
  // it. Takes its time, then says whether to go on waiting. None: open() fails at once.
  std::function<bool(const Error&)> wait = {};
  // Name of a registered SQLite VFS, for a simulated disk; empty: the real one. A named VFS is
  // opened in exclusive locking mode, needs no shared memory and has no separate readers.
  std::string vfs;
  bool create = true;  // else a missing file is an error (not_found)
  // Up to this size the whole file is checked for damage before it is used; above, its header, its
  // length and the small tables are, and the rest when it is read.
  int64_t full_check_bytes = int64_t{64} << 20;
  // 32 hex digits that name a database for ever, written when it is made. Empty: random.
  std::string identity;
  // Of a new database: tables of this version of the schema, for what was written by an earlier
  // Pentad; 0: the present one. The next open() brings it up to date.
  int64_t schema = 0;
};

class Database {
 public:
  // The writer. Brings an older schema up to date. Errors: unavailable (another process writes to
  // it, no permission, nobody answers), corrupt, unsupported (of another program or a later
  // version), disk_full, not_found.
  static Result<Database> open(const DatabaseOptions& options);
  // A reader beside the writer, or alone; never changes the file and never waits for the writer.
  // The schema must be of this version.
  static Result<Database> open_reader(const DatabaseOptions& options);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  const std::string& path() const;  // or the server's, without what is secret in it
  const std::string& identity() const;

  // What `work` does happens as a whole, durably once this has returned success, or not at all. An
  // error or exception of `work` rolls back.
  Status transaction(const std::function<Status()>& work);

  // --- on PostgreSQL; on SQLite there is nothing to lose ---

  // The connection is gone. Readers get another by themselves with the next question; the writer by
  // reconnect(), before which nothing prepared on the old one may be left.
  bool is_lost() const;
  Status reconnect();
  // Another writer has taken over: nothing can be written any more. It ended the transaction in
  // hand as a whole, before it became visible.
  bool is_fenced() const;
  // How often at least something must be written, a probe if nothing else, to stay the writer.
  std::optional<Duration> sign_of_life() const;

  // Stays the writer through long work that writes nothing.
  Status sign();

  // Reads everything and compares tables with their indexes. Error: corrupt, with the first fault.
  Status check_all();

  // For src/store only: see session.h.
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Database(std::unique_ptr<Impl> impl);
  static Status create(const DatabaseOptions& options);
  Status take_lease();
  static Result<Database> open_on_server(const DatabaseOptions& options);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentad::store
