#include "ledger/prices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace pentad::ledger {

namespace {

constexpr size_t kMaxSteps = 100;
constexpr Money kMaxPrice{1'000'000'000'000'000};  // a thousand million yuan a unit

using Found = std::optional<Refusal>;

Found invalid(const char* field, std::string detail) {
  return Refusal{RefusalCode::invalid_value, field, std::move(detail)};
}

bool is_amount(Money price) { return price >= Money{} && price <= kMaxPrice; }

std::string unit_name(PriceUnit unit) { return boost::describe::enum_to_string(unit, "?"); }

Found check_amounts(const Price& price) {
  const std::vector<PriceStep>& steps = price.steps;
  if (!price.kwh_by_hour.empty()) {
    if (price.unit != PriceUnit::energy_kwh) {
      return invalid("/kwh_by_hour", "only energy is sold by the hour of the day");
    }
    if (price.kwh_by_hour.size() != 24 || !steps.empty()) {
      return invalid("/kwh_by_hour", "24 prices, one for each hour, and then no steps");
    }
    if (!std::all_of(price.kwh_by_hour.begin(), price.kwh_by_hour.end(), is_amount)) {
      return invalid("/kwh_by_hour", "a price is not negative, at most a thousand million yuan");
    }
    if (price.utc_offset < hours(-14) || price.utc_offset > hours(14)) {
      return invalid("/utc_offset", "a time zone lies within 14 hours of UTC");
    }
    return {};
  }
  if (steps.empty() || steps.size() > kMaxSteps || steps.front().from_quantity != 0) {
    return invalid("/steps", "a price needs 1 to 100 steps, the first from a quantity of 0");
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!is_amount(steps[i].price)) {
      return invalid("/steps", "a price is not negative, at most a thousand million yuan");
    }
    if (i > 0 && steps[i].from_quantity <= steps[i - 1].from_quantity) {
      return invalid("/steps", "each step begins at a larger quantity than the one before");
    }
  }
  return {};
}

}  // namespace

PriceBook::Key PriceBook::key_of(const Price& price) {
  return {price.unit, {price.tenant, price.qos, price.pool, price.device_model}};
}

Found PriceBook::check(const Price& price, Time now) const {
  if (Found f = check_amounts(price)) return f;
  if (price.from < now) {
    return invalid("/from",
                   "a price cannot begin in the past: what has started is charged as it "
                   "was promised");
  }
  if (price.until <= price.from) return invalid("/until", "a price ends after it begins");
  if (const Price* other = overlapping(price)) {
    return Refusal{RefusalCode::overlapping_price, "/from",
                   fmt::format("price {} of {} for the same names is in force then; end it first",
                               other->id, unit_name(price.unit))};
  }
  return {};
}

const Price* PriceBook::overlapping(const Price& price) const {
  const auto it = series_.find(key_of(price));
  if (it == series_.end()) return nullptr;
  for (int64_t id : it->second) {
    const Price* other = find(id);
    if (other->from < other->until && other->from < price.until && price.from < other->until) {
      return other;
    }
  }
  return nullptr;
}

Found PriceBook::put(std::vector<Price> prices, Time now) {
  if (prices.empty()) return invalid("/prices", "there is no price in the request");
  const size_t before = prices_.size();
  for (size_t i = 0; i < prices.size(); ++i) {
    prices[i].id = static_cast<int64_t>(prices_.size()) + 1;
    if (Found refusal = check(prices[i], now)) {
      refusal->field = fmt::format("/prices/{}{}", i, refusal->field);
      while (prices_.size() > before) {  // those before it in the request
        std::erase(series_[key_of(prices_.back())], prices_.back().id);
        prices_.pop_back();
      }
      cache_.clear();
      return refusal;
    }
    add(prices[i]);
  }
  return {};
}

void PriceBook::add(const Price& price) {
  prices_.push_back(price);
  std::vector<int64_t>& ids = series_[key_of(price)];
  const auto earlier = [&](int64_t a, int64_t b) { return find(a)->from < find(b)->from; };
  ids.insert(std::upper_bound(ids.begin(), ids.end(), price.id, earlier), price.id);
  cache_.clear();
}

Found PriceBook::end(int64_t id, Time until, Time now) {
  if (find(id) == nullptr) {
    return Refusal{RefusalCode::not_found, "/price", fmt::format("there is no price {}", id)};
  }
  Price& price = prices_[static_cast<size_t>(id - 1)];
  if (until < now) return invalid("/until", "a price cannot be ended in the past");
  if (price.until <= now || until >= price.until) {
    return Refusal{RefusalCode::wrong_state, "/until", "it ends earlier already"};
  }
  price.until = std::max(price.from, until);
  cache_.clear();
  return {};
}

const Price* PriceBook::find(int64_t id) const {
  if (id < 1 || id > static_cast<int64_t>(prices_.size())) return nullptr;
  return &prices_[static_cast<size_t>(id - 1)];
}

const Price* PriceBook::in_force(PriceUnit unit, const Where& where, Time now) const {
  const auto it = series_.find({unit, where});
  if (it == series_.end()) return nullptr;
  for (int64_t id : it->second) {
    const Price* price = find(id);
    if (price->from <= now && now < price->until) return price;
  }
  return nullptr;
}

const Tariff& PriceBook::tariff(const std::string& tenant, const std::string& qos,
                                const std::string& pool, const std::string& device_model,
                                Time now) const {
  if (now >= cache_until_ || cache_.empty()) {
    cache_.clear();
    cache_until_ = next_change(now);
  }
  uint64_t hash = Hasher().add(tenant).add(qos).add(pool).add(device_model).digest();
  for (;; ++hash) {
    auto [it, is_new] = cache_.try_emplace(hash);
    Cached& cached = it->second;
    if (!is_new) {
      const Where& w = cached.where;
      if (w.tenant == tenant && w.qos == qos && w.pool == pool && w.device_model == device_model) {
        return cached.tariff;
      }
      continue;
    }
    cached.where = {tenant, qos, pool, device_model};
    for (size_t unit = 0; unit < kPriceUnits; ++unit) {
      // From all four names to none, the tenant's weighing most.
      for (int named = 15; named >= 0 && !cached.tariff.by_unit[unit]; --named) {
        const Where some{named & 8 ? tenant : "", named & 4 ? qos : "", named & 2 ? pool : "",
                         named & 1 ? device_model : ""};
        cached.tariff.by_unit[unit] = in_force(static_cast<PriceUnit>(unit), some, now);
      }
    }
    return cached.tariff;
  }
}

Time PriceBook::next_change(Time now) const {
  Time next = Time::never();
  for (const Price& price : prices_) {
    if (price.from > now) next = std::min(next, price.from);
    if (price.until > now && price.from < price.until) next = std::min(next, price.until);
  }
  return next;
}

bool PriceBook::restore(const std::vector<Price>& prices) {
  for (const Price& price : prices) {
    if (price.id != static_cast<int64_t>(prices_.size()) + 1) return false;
    add(price);
  }
  return true;
}

}  // namespace pentad::ledger
