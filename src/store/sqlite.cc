#include "store/sqlite.h"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace pentad::store::sqlite {

namespace {

namespace api = sqlite_api;

constexpr uint32_t kApplicationId = 0x506E7464;  // "Pntd", in the header of every file of ours
constexpr size_t kHeaderBytes = 100;
using Header = std::array<unsigned char, kHeaderBytes>;

api::sqlite3* handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

uint32_t big_endian(const Header& header, size_t at) {
  return uint32_t{header[at]} << 24 | uint32_t{header[at + 1]} << 16 |
         uint32_t{header[at + 2]} << 8 | uint32_t{header[at + 3]};
}

// One file as the VFS shows it.
class RawFile {
 public:
  RawFile(api::sqlite3_vfs* vfs, std::string path, int kind)
      : path_(std::move(path)), memory_(static_cast<size_t>(vfs->szOsFile) / 8 + 1) {
    // Some file systems look for options behind the name's end: there are none.
    path_.append(4, '\0');
    file_ = reinterpret_cast<api::sqlite3_file*>(memory_.data());
    file_->pMethods = nullptr;
    int flags = 0;
    opened_ = vfs->xOpen(vfs, path_.data(), file_, SQLITE_OPEN_READONLY | kind, &flags);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    if (file_->pMethods) file_->pMethods->xClose(file_);
  }

  bool is_open() const { return opened_ == SQLITE_OK; }
  int64_t size() const {
    api::sqlite3_int64 bytes = 0;
    return file_->pMethods->xFileSize(file_, &bytes) == SQLITE_OK ? bytes : -1;
  }
  bool read(Header& header) const {
    return file_->pMethods->xRead(file_, header.data(), kHeaderBytes, 0) == SQLITE_OK;
  }

 private:
  std::string path_;
  std::vector<int64_t> memory_;
  api::sqlite3_file* file_ = nullptr;
  int opened_ = SQLITE_ERROR;
};

bool exists(api::sqlite3_vfs* vfs, const std::string& path) {
  int found = 0;
  return vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found != 0;
}

// -1 when there is something that cannot be opened, which for a log may mean that its file is gone.
int64_t size_of(api::sqlite3_vfs* vfs, const std::string& path, int kind) {
  if (!exists(vfs, path)) return 0;
  RawFile file(vfs, path, kind);
  return file.is_open() ? file.size() : -1;
}

tl::unexpected<Error> damaged(const std::string& path, std::string_view how) {
  return fail(ErrorCode::corrupt,
              fmt::format("the database {} is damaged: {}. It was left as it is: restore it from a "
                          "copy, or move it away to start with an empty centre",
                          path, how),
              path);
}

// The header tells how long the file was when it was last written to directly; what is in the
// write-ahead log may still be missing from it.
bool is_cut_short(const Header& header, int64_t bytes) {
  uint32_t page_bytes = uint32_t{header[16]} << 8 | header[17];
  if (page_bytes == 1) page_bytes = 65536;
  bool count_is_valid = big_endian(header, 24) == big_endian(header, 92);
  return count_is_valid && int64_t{big_endian(header, 28)} * page_bytes > bytes;
}

// `is_alone`: no log and no journal hold a part of it.
Result<FileKind> judge(const DatabaseOptions& options, const Header& header, int64_t bytes,
                       bool is_alone) {
  if (std::memcmp(header.data(), "SQLite format 3", 16) != 0) {
    return damaged(options.path, "it does not begin like a database");
  }
  if (big_endian(header, 68) != kApplicationId) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} is a database of another program; choose another PENTAD_HOME",
                            options.path),
                options.path);
  }
  if (is_alone && is_cut_short(header, bytes)) {
    return damaged(options.path, "its end is missing");
  }
  return FileKind::ours;
}

// A name that SOCI's connection string and SQLite's file names both leave alone.
std::string file_name(const std::string& path) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
  if (path.find_first_not_of(plain) == std::string::npos) return path;
  std::string name = path.starts_with('/') ? "file://" : "file:";
  for (unsigned char c : path) {
    if (plain.find(static_cast<char>(c)) != std::string_view::npos) {
      name += static_cast<char>(c);
    } else {
      name += fmt::format("%{:02X}", c);
    }
  }
  return name;
}

// What the system said when the file or its log last failed; 0 when it did not. A failed commit
// tells it nowhere else.
int system_error(soci::session& session) {
  int code = 0;
  api::sqlite3_file_control(handle(session), "main", SQLITE_FCNTL_LAST_ERRNO, &code);
  if (code != 0) return code;
  api::sqlite3_file* log = nullptr;
  api::sqlite3_file_control(handle(session), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log && log->pMethods) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &code);
  return code != 0 ? code : api::sqlite3_system_errno(handle(session));
}

bool is_no_space(int code) { return code == ENOSPC || code == EDQUOT || code == EFBIG; }

Result<std::string> full_path(api::sqlite3_vfs* vfs, const std::string& name) {
  std::string path(static_cast<size_t>(vfs->mxPathname) + 1, '\0');
  int result = vfs->xFullPathname(vfs, name.c_str(), static_cast<int>(path.size()), path.data());
  // Apart from the low byte it may say that it followed a link.
  if ((result & 0xff) != SQLITE_OK) {
    return fail(ErrorCode::invalid, "the name is too long or cannot be followed: " + name, name);
  }
  path.resize(std::strlen(path.c_str()));
  return path;
}

void set(soci::session& session, std::string_view pragma) {
  session << fmt::format("PRAGMA {}", pragma);
}

}  // namespace

namespace {

std::string first_fault(soci::session& session, std::string_view table, bool thorough) {
  std::string answer;
  // The answer is "ok" or one fault a row: the first is enough.
  session << fmt::format("PRAGMA {}({})", thorough ? "integrity_check" : "quick_check",
                         table.empty() ? "1" : table),
      soci::into(answer);
  return answer == "ok" ? "" : answer;
}

Error meaning_of(soci::session* session, const soci::soci_error& error, const std::string& path) {
  std::string said = error.get_error_message();
  auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  int code = known ? known->result() & 0xff : SQLITE_ERROR;
  bool no_space = code == SQLITE_IOERR && session && is_no_space(system_error(*session));
  if (code == SQLITE_FULL || no_space) {
    return {ErrorCode::disk_full, "no space left to write " + path, path};
  }
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged(path, said).value();
    case SQLITE_IOERR:
      return {ErrorCode::failed, fmt::format("the disk failed at {}: {}", path, said), path};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::unavailable,
              fmt::format("another program keeps {} locked: {}", path, said), path};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::unavailable, fmt::format("cannot open or write {}: {}", path, said), path};
    case SQLITE_TOOBIG:
      return {ErrorCode::too_large, fmt::format("too large for {}: {}", path, said), path};
    default:
      return {ErrorCode::failed, fmt::format("the database {} failed: {}", path, said), path};
  }
}

class Sqlite final : public Backend {
 public:
  std::string spell(std::string_view statement) const override {
    return spell_with(
        statement,
        {{"{text}", "TEXT"}, {"{id}", "INTEGER PRIMARY KEY"}, {"{clustered}", "WITHOUT ROWID"}});
  }
  std::string contains(std::string_view column, std::string_view parameter) const override {
    return fmt::format("instr({}, {}) > 0", column, parameter);
  }
  std::string without_index(std::string_view column) const override {
    return fmt::format("+{}", column);
  }
  void mark_as_ours(soci::session& session) const override {
    set(session, fmt::format("application_id={}", kApplicationId));
  }
  bool has_tables(soci::session& session) const override {
    std::string first;
    session << "SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1", soci::into(first);
    return session.got_data();
  }
  std::vector<Column> columns_of(soci::session& session, std::string_view table) const override {
    std::vector<Column> columns;
    std::string name, type;
    soci::statement read =
        (session.prepare << fmt::format("SELECT name, type FROM pragma_table_info('{}')", table),
         soci::into(name), soci::into(type));
    for (bool more = read.execute(true); more; more = read.fetch()) {
      columns.push_back({name, type == "TEXT"});
    }
    return columns;
  }
  void settle_numbers(soci::session&) const override {}
  std::string find_fault(soci::session& session, std::string_view table,
                         bool thorough) const override {
    return first_fault(session, table, thorough);
  }
  Error error_of(soci::session* session, const soci::soci_error& error,
                 const std::string& name) const override {
    return meaning_of(session, error, name);
  }
  bool is_lost(soci::session&, const soci::soci_error&) const override { return false; }
};

}  // namespace

const Backend& backend() {
  static const Sqlite sqlite;
  return sqlite;
}

Result<FileKind> inspect(const DatabaseOptions& options) {
  api::sqlite3_initialize();
  api::sqlite3_vfs* vfs =
      api::sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (!vfs) return fail(ErrorCode::unsupported, "there is no SQLite VFS named " + options.vfs);
  Result<std::string> path = full_path(vfs, options.path);
  if (!path) return tl::unexpected(path.error());
  const int64_t log_bytes = size_of(vfs, *path + "-wal", SQLITE_OPEN_WAL);
  const int64_t journal_bytes = size_of(vfs, *path + "-journal", SQLITE_OPEN_MAIN_JOURNAL);

  // Not asked with xAccess first, which takes an empty file for none.
  RawFile file(vfs, *path, SQLITE_OPEN_MAIN_DB);
  if (!file.is_open() && exists(vfs, *path)) {
    return fail(ErrorCode::unavailable, "cannot open " + options.path + " for reading",
                options.path);
  }
  if (!file.is_open() && log_bytes == 0) return FileKind::absent;
  if (!file.is_open()) return damaged(options.path, "its log is there, but the file is gone");

  const int64_t bytes = file.size();
  Header header{};
  if (bytes < 0 || (bytes >= int64_t{kHeaderBytes} && !file.read(header))) {
    return fail(ErrorCode::unavailable, "cannot read " + options.path, options.path);
  }
  if (bytes == 0 && log_bytes != 0) return damaged(options.path, "it is empty, but its log is not");
  // Only on a simulated disk are databases made under their own name: there a crash may leave an
  // empty file, or one with a journal that takes everything back.
  const bool undone = bytes == 0 || (header == Header{} && journal_bytes != 0);
  if (!options.vfs.empty() && undone) return FileKind::blank;
  if (bytes < int64_t{kHeaderBytes}) return damaged(options.path, "it is too short");
  return judge(options, header, bytes, log_bytes == 0 && journal_bytes == 0);
}

Result<std::unique_ptr<soci::session>> connect(const DatabaseOptions& options, bool read_only) {
  std::string parameters = "dbname=" + file_name(options.path);
  if (!options.vfs.empty()) parameters += " vfs=" + options.vfs;
  if (read_only) parameters += " readonly=true";
  try {
    return std::make_unique<soci::session>(soci::sqlite3, parameters);
  } catch (const soci::soci_error& error) {
    return tl::unexpected(meaning_of(nullptr, error, options.path));
  }
}

void configure(soci::session& session, const DatabaseOptions& options, bool read_only) {
  api::sqlite3_extended_result_codes(handle(session), 1);
  set(session, "busy_timeout=10000");
  // No shared memory on a simulated disk: with this lock SQLite keeps its index in the process.
  if (!options.vfs.empty()) set(session, "locking_mode=EXCLUSIVE");
  set(session, "temp_store=MEMORY");
  set(session, "trusted_schema=OFF");
  if (read_only) {
    set(session, "query_only=ON");
    return;
  }
  set(session, "foreign_keys=ON");
  set(session, "synchronous=FULL");  // a commit returns when the log is on the medium
  set(session, "secure_delete=OFF");
  set(session, "cache_size=-8000");  // KiB
  // Pages that many commits change are copied into the file once for all of them.
  set(session, "wal_autocheckpoint=4000");
  set(session, "journal_size_limit=67108864");  // after a burst the log gives its space back
}

void use_write_ahead_log(soci::session& session) {
  std::string mode;
  session << "PRAGMA journal_mode=WAL", soci::into(mode);
  if (mode != "wal") throw soci::soci_error("the disk cannot hold a write-ahead log");
}

void settle_log(soci::session& session) {
  api::sqlite3_file* log = nullptr;
  api::sqlite3_file_control(handle(session), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (!log || !log->pMethods) return;
  const api::sqlite3_io_methods& io = *log->pMethods;
  api::sqlite3_int64 bytes = 0;
  int rc = io.xFileSize(log, &bytes);
  std::vector<char> part(size_t{1} << 16);  // SQLite writes no more than a page at once
  for (int64_t at = 0; at < bytes && rc == SQLITE_OK; at += static_cast<int64_t>(part.size())) {
    int n = static_cast<int>(std::min<int64_t>(bytes - at, static_cast<int64_t>(part.size())));
    rc = io.xRead(log, part.data(), n, at);
    if (rc == SQLITE_OK) rc = io.xWrite(log, part.data(), n, at);
  }
  if (rc == SQLITE_OK && bytes > 0) rc = io.xSync(log, SQLITE_SYNC_NORMAL);
  if (rc != SQLITE_OK) throw soci::soci_error("its write-ahead log cannot be made durable");
}

void tidy_on_close(soci::session& session, bool tidy) {
  api::sqlite3_db_config(handle(session), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, tidy ? 0 : 1, nullptr);
}

int64_t file_bytes(soci::session& session) {
  int64_t pages = 0;
  int64_t page_bytes = 0;
  session << "PRAGMA page_count", soci::into(pages);
  session << "PRAGMA page_size", soci::into(page_bytes);
  return pages * page_bytes;
}

}  // namespace pentad::store::sqlite
