#include "store/money_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/money_text.h"
#include "base/reflect.h"
#include "ledger/calendar.h"
#include "ledger/statement.h"

namespace pentad::store {

Status MoneyCheck::differs(std::string what) {
  if (!report_.first_difference) report_.first_difference = what;
  return fail(ErrorCode::corrupt, std::move(what));
}

Status MoneyCheck::take(Effects& effects) {
  ++report_.events;
  for (LedgerEntry& made : effects.entries) {
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
  for (Charge& made : effects.charges) {
    if (Status good = ledger::check_charge(made); !good) return differs(good.error().message);
    charges_.push_back(std::move(made));
  }
  return {};
}

Status MoneyCheck::compare_entries() {
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

Status MoneyCheck::compare_charges() {
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
Status MoneyCheck::compare_balances(const Centre& centre) {
  std::map<std::string, Money> core;
  for (const Posting& p : centre.accounts()) core[p.account] = p.amount;
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
  for (const std::string& bad : centre.check_invariants()) return differs(bad);
  return {};
}

Status MoneyCheck::compare_statement(const ClosedStatement& row,
                                     const ledger::MonthTotal& counted) {
  std::string name = fmt::format("statement of {}/{} for {}", row.tenant, row.project, row.month);
  if (row.digest != counted.digest || row.total != counted.total ||
      row.charges != counted.charges) {
    return differs(fmt::format("{}: the table says {} in {} charges, {}; the journal {} in {}, {}",
                               name, money_text_exact(row.total), row.charges, row.digest,
                               money_text_exact(counted.total), counted.charges, counted.digest));
  }
  const std::string digest = options_.digest ? options_.digest(row.body) : counted.digest;
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

Status MoneyCheck::compare_statements(const Centre& centre) {
  report_.statements = 0;
  std::map<std::string, ledger::MonthTotal> closed;
  for (const TenantBalance& tenant : centre.balances()) {
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

Status MoneyCheck::compare(const Centre& centre) {
  report_.entries = static_cast<int64_t>(entries_.size());
  report_.charges = static_cast<int64_t>(charges_.size());
  if (Status same = compare_entries(); !same) return same;
  if (Status same = compare_charges(); !same) return same;
  if (Status same = compare_balances(centre); !same) return same;
  return compare_statements(centre);
}

}  // namespace pentad::store
