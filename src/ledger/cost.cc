#include "ledger/cost.h"

#include <algorithm>

#include "base/assert.h"
#include "ledger/arithmetic.h"

namespace pentad::ledger {

namespace {

constexpr int64_t kHourMs = 3'600'000;
// An attempt begins somewhat after it was ordered; priced as if at most so much.
constexpr Duration kLatestBegin = hours(1);

int64_t local_hour(const Price& price, Time at) {
  const int64_t local = at.value + price.utc_offset.value;
  return local >= 0 ? local / kHourMs : -((-local + kHourMs - 1) / kHourMs);
}
Money price_in(const Price& price, int64_t hour) {
  return price.kwh_by_hour[static_cast<size_t>((hour % 24 + 24) % 24)];
}

// The highest price there can be for it and how many lines it may be split into.
struct Highest {
  Money price;
  int64_t lines = 1;
};

Highest highest_of(const Price& price, Time from, Duration length) {
  Highest highest;
  if (price.kwh_by_hour.empty()) {
    for (const PriceStep& step : price.steps) highest.price = std::max(highest.price, step.price);
    highest.lines = static_cast<int64_t>(price.steps.size());
    return highest;
  }
  const int64_t first = local_hour(price, from);
  const int64_t last = std::min(local_hour(price, from + length + kLatestBegin), first + 23);
  std::vector<Money> seen;
  for (int64_t hour = first; hour <= last; ++hour) {
    const Money of_hour = price_in(price, hour);
    if (std::find(seen.begin(), seen.end(), of_hour) == seen.end()) seen.push_back(of_hour);
    highest.price = std::max(highest.price, of_hour);
  }
  highest.lines = static_cast<int64_t>(seen.size());
  return highest;
}

std::optional<int64_t> billed_energy(Energy energy, int32_t pue_milli, Round round) {
  return share_of(energy.value, pue_milli, 1000, round);
}

ChargeLine line_of(const Price& price, int64_t quantity, Money of_unit) {
  const auto amount = share_of(quantity, of_unit.value, fine_units_of(price.unit), Round::half_up);
  PENTAD_ASSERT(amount.has_value(), "what was held has been counted before");
  return {price.unit, price.id, quantity, of_unit, Money{*amount}};
}

// A line for each step that the quantity lies in, counted from what was charged before.
void add_steps(const Price& price, int64_t quantity, int64_t& charged,
               std::vector<ChargeLine>& lines) {
  const std::vector<PriceStep>& steps = price.steps;
  for (size_t i = 0; i < steps.size() && quantity > 0; ++i) {
    const bool last = i + 1 == steps.size();
    const int64_t room = last ? quantity : steps[i + 1].from_quantity - charged;
    if (room <= 0) continue;
    const int64_t part = std::min(quantity, room);
    lines.push_back(line_of(price, part, steps[i].price));
    quantity -= part;
    if (!add_to(charged, part)) charged = std::numeric_limits<int64_t>::max();
  }
}

// Spread evenly over the time, a line for each price of the hours.
void add_hours(const Price& price, int64_t quantity, Time started, Duration ran,
               std::vector<ChargeLine>& lines) {
  std::vector<std::pair<Money, int64_t>> parts;
  int64_t given = 0;
  for (Time at = started; at < started + ran;) {
    const int64_t hour = local_hour(price, at);
    const Time next = std::min(started + ran, Time{(hour + 1) * kHourMs} - price.utc_offset);
    const int64_t until = *share_of(quantity, (next - started).value, ran.value, Round::down);
    const Money of_hour = price_in(price, hour);
    auto it = std::find_if(parts.begin(), parts.end(),
                           [&](const auto& part) { return part.first == of_hour; });
    if (it == parts.end()) it = parts.insert(parts.end(), {of_hour, 0});
    it->second += until - given;
    given = until;
    at = next;
  }
  for (const auto& [of_hour, part] : parts) {
    if (part > 0) lines.push_back(line_of(price, part, of_hour));
  }
}

}  // namespace

std::optional<Size> size_of(const Placement& placement) {
  Size size;
  const auto nodes = static_cast<int64_t>(placement.nodes.size());
  const int64_t mib = (placement.memory.value + (int64_t{1} << 20) - 1) >> 20;
  int64_t devices = 0;
  for (const NodeShare& share : placement.nodes) {
    devices += static_cast<int64_t>(share.devices.size());
  }
  const auto memory = product(mib, nodes);
  if (!memory) return {};
  size.cores = placement.cores * nodes;
  size.memory_mib = *memory;
  size.device_milli = devices * placement.share_milli;
  return size;
}

std::optional<int64_t> quantity_of(PriceUnit unit, const Size& size, Duration time) {
  switch (unit) {
    case PriceUnit::core_hour:
      return product(size.cores, time.value);
    case PriceUnit::memory_gib_hour:
      return product(size.memory_mib, time.value);
    case PriceUnit::device_hour:
      return product(size.device_milli, time.value);
    default:
      return 0;
  }
}

std::optional<Energy> greatest_energy(const Size& size, Duration time) {
  int64_t power = std::max(size.cpu_full_power, size.cpu_idle_power);
  if (!add_to(power, size.device_power)) return {};
  const auto joules = share_of(power, time.value, 1'000'000, Round::up);
  if (!joules) return {};
  return Energy{*joules};
}

Energy used_energy(const Size& size, Duration time, std::optional<Duration> cpu_time) {
  const int64_t full = std::max(size.cpu_full_power, size.cpu_idle_power);
  __int128 busy_ms = static_cast<__int128>(size.cores) * time.value;
  if (cpu_time) busy_ms = std::min<__int128>(busy_ms, std::max<int64_t>(0, cpu_time->value));
  __int128 microjoules =
      static_cast<__int128>(size.cpu_idle_power + size.device_power) * time.value;
  if (size.cores > 0) microjoules += (full - size.cpu_idle_power) * busy_ms / size.cores;
  return Energy{static_cast<int64_t>(microjoules / 1'000'000)};
}

std::optional<Money> greatest_cost(const Terms& terms, const PriceBook& book) {
  Money total;
  for (const AgreedPrice& agreed : terms.prices) {
    const Price* price = book.find(agreed.price);
    if (price == nullptr) return {};
    std::optional<int64_t> quantity = quantity_of(agreed.unit, terms.size, terms.limit);
    if (agreed.unit == PriceUnit::energy_kwh) {
      const auto energy = greatest_energy(terms.size, terms.limit);
      quantity = energy ? billed_energy(*energy, terms.pue_milli, Round::up) : std::nullopt;
    }
    if (!quantity) return {};
    const Highest highest = highest_of(*price, terms.ordered, terms.limit);
    const auto amount =
        share_of(*quantity, highest.price.value, fine_units_of(price->unit), Round::up);
    if (!amount || !add_to(total, Money{*amount})) return {};
    // Each further line may be rounded up by half a millionth.
    if (*amount > 0 && !add_to(total, Money{highest.lines - 1})) return {};
  }
  return total;
}

std::vector<ChargeLine> lines_of(const Terms& terms, const PriceBook& book, Time started,
                                 Duration ran, Energy energy, Quantities& charged) {
  std::vector<ChargeLine> lines;
  lines.reserve(terms.prices.size());
  const Time begin = std::clamp(started, terms.ordered, terms.ordered + kLatestBegin);
  ran = std::clamp(ran, Duration{}, terms.limit);
  if (ran == Duration{}) return lines;
  for (const AgreedPrice& agreed : terms.prices) {
    const Price* price = book.find(agreed.price);
    PENTAD_ASSERT(price != nullptr, "a price that was agreed on stays in the book");
    if (agreed.unit != PriceUnit::energy_kwh) {
      add_steps(*price, *quantity_of(agreed.unit, terms.size, ran), charged[index_of(agreed.unit)],
                lines);
      continue;
    }
    const int64_t billed = *billed_energy(energy, terms.pue_milli, Round::half_up);
    if (price->kwh_by_hour.empty()) {
      add_steps(*price, billed, charged[index_of(agreed.unit)], lines);
      continue;
    }
    add_hours(*price, billed, begin, ran, lines);
    if (!add_to(charged[index_of(agreed.unit)], billed)) charged[index_of(agreed.unit)] = billed;
  }
  return lines;
}

std::vector<ChargeLine> lines_of(const Price& price, int64_t quantity, int64_t& charged) {
  Money highest;
  for (const PriceStep& step : price.steps) highest = std::max(highest, step.price);
  for (Money of_hour : price.kwh_by_hour) highest = std::max(highest, of_hour);
  std::vector<ChargeLine> lines;
  int64_t after = charged;
  const auto most = share_of(quantity, highest.value, fine_units_of(price.unit), Round::up);
  if (!most || *most > std::numeric_limits<int64_t>::max() / 2 || !add_to(after, quantity)) {
    return lines;
  }
  if (price.kwh_by_hour.empty()) {
    add_steps(price, quantity, charged, lines);
  } else {  // the hours it was used in are not known: at the highest price
    lines.push_back(line_of(price, quantity, highest));
    charged = after;
  }
  return lines;
}

Money total_of(const std::vector<ChargeLine>& lines) {
  Money total;
  for (const ChargeLine& line : lines) total += line.amount;
  return total;
}

}  // namespace pentad::ledger
