#include "base/money_text.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>

namespace pentad {
namespace {

std::string refusal(std::string_view text, MoneyRange range = MoneyRange::any) {
  Result<Money> read = parse_money(text, range);
  return read ? "read as " + money_text_exact(*read) : read.error().message;
}

TEST_CASE("amounts of money are read exactly") {
  CHECK(parse_money("12.345678").value() == Money{12'345'678});
  CHECK(parse_money("0").value() == Money{0});
  CHECK(parse_money("0.000001").value() == Money{1});
  CHECK(parse_money("-0.5").value() == Money{-500'000});
  CHECK(parse_money("0007.10").value() == Money{7'100'000});
  CHECK(parse_money("9223372036854.775807").value() == Money::max());
  CHECK(parse_money("100", MoneyRange::above_zero).value() == Money{100'000'000});
}

TEST_CASE("amounts that cannot be meant exactly are refused with the reason") {
  CHECK(refusal("1.2345678").find("six decimals") != std::string::npos);
  CHECK(refusal("1.0000000").find("six decimals") != std::string::npos);
  CHECK(refusal("9223372036854.775808").find("more than 9223372036854") != std::string::npos);
  CHECK(refusal("99999999999999999999999999").find("more than") != std::string::npos);
  CHECK(refusal("1,000.00").find("commas") != std::string::npos);
  CHECK(refusal("1,5").find("commas") != std::string::npos);
  CHECK(refusal("+5").find("plus") != std::string::npos);
  CHECK(refusal("1e6").find("exponent") != std::string::npos);
  CHECK(refusal(".5").find("both sides") != std::string::npos);
  CHECK(refusal("5.").find("both sides") != std::string::npos);
  CHECK(refusal("").find("missing") != std::string::npos);
  for (const char* text :
       {" 5", "5 ", "¥5", "5元", "１２", "--5", "-", "0x10", "1.2.3", "nan", "1_000", "٣"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_money(text).has_value());
  }
  CHECK(refusal("-1", MoneyRange::above_zero).find("below zero") != std::string::npos);
  CHECK(refusal("-0.000001", MoneyRange::not_negative).find("below zero") != std::string::npos);
  CHECK(refusal("-0", MoneyRange::not_negative).find("below zero") != std::string::npos);
  CHECK(refusal("0.00", MoneyRange::above_zero).find("above zero") != std::string::npos);
  CHECK(parse_money("0", MoneyRange::not_negative).value() == Money{0});
}

TEST_CASE("amounts of money as text") {
  CHECK(money_text_exact(Money{12'300'000}) == "12.300000");
  CHECK(money_text(Money{12'300'000}) == "12.30");
  CHECK(money_text(Money{12'345'678}) == "12.345678");
  CHECK(money_text(Money{0}) == "0.00");
  CHECK(money_text(Money{-1}) == "-0.000001");
  CHECK(money_text_exact(Money{std::numeric_limits<int64_t>::min()}) == "-9223372036854.775808");
}

TEST_CASE("what is written reads back as the same amount") {
  CHECK(rc::check("both forms", [](int64_t micros) {
    if (micros == std::numeric_limits<int64_t>::min()) return;
    RC_ASSERT(parse_money(money_text(Money{micros})).value() == Money{micros});
    RC_ASSERT(parse_money(money_text_exact(Money{micros})).value() == Money{micros});
  }));
}

}  // namespace
}  // namespace pentad
