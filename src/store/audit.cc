#include "store/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/reflect.h"
#include "store/audit_table.h"
#include "store/cursor.h"
#include "store/query_builder.h"
#include "store/session.h"
#include "store/storable.h"

namespace pentad::store {

namespace {

constexpr int32_t kMaxLimit = 10'000;
constexpr int64_t kRowsAtOnce = 1000;
constexpr int64_t kEventsPerProgress = 10'000;

uint64_t digest_of(const AuditListing& listing) {
  const AuditFilter& f = listing.filter;
  Hasher h;
  for (const auto* time : {&f.since, &f.until}) {
    h.add(time->has_value()).add(static_cast<uint64_t>(time->value_or(Time{}).value));
  }
  h.add(f.actor.has_value()).add(std::string_view(f.actor.value_or("")));
  h.add(f.what.size());
  for (const std::string& what : f.what) h.add(std::string_view(what));
  return h.add(listing.descending).digest();
}

Status add_conditions(QueryBuilder& query, const AuditFilter& f) {
  bool good = !f.actor || is_storable(*f.actor);
  for (const std::string& what : f.what) good = good && is_storable(what);
  if (!good) return fail(ErrorCode::invalid, "the text is not UTF-8 or holds a NUL character");
  if (f.since) query.require("a.at_ms >= " + query.bind(f.since->value));
  if (f.until) query.require("a.at_ms < " + query.bind(f.until->value));
  if (f.actor) query.require("a.actor = " + query.bind(*f.actor));
  std::string names;
  for (const std::string& what : f.what) names += (names.empty() ? "" : ", ") + query.bind(what);
  if (!names.empty()) query.require(fmt::format("a.what IN ({})", names));
  return {};
}

AuditRecord record_of(const AuditRow& row, std::string event, std::string chain) {
  AuditRecord record{row.seq, Time{row.at_ms},  row.actor,       "", row.what,
                     "",      std::move(event), std::move(chain)};
  if (Result<Event> read = from_json<Event>(record.event, ReadMode::lenient)) {
    record.from = read->from;
    record.words = describe(read->what);
  } else {
    record.words = "an event that cannot be read";
  }
  return record;
}

}  // namespace

Result<AuditPage> list_audit(Database& database, const AuditListing& listing) {
  return guarded(database, [&]() -> Result<AuditPage> {
    QueryBuilder query;
    if (Status good = add_conditions(query, listing.filter); !good) {
      return tl::unexpected(good.error());
    }
    const uint64_t digest = digest_of(listing);
    if (!listing.cursor.empty()) {
      Result<Cursor> cursor = read_cursor(listing.cursor, database.identity());
      if (!cursor) return tl::unexpected(cursor.error());
      if (cursor->listing != digest) {
        return fail(ErrorCode::invalid, "the cursor belongs to a listing with other filters",
                    "/cursor");
      }
      query.require(
          fmt::format("a.seq {} {}", listing.descending ? "<" : ">", query.bind(cursor->id)));
    }
    const int32_t limit = std::clamp(listing.limit, 1, kMaxLimit);
    AuditRow row;
    std::string event, chain;
    soci::statement s(session_of(database));
    query.apply(s);
    s.exchange(soci::into(row.seq));
    s.exchange(soci::into(row.at_ms));
    for (std::string* text : {&row.actor, &row.what, &event, &chain}) s.exchange(soci::into(*text));
    s.alloc();
    s.prepare(
        fmt::format("SELECT a.seq, a.at_ms, a.actor, a.what, j.event, j.chain FROM audit a "
                    "JOIN journal j ON j.seq = a.seq{} ORDER BY a.seq {} LIMIT {}",
                    query.where(), listing.descending ? "DESC" : "ASC", limit + 1));
    s.define_and_bind();
    AuditPage page;
    for (bool more = s.execute(true); more; more = s.fetch()) {
      if (page.records.size() == static_cast<size_t>(limit)) {
        page.next = write_cursor({digest, page.records.back().seq, 0, ""}, database.identity());
      } else {
        page.records.push_back(record_of(row, event, chain));
      }
    }
    return page;
  });
}

namespace {

struct RawRow {
  JournalEntry entry;
  uint64_t row_digest = 0;
};

// As they are, without judging them.
std::vector<RawRow> read_rows(Database& database, int64_t after) {
  std::vector<RawRow> rows;
  RawRow row;
  int64_t core_version = 0, digest = 0, own = 0;
  soci::session& session = session_of(database);
  JournalEntry& e = row.entry;
  soci::statement read =
      (session.prepare << "SELECT seq, batch, at_ms, core_version, row_digest, digest, event, "
                          "chain FROM journal WHERE seq > :after ORDER BY seq LIMIT :count",
       soci::use(after), soci::use(kRowsAtOnce), soci::into(e.seq), soci::into(e.batch),
       soci::into(e.at.value), soci::into(core_version), soci::into(own), soci::into(digest),
       soci::into(e.event), soci::into(e.chain));
  for (bool more = read.execute(true); more; more = read.fetch()) {
    e.core_version = static_cast<int32_t>(core_version);
    e.digest = static_cast<uint64_t>(digest);
    row.row_digest = static_cast<uint64_t>(own);
    // The column is wider than the number in it may be.
    if (e.core_version != core_version) e.chain.clear();
    rows.push_back(row);
  }
  return rows;
}

std::map<int64_t, AuditRow> read_index(Database& database, int64_t after, int64_t last) {
  std::map<int64_t, AuditRow> rows;
  AuditRow row;
  soci::session& session = session_of(database);
  soci::statement read = (session.prepare << "SELECT seq, at_ms, actor, what FROM audit WHERE "
                                             "seq > :after AND seq <= :last",
                          soci::use(after), soci::use(last), soci::into(row.seq),
                          soci::into(row.at_ms), soci::into(row.actor), soci::into(row.what));
  for (bool more = read.execute(true); more; more = read.fetch()) rows[row.seq] = row;
  return rows;
}

class ChainCheck {
 public:
  ChainCheck(Database& database, std::string known)
      : database_(database), known_(std::move(known)), chain_(chain_base(database)) {}

  // False when there is nothing more to check.
  bool some() {
    std::vector<RawRow> rows = read_rows(database_, report_.last);
    if (rows.empty()) return false;
    if (report_.last == 0) start_at(rows.front().entry.seq);
    std::map<int64_t, AuditRow> index = read_index(database_, report_.last, rows.back().entry.seq);
    for (const RawRow& row : rows) {
      std::string wrong = judge(row, index);
      if (!wrong.empty()) {
        report_.fault = {row.entry.seq, std::move(wrong)};
        return false;
      }
      report_.last = row.entry.seq;
      report_.head = {row.entry.seq, row.entry.at, chain_};
      known_found_ = known_found_ || chain_ == known_;
    }
    return true;
  }

  ChainReport finish() {
    if (!report_.fault && !known_.empty() && !known_found_) {
      report_.fault = {report_.last,
                       "the value that was kept is not in the chain: the journal was cut short or "
                       "written anew"};
    }
    return std::move(report_);
  }

  int64_t last() const { return report_.last; }

 private:
  void start_at(int64_t first) {
    report_.first = first;
    report_.last = first - 1;
    if (first == 1) chain_ = first_chain(database_.identity());
    known_found_ = chain_ == known_;
  }

  // What is wrong with the row; empty when it is as it was written.
  std::string judge(const RawRow& row, const std::map<int64_t, AuditRow>& index) {
    const JournalEntry& e = row.entry;
    if (e.seq != report_.last + 1) {
      return fmt::format("events {} to {} are missing", report_.last + 1, e.seq - 1);
    }
    chain_ = next_chain(chain_, e);
    if (chain_ != e.chain) return "it is not what was written: its chain value does not fit";
    if (row_digest(e) != row.row_digest) return "its digest was changed";
    auto found = index.find(e.seq);
    std::optional<AuditRow> wanted = audit_row(e);
    std::optional<AuditRow> there;
    if (found != index.end()) there = found->second;
    if (wanted != there) return "the audit log's index does not say what the journal says";
    return {};
  }

  Database& database_;
  std::string known_;
  bool known_found_ = false;
  std::string chain_;
  ChainReport report_;
};

}  // namespace

Result<ChainReport> verify_chain(Database& database, const std::string& known,
                                 const std::function<void(int64_t)>& progress) {
  return guarded(database, [&] {
    ChainCheck check(database, known);
    for (int64_t told = 0; check.some();) {
      if (!progress || check.last() < told + kEventsPerProgress) continue;
      told = check.last();
      progress(told);
    }
    return check.finish();
  });
}

Status export_audit(Database& database, int64_t after, int64_t count,
                    const std::function<Status(const std::string&)>& use) {
  return guarded(database, [&]() -> Status {
    for (;;) {
      const std::vector<RawRow> rows = read_rows(database, after);
      for (const RawRow& row : rows) {
        if (count-- <= 0) return {};
        const JournalEntry& e = row.entry;
        std::string line = fmt::format(
            R"({{"seq":{},"batch":{},"at_ms":{},"core_version":{},"digest":"{:016x}","chain":"{}",)"
            R"("event":)",
            e.seq, e.batch, e.at.value, e.core_version, e.digest, e.chain);
        // As text, not as an object: every byte of it counts.
        append_json_string(line, e.event);
        if (Status used = use(line + "}"); !used) return used;
        after = e.seq;
      }
      if (rows.empty()) return {};
    }
  });
}

Result<std::string> chain_start(Database& database) {
  return guarded(database, [&] { return chain_base(database); });
}

}  // namespace pentad::store
