// A statement as files for people and programs. Each form refuses a statement that does not add up.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/statement.h"
#include "ledger/statement_words.h"

namespace pentad::ledger {

// What stands beside the sums: unset while the month is open.
struct StatementSeal {
  std::string digest;  // of the canonical text; empty: open
  Time closed_at;
};

// One row a line of a charge (kind `use`), one for each part that a voucher paid (`voucher`, below
// zero), one for each charge that cost nothing (`free`): the amounts of all rows sum to the
// tenant's own money, those of `use` to the total. UTF-8 with a byte order mark, for spreadsheets.
// Errors: corrupt.
Result<std::string> statement_csv(const Statement& statement);

// A page that opens offline and prints: no script, nothing loaded, every text escaped. Errors:
// corrupt.
Result<std::string> statement_html(const Statement& statement, const StatementSeal& seal,
                                   Language language);

// {"statement":...,"digest":...}: what `pentad statement verify` takes. `digest` is that of the
// canonical text. Errors: corrupt.
Result<std::string> statement_json(const Statement& statement, const StatementSeal& seal);

// Likewise, of a canonical text that has been checked.
std::string statement_file_text(const std::string& canonical_text, const StatementSeal& seal);

}  // namespace pentad::ledger
