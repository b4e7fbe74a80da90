// Amounts of money from outside: never a crash, and whatever is read is written back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/money_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto amount = pentad::parse_money(text)) {
    PENTAD_ASSERT(pentad::parse_money(pentad::money_text(*amount)).value() == *amount,
                  "it reads back");
    PENTAD_ASSERT(pentad::parse_money(pentad::money_text_exact(*amount)).value() == *amount,
                  "it reads back");
  }
  auto positive = pentad::parse_money(text, pentad::MoneyRange::above_zero);
  PENTAD_ASSERT(!positive || positive->value > 0, "as asked for");
  return 0;
}
