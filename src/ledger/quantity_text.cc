#include "ledger/quantity_text.h"

#include <fmt/format.h>

namespace pentad::ledger {

namespace {

using Wide = __int128;

constexpr int kLeastDecimals = 3;
constexpr int kMostDecimals = 12;

Wide divide_half_up(Wide number, Wide by) {
  Wide doubled = 2 * number + by;
  Wide out = doubled / (2 * by);
  return doubled % (2 * by) < 0 ? out - 1 : out;
}

// `scaled` millionths (or whatever 10^decimals says) as decimal text.
std::string decimal_text(Wide scaled, int decimals, Wide power) {
  bool is_negative = scaled < 0;
  Wide positive = is_negative ? -scaled : scaled;
  std::string fraction(static_cast<size_t>(decimals), '0');
  Wide rest = positive % power;
  for (size_t i = fraction.size(); i-- > 0; rest /= 10) {
    fraction[i] = static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  return fmt::format("{}{}.{}", is_negative ? "-" : "", static_cast<int64_t>(positive / power),
                     fraction);
}

std::string text_with(int decimals, PriceUnit unit, int64_t quantity) {
  Wide power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  return decimal_text(divide_half_up(Wide{quantity} * power, fine_units_of(unit)), decimals, power);
}

}  // namespace

std::string quantity_text(PriceUnit unit, int64_t quantity, Money price, Money amount) {
  Wide power = 1;
  for (int decimals = 0; decimals <= kMostDecimals; ++decimals, power *= 10) {
    if (decimals < kLeastDecimals) continue;
    Wide scaled = divide_half_up(Wide{quantity} * power, fine_units_of(unit));
    constexpr Wide most = Wide{1} << 126;
    Wide magnitude = scaled < 0 ? -scaled : scaled;
    if (price.value != 0 && magnitude > most / (price.value < 0 ? -price.value : price.value)) {
      break;
    }
    if (divide_half_up(scaled * price.value, power) == amount.value) {
      return decimal_text(scaled, decimals, power);
    }
  }
  return fmt::format("{} / {}", quantity, fine_units_of(unit));
}

std::string quantity_text(PriceUnit unit, int64_t quantity) { return text_with(6, unit, quantity); }

std::string kwh_text(Energy energy) { return text_with(6, PriceUnit::energy_kwh, energy.value); }

}  // namespace pentad::ledger
