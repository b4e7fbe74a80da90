#include "store/journal.h"

#include <fmt/format.h>
#include <soci/soci.h>

#include <algorithm>

#include "base/hash.h"
#include "store/session.h"
#include "store/write_statement.h"

namespace pentad::store {

namespace {

constexpr size_t kPartBytes = size_t{1} << 20;
// Rows read by one statement: between two, the writer may fold its log into the file.
constexpr int64_t kRowsAtOnce = 1000;

int64_t as_column(uint64_t digest) { return static_cast<int64_t>(digest); }
uint64_t as_digest(int64_t column) { return static_cast<uint64_t>(column); }

// Length of the first part of `text`, which ends between two characters.
size_t part_length(std::string_view text) {
  if (text.size() <= kPartBytes) return text.size();
  size_t length = kPartBytes;
  while (length > kPartBytes - 4 && (text[length] & 0xC0) == 0x80) --length;
  return length;
}

tl::unexpected<Error> damaged(Database& database, std::string what) {
  return fail(ErrorCode::corrupt, std::move(what), database.path());
}

}  // namespace

uint64_t row_digest(const JournalEntry& e) {
  return Hasher()
      .add(as_digest(e.seq))
      .add(as_digest(e.batch))
      .add(as_digest(e.at.value))
      .add(as_digest(e.core_version))
      .add(e.digest)
      .add(e.event)
      .digest();
}

uint64_t next_digest(uint64_t before, std::string_view event, const Effects& effects) {
  return Hasher().add(before).add(event).add(digest(effects)).digest();
}

uint64_t digest_of_snapshot(std::string_view snapshot) { return Hasher().add(snapshot).digest(); }

struct Journal::Statements {
  int64_t seq = 0, batch = 0, at = 0, core_version = 0, row_digest = 0, digest = 0;
  std::string event, chain;
  WriteStatement append;

  explicit Statements(Database& database)
      : append(database,
               "INSERT INTO journal (seq, batch, at_ms, core_version, row_digest, digest, event, "
               "chain) VALUES (:seq, :batch, :at, :core_version, :row_digest, :digest, :event, "
               ":chain)",
               {{"seq", &seq},
                {"batch", &batch},
                {"at", &at},
                {"core_version", &core_version},
                {"row_digest", &row_digest},
                {"digest", &digest},
                {"event", &event},
                {"chain", &chain}}) {}
};

Journal::Journal(Database& database)
    : database_(database), statements_(std::make_unique<Statements>(database)) {}
Journal::~Journal() = default;

void Journal::append(const JournalEntry& entry) {
  Statements& s = *statements_;
  s.seq = entry.seq;
  s.batch = entry.batch;
  s.at = entry.at.value;
  s.core_version = entry.core_version;
  s.row_digest = as_column(row_digest(entry));
  s.digest = as_column(entry.digest);
  s.event = entry.event;
  s.chain = entry.chain;
  s.append.execute();
}

void Journal::add_snapshot(SnapshotInfo info, std::string_view text, int64_t keep) {
  soci::session& session = session_of(database_);
  int64_t state_digest = as_column(info.state_digest);
  int64_t journal_digest = as_column(info.journal_digest);
  info.bytes = static_cast<int64_t>(text.size());
  session
      << "INSERT INTO snapshots (seq, at_ms, core_version, state_digest, journal_digest, bytes, "
         "parts) VALUES (:seq, :at, :core_version, :state, :journal, :bytes, 0)",
      soci::use(info.seq), soci::use(info.at.value), soci::use(info.core_version),
      soci::use(state_digest), soci::use(journal_digest), soci::use(info.bytes);
  int64_t part = 0;
  std::string body;
  soci::statement add = (session.prepare << "INSERT INTO snapshot_parts (seq, part, body) VALUES "
                                            "(:seq, :part, :body)",
                         soci::use(info.seq), soci::use(part), soci::use(body));
  for (; !text.empty(); ++part) {
    size_t length = part_length(text);
    body = text.substr(0, length);
    text.remove_prefix(length);
    add.execute(true);
  }
  session << "UPDATE snapshots SET parts = :parts WHERE seq = :seq", soci::use(part),
      soci::use(info.seq);
  // The oldest that keeps its text.
  int64_t oldest = 0;
  session << "SELECT COALESCE(MIN(seq), 0) FROM (SELECT seq FROM snapshots WHERE parts > 0 ORDER "
             "BY seq DESC "
             "LIMIT :keep) AS kept",
      soci::use(keep), soci::into(oldest);
  session << "DELETE FROM snapshot_parts WHERE seq < :oldest", soci::use(oldest);
  session << "UPDATE snapshots SET parts = 0 WHERE seq < :oldest AND parts > 0", soci::use(oldest);
}

void Journal::prune() {
  soci::session& session = session_of(database_);
  int64_t last = 0;
  session << "SELECT COALESCE(MIN(seq), 0) FROM snapshots WHERE parts > 0", soci::into(last);
  std::string chain;
  session << "SELECT chain FROM journal WHERE seq = :last", soci::use(last), soci::into(chain);
  if (!session.got_data()) return;
  // Where the chain goes on from.
  session << "INSERT INTO meta (name, value) VALUES ('chain_base', :value) "
             "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      soci::use(chain);
  session << "DELETE FROM journal WHERE seq <= :last", soci::use(last);
  session << "DELETE FROM audit WHERE seq <= :last", soci::use(last);
}

Result<JournalExtent> journal_extent(Database& database) {
  // A bit flipped in the table's definition can make the row number an ordinary column: all rows
  // are there, none has a number, and the centre would seem empty.
  int64_t numberless = 0;
  auto extent = guarded(database, [&] {
    JournalExtent found;
    session_of(database) << "SELECT COALESCE(MIN(seq), 0) FROM journal", soci::into(found.first);
    session_of(database) << "SELECT COALESCE(MAX(seq), 0) FROM journal", soci::into(found.last);
    session_of(database)
        << "SELECT COUNT(*) FROM (SELECT 1 FROM journal WHERE seq IS NULL LIMIT 1) AS found",
        soci::into(numberless);
    return found;
  });
  if (extent && numberless > 0) {
    return fail(ErrorCode::corrupt,
                "the journal's table is damaged: its events have lost their "
                "numbers; restore a copy of the database",
                database.path());
  }
  return extent;
}

Result<std::vector<SnapshotInfo>> list_snapshots(Database& database) {
  return guarded(database, [&] {
    std::vector<SnapshotInfo> list;
    SnapshotInfo info;
    int64_t core_version = 0, state_digest = 0, journal_digest = 0;
    soci::session& session = session_of(database);
    soci::statement read =
        (session.prepare << "SELECT seq, at_ms, core_version, state_digest, journal_digest, bytes, "
                            "parts FROM snapshots ORDER BY seq DESC",
         soci::into(info.seq), soci::into(info.at.value), soci::into(core_version),
         soci::into(state_digest), soci::into(journal_digest), soci::into(info.bytes),
         soci::into(info.parts));
    for (bool more = read.execute(true); more; more = read.fetch()) {
      info.core_version = static_cast<int32_t>(core_version);
      info.state_digest = as_digest(state_digest);
      info.journal_digest = as_digest(journal_digest);
      list.push_back(info);
    }
    return list;
  });
}

Result<std::string> read_snapshot(Database& database, const SnapshotInfo& info) {
  return guarded(database, [&]() -> Result<std::string> {
    std::string text;
    std::string body;
    text.reserve(static_cast<size_t>(std::clamp<int64_t>(info.bytes, 0, int64_t{1} << 32)));
    soci::session& session = session_of(database);
    soci::statement read =
        (session.prepare << "SELECT body FROM snapshot_parts WHERE seq = :seq ORDER BY part",
         soci::use(info.seq), soci::into(body));
    for (bool more = read.execute(true); more; more = read.fetch()) text += body;
    if (info.parts == 0) {
      return fail(ErrorCode::not_found, fmt::format("snapshot {} was dropped", info.seq));
    }
    if (digest_of_snapshot(text) != info.state_digest) {
      return damaged(
          database, fmt::format("the snapshot after event {} is damaged ({} of {} bytes)", info.seq,
                                text.size(), info.bytes));
    }
    return text;
  });
}

namespace {

// One statement's worth of rows; `after` moves on to the last that was handed on.
Status read_some(Database& database, int64_t& after, int64_t until,
                 const std::function<Status(const JournalEntry&)>& use) {
  JournalEntry entry;
  int64_t core_version = 0, row = 0, digest = 0;
  const int64_t last = std::min(until, after + kRowsAtOnce);
  const int64_t first = after;
  soci::session& session = session_of(database);
  soci::statement read =
      (session.prepare
           << "SELECT seq, batch, at_ms, core_version, row_digest, digest, event, chain "
              "FROM journal WHERE seq > :first AND seq <= :last ORDER BY seq",
       soci::use(first), soci::use(last), soci::into(entry.seq), soci::into(entry.batch),
       soci::into(entry.at.value), soci::into(core_version), soci::into(row), soci::into(digest),
       soci::into(entry.event), soci::into(entry.chain));
  for (bool more = read.execute(true); more; more = read.fetch()) {
    entry.core_version = static_cast<int32_t>(core_version);
    entry.digest = as_digest(digest);
    if (entry.seq != after + 1) break;
    if (row_digest(entry) != as_digest(row)) {
      return damaged(database, fmt::format("event {} of the journal is damaged", entry.seq));
    }
    if (Status used = use(entry); !used) return used;
    after = entry.seq;
  }
  if (after == last) return {};
  return damaged(database, fmt::format("event {} of the journal is missing", after + 1));
}

}  // namespace

Status for_each_entry(Database& database, int64_t after, int64_t until,
                      const std::function<Status(const JournalEntry&)>& use) {
  return guarded(database, [&]() -> Status {
    while (after < until) {
      if (Status read = read_some(database, after, until, use); !read) return read;
    }
    return {};
  });
}

}  // namespace pentad::store
