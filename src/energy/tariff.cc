#include "energy/tariff.h"

#include <algorithm>

#include "energy/check.h"

namespace pentad::energy {
namespace {

bool fits(const TariffPeriod& period, int month, int hour) {
  const bool in_month =
      period.months.empty() ||
      std::find(period.months.begin(), period.months.end(), month) != period.months.end();
  const bool in_hours = period.from_hour < period.to_hour
                            ? hour >= period.from_hour && hour < period.to_hour
                            : hour >= period.from_hour || hour < period.to_hour;
  return in_month && in_hours;
}

}  // namespace

double price_cny_kwh(const Tariff& tariff, int month, int hour) {
  for (const TariffPeriod& period : tariff.periods) {
    if (!fits(period, month, hour)) continue;
    return tariff.flat_cny_kwh * (1 + tariff.floating_share * (period.ratio - 1));
  }
  return tariff.flat_cny_kwh;
}

double demand_cny(const Tariff& tariff, std::span<const double> monthly_peak_w) {
  double sum = 0;
  for (double peak_w : monthly_peak_w) sum += peak_w / 1000 * tariff.demand_cny_kw_month;
  return sum;
}

Status validate(const Tariff& tariff, const std::string& path) {
  Check check(path);
  check.in("flat_cny_kwh", tariff.flat_cny_kwh, 0, 100)
      .in("floating_share", tariff.floating_share, 0, 1)
      .in("demand_cny_kw_month", tariff.demand_cny_kw_month, 0, 1e4);
  for (size_t i = 0; i < tariff.periods.size(); ++i) {
    const TariffPeriod& period = tariff.periods[i];
    const std::string at = "periods/" + std::to_string(i);
    check.in(at + "/from_hour", period.from_hour, 0, 23)
        .in(at + "/to_hour", period.to_hour, 0, 24)
        .in(at + "/ratio", period.ratio, 0, 20)
        .that(at + "/to_hour", period.from_hour != period.to_hour, "the period has no hours");
    for (size_t m = 0; m < period.months.size(); ++m) {
      check.in(at + "/months/" + std::to_string(m), period.months[m], 1, 12);
    }
  }
  return check.status();
}

}  // namespace pentad::energy
