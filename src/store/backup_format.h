// The form of a backup, the same for every database: a zstd file (`zstd -dc FILE` shows it) of JSON
// lines. First a header, then for each table a line with its columns and a line for each row, last
// a line that counts them. Two frames that zstd passes over stand around it: the first says what
// the file is, the last holds the BLAKE2b-256 of all before it. Private to src/store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/reflect.h"
#include "base/result.h"

namespace pentad::store {

inline constexpr int64_t kBackupFormat = 1;

struct BackupHeader {
  int64_t pentad_backup = 0;  // kBackupFormat
  int64_t schema = 0;         // of the tables
  std::string identity;       // of the database
  std::string chain_base;     // the audit chain's beginning, when the journal was pruned
  int64_t made_ms = 0;
  int64_t last_event = 0;  // of the journal; 0: none
  std::string chain;       // its audit chain value
  int64_t last_job = 0;    // highest number of a job; 0: none
  int64_t rows = 0;        // of all tables
};
BOOST_DESCRIBE_STRUCT(BackupHeader, (),
                      (pentad_backup, schema, identity, chain_base, made_ms, last_event, chain,
                       last_job, rows))

using BackupValue = std::variant<int64_t, std::string>;

struct BackupTable {
  std::string table;
  std::vector<std::string> columns;
};
BOOST_DESCRIBE_STRUCT(BackupTable, (), (table, columns))

std::string header_line(const BackupHeader& header);
std::string table_line(const BackupTable& table);
void append_row_line(std::string& out, const std::vector<BackupValue>& row);
std::string end_line(int64_t rows);

// What is in a backup, in its order. The first error of one of these ends the reading.
struct BackupSink {
  std::function<Status(const BackupHeader&)> header;
  std::function<Status(const BackupTable&)> table;
  std::function<Status(std::vector<BackupValue>&)> row;  // of the table before it
};

// Takes the text apart, which comes in pieces of any length. Errors: corrupt, unsupported (of a
// later form), those of the sink.
class BackupParser {
 public:
  explicit BackupParser(BackupSink sink) : sink_(std::move(sink)) {}
  Status feed(std::string_view text);
  // After the last piece: all was there.
  Status finish() const;

 private:
  Status line(std::string_view text);
  Status read_header(std::string_view text);
  Status read_row(std::string_view text);
  Status read_object(std::string_view text);

  BackupSink sink_;
  std::string rest_;  // of a line that is not whole yet
  std::vector<BackupValue> row_;
  size_t columns_ = 0;
  int64_t rows_ = 0;
  bool has_header_ = false;
  bool has_end_ = false;
};

// Reads up to `bytes` at `offset`; 0 at the end.
using ReadAt = std::function<Result<size_t>(int64_t offset, char* into, size_t bytes)>;
// Called now and then with what is done of what there is; its error ends the work.
using BackupProgress = std::function<Status(int64_t done, int64_t total)>;

// Says whether this is a whole backup as it was written. Errors: invalid (something else), corrupt
// (cut short or altered), those of `read`.
Status check_backup_digest(const ReadAt& read, int64_t size, const BackupProgress& progress = {});

// Unpacks and hands on all of it; check the digest first.
Status read_backup(const ReadAt& read, int64_t size, BackupSink sink,
                   const BackupProgress& progress = {});

// A backup that is being written: under a name of its own beside `path` until it is whole. Readable
// by its owner only, for it holds hashes of passwords and what jobs run.
class BackupFile {
 public:
  // Errors: what the system says.
  static Result<BackupFile> create(const std::string& path);
  BackupFile(BackupFile&&) noexcept;
  BackupFile& operator=(BackupFile&&) noexcept;
  ~BackupFile();  // one that was not finished is removed

  Status write(std::string_view text);
  // The last frame, on the medium, under its name. `replace`: also when there is a file of that
  // name. Errors: invalid (there is one), what the system says.
  Status finish(bool replace);
  int64_t bytes() const;  // written so far

 private:
  struct State;
  explicit BackupFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pentad::store
