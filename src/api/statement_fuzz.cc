// Files of statements from outside: refused or sound, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/statement_file.h"
#include "base/assert.h"
#include "ledger/statement_forms.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad;
  auto file = api::read_statement_file({reinterpret_cast<const char*>(data), size});
  if (!file) return 0;
  ledger::StatementSeal seal{file->digest, file->closed_at};
  PENTAD_ASSERT(ledger::statement_csv(file->statement).has_value(), "sound: it has every form");
  PENTAD_ASSERT(ledger::statement_html(file->statement, seal, ledger::Language::zh).has_value(),
                "sound: it has every form");
  return 0;
}
