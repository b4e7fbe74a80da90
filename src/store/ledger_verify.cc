#include "store/ledger_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/money_text.h"
#include "base/reflect.h"
#include "ledger/calendar.h"
#include "ledger/statement.h"
#include "store/journal.h"
#include "store/money_queries.h"
#include "store/replay.h"

namespace pentad::store {

namespace {

// A running centre may commit between the last replayed event and the look at the tables.
constexpr int kTries = 20;

class Books {
 public:
  Books(Database& database, const LedgerVerifyOptions& options)
      : database_(database), options_(options), queries_(database) {}
  Result<LedgerReport> run();

 private:
  Status replay_to_end();
  Status step(const JournalEntry& entry);
  Status compare();
  Status compare_entries();
  Status compare_charges();
  Status compare_balances();
  Status compare_statements();
  Status compare_statement(const ClosedStatement& row, const ledger::MonthTotal& counted);

  // Records the first difference; the error it returns ends the verification.
  Status differs(std::string what) {
    if (!report_.first_difference) report_.first_difference = what;
    return fail(ErrorCode::corrupt, std::move(what));
  }

  Database& database_;
  const LedgerVerifyOptions& options_;
  MoneyQueries queries_;
  Replay replay_;
  LedgerReport report_;
  std::vector<LedgerEntry> entries_;  // as the journal makes them
  std::vector<Charge> charges_;
  std::map<std::string, Money> sums_;  // of the postings, by account: kept apart from the core's
};

Status Books::step(const JournalEntry& entry) {
  Result<Effects> effects = replay_.step(entry);
  if (!effects) return differs(fmt::format("event {}: {}", entry.seq, effects.error().message));
  ++report_.events;
  for (LedgerEntry& made : effects->entries) {
    Money sum;
    for (const Posting& p : made.postings) {
      sum += p.amount;
      sums_[p.account] += p.amount;
    }
    if (sum != Money{}) {
      return differs(
          fmt::format("entry {} is out of balance by {}", made.id, money_text_exact(sum)));
    }
    entries_.push_back(std::move(made));
  }
  for (Charge& made : effects->charges) {
    if (Status good = ledger::check_charge(made); !good) return differs(good.error().message);
    charges_.push_back(std::move(made));
  }
  return {};
}

Status Books::replay_to_end() {
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  return for_each_entry(database_, replay_.seq, std::max(extent->last, replay_.seq),
                        [&](const JournalEntry& entry) { return step(entry); });
}

Status Books::compare_entries() {
  size_t next = 0;
  Status read = queries_.for_each_entry({}, [&](const LedgerEntry& row) -> Status {
    if (next == entries_.size()) {
      return differs(fmt::format("entry {} stands in the table, the journal knows none", row.id));
    }
    const LedgerEntry& made = entries_[next++];
    if (row == made) return {};
    return differs(fmt::format("entry {}: the table says {}, the journal {}", made.id, to_json(row),
                               to_json(made)));
  });
  if (!read) return read;
  if (next == entries_.size()) return {};
  return differs(fmt::format("entry {} is missing in the table", entries_[next].id));
}

Status Books::compare_charges() {
  size_t next = 0;
  Status read = queries_.for_each_charge({}, [&](const Charge& row) -> Status {
    if (next == charges_.size()) {
      return differs(fmt::format("charge {} stands in the table, the journal knows none", row.id));
    }
    const Charge& made = charges_[next++];
    if (row == made) return {};
    return differs(fmt::format("charge {}: the table says {}, the journal {}", made.id,
                               to_json(row), to_json(made)));
  });
  if (!read) return read;
  if (next == charges_.size()) return {};
  return differs(fmt::format("charge {} is missing in the table", charges_[next].id));
}

// Three sums of each account: of the replayed entries, the core's own, the table's.
Status Books::compare_balances() {
  std::map<std::string, Money> core;
  for (const Posting& p : replay_.centre.accounts()) core[p.account] = p.amount;
  Result<std::map<std::string, Money>> table = queries_.balances();
  if (!table) return tl::unexpected(table.error());
  std::erase_if(sums_, [](const auto& row) { return row.second == Money{}; });
  std::erase_if(*table, [](const auto& row) { return row.second == Money{}; });
  for (const auto& [other, name] : {std::pair{&core, "core"}, std::pair{&*table, "table"}}) {
    for (const auto& [account, amount] : sums_) {
      auto it = other->find(account);
      Money stated = it == other->end() ? Money{} : it->second;
      if (stated == amount) continue;
      return differs(fmt::format("account {}: the {} says {}, the entries make {}", account, name,
                                 money_text_exact(stated), money_text_exact(amount)));
    }
    for (const auto& [account, amount] : *other) {
      if (sums_.contains(account)) continue;
      return differs(fmt::format("account {}: the {} says {}, the entries make nothing", account,
                                 name, money_text_exact(amount)));
    }
  }
  report_.accounts = static_cast<int64_t>(sums_.size());
  for (const std::string& bad : replay_.centre.check_invariants()) return differs(bad);
  return {};
}

Status Books::compare_statement(const ClosedStatement& row, const ledger::MonthTotal& counted) {
  std::string name = fmt::format("statement of {}/{} for {}", row.tenant, row.project, row.month);
  if (row.digest != counted.digest || row.total != counted.total ||
      row.charges != counted.charges) {
    return differs(fmt::format("{}: the table says {} in {} charges, {}; the journal {} in {}, {}",
                               name, money_text_exact(row.total), row.charges, row.digest,
                               money_text_exact(counted.total), counted.charges, counted.digest));
  }
  std::string digest = options_.digest(row.body);
  if (digest != counted.digest) {
    return differs(fmt::format("{}: its text has the digest {}, it was closed with {}", name,
                               digest, counted.digest));
  }
  Result<ledger::Statement> stored = from_json<ledger::Statement>(row.body);
  if (!stored) return differs(fmt::format("{}: {}", name, stored.error().message));
  std::vector<Charge> charges;
  for (const Charge& c : charges_) {
    if (c.tenant == row.tenant && c.project == row.project &&
        ledger::month_name(c.ended) == row.month) {
      charges.push_back(c);
    }
  }
  auto again = ledger::make_statement(row.tenant, row.project, row.month, std::move(charges), {});
  if (!again) return differs(fmt::format("{}: {}", name, again.error().message));
  if (again->charges != stored->charges || again->total != stored->total) {
    return differs(fmt::format("{}: the text says {}, the journal's charges make {}", name,
                               money_text_exact(stored->total), money_text_exact(again->total)));
  }
  ++report_.statements;
  return {};
}

Status Books::compare_statements() {
  report_.statements = 0;
  std::map<std::string, ledger::MonthTotal> closed;
  for (const TenantBalance& tenant : replay_.centre.balances()) {
    for (const ProjectSpending& project : tenant.projects) {
      for (const ledger::MonthTotal& month : project.months) {
        if (month.digest.empty()) continue;
        closed[fmt::format("{}/{} {}", tenant.tenant, project.project, month.month)] = month;
      }
    }
  }
  Result<std::vector<ClosedStatement>> rows = queries_.statements("");
  if (!rows) return tl::unexpected(rows.error());
  for (const ClosedStatement& row : *rows) {
    std::string key = fmt::format("{}/{} {}", row.tenant, row.project, row.month);
    auto counted = closed.find(key);
    if (counted == closed.end()) {
      return differs(fmt::format("the statement of {} stands in the table, nobody closed it", key));
    }
    auto whole = queries_.statement(row.tenant, row.project, row.month);
    if (!whole) return tl::unexpected(whole.error());
    if (Status same = compare_statement(**whole, counted->second); !same) return same;
    closed.erase(counted);
  }
  if (closed.empty()) return {};
  return differs(
      fmt::format("the closed statement of {} is missing in the table", closed.begin()->first));
}

Status Books::compare() {
  if (Status same = compare_entries(); !same) return same;
  if (Status same = compare_charges(); !same) return same;
  if (Status same = compare_balances(); !same) return same;
  return compare_statements();
}

Result<LedgerReport> Books::run() {
  Result<JournalExtent> extent = journal_extent(database_);
  if (!extent) return tl::unexpected(extent.error());
  if (extent->first > 1) {
    return fail(ErrorCode::unsupported,
                fmt::format("the journal begins with event {}: the books can only be proved from "
                            "the first",
                            extent->first));
  }
  Status done;
  for (int tries = 0; done && tries < kTries; ++tries) {
    done = replay_to_end();
    bool at_end = false;
    if (done) {
      done = database_.transaction([&]() -> Status {
        Result<JournalExtent> now = journal_extent(database_);
        if (!now) return tl::unexpected(now.error());
        at_end = now->last <= replay_.seq;
        return at_end ? compare() : Status{};
      });
    }
    if (at_end) break;
  }
  report_.entries = static_cast<int64_t>(entries_.size());
  report_.charges = static_cast<int64_t>(charges_.size());
  if (done || report_.first_difference) return std::move(report_);
  if (done.error().code != ErrorCode::corrupt) return tl::unexpected(done.error());
  report_.first_difference = done.error().message;
  return std::move(report_);
}

}  // namespace

Result<LedgerReport> verify_ledger(Database& database, const LedgerVerifyOptions& options) {
  return Books(database, options).run();
}

}  // namespace pentad::store
