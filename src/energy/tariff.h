// Price of electricity by time of use, as Chinese provinces set it: a flat price of which a share
// floats with the period's ratio, and a charge on the highest demand of a month.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::energy {

// Local clock, hours 0..24, end exclusive; from > to wraps midnight. months 1..12; none: all.
struct TariffPeriod {
  std::string name;
  std::vector<int32_t> months;
  int32_t from_hour = 0;
  int32_t to_hour = 24;
  double ratio = 1;  // of the floating part
  bool operator==(const TariffPeriod&) const = default;
};
BOOST_DESCRIBE_STRUCT(TariffPeriod, (), (name, months, from_hour, to_hour, ratio))

struct Tariff {
  std::string name;
  double flat_cny_kwh = 0.65;
  double floating_share = 1.0;
  double demand_cny_kw_month = 0;
  std::vector<TariffPeriod> periods;  // the first that fits holds; none: flat
  bool operator==(const Tariff&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tariff, (),
                      (name, flat_cny_kwh, floating_share, demand_cny_kw_month, periods))

// month 1..12, hour 0..23, local time.
double price_cny_kwh(const Tariff& tariff, int month, int hour);

// Charge on the highest demand of each month, given in W.
double demand_cny(const Tariff& tariff, std::span<const double> monthly_peak_w);

Status validate(const Tariff& tariff, const std::string& path = {});

}  // namespace pentad::energy
