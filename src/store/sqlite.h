// All that is particular to SQLite; the rest of the store speaks portable SQL through SOCI. Private
// to src/store.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/backend.h"
#include "store/database.h"

namespace pentad::store::sqlite {

// What stands in a file, judged by its bytes alone, before SQLite gets to see it.
enum class FileKind {
  absent,
  blank,  // no byte yet, or a creation that a crash interrupted; never on the real disk
  ours,
};

// Errors: corrupt (not a database, cut short), unsupported (of another program), or the system's.
Result<FileKind> inspect(const DatabaseOptions& options);

// Opens the file; changes nothing in it. Errors as in database.h.
Result<std::unique_ptr<soci::session>> connect(const DatabaseOptions& options, bool read_only);

// Settings of the connection; none of them touches the file. Throws soci_error.
void configure(soci::session& session, const DatabaseOptions& options, bool read_only);
// Turns the write-ahead log on, which the file remembers. Throws soci_error.
void use_write_ahead_log(soci::session& session);

// Makes durable what can be read. A process killed between a write to the log and its sync leaves
// transactions that the next one sees and builds on, and a power loss could still take away; after
// a sync that failed, another sync alone need not write them either. Throws soci_error.
void settle_log(soci::session& session);

// False: closing leaves the write-ahead log as it is instead of moving it into the file.
void tidy_on_close(soci::session& session, bool tidy);

// Length of the file in bytes. Throws soci_error.
int64_t file_bytes(soci::session& session);

const Backend& backend();

}  // namespace pentad::store::sqlite
