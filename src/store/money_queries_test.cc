#include "store/money_queries.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/money_table.h"
#include "store/test_support.h"

namespace pentad::store {
namespace {

using testing::TempDir;

constexpr Time kStart{1'764'500'000'000};  // 2025-11-30 10:53 UTC

LedgerEntry entry(int64_t id, EntryKind kind, std::string cause, std::vector<Posting> postings) {
  return {id, kStart + seconds(id), kind, std::move(cause), "alice", "", std::move(postings)};
}

Charge charge(int64_t id, std::string tenant, std::string project, std::string user, Time ended) {
  Charge c;
  c.id = id;
  c.attempt = {JobId{100 + id / 2}, id % 2, 1};
  c.tenant = std::move(tenant);
  c.project = std::move(project);
  c.user = std::move(user);
  c.ended = ended;
  c.lines = {{PriceUnit::core_hour, 3, 7200, Money{500}, Money{id}}};
  c.vouchers = {{1, Money{id / 3}}};
  c.total = Money{id};
  c.paid = c.total - Money{id / 3};
  return c;
}

// What a ledger might have made: 30 entries, 40 charges of two tenants, three notices.
Effects sample() {
  Effects effects;
  for (int64_t i = 1; i <= 30; ++i) {
    bool top_up = i % 10 == 1;
    effects.entries.push_back(
        top_up ? entry(i, EntryKind::top_up, fmt::format("top-up {}", i),
                       {{"cash", Money{-1000}}, {"tenant/a", Money{1000}}})
               : entry(i, EntryKind::settle, "attempt 1/0/1",
                       {{"tenant/a", Money{-7}}, {"revenue", Money{5}}, {"revenue", Money{2}}}));
  }
  for (int64_t i = 1; i <= 40; ++i) {
    effects.charges.push_back(charge(i, i % 4 == 0 ? "b" : "a", i % 2 == 0 ? "x" : "y",
                                     i % 5 == 0 ? "eve" : "adam", kStart + hours(i)));
  }
  for (const char* tenant : {"a", "b", "a"}) {
    effects.notices.push_back({kStart, tenant, "x", "balance", "half is spent"});
  }
  return effects;
}

Database filled(const std::string& path) {
  Result<Database> database = Database::open(testing::World::options_at(path).database);
  REQUIRE(database);
  MoneyTable table(*database);
  table.record(17, sample());
  table.record(event::CloseStatement{"a", "x", "2025-11", Money{5}, 2, "d1g3st"}, kStart,
               "{\"as\":\"shown\"}");
  Status written = database->transaction([&]() -> Status {
    table.write();
    return {};
  });
  REQUIRE(written);
  return std::move(*database);
}

template <class Listing, class Page>
auto all_of(Listing listing, const std::function<Result<Page>(const Listing&)>& ask) {
  decltype(Page::items) all;
  do {
    Result<Page> page = ask(listing);
    if (!page) FAIL(page.error().message);
    CHECK(page->items.size() <= static_cast<size_t>(listing.limit));
    all.insert(all.end(), page->items.begin(), page->items.end());
    listing.cursor = page->next;
  } while (!listing.cursor.empty());
  return all;
}

TEST_CASE("months are those of UTC+8") {
  CHECK(month_of(Time{0}) == "1970-01");
  CHECK(month_of(Time{1'764'518'399'999}) == "2025-11");
  CHECK(month_of(Time{1'764'518'400'000}) == "2025-12");
}

TEST_CASE("entries come back as they were made, by account, cause, kind and time") {
  TempDir dir;
  Database database = filled(dir / "pentad.db");
  MoneyQueries queries(database);
  const std::vector<LedgerEntry> made = sample().entries;
  auto list = [&](EntryFilter filter, bool descending) {
    EntryListing listing{std::move(filter), descending, 7, ""};
    return all_of<EntryListing, MoneyPage<LedgerEntry>>(
        listing, [&](const EntryListing& l) { return queries.entries(l); });
  };
  CHECK(list({}, false) == made);
  CHECK(list({}, true) == std::vector<LedgerEntry>(made.rbegin(), made.rend()));
  CHECK(list({"cash", {}, {}, {}, {}}, false).size() == 3);
  CHECK(list({"tenant/a", {}, {}, {}, {}}, true).size() == 30);
  CHECK(list({"tenant/b", {}, {}, {}, {}}, true).empty());
  CHECK(list({"tenant/a", "top-up 11", {}, {}, {}}, true).size() == 1);
  CHECK(list({"tenant/a", {}, EntryKind::top_up, {}, {}}, true).size() == 3);
  CHECK(list({{}, "attempt 1/0/1", {}, {}, {}}, true).size() == 27);
  std::vector<LedgerEntry> some =
      list({"revenue", {}, {}, kStart + seconds(10), kStart + seconds(13)}, false);
  REQUIRE(some.size() == 2);
  CHECK(some[0].id == 10);
  CHECK(some[1].id == 12);

  std::vector<LedgerEntry> streamed;
  REQUIRE(queries.for_each_entry({}, [&](const LedgerEntry& e) -> Status {
    streamed.push_back(e);
    return {};
  }));
  CHECK(streamed == made);
}

TEST_CASE("charges come back as they were made, and add up") {
  TempDir dir;
  Database database = filled(dir / "pentad.db");
  MoneyQueries queries(database);
  const std::vector<Charge> made = sample().charges;
  auto matching = [&](const ChargeFilter& f) {
    std::vector<Charge> wanted;
    for (const Charge& c : made) {
      bool good = (!f.tenant || c.tenant == *f.tenant) && (!f.project || c.project == *f.project) &&
                  (!f.user || c.user == *f.user) && (!f.month || month_of(c.ended) == *f.month) &&
                  (!f.job || c.attempt.job == *f.job) &&
                  (!f.ended_from || c.ended >= *f.ended_from) &&
                  (!f.ended_until || c.ended < *f.ended_until);
      if (good) wanted.push_back(c);
    }
    return wanted;
  };
  std::vector<ChargeFilter> filters(8);
  filters[1].tenant = "a";
  filters[2].tenant = "b";
  filters[2].project = "x";
  filters[2].month = "2025-12";
  filters[3].user = "eve";
  filters[4].job = JobId{103};
  filters[5].ended_from = kStart + hours(3);
  filters[5].ended_until = kStart + hours(20);
  filters[6].month = "2025-11";
  filters[7].tenant = "nobody";
  for (const ChargeFilter& filter : filters) {
    const std::vector<Charge> wanted = matching(filter);
    ChargeListing listing{filter, false, 6, ""};
    CHECK(all_of<ChargeListing, MoneyPage<Charge>>(
              listing, [&](const ChargeListing& l) { return queries.charges(l); }) == wanted);
    ChargeSums sums;
    for (const Charge& c : wanted) {
      ++sums.charges;
      sums.total += c.total;
      sums.paid += c.paid;
    }
    Result<ChargeSums> counted = queries.sums(filter);
    REQUIRE(counted);
    CHECK(*counted == sums);
    auto by_user = queries.sums(filter, MoneyQueries::By::user);
    REQUIRE(by_user);
    Money total;
    for (const auto& [user, part] : *by_user) total += part.total;
    CHECK(total == sums.total);
  }
}

TEST_CASE("balances, notices and closed statements") {
  TempDir dir;
  Database database = filled(dir / "pentad.db");
  MoneyQueries queries(database);
  auto balances = queries.balances();
  REQUIRE(balances);
  CHECK(*balances == std::map<std::string, Money>{{"cash", Money{-3000}},
                                                  {"revenue", Money{189}},
                                                  {"tenant/a", Money{2811}}});
  CHECK(queries.balance("tenant/a").value() == Money{2811});
  CHECK(queries.balance("tenant/a", kStart + seconds(3)).value() == Money{993});
  CHECK(queries.balance("nobody").value() == Money{0});

  NoticeListing notices{{"a", {}}, true, 1, ""};
  CHECK(all_of<NoticeListing, MoneyPage<Notice>>(notices, [&](const NoticeListing& l) {
          return queries.notices(l);
        }).size() == 2);

  auto closed = queries.statement("a", "x", "2025-11");
  REQUIRE(closed);
  REQUIRE(*closed);
  CHECK((*closed)->body == "{\"as\":\"shown\"}");
  CHECK((*closed)->total == Money{5});
  CHECK((*closed)->digest == "d1g3st");
  CHECK_FALSE(*queries.statement("a", "x", "2025-12"));
  CHECK(queries.statements("a").value().size() == 1);
  CHECK(queries.statements("b").value().empty());
}

TEST_CASE("a cursor of another listing is refused") {
  TempDir dir;
  Database database = filled(dir / "pentad.db");
  MoneyQueries queries(database);
  ChargeListing listing{{}, true, 5, ""};
  Result<MoneyPage<Charge>> page = queries.charges(listing);
  REQUIRE(page);
  EntryListing other{{}, true, 5, page->next};
  CHECK_FALSE(queries.entries(other));
  listing.cursor = page->next;
  listing.filter.tenant = "b";
  CHECK_FALSE(queries.charges(listing));
  listing.filter.tenant = "\xff";
  CHECK_FALSE(queries.charges(listing));
}

}  // namespace
}  // namespace pentad::store
