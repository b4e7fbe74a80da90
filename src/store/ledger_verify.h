// Proves the books: replays the journal from its beginning with the production core and compares
// every entry and charge it makes, every balance, and every closed statement with the tables, to
// the micro-yuan.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace pentad::store {

struct LedgerVerifyOptions {
  // Of the text of a closed statement, as it was made when it was closed.
  std::function<std::string(std::string_view)> digest;
};

struct LedgerReport {
  int64_t events = 0;
  int64_t entries = 0;
  int64_t charges = 0;
  int64_t accounts = 0;
  int64_t statements = 0;
  // Where books and journal part, with both figures; nothing when they agree.
  std::optional<std::string> first_difference;
  bool good() const { return !first_difference; }
};

// `database` may be a reader beside a running centre. Errors: unsupported when the journal was
// pruned, those of reading; damage is a finding, not an error.
Result<LedgerReport> verify_ledger(Database& database, const LedgerVerifyOptions& options);

}  // namespace pentad::store
