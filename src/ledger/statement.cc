#include "ledger/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/money_text.h"
#include "base/reflect.h"
#include "ledger/calendar.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

// Sums without overflow; of quantities and of amounts.
class Sum {
 public:
  void add(int64_t value) { sum_ += value; }
  void add(Money amount) { sum_ += amount.value; }
  bool fits() const {
    return sum_ <= std::numeric_limits<int64_t>::max() &&
           sum_ >= std::numeric_limits<int64_t>::min();
  }
  int64_t value() const { return static_cast<int64_t>(sum_); }
  Money money() const { return Money{value()}; }

 private:
  __int128 sum_ = 0;
};

tl::unexpected<Error> wrong(std::string what) {
  return fail(ErrorCode::corrupt, "the statement does not add up: " + std::move(what));
}

Status same(Money stated, const Sum& sum, std::string_view what) {
  if (sum.fits() && stated == sum.money()) return {};
  return wrong(fmt::format("{}: {} is stated, the parts make {}", what, money_text_exact(stated),
                           sum.fits() ? money_text_exact(sum.money()) : "more than fits"));
}

// The parts of a statement as its charges make them.
struct Parts {
  std::map<PriceUnit, std::pair<Sum, Sum>> units;  // quantity, amount
  struct OfUser {
    int64_t charges = 0;
    Sum total, by_vouchers, paid;
  };
  std::map<std::string, OfUser> users;
  struct OfVoucher {
    int64_t charges = 0;
    Sum amount;
  };
  std::map<int64_t, OfVoucher> vouchers;
  Sum total, by_vouchers, paid;

  void add(const Charge& charge);
  Status write(Statement& out, const std::vector<Voucher>& known) const;
};

void Parts::add(const Charge& charge) {
  for (const ChargeLine& line : charge.lines) {
    auto& [quantity, amount] = units[line.unit];
    quantity.add(line.quantity);
    amount.add(line.amount);
  }
  OfUser& user = users[charge.user];
  ++user.charges;
  user.total.add(charge.total);
  user.paid.add(charge.paid);
  total.add(charge.total);
  paid.add(charge.paid);
  for (const VoucherPart& part : charge.vouchers) {
    OfVoucher& voucher = vouchers[part.voucher];
    ++voucher.charges;
    voucher.amount.add(part.amount);
    user.by_vouchers.add(part.amount);
    by_vouchers.add(part.amount);
  }
}

Status Parts::write(Statement& out, const std::vector<Voucher>& known) const {
  bool fits = total.fits() && paid.fits() && by_vouchers.fits();
  for (const auto& [unit, sums] : units) {
    fits = fits && sums.first.fits() && sums.second.fits();
    out.units.push_back({unit, sums.first.value(), sums.second.money()});
  }
  for (const auto& [name, user] : users) {
    out.users.push_back(
        {name, user.charges, user.total.money(), user.by_vouchers.money(), user.paid.money()});
  }
  for (const auto& [id, voucher] : vouchers) {
    VoucherSubtotal& row = out.vouchers.emplace_back();
    row = {id, "", "", voucher.charges, voucher.amount.money()};
    auto named = std::find_if(known.begin(), known.end(),
                              [id = id](const Voucher& v) { return v.id == id; });
    if (named == known.end()) continue;
    row.funder = named->funder;
    row.title = named->title;
  }
  if (!fits) return wrong("a sum is more than an amount can be");
  out.total = total.money();
  out.by_vouchers = by_vouchers.money();
  out.paid = paid.money();
  return {};
}

Status check_place(const Statement& s, const MonthSpan& span, const Charge& charge) {
  if (charge.tenant != s.tenant || charge.project != s.project) {
    return wrong(
        fmt::format("charge {} is of {}", charge.id, full_name(charge.tenant, charge.project)));
  }
  if (charge.ended < span.from || charge.ended >= span.until) {
    return wrong(fmt::format("charge {} belongs to {}", charge.id, month_name(charge.ended)));
  }
  return {};
}

bool by_end(const Charge& a, const Charge& b) {
  return std::pair(a.ended, a.id) < std::pair(b.ended, b.id);
}

}  // namespace

Result<Money> line_amount(PriceUnit unit, int64_t quantity, Money price) {
  const __int128 fine = fine_units_of(unit);
  __int128 product = static_cast<__int128>(quantity) * price.value;
  __int128 doubled = 2 * product + fine;  // half up, also below zero
  __int128 rounded = doubled / (2 * fine);
  if (doubled % (2 * fine) < 0) --rounded;
  if (rounded > std::numeric_limits<int64_t>::max() ||
      rounded < std::numeric_limits<int64_t>::min()) {
    return fail(ErrorCode::corrupt, "is more than an amount can be");
  }
  return Money{static_cast<int64_t>(rounded)};
}

Status check_charge(const Charge& charge) {
  Sum lines, vouchers;
  for (const ChargeLine& line : charge.lines) {
    Result<Money> amount = line_amount(line.unit, line.quantity, line.price);
    if (!amount || *amount != line.amount) {
      return wrong(fmt::format("charge {}, {}: {} is stated, quantity and price make {}", charge.id,
                               enum_name(line.unit), money_text_exact(line.amount),
                               amount ? money_text_exact(*amount) : amount.error().message));
    }
    lines.add(line.amount);
  }
  for (const VoucherPart& part : charge.vouchers) vouchers.add(part.amount);
  Status total = same(charge.total, lines, fmt::format("total of charge {}", charge.id));
  if (!total) return total;
  vouchers.add(charge.paid);
  Status split = same(charge.total, vouchers, fmt::format("shares of charge {}", charge.id));
  if (!split) return split;
  if (charge.free_because.empty() || (charge.total.value == 0 && charge.lines.empty())) return {};
  return wrong(fmt::format("charge {} is said to be free and is not", charge.id));
}

Result<Statement> make_statement(std::string tenant, std::string project, std::string month,
                                 std::vector<Charge> charges, const std::vector<Voucher>& known) {
  std::optional<MonthSpan> span = month_span(month);
  if (!span) return fail(ErrorCode::invalid, "expected a month such as 2026-11");
  Statement out;
  out.tenant = std::move(tenant);
  out.project = std::move(project);
  out.month = std::move(month);
  out.from = span->from;
  out.until = span->until;
  out.charges = std::move(charges);
  std::sort(out.charges.begin(), out.charges.end(), by_end);
  Parts parts;
  for (const Charge& charge : out.charges) parts.add(charge);
  if (Status written = parts.write(out, known); !written) return tl::unexpected(written.error());
  if (Status good = check_statement(out); !good) return tl::unexpected(good.error());
  return out;
}

Status check_statement(const Statement& s) {
  if (s.format != 1) {
    return fail(ErrorCode::unsupported,
                fmt::format("statements of format {} are not known here", s.format));
  }
  std::optional<MonthSpan> span = month_span(s.month);
  if (!span || span->from != s.from || span->until != s.until) {
    return wrong("its month and its dates differ");
  }
  Parts parts;
  for (size_t i = 0; i < s.charges.size(); ++i) {
    const Charge& charge = s.charges[i];
    if (i > 0 && !by_end(s.charges[i - 1], charge)) {
      return wrong(fmt::format("charge {} stands twice or in a wrong place", charge.id));
    }
    if (Status here = check_place(s, *span, charge); !here) return here;
    if (Status good = check_charge(charge); !good) return good;
    parts.add(charge);
  }
  Statement again;
  if (Status written = parts.write(again, {}); !written) return written;
  // Names of vouchers are not sums.
  for (size_t i = 0; i < std::min(again.vouchers.size(), s.vouchers.size()); ++i) {
    again.vouchers[i].funder = s.vouchers[i].funder;
    again.vouchers[i].title = s.vouchers[i].title;
  }
  if (again.units != s.units) return wrong("sub-totals by unit");
  if (again.users != s.users) return wrong("sub-totals by user");
  if (again.vouchers != s.vouchers) return wrong("sub-totals by voucher");
  if (Status t = same(s.total, parts.total, "total"); !t) return t;
  if (Status t = same(s.by_vouchers, parts.by_vouchers, "share of the vouchers"); !t) return t;
  if (Status t = same(s.paid, parts.paid, "own share"); !t) return t;
  Sum units, shares;
  for (const UnitSubtotal& unit : s.units) units.add(unit.amount);
  shares.add(s.by_vouchers);
  shares.add(s.paid);
  if (Status t = same(s.total, units, "total of the units"); !t) return t;
  return same(s.total, shares, "shares of the total");
}

std::string canonical_text(const Statement& statement) { return to_json(statement); }

}  // namespace pentad::ledger
