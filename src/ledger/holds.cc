// Attempts: what they hold when they start and what they are charged when they end.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "base/money_text.h"
#include "ledger/arithmetic.h"
#include "ledger/ledger.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

int64_t left(const std::optional<int64_t>& limit, int64_t used) {
  return limit ? std::max<int64_t>(0, *limit - used) : std::numeric_limits<int64_t>::max();
}

// The cause of an attempt's entries.
std::string attempt_text(const AttemptId& id) {
  return fmt::format("attempt {}/{}/{}", id.job.value, id.index, id.number);
}

std::string_view name_in_tenant(std::string_view full) { return full.substr(full.find('/') + 1); }

std::optional<int64_t> device_ms_of(const Terms& terms) {
  return product(terms.size.device_milli, terms.limit.value);
}

}  // namespace

Payer Ledger::payer(std::string_view tenant, std::string_view project, std::string_view user) {
  return {subjects_.open(SubjectKind::tenant, tenant, books_),
          subjects_.open(SubjectKind::project, full_name(tenant, project), books_),
          subjects_.open(SubjectKind::user, user, books_)};
}

Money Ledger::free_money(const Subject& tenant) const {
  Money free = books_.balance(tenant.account);
  return add_to(free, tenant.credit) ? free : Money::max();
}

Purpose Ledger::purpose_of(const Ask& ask) const {
  return {subjects_.at(ask.payer.tenant).name, name_in_tenant(subjects_.at(ask.payer.project).name),
          ask.workload_class, ask.pool};
}

Ledger::Agreement Ledger::agree(const Ask& ask, Time now) const {
  Agreement agreement;
  Terms& terms = agreement.terms;
  terms.size = ask.size;
  terms.limit = ask.limit;
  terms.ordered = now;
  terms.pue_milli = policy_.pue_milli;
  const Tariff& tariff = prices_.tariff(subjects_.at(ask.payer.tenant).name, std::string(ask.qos),
                                        std::string(ask.pool), std::string(ask.device_model), now);
  for (PriceUnit unit : policy_.charged) {
    const bool used = unit == PriceUnit::core_hour || unit == PriceUnit::energy_kwh ||
                      (unit == PriceUnit::memory_gib_hour && ask.size.memory_mib > 0) ||
                      (unit == PriceUnit::device_hour && ask.size.device_milli > 0);
    if (!used) continue;
    const Price* price = tariff.at(unit);
    if (price == nullptr) {
      if (!agreement.missing) agreement.missing = unit;
      continue;
    }
    terms.prices.push_back({unit, price->id});
  }
  return agreement;
}

std::optional<Obstacle> Ledger::quota_obstacle(const Ask& ask, Time now, bool as_if_alone) const {
  const Month month = month_of(now);
  const auto device_ms = product(ask.size.device_milli, ask.limit.value);
  for (SubjectSlot slot : {ask.payer.tenant, ask.payer.project, ask.payer.user}) {
    const Subject& s = subjects_.at(slot);
    const QuotaLimits& q = s.quota;
    const InUse used_now = as_if_alone ? InUse{} : s.in_use;
    const auto over = [&](Gauge gauge, int64_t need, const std::optional<int64_t>& limit,
                          int64_t used) -> std::optional<Obstacle> {
      const int64_t room = left(limit, used);
      if (need <= room) return {};
      return Obstacle{gauge, slot, need, room};
    };
    if (auto o = over(Gauge::running_jobs, 1, q.running_jobs, used_now.running_jobs)) return o;
    if (auto o = over(Gauge::cores, ask.size.cores, q.cores, used_now.cores)) return o;
    if (ask.size.device_milli == 0) continue;
    if (auto o = over(Gauge::device_milli, ask.size.device_milli, q.device_milli,
                      used_now.device_milli)) {
      return o;
    }
    if (!q.device_milli_ms_per_month) continue;
    if (auto o =
            over(Gauge::device_ms, device_ms.value_or(std::numeric_limits<int64_t>::max()),
                 q.device_milli_ms_per_month, s.device_ms_in(month) + used_now.device_ms_held)) {
      return o;
    }
  }
  return {};
}

std::optional<Obstacle> Ledger::budget_obstacle(SubjectSlot slot, Money cost, Time now) const {
  const Subject& project = subjects_.at(slot);
  if (project.budget.total) {
    const int64_t room = left(project.budget.total->value, (project.spent + project.held).value);
    if (cost.value > room) return Obstacle{Gauge::budget, slot, cost.value, room};
  }
  if (project.budget.per_month) {
    const auto it = project.months.find(month_of(now));
    const Money spent = it == project.months.end() ? Money{} : it->second.total;
    const int64_t room = left(project.budget.per_month->value, (spent + project.held).value);
    if (cost.value > room) return Obstacle{Gauge::month_cap, slot, cost.value, room};
  }
  return {};
}

// Vouchers first, each with at most its share of the cost.
Ledger::Share Ledger::split(Money cost, const Purpose& purpose, Time now) {
  Share share{cost, {}};
  vouchers_.for_each(purpose, now, [&](VoucherRecord& record) {
    const int64_t most = *share_of(cost.value, record.voucher.share_milli, 1000, Round::down);
    const Money part = std::min({Money{most}, books_.balance(record.account), share.own});
    if (part <= Money{}) return;
    share.vouchers.push_back({record.voucher.id, part});
    share.own -= part;
  });
  return share;
}

// In the same order and with the same shares of what it really cost. What is rounded down in
// several shares may leave a millionth or two more than was held of the tenant's own money: the
// vouchers that have room take it.
Ledger::Share Ledger::split_settled(Money cost, const Hold& hold) const {
  Share share{cost, {}};
  share.vouchers.reserve(hold.vouchers.size());
  for (const VoucherPart& held : hold.vouchers) {
    const int32_t milli = vouchers_.find(held.voucher)->voucher.share_milli;
    const Money most{*share_of(cost.value, milli, 1000, Round::down)};
    const Money part = std::min({most, held.amount, share.own});
    share.vouchers.push_back({held.voucher, part});
    share.own -= part;
  }
  Money over = std::max(Money{}, share.own - hold.own);
  for (size_t i = 0; i < hold.vouchers.size() && over > Money{}; ++i) {
    const Money more = std::min(over, hold.vouchers[i].amount - share.vouchers[i].amount);
    share.vouchers[i].amount += more;
    share.own -= more;
    over -= more;
  }
  return share;
}

Money Ledger::spendable(const Ask& ask, Time now) {
  Money sum = std::max(Money{}, free_money(subjects_.at(ask.payer.tenant)));
  vouchers_.for_each(purpose_of(ask), now, [&](VoucherRecord& record) {
    if (!add_to(sum, books_.balance(record.account))) sum = Money::max();
  });
  return sum;
}

std::optional<Obstacle> Ledger::cost_obstacle(const Ask& ask, Time now) {
  const Agreement agreement = agree(ask, now);
  if (agreement.missing) return Obstacle{Gauge::price, ask.payer.tenant, 0, 0};
  const auto cost = greatest_cost(agreement.terms, prices_);
  if (!cost) return Obstacle{Gauge::money, ask.payer.tenant, Money::max().value, 0};
  if (auto o = budget_obstacle(ask.payer.project, *cost, now)) return o;
  const Money free = std::max(Money{}, free_money(subjects_.at(ask.payer.tenant)));
  if (*cost <= free || split(*cost, purpose_of(ask), now).own <= free) return {};
  return Obstacle{Gauge::money, ask.payer.tenant, cost->value, spendable(ask, now).value};
}

std::optional<Obstacle> Ledger::obstacle(const Ask& ask, Time now) {
  if (auto o = quota_obstacle(ask, now, false)) return o;
  return cost_obstacle(ask, now);
}

std::optional<Obstacle> Ledger::submission_obstacle(const Ask& ask, Time now) {
  auto by_cost = cost_obstacle(ask, now);
  if (by_cost && by_cost->gauge == Gauge::price) return by_cost;
  if (auto o = quota_obstacle(ask, now, true)) return o;
  return by_cost;
}

Ledger::Estimate Ledger::estimate(const Ask& ask, Duration expected, Time now) const {
  Estimate estimate;
  const Agreement agreement = agree(ask, now);
  const auto greatest = greatest_cost(agreement.terms, prices_);
  const auto energy = greatest_energy(ask.size, ask.limit);
  if (!greatest || !energy) return estimate;
  estimate.greatest = *greatest;
  estimate.greatest_energy = *energy;
  estimate.expected_energy = used_energy(ask.size, expected, {});
  Subject tenant = subjects_.at(ask.payer.tenant);  // a copy: the quantities move on in it
  estimate.lines = lines_of(agreement.terms, prices_, now, expected, estimate.expected_energy,
                            tenant.quantities_in(month_of(now)));
  return estimate;
}

std::optional<Obstacle> Ledger::reserve(const Ask& ask, Time now, Hold& hold) {
  if (auto o = quota_obstacle(ask, now, false)) return o;
  Agreement agreement = agree(ask, now);
  if (agreement.missing) return Obstacle{Gauge::price, ask.payer.tenant, 0, 0};
  const auto cost = greatest_cost(agreement.terms, prices_);
  if (!cost) return Obstacle{Gauge::money, ask.payer.tenant, Money::max().value, 0};
  if (auto o = budget_obstacle(ask.payer.project, *cost, now)) return o;
  const Subject& tenant = subjects_.at(ask.payer.tenant);
  Share share = split(*cost, purpose_of(ask), now);
  if (share.own > std::max(Money{}, free_money(tenant))) {
    return Obstacle{Gauge::money, ask.payer.tenant, cost->value, spendable(ask, now).value};
  }
  hold.tenant = tenant.name;
  hold.project = name_in_tenant(subjects_.at(ask.payer.project).name);
  hold.user = subjects_.at(ask.payer.user).name;
  hold.qos = ask.qos;
  hold.workload_class = ask.workload_class;
  hold.terms = std::move(agreement.terms);
  hold.greatest = *cost;
  hold.own = share.own;
  hold.vouchers = std::move(share.vouchers);
  hold.payer = ask.payer;
  std::vector<Move> moves;
  moves.reserve(2 + 2 * hold.vouchers.size());
  for (const VoucherPart& part : hold.vouchers) {
    const VoucherRecord& record = *vouchers_.find(part.voucher);
    moves.push_back({record.account, -part.amount});
    moves.push_back({record.hold_account, part.amount});
  }
  moves.push_back({tenant.account, -hold.own});
  moves.push_back({tenant.hold_account, hold.own});
  if (!books_.post(moves)) {
    return Obstacle{Gauge::money, ask.payer.tenant, Money::max().value, 0};
  }
  count(hold, 1);
  return {};
}

void Ledger::count(const Hold& hold, int64_t sign) {
  const int64_t device_ms = device_ms_of(hold.terms).value_or(0);
  for (SubjectSlot slot : {hold.payer.tenant, hold.payer.project, hold.payer.user}) {
    InUse& use = subjects_.at(slot).in_use;
    use.running_jobs += sign;
    use.cores += sign * hold.terms.size.cores;
    use.device_milli += sign * hold.terms.size.device_milli;
    use.device_ms_held += sign * device_ms;
  }
  Subject& project = subjects_.at(hold.payer.project);
  project.held += sign * hold.greatest;
  const Month since = month_of(hold.terms.ordered);
  if ((project.running_since[since] += sign) == 0) project.running_since.erase(since);
}

void Ledger::adopt(Hold& hold) {
  hold.payer = payer(hold.tenant, hold.project, hold.user);
  count(hold, 1);
}

void Ledger::count_queued(const Payer& payer, int64_t change) {
  for (SubjectSlot slot : {payer.tenant, payer.project, payer.user}) {
    subjects_.at(slot).in_use.queued_jobs += change;
  }
}

std::optional<Obstacle> Ledger::queue_obstacle(const Payer& payer, int64_t more) const {
  for (SubjectSlot slot : {payer.tenant, payer.project, payer.user}) {
    const Subject& s = subjects_.at(slot);
    const int64_t room = left(s.quota.queued_jobs, s.in_use.queued_jobs);
    if (more > room) return Obstacle{Gauge::queued_jobs, slot, more, room};
  }
  return {};
}

void Ledger::record_hold(const Hold& hold, const AttemptId& attempt, const Cause& cause,
                         Records& records) {
  if (hold.greatest == Money{}) return;
  LedgerEntry& entry = records.entries.emplace_back();
  entry.id = next_entry_++;
  entry.at = cause.now;
  entry.kind = EntryKind::hold;
  entry.cause = attempt_text(attempt);
  entry.actor = cause.actor;
  entry.postings.reserve(2 * hold.vouchers.size() + 2);
  for (const VoucherPart& part : hold.vouchers) {
    const VoucherRecord& record = *vouchers_.find(part.voucher);
    entry.postings.push_back({books_.name(record.account), -part.amount});
    entry.postings.push_back({books_.name(record.hold_account), part.amount});
  }
  if (hold.own == Money{}) return;
  const Subject& tenant = subjects_.at(hold.payer.tenant);
  entry.postings.push_back({books_.name(tenant.account), -hold.own});
  entry.postings.push_back({books_.name(tenant.hold_account), hold.own});
}

Money Ledger::settle(const Hold& hold, const Ended& ended, const Cause& cause, Records& records) {
  Charge charge;
  charge.attempt = ended.attempt;
  charge.tenant = hold.tenant;
  charge.project = hold.project;
  charge.user = hold.user;
  charge.name = ended.job_name;
  charge.qos = hold.qos;
  charge.workload_class = hold.workload_class;
  charge.placement = ended.placement;
  charge.state = ended.state;
  charge.started = ended.started;
  charge.ended = std::max(ended.ended, hold.terms.ordered);
  charge.held = hold.greatest;
  charge.free_because = ended.free_because;
  const Duration used =
      ended.started == Time{} ? Duration{} : std::max(Duration{}, ended.ended - ended.started);
  const Duration ran = std::min(used, hold.terms.limit);
  charge.energy = used_energy(hold.terms.size, ran, ended.cpu_time);
  charge.energy_quality = ended.cpu_time ? FigureQuality::modelled : FigureQuality::estimated;
  const Month month = month_of(charge.ended);
  Subject& tenant = subjects_.at(hold.payer.tenant);
  if (ended.free_because.empty()) {
    charge.lines = lines_of(hold.terms, prices_, ended.started, ran, charge.energy,
                            tenant.quantities_in(month));
  }
  charge.total = total_of(charge.lines);
  PENTAD_ASSERT(charge.total <= hold.greatest, "a charge never exceeds what was held");
  Share share = split_settled(charge.total, hold);

  std::vector<Move> moves;
  moves.reserve(3 + 3 * hold.vouchers.size());
  for (size_t i = 0; i < hold.vouchers.size(); ++i) {
    VoucherRecord& record = *vouchers_.find(hold.vouchers[i].voucher);
    const Money spent = share.vouchers[i].amount;
    const Money rest = hold.vouchers[i].amount - spent;
    moves.push_back({record.hold_account, -hold.vouchers[i].amount});
    if (rest > Money{}) moves.push_back({record.over() ? record.funder : record.account, rest});
    record.spent += spent;
  }
  if (hold.own > Money{}) moves.push_back({tenant.hold_account, -hold.own});
  if (hold.own > share.own) moves.push_back({tenant.account, hold.own - share.own});
  if (charge.total > Money{}) moves.push_back({revenue_, charge.total});
  if (!moves.empty()) {
    charge.entry = next_entry_;
    post(EntryKind::settle, attempt_text(ended.attempt), charge.free_because, moves, cause,
         records);
  }
  std::erase_if(share.vouchers, [](const VoucherPart& p) { return p.amount == Money{}; });
  charge.vouchers = std::move(share.vouchers);
  charge.paid = share.own;
  count(hold, -1);
  if (ended.free_because.empty()) {
    const int64_t device_ms = quantity_of(PriceUnit::device_hour, hold.terms.size, ran).value_or(0);
    for (SubjectSlot slot : {hold.payer.tenant, hold.payer.project, hold.payer.user}) {
      Subject& s = subjects_.at(slot);
      if (month > s.device_month) {
        s.device_month = month;
        s.device_ms = 0;
      }
      if (month == s.device_month && device_ms > 0) add_to(s.device_ms, device_ms);
    }
  }
  const Money total = charge.total;
  charge.id = next_charge_++;
  count_charge(charge, hold.payer, month, records);
  records.charges.push_back(std::move(charge));
  return total;
}

int64_t Ledger::room_of(const Obstacle& obstacle, const Ask& ask, Time now) {
  switch (obstacle.gauge) {
    case Gauge::money:
      return spendable(ask, now).value;
    case Gauge::budget:
    case Gauge::month_cap: {
      const auto o = budget_obstacle(obstacle.subject, Money::max(), now);
      return o ? o->room : Money::max().value;
    }
    case Gauge::running_jobs: {
      const Subject& s = subjects_.at(obstacle.subject);
      return left(s.quota.running_jobs, s.in_use.running_jobs);
    }
    case Gauge::cores: {
      const Subject& s = subjects_.at(obstacle.subject);
      return left(s.quota.cores, s.in_use.cores);
    }
    case Gauge::device_milli: {
      const Subject& s = subjects_.at(obstacle.subject);
      return left(s.quota.device_milli, s.in_use.device_milli);
    }
    case Gauge::device_ms: {
      const Subject& s = subjects_.at(obstacle.subject);
      return left(s.quota.device_milli_ms_per_month,
                  s.device_ms_in(month_of(now)) + s.in_use.device_ms_held);
    }
    default:
      return std::numeric_limits<int64_t>::max();
  }
}

}  // namespace pentad::ledger
