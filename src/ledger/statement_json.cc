#include "base/reflect.h"
#include "ledger/statement_forms.h"

namespace pentad::ledger {

Result<std::string> statement_json(const Statement& statement, const StatementSeal& seal) {
  if (Status good = check_statement(statement); !good) return tl::unexpected(good.error());
  return statement_file_text(canonical_text(statement), seal);
}

std::string statement_file_text(const std::string& canonical_text, const StatementSeal& seal) {
  std::string out = "{\"statement\":" + canonical_text;
  out += ",\"digest\":";
  append_json_string(out, seal.digest);
  out += ",\"closed_at_ms\":";
  append_json_integer(out, seal.closed_at.value);
  return out + "}\n";
}

}  // namespace pentad::ledger
