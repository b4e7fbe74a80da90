// The price book: what a unit costs, to whom, where and when. Prices are never changed, only ended;
// their ids count from 1, so what was held at a price finds it again.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "model/money.h"
#include "model/refusal.h"

namespace pentad::ledger {

inline constexpr size_t kPriceUnits = 6;
constexpr size_t index_of(PriceUnit unit) { return static_cast<size_t>(unit); }

// To whom and where something is sold: a price matches that names these or nothing.
struct Where {
  std::string tenant;
  std::string qos;
  std::string pool;
  std::string device_model;
  auto operator<=>(const Where&) const = default;
};

// The prices in force at one place at one time; null: none.
struct Tariff {
  std::array<const Price*, kPriceUnits> by_unit{};
  const Price* at(PriceUnit unit) const { return by_unit[index_of(unit)]; }
};

class PriceBook {
 public:
  // Refuses all when one is malformed, begins before `now` or overlaps another with the same unit
  // and names. They get the next ids.
  std::optional<Refusal> put(std::vector<Price> prices, Time now);
  std::optional<Refusal> end(int64_t id, Time until, Time now);

  const Price* find(int64_t id) const;  // null: none
  // Where several match, the one that names most counts: the tenant before the QoS, that before the
  // pool, that before the device model. The pointers stay valid; `now` may not go backwards.
  const Tariff& tariff(const std::string& tenant, const std::string& qos, const std::string& pool,
                       const std::string& device_model, Time now) const;
  const std::deque<Price>& all() const { return prices_; }
  // When the next price begins or ends after `now`; never() when none does.
  Time next_change(Time now) const;
  // False when the ids do not count from 1.
  bool restore(const std::vector<Price>& prices);

 private:
  using Key = std::pair<PriceUnit, Where>;
  static Key key_of(const Price& price);
  std::optional<Refusal> check(const Price& price, Time now) const;
  const Price* overlapping(const Price& price) const;
  const Price* in_force(PriceUnit unit, const Where& where, Time now) const;
  void add(const Price& price);

  struct Cached {
    Where where;
    Tariff tariff;
  };
  std::deque<Price> prices_;
  std::map<Key, std::vector<int64_t>> series_;  // ids, ascending by time
  // Good until the book changes or a price begins or ends.
  mutable std::unordered_map<uint64_t, Cached> cache_;
  mutable Time cache_until_;
};

}  // namespace pentad::ledger
