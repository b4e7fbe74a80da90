#include "store/money_queries.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/reflect.h"
#include "store/cursor.h"
#include "store/query_builder.h"
#include "store/session.h"
#include "store/storable.h"

namespace pentad::store {

namespace {

constexpr int32_t kMaxLimit = 10'000;
constexpr int32_t kRowsAtOnce = 1000;

Status check_text(std::initializer_list<const std::optional<std::string>*> texts) {
  for (const auto* text : texts) {
    if (*text && !is_storable(**text))
      return fail(ErrorCode::invalid, "the text is not UTF-8 or holds a NUL character");
  }
  return {};
}

Hasher& add(Hasher& h, const std::optional<std::string>& text) {
  return h.add(text.has_value()).add(std::string_view(text.value_or("")));
}
Hasher& add(Hasher& h, const std::optional<Time>& time) {
  return h.add(time.has_value()).add(static_cast<uint64_t>(time.value_or(Time{}).value));
}

// --- the three kinds of row: what is read, by which conditions, in which order ---

struct EntryRows {
  using Item = LedgerEntry;
  using Filter = EntryFilter;

  LedgerEntry item;
  std::string kind, postings;
  std::string order = "id";

  static Status check(const Filter& f) { return check_text({&f.account, &f.cause}); }

  static uint64_t digest(const Filter& f) {
    Hasher h;
    add(add(h.add(std::string_view("entries")), f.account), f.cause);
    h.add(f.kind ? 1 + static_cast<uint64_t>(*f.kind) : 0);
    return add(add(h, f.from), f.until).digest();
  }

  // Ids ascend with the time of an entry, so a range of times is a range of ids.
  static std::string first_id_from(QueryBuilder& query, Time time) {
    return fmt::format(
        "COALESCE((SELECT id FROM entries WHERE at_ms >= {} ORDER BY at_ms, id LIMIT 1), "
        "9223372036854775807)",
        query.bind(time.value));
  }

  void conditions(QueryBuilder& query, const Filter& f) {
    if (f.account) {
      query.require("account = " + query.bind(*f.account));
      order = "entry";
    }
    if (f.cause) query.require("cause = " + query.bind(*f.cause));
    if (f.kind) query.require("kind = " + query.bind(std::string(enum_name(*f.kind))));
    if (f.from) query.require(order + " >= " + first_id_from(query, *f.from));
    if (f.until) query.require(order + " < " + first_id_from(query, *f.until));
  }

  std::string select() const {
    return fmt::format("SELECT id, at_ms, kind, cause, actor, note, postings FROM {}",
                       order == "entry" ? "postings JOIN entries ON id = entry" : "entries");
  }
  void define(soci::statement& s) {
    s.exchange(soci::into(item.id));
    s.exchange(soci::into(item.at.value));
    s.exchange(soci::into(kind));
    s.exchange(soci::into(item.cause));
    s.exchange(soci::into(item.actor));
    s.exchange(soci::into(item.note));
    s.exchange(soci::into(postings));
  }
  Result<LedgerEntry> read() {
    auto known = enum_from_name<EntryKind>(kind);
    auto list = from_json<std::vector<Posting>>(postings, ReadMode::lenient);
    if (!known || !list) {
      return fail(ErrorCode::corrupt, fmt::format("the row of entry {} is damaged", item.id));
    }
    item.kind = *known;
    item.postings = std::move(*list);
    return item;
  }
  Cursor place() const { return {0, item.id, 0, ""}; }
};

struct ChargeRows {
  using Item = Charge;
  using Filter = ChargeFilter;

  int64_t id = 0;
  std::string body;
  std::string order = "id";

  static Status check(const Filter& f) {
    return check_text({&f.tenant, &f.project, &f.user, &f.month});
  }
  static uint64_t digest(const Filter& f) {
    Hasher h;
    h.add(std::string_view("charges"));
    for (const auto* text : {&f.tenant, &f.project, &f.user, &f.month}) add(h, *text);
    h.add(f.job ? static_cast<uint64_t>(f.job->value) : 0);
    return add(add(h, f.ended_from), f.ended_until).digest();
  }
  void conditions(QueryBuilder& query, const Filter& f) {
    auto equal = [&](const char* column, const std::optional<std::string>& value) {
      if (value) query.require(fmt::format("{} = {}", column, query.bind(*value)));
    };
    equal("tenant", f.tenant);
    equal("project", f.project);
    equal("user_name", f.user);
    equal("month", f.month);
    if (f.job) query.require("job_id = " + query.bind(f.job->value));
    if (f.ended_from) query.require("ended_ms >= " + query.bind(f.ended_from->value));
    if (f.ended_until) query.require("ended_ms < " + query.bind(f.ended_until->value));
  }
  std::string select() const { return "SELECT id, body FROM charges"; }
  void define(soci::statement& s) {
    s.exchange(soci::into(id));
    s.exchange(soci::into(body));
  }
  Result<Charge> read() {
    Result<Charge> charge = from_json<Charge>(body, ReadMode::lenient);
    if (charge && charge->id == id) return charge;
    return fail(ErrorCode::corrupt, fmt::format("the row of charge {} is damaged", id));
  }
  Cursor place() const { return {0, id, 0, ""}; }
};

struct NoticeRows {
  using Item = Notice;
  using Filter = NoticeFilter;

  int64_t seq = 0, at_place = 0;
  Notice item;
  std::string order = "seq, place";

  static Status check(const Filter& f) { return check_text({&f.tenant, &f.project}); }
  static uint64_t digest(const Filter& f) {
    Hasher h;
    return add(add(h.add(std::string_view("notices")), f.tenant), f.project).digest();
  }
  void conditions(QueryBuilder& query, const Filter& f) {
    if (f.tenant) query.require("tenant = " + query.bind(*f.tenant));
    if (f.project) query.require("project = " + query.bind(*f.project));
  }
  std::string select() const {
    return "SELECT seq, place, at_ms, tenant, project, kind, body FROM notices";
  }
  void define(soci::statement& s) {
    s.exchange(soci::into(seq));
    s.exchange(soci::into(at_place));
    s.exchange(soci::into(item.at.value));
    s.exchange(soci::into(item.tenant));
    s.exchange(soci::into(item.project));
    s.exchange(soci::into(item.kind));
    s.exchange(soci::into(item.text));
  }
  Result<Notice> read() { return item; }
  Cursor place() const { return {0, seq, at_place, ""}; }
};

// At most `limit` rows behind `after` (null: from the beginning); `use` gets each with its place.
template <class Rows, class Use>
Status read_rows(Database& database, const typename Rows::Filter& filter, bool descending,
                 int32_t limit, const Cursor* after, const Use& use) {
  return guarded(database, [&]() -> Status {
    if (Status good = Rows::check(filter); !good) return good;
    Rows rows;
    QueryBuilder query;
    rows.conditions(query, filter);
    const bool is_pair = rows.order.find(',') != std::string::npos;
    const char* compare = descending ? "<" : ">";
    if (after && is_pair) {
      query.require(fmt::format("({}) {} ({}, {})", rows.order, compare, query.bind(after->id),
                                query.bind(after->number)));
    } else if (after) {
      query.require(fmt::format("{} {} {}", rows.order, compare, query.bind(after->id)));
    }
    std::string order = rows.order;
    if (descending) order = is_pair ? "seq DESC, place DESC" : order + " DESC";
    query.text =
        fmt::format("{}{} ORDER BY {} LIMIT {}", rows.select(), query.where(), order, limit);
    soci::statement statement(session_of(database));
    query.apply(statement);
    rows.define(statement);
    statement.alloc();
    statement.prepare(query.text);
    statement.define_and_bind();
    for (bool more = statement.execute(true); more; more = statement.fetch()) {
      auto item = rows.read();
      if (!item) return tl::unexpected(item.error());
      if (Status used = use(std::move(*item), rows.place()); !used) return used;
    }
    return {};
  });
}

template <class Rows>
Result<MoneyPage<typename Rows::Item>> page_of(Database& database,
                                               const MoneyListing<typename Rows::Filter>& listing) {
  const uint64_t digest =
      Hasher().add(Rows::digest(listing.filter)).add(listing.descending).digest();
  std::optional<Cursor> after;
  if (!listing.cursor.empty()) {
    Result<Cursor> cursor = read_cursor(listing.cursor, database.identity());
    if (!cursor) return tl::unexpected(cursor.error());
    if (cursor->listing != digest) {
      return fail(ErrorCode::invalid, "the cursor belongs to a listing with other filters",
                  "/cursor");
    }
    after = std::move(*cursor);
  }
  const int32_t limit = std::clamp(listing.limit, 1, kMaxLimit);
  MoneyPage<typename Rows::Item> page;
  Cursor last;
  Status read = read_rows<Rows>(database, listing.filter, listing.descending, limit + 1,
                                after ? &*after : nullptr,
                                [&](typename Rows::Item item, Cursor place) -> Status {
                                  if (page.items.size() == static_cast<size_t>(limit)) {
                                    last.listing = digest;
                                    page.next = write_cursor(last, database.identity());
                                    return {};
                                  }
                                  page.items.push_back(std::move(item));
                                  last = std::move(place);
                                  return {};
                                });
  if (!read) return tl::unexpected(read.error());
  return page;
}

template <class Rows, class Use>
Status each_of(Database& database, const typename Rows::Filter& filter, const Use& use) {
  std::optional<Cursor> last;
  for (int32_t rows = kRowsAtOnce; rows == kRowsAtOnce;) {
    rows = 0;
    std::optional<Cursor> after = last;
    Status read = read_rows<Rows>(database, filter, false, kRowsAtOnce, after ? &*after : nullptr,
                                  [&](const typename Rows::Item& item, Cursor place) -> Status {
                                    ++rows;
                                    last = std::move(place);
                                    return use(item);
                                  });
    if (!read) return read;
  }
  return {};
}

const char* column_of(MoneyQueries::By by) {
  switch (by) {
    case MoneyQueries::By::user:
      return "user_name";
    case MoneyQueries::By::project:
      return "project";
    case MoneyQueries::By::month:
      return "month";
  }
  return "month";
}

}  // namespace

Result<MoneyPage<LedgerEntry>> MoneyQueries::entries(const EntryListing& listing) {
  return page_of<EntryRows>(*database_, listing);
}
Result<MoneyPage<Charge>> MoneyQueries::charges(const ChargeListing& listing) {
  return page_of<ChargeRows>(*database_, listing);
}
Result<MoneyPage<Notice>> MoneyQueries::notices(const NoticeListing& listing) {
  return page_of<NoticeRows>(*database_, listing);
}

Status MoneyQueries::for_each_entry(const EntryFilter& filter,
                                    const std::function<Status(const LedgerEntry&)>& use) {
  return each_of<EntryRows>(*database_, filter, use);
}
Status MoneyQueries::for_each_charge(const ChargeFilter& filter,
                                     const std::function<Status(const Charge&)>& use) {
  return each_of<ChargeRows>(*database_, filter, use);
}

namespace {

// SUM has a type of its own on some databases; the amounts fit.
constexpr const char* kSums =
    "COUNT(*), CAST(COALESCE(SUM(total), 0) AS BIGINT), CAST(COALESCE(SUM(paid), 0) AS BIGINT)";

}  // namespace

Result<ChargeSums> MoneyQueries::sums(const ChargeFilter& filter) {
  return guarded(*database_, [&]() -> Result<ChargeSums> {
    if (Status good = ChargeRows::check(filter); !good) return tl::unexpected(good.error());
    QueryBuilder query;
    ChargeRows().conditions(query, filter);
    ChargeSums sums;
    soci::statement s(session_of(*database_));
    query.apply(s);
    s.exchange(soci::into(sums.charges));
    s.exchange(soci::into(sums.total.value));
    s.exchange(soci::into(sums.paid.value));
    s.alloc();
    s.prepare(fmt::format("SELECT {} FROM charges{}", kSums, query.where()));
    s.define_and_bind();
    fetch_one(s);
    return sums;
  });
}

Result<std::map<std::string, ChargeSums>> MoneyQueries::sums(const ChargeFilter& filter, By by) {
  return guarded(*database_, [&]() -> Result<std::map<std::string, ChargeSums>> {
    if (Status good = ChargeRows::check(filter); !good) return tl::unexpected(good.error());
    QueryBuilder query;
    ChargeRows().conditions(query, filter);
    std::map<std::string, ChargeSums> all;
    ChargeSums sums;
    std::string name;
    soci::statement s(session_of(*database_));
    query.apply(s);
    s.exchange(soci::into(name));
    s.exchange(soci::into(sums.charges));
    s.exchange(soci::into(sums.total.value));
    s.exchange(soci::into(sums.paid.value));
    s.alloc();
    s.prepare(fmt::format("SELECT {0}, {1} FROM charges{2} GROUP BY {0}", column_of(by), kSums,
                          query.where()));
    s.define_and_bind();
    for (bool more = s.execute(true); more; more = s.fetch()) all[name] = sums;
    return all;
  });
}

Result<Money> MoneyQueries::balance(const std::string& account, Time until) {
  return guarded(*database_, [&]() -> Result<Money> {
    if (!is_storable(account))
      return fail(ErrorCode::invalid, "the account's name is not UTF-8 or holds a NUL character");
    QueryBuilder query;
    query.require("account = " + query.bind(account));
    if (until != Time::never()) {
      query.require("entry < " + EntryRows::first_id_from(query, until));
    }
    Money sum;
    soci::statement s(session_of(*database_));
    query.apply(s);
    s.exchange(soci::into(sum.value));
    s.alloc();
    s.prepare("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM postings" + query.where());
    s.define_and_bind();
    fetch_one(s);
    return sum;
  });
}

Result<std::map<std::string, Money>> MoneyQueries::balances() {
  return guarded(*database_, [&] {
    std::map<std::string, Money> all;
    std::string account;
    int64_t sum = 0;
    soci::session& session = session_of(*database_);
    soci::statement read =
        (session.prepare
             << "SELECT account, CAST(SUM(amount) AS BIGINT) FROM postings GROUP BY account",
         soci::into(account), soci::into(sum));
    for (bool more = read.execute(true); more; more = read.fetch()) all[account] = Money{sum};
    return all;
  });
}

Result<std::optional<ClosedStatement>> MoneyQueries::statement(const std::string& tenant,
                                                               const std::string& project,
                                                               const std::string& month) {
  return guarded(*database_, [&]() -> Result<std::optional<ClosedStatement>> {
    ClosedStatement found{tenant, project, month, {}, {}, 0, {}, {}};
    for (const std::string* text : {&tenant, &project, &month}) {
      if (!is_storable(*text)) return std::nullopt;
    }
    soci::session& session = session_of(*database_);
    session << "SELECT digest, total, charges, closed_ms, body FROM statements WHERE "
               "tenant = :tenant AND project = :project AND month = :month",
        soci::use(tenant), soci::use(project), soci::use(month), soci::into(found.digest),
        soci::into(found.total.value), soci::into(found.charges), soci::into(found.closed.value),
        soci::into(found.body);
    if (!session.got_data()) return std::nullopt;
    return found;
  });
}

Result<std::vector<ClosedStatement>> MoneyQueries::statements(const std::string& tenant) {
  return guarded(*database_, [&]() -> Result<std::vector<ClosedStatement>> {
    if (!is_storable(tenant))
      return fail(ErrorCode::invalid, "the tenant's name is not UTF-8 or holds a NUL character");
    QueryBuilder query;
    if (!tenant.empty()) query.require("tenant = " + query.bind(tenant));
    std::vector<ClosedStatement> all;
    ClosedStatement row;
    soci::statement s(session_of(*database_));
    query.apply(s);
    for (std::string* text : {&row.tenant, &row.project, &row.month, &row.digest}) {
      s.exchange(soci::into(*text));
    }
    for (int64_t* number : {&row.total.value, &row.charges, &row.closed.value}) {
      s.exchange(soci::into(*number));
    }
    s.alloc();
    s.prepare("SELECT tenant, project, month, digest, total, charges, closed_ms FROM statements" +
              query.where() + " ORDER BY month, tenant, project");
    s.define_and_bind();
    for (bool more = s.execute(true); more; more = s.fetch()) all.push_back(row);
    return all;
  });
}

}  // namespace pentad::store
