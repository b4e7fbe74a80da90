#include "ledger/quantity_text.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/money_text.h"
#include "ledger/statement.h"

namespace pentad::ledger {
namespace {

TEST_CASE("quantities as people read them") {
  auto text = [](PriceUnit unit, int64_t quantity, int64_t price) {
    return quantity_text(unit, quantity, Money{price},
                         line_amount(unit, quantity, Money{price}).value());
  };
  CHECK(text(PriceUnit::core_hour, 5'400'000, 300'000) == "1.500");
  CHECK(text(PriceUnit::core_hour, 3'600'000, 0) == "1.000");
  CHECK(text(PriceUnit::device_hour, 1000 * int64_t{1'200'000}, 9'000'000) == "0.3333333");
  CHECK(text(PriceUnit::tokens_million, 1, 1'000'000) == "0.000001");
  CHECK(quantity_text(PriceUnit::core_hour, 1'200'000) == "0.333333");
  CHECK(kwh_text(Energy{360'000}) == "0.100000");
}

// What a person does with a pocket calculator: digits without a point, multiplied and rounded.
int64_t by_hand(const std::string& quantity, int64_t price) {
  size_t point = quantity.find('.');
  __int128 digits = 0, power = 1;
  for (size_t i = 0; i < quantity.size(); ++i) {
    if (i == point) continue;
    digits = digits * 10 + (quantity[i] - '0');
    if (i > point) power *= 10;
  }
  return static_cast<int64_t>((2 * digits * price + power) / (2 * power));
}

TEST_CASE("quantity times price, by hand, is the amount") {
  CHECK(rc::check("every unit", [] {
    auto unit = static_cast<PriceUnit>(*rc::gen::inRange(0, 6));
    int64_t quantity = *rc::gen::inRange<int64_t>(0, 1'000'000'000'000);
    Money price{*rc::gen::inRange<int64_t>(0, 100'000'000)};
    Money amount = line_amount(unit, quantity, price).value();
    std::string text = quantity_text(unit, quantity, price, amount);
    if (text.find('/') != text.npos) return;  // said as a fraction: exact
    RC_ASSERT(by_hand(text, price.value) == amount.value);
  }));
}

}  // namespace
}  // namespace pentad::ledger
