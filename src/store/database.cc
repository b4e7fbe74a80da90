#include "store/database.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <filesystem>

#include "store/database_url.h"
#include "store/files.h"
#include "store/lease.h"
#include "store/postgresql.h"
#include "store/schema.h"
#include "store/session.h"
#include "store/sqlite.h"

namespace pentad::store {

namespace {

// Tables that are small whatever the centre did, checked on every start.
constexpr std::array kSmallTables = {"meta", "snapshots"};

Result<std::string> random_identity() {
  if (sodium_init() < 0) return fail(ErrorCode::failed, "cannot obtain random numbers");
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string text;
  for (unsigned char b : bytes) text += fmt::format("{:02x}", b);
  return text;
}

std::string meta(soci::session& session, const std::string& name) {
  std::string value;
  session << "SELECT value FROM meta WHERE name = :name", soci::use(name), soci::into(value);
  return value;
}

Result<int64_t> read_version(Database::Impl& impl) {
  std::string text = meta(*impl.session, "schema_version");
  impl.identity = meta(*impl.session, "identity");
  int64_t version = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size() || version < 1) {
    return fail(ErrorCode::corrupt,
                fmt::format("the database {} does not tell its version (`{}`): it is damaged",
                            impl.options.path, text),
                impl.options.path);
  }
  return version;
}

// Of a server's database, which has no header that says whose it is.
Status check_program(Database::Impl& impl) {
  if (impl.options.url.empty()) return {};
  int64_t columns = 0;
  soci::session& session = *impl.session;
  session << "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = "
             "current_schema() AND table_name = 'meta' AND column_name IN ('name', 'value')",
      soci::into(columns);
  if (columns == 2 && meta(session, "program") == "pentad") return {};
  return fail(ErrorCode::unsupported,
              fmt::format("{} is a database of another program; make one of its own for Pentad",
                          impl.options.path),
              impl.options.path);
}

Status check_version(const Database::Impl& impl, int64_t version, bool read_only) {
  const std::string& path = impl.options.path;
  if (version > schema_version()) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("{} was written by a later Pentad (schema {}, this one knows up to {}): "
                    "install that version or a newer one; nothing was changed",
                    path, version, schema_version()),
        path);
  }
  if (read_only && version < schema_version()) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} has schema {}, which `pentad up` of this version brings to {}: "
                            "start it once",
                            path, version, schema_version()),
                path);
  }
  return {};
}

Status check_health(Database::Impl& impl) {
  soci::session& session = *impl.session;
  if (!impl.options.url.empty()) return {};
  std::string fault;
  if (sqlite::file_bytes(session) <= impl.options.full_check_bytes) {
    fault = impl.backend->find_fault(session, "", false);
  } else {
    for (const char* table : kSmallTables) {
      if (fault.empty()) fault = impl.backend->find_fault(session, table, false);
    }
  }
  if (fault.empty()) return {};
  return fail(ErrorCode::corrupt,
              fmt::format("the database {} is damaged: {}. Nothing was changed: restore it from a "
                          "copy, or move it away to start with an empty centre",
                          impl.options.path, fault),
              impl.options.path);
}

tl::unexpected<Error> missing(const DatabaseOptions& options) {
  return fail(ErrorCode::not_found, "there is no centre's database at " + options.path,
              options.path);
}

Status lock_home(Database::Impl& impl) {
  const DatabaseOptions& options = impl.options;
  std::error_code ignored;
  if (!options.create && !std::filesystem::exists(options.path, ignored)) return missing(options);
  std::string home = std::filesystem::path(options.path).parent_path().string();
  if (Status made = make_directories(home); !made) return made;
  Result<LockFile> lock = LockFile::acquire(options.path + ".lock");
  if (!lock) return tl::unexpected(lock.error());
  impl.lock = std::move(*lock);
  return {};
}

// What both kinds of connection do before anything is written.
Status connect(Database::Impl& impl, bool read_only) {
  impl.read_only = read_only;
  if (!impl.options.url.empty()) {
    impl.pipeline.reset();
    auto session = postgresql::connect(impl.options, read_only);
    if (!session) return tl::unexpected(session.error());
    impl.session = std::move(*session);
    impl.lost = false;
    if (!read_only) impl.pipeline = std::make_unique<Pipeline>(*impl.session);
    return {};
  }
  auto session = sqlite::connect(impl.options, read_only);
  if (!session) return tl::unexpected(session.error());
  impl.session = std::move(*session);
  sqlite::tidy_on_close(*impl.session, false);
  sqlite::configure(*impl.session, impl.options, read_only);
  return {};
}

// The version of the schema, 0 when there is none yet.
Result<int64_t> examine(Database::Impl& impl, bool read_only) {
  if (!impl.backend->has_tables(*impl.session)) return 0;
  if (Status ours = check_program(impl); !ours) return tl::unexpected(ours.error());
  Result<int64_t> version = read_version(impl);
  if (!version) return version;
  if (Status known = check_version(impl, *version, read_only); !known) {
    return tl::unexpected(known.error());
  }
  if (read_only) return version;
  if (Status healthy = check_health(impl); !healthy) return tl::unexpected(healthy.error());
  return version;
}

}  // namespace

Error Database::Impl::error_of(const soci::soci_error& error) {
  if (session && backend->is_lost(*session, error)) lost = true;
  return backend->error_of(session.get(), error, options.path);
}

Database::Impl::~Impl() {
  if (epoch == 0 || fenced || lost || !session) return;
  try {
    lease::give_back(*session, epoch);
  } catch (const soci::soci_error&) {
    // Then it runs out.
  }
}

// The lease stays ours as long as nobody else has taken it: the next transaction finds out.
Status Database::Impl::reconnect() { return connect(*this, read_only); }

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

const std::string& Database::path() const { return impl_->options.path; }
const std::string& Database::identity() const { return impl_->identity; }

namespace {

// Makes all tables in an empty database, or the newer ones in an older one.
Status bring_up_to_date(Database& database) {
  Database::Impl& impl = database.impl();
  Result<int64_t> version = examine(impl, false);
  if (!version) return tl::unexpected(version.error());
  if (*version == 0) {
    Result<std::string> identity = impl.options.identity.empty()
                                       ? random_identity()
                                       : Result<std::string>(impl.options.identity);
    if (!identity) return tl::unexpected(identity.error());
    impl.identity = *identity;
    if (impl.options.schema > 0) return migrate(database, 0, impl.options.schema);
  }
  return migrate(database, *version, schema_version());
}

}  // namespace

// On the real disk a database is made under another name and renamed when it is whole: one that is
// found empty or half made under its own name has been damaged.
Status Database::create(const DatabaseOptions& options) {
  Database database(std::make_unique<Impl>());
  database.impl_->options = options;
  database.impl_->backend = &sqlite::backend();
  const std::string& path = database.impl_->options.path += ".new";
  std::error_code ignored;
  for (const char* end : {"", "-journal", "-wal"}) std::filesystem::remove(path + end, ignored);
  Status made = guarded(database, [&]() -> Status {
    if (Status connected = connect(*database.impl_, false); !connected) return connected;
    return bring_up_to_date(database);
  });
  database.impl_->session.reset();
  if (!made) return made;
  // Scripts and environments of jobs are their users' own. The log gets the same rights from
  // SQLite.
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  return rename_file(path, options.path);
}

// Waits for the lease as long as the options say, through losses of the connection too.
Status Database::take_lease() {
  Impl& impl = *impl_;
  bool has_waited = false;
  for (;;) {
    bool is_held = false;
    Status taken = guarded(*this, [&]() -> Status {
      if (impl.lost) {
        if (Status again = connect(impl, false); !again) return again;
      }
      Result<int64_t> epoch = lease::take(*impl.session, impl.options.lease);
      is_held = !epoch;
      if (!epoch) return tl::unexpected(epoch.error());
      impl.epoch = *epoch;
      return {};
    });
    if (taken) return {};
    has_waited |= is_held;
    const bool may_wait = has_waited && taken.error().code == ErrorCode::unavailable;
    if (!may_wait || !impl.options.wait || !impl.options.wait(taken.error())) return taken;
  }
}

// The lease comes before the tables are touched: the version that decides now may be another.
Result<Database> Database::open_on_server(const DatabaseOptions& options) {
  Database database(std::make_unique<Impl>());
  Impl& impl = *database.impl_;
  impl.options = options;
  impl.options.path = name_of(options.url);
  impl.backend = &postgresql::backend();
  Status ready = guarded(database, [&]() -> Status {
    if (Status connected = connect(impl, false); !connected) return connected;
    Result<int64_t> version = examine(impl, false);
    if (!version) return tl::unexpected(version.error());
    if (*version == 0 && !options.create) return missing(impl.options);
    lease::prepare(*impl.session);
    return {};
  });
  if (ready) ready = database.take_lease();
  if (ready) ready = guarded(database, [&] { return bring_up_to_date(database); });
  if (!ready) return tl::unexpected(ready.error());
  return database;
}

Result<Database> Database::open(const DatabaseOptions& options) {
  if (!options.url.empty()) return open_on_server(options);
  Database database(std::make_unique<Impl>());
  Impl& impl = *database.impl_;
  impl.options = options;
  impl.backend = &sqlite::backend();
  const bool is_real = options.vfs.empty();
  if (is_real) {
    if (Status locked = lock_home(impl); !locked) return tl::unexpected(locked.error());
  }
  Result<sqlite::FileKind> kind = sqlite::inspect(options);
  if (!kind) return tl::unexpected(kind.error());
  if (*kind == sqlite::FileKind::absent) {
    if (!options.create) return missing(options);
    Status created = is_real ? create(options) : Status{};
    if (!created) return tl::unexpected(created.error());
  }
  Status ready = guarded(database, [&]() -> Status {
    if (Status connected = connect(impl, false); !connected) return connected;
    if (Status done = bring_up_to_date(database); !done) return done;
    sqlite::use_write_ahead_log(*impl.session);
    sqlite::settle_log(*impl.session);
    sqlite::tidy_on_close(*impl.session, true);
    return {};
  });
  if (!ready) return tl::unexpected(ready.error());
  return database;
}

Result<Database> Database::open_reader(const DatabaseOptions& options) {
  Database database(std::make_unique<Impl>());
  Impl& impl = *database.impl_;
  impl.options = options;
  if (options.url.empty()) {
    impl.backend = &sqlite::backend();
    Result<sqlite::FileKind> kind = sqlite::inspect(options);
    if (!kind) return tl::unexpected(kind.error());
    if (*kind != sqlite::FileKind::ours) return missing(options);
  } else {
    impl.options.path = name_of(options.url);
    impl.backend = &postgresql::backend();
  }
  Status ready = guarded(database, [&]() -> Status {
    if (Status connected = connect(impl, true); !connected) return connected;
    Result<int64_t> version = examine(impl, true);
    if (!version) return tl::unexpected(version.error());
    if (*version == 0) return missing(impl.options);
    return {};
  });
  if (!ready) return tl::unexpected(ready.error());
  return database;
}

namespace {

tl::unexpected<Error> fenced_off() {
  return fail(ErrorCode::unavailable,
              "another Pentad has taken over this centre: this one decides nothing any more");
}

}  // namespace

bool Database::is_lost() const { return impl_->lost; }
Status Database::reconnect() { return impl_->reconnect(); }
bool Database::is_fenced() const { return impl_->fenced; }

std::optional<Duration> Database::sign_of_life() const {
  if (impl_->epoch == 0) return std::nullopt;
  return impl_->options.lease / 4;
}

Status Database::transaction(const std::function<Status()>& work) {
  // Undoes what was not committed, also when `work` throws something else than SOCI does.
  struct Rollback {
    Impl* impl;
    ~Rollback() {
      if (!impl) return;
      if (impl->pipeline) impl->pipeline->abandon();
      try {
        impl->session->rollback();
      } catch (const soci::soci_error&) {
        // After some failures SQLite has rolled back by itself: nothing is left to undo.
      }
    }
  };
  return guarded(*this, [&]() -> Status {
    if (impl_->fenced) return fenced_off();
    impl_->session->begin();
    Rollback rollback{impl_.get()};
    // Holds the lease's row until the commit: nobody can take over in between.
    if (impl_->epoch != 0 && !lease::prolong(*impl_->session, impl_->epoch, impl_->options.lease)) {
      impl_->fenced = true;
      return fenced_off();
    }
    if (Status worked = work(); !worked) return worked;
    impl_->finish_writes();
    impl_->session->commit();
    rollback.impl = nullptr;
    return {};
  });
}

Status Database::sign() {
  if (impl_->epoch == 0) return {};
  return transaction([] { return Status(); });
}

Status Database::check_all() {
  return guarded(*this, [&]() -> Status {
    std::string fault = impl_->backend->find_fault(*impl_->session, "", true);
    if (fault.empty()) return {};
    return fail(ErrorCode::corrupt,
                fmt::format("the database {} is damaged: {}", impl_->options.path, fault),
                impl_->options.path);
  });
}

}  // namespace pentad::store
