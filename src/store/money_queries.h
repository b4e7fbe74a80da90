// Questions about money, answered from the query tables: entries of the ledger, charges, notices,
// closed statements, and sums of them. They show what has been committed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/money.h"
#include "store/database.h"

namespace pentad::store {

// All conditions that are given must hold; texts are compared exactly. Times: from inclusive,
// until exclusive.
struct EntryFilter {
  std::optional<std::string> account;  // that has a posting in it
  std::optional<std::string> cause;
  std::optional<EntryKind> kind;
  std::optional<Time> from;
  std::optional<Time> until;
};

struct ChargeFilter {
  std::optional<std::string> tenant;
  std::optional<std::string> project;
  std::optional<std::string> user;
  std::optional<std::string> month;  // "2026-11", UTC+8
  std::optional<JobId> job;
  std::optional<Time> ended_from;
  std::optional<Time> ended_until;
};

struct NoticeFilter {
  std::optional<std::string> tenant;
  std::optional<std::string> project;
};

// A page of a listing, in the order in which things were made or the other way round.
template <class Filter>
struct MoneyListing {
  Filter filter;
  bool descending = true;
  int32_t limit = 100;
  std::string cursor;  // `next` of the page before; empty: the first
};
using EntryListing = MoneyListing<EntryFilter>;
using ChargeListing = MoneyListing<ChargeFilter>;
using NoticeListing = MoneyListing<NoticeFilter>;

template <class Item>
struct MoneyPage {
  std::vector<Item> items;
  std::string next;  // empty: this was the last page
};

struct ChargeSums {
  int64_t charges = 0;
  Money total;
  Money paid;
  bool operator==(const ChargeSums&) const = default;
};

// A closed statement as it was shown when it was closed.
struct ClosedStatement {
  std::string tenant;
  std::string project;
  std::string month;
  std::string digest;
  Money total;
  int64_t charges = 0;
  Time closed;
  std::string body;
};

// Works on the writer's database or on a reader's; as thread-safe as that, which is not. Every call
// may fail with an error of the database (unavailable, corrupt, failed); listings also with invalid
// for a cursor that does not belong to them.
class MoneyQueries {
 public:
  explicit MoneyQueries(Database& database) : database_(&database) {}

  Result<MoneyPage<LedgerEntry>> entries(const EntryListing& listing);
  Result<MoneyPage<Charge>> charges(const ChargeListing& listing);
  Result<MoneyPage<Notice>> notices(const NoticeListing& listing);

  // All of them in their order, however many; stops at the first error of `use`.
  Status for_each_entry(const EntryFilter& filter,
                        const std::function<Status(const LedgerEntry&)>& use);
  Status for_each_charge(const ChargeFilter& filter,
                         const std::function<Status(const Charge&)>& use);

  Result<ChargeSums> sums(const ChargeFilter& filter);
  // Likewise, by user, by project (tenant fixed) or by month.
  enum class By { user, project, month };
  Result<std::map<std::string, ChargeSums>> sums(const ChargeFilter& filter, By by);

  // What the postings on an account add up to, of those before `until`.
  Result<Money> balance(const std::string& account, Time until = Time::never());
  // Of every account, by name.
  Result<std::map<std::string, Money>> balances();

  // Closed ones: one, or all of a tenant (of all when empty) by month and project, without bodies.
  Result<std::optional<ClosedStatement>> statement(const std::string& tenant,
                                                   const std::string& project,
                                                   const std::string& month);
  Result<std::vector<ClosedStatement>> statements(const std::string& tenant);

 private:
  Database* database_;
};

}  // namespace pentad::store
