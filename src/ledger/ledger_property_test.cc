// No sequence of top-ups, vouchers, starts, ends, cancellations, expiries and price changes
// overspends, loses or invents a millionth: the ledger against a model of a few lines that knows
// balances as plain numbers and shares no code with it.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "ledger/ledger.h"

using namespace pentad;          // NOLINT
using namespace pentad::ledger;  // NOLINT

namespace {

struct ModelVoucher {
  int64_t id, tenant, left, held, share;
  Time until;
  bool over;
};
struct ModelHold {
  int64_t tenant, cores, price, limit, greatest, own;
  std::vector<std::pair<int64_t, int64_t>> parts;  // voucher, amount
};

int64_t up(__int128 x, int64_t d) { return static_cast<int64_t>((x + d - 1) / d); }
int64_t half_up(__int128 x, int64_t d) { return static_cast<int64_t>((2 * x + d) / (2 * d)); }

class World {
 public:
  World() {
    MoneyPolicy policy;
    policy.charged = {PriceUnit::core_hour};
    ledger_.set_policy(policy);
    for (int64_t t = 0; t < kTenants; ++t) {
      payers_.push_back(ledger_.payer(fmt::format("t{}", t), "p", fmt::format("u{}", t)));
    }
  }

  void step(uint32_t r) {
    now_ = now_ + seconds(r % 7);
    expire();
    const int64_t tenant = r / 7 % kTenants;
    const int64_t x = r / 97 % 1000;
    switch (r / 21 % 9) {
      case 0:
        return top_up(tenant, x * 1001);
      case 1:
        return credit(tenant, x * 503);
      case 2:
        return issue(tenant, x * 777, 1 + x * 31 % 1000, seconds(1 + x % 60));
      case 3:
        return cancel(1 + x % (std::ssize(vouchers_) + 1));
      case 4:
        return price(x * 9973 * 3600);
      case 5:
      case 6:
        return start(tenant, 1 + x % 5, 1 + x * 7919 % 600'000);
      default:
        return end(x);
    }
  }

  void check() {
    RC_ASSERT(ledger_.books().sums_to_zero());
    for (int64_t t = 0; t < kTenants; ++t) {
      RC_ASSERT(balance(fmt::format("tenant/t{}", t)) == free_[t]);
      RC_ASSERT(free_[t] >= -credit_[t]);
      int64_t held = 0;
      for (const auto& [id, hold] : model_) held += hold.tenant == t ? hold.own : 0;
      RC_ASSERT(balance(fmt::format("hold/t{}", t)) == held);
    }
    for (const ModelVoucher& v : vouchers_) {
      RC_ASSERT(balance(fmt::format("voucher/{}", v.id)) == v.left);
      RC_ASSERT(balance(fmt::format("voucher-hold/{}", v.id)) == v.held);
    }
    RC_ASSERT(balance("revenue") == revenue_);
    RC_ASSERT(balance("cash") == -cash_);
    RC_ASSERT(balance("funder/f") == -funder_);
    std::vector<const Hold*> holds;
    for (const auto& [id, hold] : holds_) holds.push_back(&hold);
    RC_ASSERT(ledger_.check(holds).empty());
    check_records();
    // A copy made of its state says the same.
    Ledger again;
    RC_ASSERT(again.restore(ledger_.state()));
    RC_ASSERT(again.books().rows() == ledger_.books().rows());
  }

 private:
  static constexpr int64_t kTenants = 2;
  int64_t balance(const std::string& name) const { return ledger_.books().balance(name).value; }
  Cause cause() const { return {now_, "test"}; }

  // Every entry is balanced and numbered; every charge adds up.
  void check_records() {
    for (const LedgerEntry& entry : entries_) {
      RC_ASSERT(entry.id == ++last_entry_);
      Money sum;
      for (const Posting& p : entry.postings) sum += p.amount;
      RC_ASSERT(sum == Money{} && !entry.postings.empty());
    }
    for (const Charge& charge : charges_) {
      RC_ASSERT(charge.id == ++last_charge_);
      Money vouchers, lines;
      for (const VoucherPart& part : charge.vouchers) vouchers += part.amount;
      for (const ChargeLine& line : charge.lines) lines += line.amount;
      RC_ASSERT(charge.total == lines && charge.total == charge.paid + vouchers);
      RC_ASSERT(charge.total <= charge.held);
    }
    entries_.clear();
    charges_.clear();
  }

  void top_up(int64_t tenant, int64_t amount) {
    const auto refused = ledger_.top_up(fmt::format("t{}", tenant), Money{amount},
                                        fmt::format("r{}", cash_), "", cause(), records_);
    // A reference that was used, or nothing at all, is refused.
    RC_ASSERT(refused.has_value() == (amount == 0 || !references_.insert(cash_).second));
    if (refused) return;
    cash_ += amount;
    free_[tenant] += amount;
  }

  void credit(int64_t tenant, int64_t line) {
    const auto refused = ledger_.set_credit(fmt::format("t{}", tenant), Money{line});
    RC_ASSERT(refused.has_value() == (free_[tenant] < -line));
    if (!refused) credit_[tenant] = line;
  }

  void issue(int64_t tenant, int64_t amount, int64_t share, Duration length) {
    Voucher v;
    v.tenant = fmt::format("t{}", tenant);
    v.funder = "f";
    v.amount = Money{amount};
    v.share_milli = static_cast<int32_t>(share);
    v.until = now_ + length;
    const auto refused = ledger_.issue_voucher(v, cause(), records_);
    RC_ASSERT(refused.has_value() == (amount == 0));
    if (refused) return;
    vouchers_.push_back({std::ssize(vouchers_) + 1, tenant, amount, 0, share, v.until, false});
    funder_ += amount;
  }

  void give_back(ModelVoucher& v) {
    v.over = true;
    funder_ -= v.left;
    v.left = 0;
  }

  void cancel(int64_t id) {
    const auto refused = ledger_.cancel_voucher(id, "test", cause(), records_);
    const bool there = id <= std::ssize(vouchers_);
    RC_ASSERT(refused.has_value() == (!there || vouchers_[static_cast<size_t>(id - 1)].over));
    if (!refused) give_back(vouchers_[static_cast<size_t>(id - 1)]);
  }

  void expire() {
    ledger_.run_due(now_, records_);
    for (ModelVoucher& v : vouchers_) {
      if (!v.over && v.until <= now_) give_back(v);
    }
  }

  void price(int64_t amount) {
    if (price_ >= 0) RC_ASSERT(!ledger_.end_price(std::ssize(ledger_.prices().all()), now_, now_));
    Price p;
    p.unit = PriceUnit::core_hour;
    p.from = now_;
    p.steps = {{0, Money{amount}}};
    RC_ASSERT(!ledger_.put_prices({p}, now_));
    price_ = amount;
  }

  void start(int64_t tenant, int64_t cores, int64_t limit) {
    Ask ask;
    ask.payer = payers_[static_cast<size_t>(tenant)];
    ask.limit = milliseconds(limit);
    ask.size.cores = cores;
    Hold hold;
    const auto obstacle = ledger_.reserve(ask, now_, hold);
    if (price_ < 0) {
      RC_ASSERT(obstacle && obstacle->gauge == Gauge::price);
      return;
    }
    ModelHold m{tenant, cores, price_, limit, up(__int128{price_} * cores * limit, 3'600'000),
                0,      {}};
    m.own = m.greatest;
    std::vector<ModelVoucher*> order;
    for (ModelVoucher& v : vouchers_) {
      if (v.tenant == tenant && !v.over) order.push_back(&v);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](auto* a, auto* b) { return a->until < b->until; });
    for (ModelVoucher* v : order) {
      const int64_t part = std::min({m.greatest * v->share / 1000, v->left, m.own});
      if (part > 0) m.parts.push_back({v->id, part});
      m.own -= std::max<int64_t>(part, 0);
    }
    const bool payable = m.own <= std::max<int64_t>(0, free_[tenant] + credit_[tenant]);
    RC_ASSERT(obstacle.has_value() == !payable);
    if (obstacle) return;
    free_[tenant] -= m.own;
    for (const auto& [id, part] : m.parts) {
      vouchers_[static_cast<size_t>(id - 1)].left -= part;
      vouchers_[static_cast<size_t>(id - 1)].held += part;
    }
    const int64_t id = ++attempts_;
    ledger_.record_hold(hold, {JobId{id}, 0, 1}, cause(), records_);
    holds_.emplace(id, hold);
    model_.emplace(id, m);
  }

  void end(int64_t x) {
    if (model_.empty()) return;
    auto it = model_.begin();
    std::advance(it, x % std::ssize(model_));
    const ModelHold m = it->second;
    const int64_t ran = x * 104'729 % (2 * m.limit);  // also beyond its limit
    const bool is_free = x % 5 == 0;
    Placement placement;
    now_ = std::max(now_, holds_[it->first].terms.ordered) + milliseconds(ran);
    expire();
    const Money charged = ledger_.settle(holds_[it->first],
                                         {{JobId{it->first}, 0, 1},
                                          "",
                                          placement,
                                          JobState::completed,
                                          now_ - milliseconds(ran),
                                          now_,
                                          {},
                                          is_free ? "test" : ""},
                                         cause(), records_);
    const int64_t cost =
        is_free ? 0 : half_up(__int128{m.price} * m.cores * std::min(ran, m.limit), 3'600'000);
    RC_ASSERT(charged.value == cost);
    int64_t rest = cost;
    std::vector<int64_t> spent;
    for (const auto& [id, part] : m.parts) {
      ModelVoucher& v = vouchers_[static_cast<size_t>(id - 1)];
      spent.push_back(std::min({cost * v.share / 1000, part, rest}));
      rest -= spent.back();
    }
    for (size_t i = 0; i < spent.size() && rest > m.own; ++i) {
      const int64_t more = std::min(rest - m.own, m.parts[i].second - spent[i]);
      spent[i] += more;
      rest -= more;
      RC_ASSERT(more <= std::ssize(m.parts));
    }
    RC_ASSERT(rest <= m.own);
    free_[m.tenant] += m.own - rest;
    for (size_t i = 0; i < spent.size(); ++i) {
      ModelVoucher& v = vouchers_[static_cast<size_t>(m.parts[i].first - 1)];
      v.held -= m.parts[i].second;
      (v.over ? funder_ : v.left) += (v.over ? -1 : 1) * (m.parts[i].second - spent[i]);
    }
    revenue_ += cost;
    holds_.erase(it->first);
    model_.erase(it);
  }

  Ledger ledger_;
  std::vector<Payer> payers_;
  std::vector<LedgerEntry> entries_;
  std::vector<Charge> charges_;
  std::vector<Notice> notices_;
  Records records_{entries_, charges_, notices_};
  Time now_{1'700'000'000'000};
  int64_t attempts_ = 0, last_entry_ = 0, last_charge_ = 0;
  std::map<int64_t, Hold> holds_;

  std::map<int64_t, int64_t> free_, credit_;
  std::vector<ModelVoucher> vouchers_;
  std::map<int64_t, ModelHold> model_;
  std::set<int64_t> references_;
  int64_t revenue_ = 0, cash_ = 0, funder_ = 0, price_ = -1;
};

}  // namespace

TEST_CASE("no sequence overspends, loses or invents a millionth") {
  CHECK(rc::check([](const std::vector<uint32_t>& steps) {
    World world;
    world.step(21 * 4 + 97 * 500);  // a price, so that most starts are about money
    for (uint32_t step : steps) {
      world.step(step);
      world.check();
    }
  }));
}
