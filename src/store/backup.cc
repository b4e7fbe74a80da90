#include "store/backup.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "store/backup_format.h"
#include "store/backup_tables.h"
#include "store/chain.h"
#include "store/schema.h"
#include "store/session.h"

namespace pentad::store {

namespace {

constexpr int64_t kRowsPerProgress = 1000;
constexpr size_t kTextAtOnce = size_t{1} << 18;

class Writing {
 public:
  Writing(Database& database, BackupFile& file, const BackupOptions& options)
      : database_(database), file_(file), options_(options) {}

  // Everything, in one transaction of a reader: of one moment.
  Status all();
  const BackupHeader& header() const { return header_; }

 private:
  Status make_header();
  Status table(const BackedUpTable& table);

  Database& database_;
  BackupFile& file_;
  const BackupOptions& options_;
  BackupHeader header_;
  int64_t rows_ = 0;
};

Status Writing::make_header() {
  Result<ChainHead> head = chain_head(database_);
  if (!head) return tl::unexpected(head.error());
  header_.pentad_backup = kBackupFormat;
  header_.schema = schema_version();
  header_.identity = database_.identity();
  session_of(database_) << "SELECT value FROM meta WHERE name = 'chain_base'",
      soci::into(header_.chain_base);
  header_.made_ms = options_.now.value;
  header_.last_event = head->seq;
  header_.chain = head->chain;
  session_of(database_) << "SELECT COALESCE(MAX(id), 0) FROM jobs", soci::into(header_.last_job);
  for (const BackedUpTable& table : backed_up_tables()) {
    header_.rows += count_rows(database_, table.name);
  }
  return file_.write(header_line(header_));
}

Status Writing::table(const BackedUpTable& table) {
  const std::vector<Column> columns = columns_of(database_, table.name);
  BackupTable described{std::string(table.name), {}};
  for (const Column& column : columns) described.columns.push_back(column.name);
  std::string text = table_line(described);
  Status read =
      for_each_row(database_, table, columns, [&](const std::vector<BackupValue>& row) -> Status {
        append_row_line(text, row);
        if (++rows_ % kRowsPerProgress == 0 && options_.progress) {
          if (Status on = options_.progress(rows_, header_.rows); !on) return on;
        }
        if (text.size() < kTextAtOnce) return {};
        Status written = file_.write(text);
        text.clear();
        return written;
      });
  return read ? file_.write(text) : read;
}

Status Writing::all() {
  if (options_.progress) {
    if (Status on = options_.progress(0, 0); !on) return on;
  }
  if (Status made = make_header(); !made) return made;
  for (const BackedUpTable& each : backed_up_tables()) {
    if (Status written = table(each); !written) return written;
  }
  return file_.write(end_line(rows_));
}

}  // namespace

Result<BackupReport> write_backup(Database& database, const std::string& path,
                                  const BackupOptions& options) {
  struct stat info {};
  if (!options.replace && stat(path.c_str(), &info) == 0) {
    return fail(ErrorCode::invalid, "there is a file of this name: nothing was changed", path);
  }
  Result<BackupFile> file = BackupFile::create(path);
  if (!file) return tl::unexpected(file.error());
  Writing writing(database, *file, options);
  Status done = database.transaction([&] { return writing.all(); });
  if (done) done = file->finish(options.replace);
  if (!done) return tl::unexpected(done.error());
  const BackupHeader& header = writing.header();
  return BackupReport{header.last_event, header.chain,  header.last_job,
                      header.rows,       file->bytes(), Time{header.made_ms}};
}

}  // namespace pentad::store
