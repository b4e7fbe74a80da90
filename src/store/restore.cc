#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>

#include "store/backup.h"
#include "store/backup_format.h"
#include "store/backup_tables.h"
#include "store/chain.h"
#include "store/files.h"
#include "store/lease.h"
#include "store/postgresql.h"
#include "store/schema.h"
#include "store/session.h"
#include "store/sqlite.h"
#include "store/write_statement.h"

namespace pentad::store {

namespace {

constexpr int64_t kRowsPerSignOfLife = 500;

// The file that is restored.
class Source {
 public:
  explicit Source(std::string path) : path_(std::move(path)) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    if (fd_ >= 0) close(fd_);
  }
  // Opens and judges it.
  Status open(const WorkProgress& progress);
  const BackupHeader& header() const { return header_; }
  BackupReport report() const {
    return {header_.last_event, header_.chain, header_.last_job,
            header_.rows,       size_,         Time{header_.made_ms}};
  }
  Status read(BackupSink sink, const WorkProgress& progress);

 private:
  ReadAt reader() {
    return [this](int64_t offset, char* into, size_t bytes) -> Result<size_t> {
      for (;;) {
        const ssize_t n = pread(fd_, into, bytes, offset);
        if (n >= 0) return static_cast<size_t>(n);
        if (errno != EINTR) return tl::unexpected(system_failure("read", path_, errno));
      }
    };
  }
  template <class T>
  T about(T result) const {
    if (!result && result.error().path.empty()) result.error().path = path_;
    return result;
  }

  std::string path_;
  int fd_ = -1;
  int64_t size_ = 0;
  BackupHeader header_;
};

Status Source::open(const WorkProgress& progress) {
  fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd_ < 0 || fstat(fd_, &info) != 0) {
    return tl::unexpected(system_failure("open", path_, errno));
  }
  size_ = info.st_size;
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "this is not a file", path_);
  if (Status whole = check_backup_digest(reader(), size_, progress); !whole) return about(whole);
  // The first line alone.
  BackupSink sink;
  const Error enough{ErrorCode::timed_out, "", path_};
  sink.header = [&](const BackupHeader& header) -> Status {
    header_ = header;
    return tl::unexpected(enough);
  };
  Status read = read_backup(reader(), size_, std::move(sink), {});
  if (!read && read.error().code != enough.code) return about(read);
  if (header_.schema > schema_version() || header_.schema < 1) {
    return fail(ErrorCode::unsupported,
                fmt::format("the backup was made by a later Pentad (schema {}, this one knows up "
                            "to {}): restore it with that version; nothing was changed",
                            header_.schema, schema_version()),
                path_);
  }
  return {};
}

Status Source::read(BackupSink sink, const WorkProgress& progress) {
  return about(read_backup(reader(), size_, std::move(sink), progress));
}

// Writes the rows of one table after the other.
class Loading {
 public:
  Loading(Database& database, std::function<Status()> alive)
      : database_(database), alive_(std::move(alive)) {}
  // Throws soci_error.
  BackupSink sink() {
    BackupSink sink;
    sink.table = [this](const BackupTable& table) { return begin(table); };
    sink.row = [this](std::vector<BackupValue>& row) { return add(row); };
    return sink;
  }

 private:
  Status begin(const BackupTable& table);
  Status add(std::vector<BackupValue>& row);

  Database& database_;
  std::function<Status()> alive_;
  std::string table_;
  std::vector<Column> columns_;
  // What the statement is bound to; a deque does not move them.
  std::deque<int64_t> numbers_;
  std::deque<std::string> texts_;
  std::optional<WriteStatement> insert_;
  int64_t rows_ = 0;
};

Status Loading::begin(const BackupTable& table) {
  const auto& known = backed_up_tables();
  const bool is_known = std::any_of(known.begin(), known.end(),
                                    [&](const auto& each) { return each.name == table.table; });
  database_.impl().finish_writes();
  columns_ = is_known ? columns_of(database_, table.table) : std::vector<Column>();
  bool same = columns_.size() == table.columns.size();
  for (size_t i = 0; same && i < columns_.size(); ++i) same = columns_[i].name == table.columns[i];
  if (columns_.empty() || !same) {
    return fail(ErrorCode::corrupt,
                fmt::format("the backup has a table `{}` that its version of Pentad did not have",
                            table.table));
  }
  table_ = table.table;
  insert_.reset();
  numbers_.clear();
  texts_.clear();
  std::vector<WriteStatement::Parameter> parameters;
  std::vector<std::string> places;
  for (const Column& column : columns_) {
    places.push_back(":" + column.name);
    if (column.is_text) {
      parameters.push_back({column.name, &texts_.emplace_back()});
    } else {
      parameters.push_back({column.name, &numbers_.emplace_back()});
    }
  }
  insert_.emplace(database_,
                  fmt::format("INSERT INTO {} ({}) VALUES ({})", table_,
                              fmt::join(table.columns, ", "), fmt::join(places, ", ")),
                  std::move(parameters));
  return {};
}

Status Loading::add(std::vector<BackupValue>& row) {
  size_t text = 0, number = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    const bool is_text = std::holds_alternative<std::string>(row[i]);
    if (is_text != columns_[i].is_text) {
      return fail(ErrorCode::corrupt, fmt::format("the backup is damaged: a value of {}.{} is of "
                                                  "the wrong kind",
                                                  table_, columns_[i].name));
    }
    if (is_text) {
      texts_[text++].swap(std::get<std::string>(row[i]));
    } else {
      numbers_[number++] = std::get<int64_t>(row[i]);
    }
  }
  insert_->execute();
  return ++rows_ % kRowsPerSignOfLife == 0 && alive_ ? alive_() : Status{};
}

void put_meta(soci::session& session, const std::string& name, const std::string& value) {
  session << "INSERT INTO meta (name, value) VALUES (:name, :value) "
             "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      soci::use(name), soci::use(value);
}

// Into a database whose tables are there and empty, inside a transaction. Throws soci_error.
Status load(Database& database, Source& source, const WorkProgress& progress,
            std::function<Status()> alive) {
  {
    Loading loading(database, std::move(alive));
    if (Status read = source.read(loading.sink(), progress); !read) return read;
    database.impl().finish_writes();
  }
  const BackupHeader& header = source.header();
  soci::session& session = session_of(database);
  put_meta(session, "identity", header.identity);
  session << "DELETE FROM meta WHERE name = 'chain_base'";
  if (!header.chain_base.empty()) put_meta(session, "chain_base", header.chain_base);
  database.impl().backend->settle_numbers(session);
  ChainHead head;
  session << "SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1", soci::into(head.seq),
      soci::into(head.chain);
  if (session.got_data() && (head.seq != header.last_event || head.chain != header.chain)) {
    return fail(ErrorCode::corrupt,
                "the backup is damaged: its journal ends elsewhere than its "
                "header says");
  }
  return {};
}

// A file is made under another name, and takes its place when it is whole.
class IntoFile {
 public:
  IntoFile(Source& source, const RestoreOptions& options)
      : source_(source),
        options_(options),
        path_(options.database.path),
        made_(path_ + ".restored") {}
  ~IntoFile() { remove_made(); }
  IntoFile(const IntoFile&) = delete;
  IntoFile& operator=(const IntoFile&) = delete;

  Status run();

 private:
  void remove_made();
  Status make();
  Status put_aside();

  Source& source_;
  const RestoreOptions& options_;
  std::string path_, made_;
};

void IntoFile::remove_made() {
  std::error_code ignored;
  for (const char* end : {"", "-wal", "-shm", ".lock", ".new"}) {
    std::filesystem::remove(made_ + end, ignored);
  }
}

Status IntoFile::make() {
  remove_made();
  DatabaseOptions options = options_.database;
  options.path = made_;
  options.identity = source_.header().identity;
  options.schema = source_.header().schema;
  {
    Result<Database> database = Database::open(options);
    if (!database) return tl::unexpected(database.error());
    // Rows come by their numbers and go anywhere into the indexes, which shall fit.
    Status done =
        guarded(*database, [&] { session_of(*database) << "PRAGMA cache_size=-512000"; });  // KiB
    if (!done) return done;
    done = database->transaction([&] { return load(*database, source_, options_.progress, {}); });
    if (!done) return done;
  }
  if (options.schema == schema_version()) return {};
  Result<Database> database = Database::open(options);
  return database ? Status{} : Status(tl::unexpected(database.error()));
}

// Moves what is in the log into the file. Whether it can or not: it is put aside in the end.
void fold_log(const DatabaseOptions& options) {
  auto session = sqlite::connect(options, false);
  if (!session) return;
  try {
    int64_t busy = 0;
    **session << "PRAGMA wal_checkpoint(TRUNCATE)", soci::into(busy);
  } catch (const soci::soci_error&) {
    // A damaged file is replaced all the same.
  }
}

// The old file stays beside the new one, its log folded into it where that can be done.
Status IntoFile::put_aside() {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) return {};
  fold_log(options_.database);
  const std::string kept = path_ + ".replaced";
  for (const char* end : {"", "-wal", "-shm"}) {
    std::filesystem::remove(kept + end, error);
  }
  for (const char* end : {"-wal", "-shm"}) {
    if (!std::filesystem::exists(path_ + end, error)) continue;
    if (Status renamed = rename_file(path_ + end, kept + end); !renamed) return renamed;
  }
  std::filesystem::create_hard_link(path_, kept, error);
  // A file system without links: for a moment there is none of its name.
  return error ? rename_file(path_, kept) : Status{};
}

Status IntoFile::run() {
  Status done = make_directories(std::filesystem::path(path_).parent_path().string());
  if (!done) return done;
  Result<LockFile> lock = LockFile::acquire(path_ + ".lock");
  if (!lock) return tl::unexpected(lock.error());
  std::error_code ignored;
  if (!options_.replace && std::filesystem::exists(path_, ignored)) {
    return fail(ErrorCode::invalid,
                "there is a centre here already: restore into another home, or say that it may be "
                "replaced; nothing was changed",
                path_);
  }
  if (options_.approve) done = options_.approve(source_.report());
  if (done) done = make();
  if (done) done = put_aside();
  if (done) done = rename_file(made_, path_);
  return done;
}

// All rows in one transaction of the server.
class IntoServer {
 public:
  IntoServer(Source& source, const RestoreOptions& options) : source_(source), options_(options) {}
  Status run();

 private:
  Status look();
  Status write(Database& database);
  Status prolong(Duration length);

  Source& source_;
  const RestoreOptions& options_;
  bool is_filled_ = false;
  // The transaction lasts longer than a lease, and one connection more says that we live.
  std::unique_ptr<soci::session> signs_;
  int64_t epoch_ = 0;
  std::chrono::steady_clock::time_point last_sign_;
};

// What is there, before anything is changed.
Status IntoServer::look() {
  Result<Database> there = Database::open_reader(options_.database);
  if (!there && there.error().code == ErrorCode::not_found) return {};
  if (!there) return tl::unexpected(there.error());
  Status counted = guarded(*there, [&] {
    for (const BackedUpTable& table : backed_up_tables()) {
      is_filled_ = is_filled_ || count_rows(*there, table.name) > 0;
    }
  });
  if (!counted) return counted;
  if (is_filled_ && !options_.replace) {
    return fail(ErrorCode::invalid,
                "there is a centre in this database: restore into an empty one, or say that it may "
                "be replaced; nothing was changed",
                there->path());
  }
  if (source_.header().schema == schema_version()) return {};
  return fail(ErrorCode::unsupported,
              "the backup was made by an earlier Pentad: restore it into a database without "
              "tables; nothing was changed",
              there->path());
}

Status IntoServer::prolong(Duration length) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_sign_ < std::chrono::milliseconds(length.value / 4)) return {};
  last_sign_ = now;
  if (lease::prolong(*signs_, epoch_, length)) return {};
  return fail(ErrorCode::unavailable, "another Pentad has taken this database over meanwhile");
}

Status IntoServer::write(Database& database) {
  const Duration length = options_.database.lease;
  return database.transaction([&]() -> Status {
    soci::session& session = session_of(database);
    if (is_filled_) {
      std::vector<std::string_view> names;
      for (const BackedUpTable& table : backed_up_tables()) names.push_back(table.name);
      session << fmt::format("TRUNCATE {}", fmt::join(names, ", "));
    }
    Status done =
        load(database, source_, options_.progress, [&]() -> Status { return prolong(length); });
    if (!done || lease::prolong(session, epoch_, length)) return done;
    return fail(ErrorCode::unavailable, "another Pentad has taken this database over meanwhile");
  });
}

Status IntoServer::run() {
  if (Status looked = look(); !looked) return looked;
  if (options_.approve) {
    if (Status approved = options_.approve(source_.report()); !approved) return approved;
  }
  DatabaseOptions options = options_.database;
  options.identity = source_.header().identity;
  options.schema = source_.header().schema;
  Result<Database> database = Database::open(options);
  if (!database) return tl::unexpected(database.error());
  auto signs = postgresql::connect(options, false);
  if (!signs) return tl::unexpected(signs.error());
  signs_ = std::move(*signs);
  Database::Impl& impl = database->impl();
  // Not in every transaction: its own would hold the lease's row all the time.
  epoch_ = std::exchange(impl.epoch, 0);
  Status done = write(*database);
  impl.epoch = epoch_;
  return done;
}

}  // namespace

Result<BackupReport> restore_backup(const std::string& path, const RestoreOptions& options) {
  Source source(path);
  Status done = source.open(options.progress);
  if (done && options.database.url.empty()) done = IntoFile(source, options).run();
  if (done && !options.database.url.empty()) done = IntoServer(source, options).run();
  if (!done) return tl::unexpected(done.error());
  return source.report();
}

}  // namespace pentad::store
