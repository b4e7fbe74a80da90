// What an attempt may cost at most and what it did cost: quantities times prices, in integers. A
// settled cost never exceeds the greatest cost of the same size, limit and prices.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/prices.h"
#include "model/attempt.h"
#include "model/money.h"

namespace pentad::ledger {

// What an attempt takes while it runs, summed over its nodes. Powers in milliwatts; `cpu_*` of its
// cores, `device_power` of its devices when they are busy.
struct Size {
  int64_t cores = 0;
  int64_t memory_mib = 0;
  int64_t device_milli = 0;
  int64_t cpu_idle_power = 0;
  int64_t cpu_full_power = 0;
  int64_t device_power = 0;
  bool operator==(const Size&) const = default;
};
BOOST_DESCRIBE_STRUCT(Size, (),
                      (cores, memory_mib, device_milli, cpu_idle_power, cpu_full_power,
                       device_power))

// Of the placement; without the powers. Nothing when a sum does not fit.
std::optional<Size> size_of(const Placement& placement);

// At which price a unit is charged.
struct AgreedPrice {
  PriceUnit unit = PriceUnit::core_hour;
  int64_t price = 0;
  bool operator==(const AgreedPrice&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgreedPrice, (), (unit, price))

// What was agreed when an attempt started.
struct Terms {
  Size size;
  Duration limit;
  Time ordered;
  int32_t pue_milli = 1000;
  std::vector<AgreedPrice> prices;
  bool operator==(const Terms&) const = default;
};
BOOST_DESCRIBE_STRUCT(Terms, (), (size, limit, ordered, pue_milli, prices))

// The quantity of one unit in so long, in fine units; not of energy. Nothing when it does not fit.
std::optional<int64_t> quantity_of(PriceUnit unit, const Size& size, Duration time);
// Energy of the nodes, at full power, rounded up.
std::optional<Energy> greatest_energy(const Size& size, Duration time);
// As modelled from the processor time used, devices at full power; at full power without
// `cpu_time`.
Energy used_energy(const Size& size, Duration time, std::optional<Duration> cpu_time);

// Every unit at the highest of its prices that may come to count, rounded up. Nothing when a figure
// does not fit, or a price is not in the book.
std::optional<Money> greatest_cost(const Terms& terms, const PriceBook& book);

// How much of each unit the tenant has been charged for in the month, by index_of(unit).
using Quantities = std::array<int64_t, kPriceUnits>;

// The lines of an attempt that ran for `ran`, at most its limit, from `started` on; `charged` gets
// what they add. The quantities are those of a hold that was granted: they fit.
std::vector<ChargeLine> lines_of(const Terms& terms, const PriceBook& book, Time started,
                                 Duration ran, Energy energy, Quantities& charged);
// The lines of a quantity that comes all at once; empty when an amount does not fit.
std::vector<ChargeLine> lines_of(const Price& price, int64_t quantity, int64_t& charged);
Money total_of(const std::vector<ChargeLine>& lines);

}  // namespace pentad::ledger
