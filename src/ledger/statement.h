// The statement of a project and a month: every charge, sub-totals and totals, made from the
// charges alone. Nothing is rounded here: a charge's lines are what was rounded, and everything
// else is a sum. A statement that does not add up is not made.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/money.h"

namespace pentad::ledger {

struct UnitSubtotal {
  PriceUnit unit = PriceUnit::core_hour;
  int64_t quantity = 0;  // in fine units
  Money amount;
  bool operator==(const UnitSubtotal&) const = default;
};
BOOST_DESCRIBE_STRUCT(UnitSubtotal, (), (unit, quantity, amount))

struct UserSubtotal {
  std::string user;
  int64_t charges = 0;
  Money total;
  Money by_vouchers;
  Money paid;
  bool operator==(const UserSubtotal&) const = default;
};
BOOST_DESCRIBE_STRUCT(UserSubtotal, (), (user, charges, total, by_vouchers, paid))

// `funder` and `title` as the voucher says; empty when it is not known here.
struct VoucherSubtotal {
  int64_t voucher = 0;
  std::string funder;
  std::string title;
  int64_t charges = 0;
  Money amount;
  bool operator==(const VoucherSubtotal&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherSubtotal, (), (voucher, funder, title, charges, amount))

// total = by_vouchers + paid = the sum of the units = the sum of the users. `project` is the name
// within the tenant.
struct Statement {
  int32_t format = 1;  // of this document; a reader refuses what it does not know
  std::string tenant;
  std::string project;
  std::string month;
  Time from;
  Time until;
  Money total;
  Money by_vouchers;
  Money paid;
  std::vector<UnitSubtotal> units;        // in the order of PriceUnit
  std::vector<UserSubtotal> users;        // by name
  std::vector<VoucherSubtotal> vouchers;  // by number
  std::vector<Charge> charges;            // by their end, then number
  bool operator==(const Statement&) const = default;
};
BOOST_DESCRIBE_STRUCT(Statement, (),
                      (format, tenant, project, month, from, until, total, by_vouchers, paid, units,
                       users, vouchers, charges))

// `charges`: all of that project and month, in any order. `known`: vouchers whose funder and title
// shall be named. Errors: invalid when the month is none; corrupt, naming the charge and both
// figures, when something does not add up or does not belong here.
Result<Statement> make_statement(std::string tenant, std::string project, std::string month,
                                 std::vector<Charge> charges, const std::vector<Voucher>& known);

// Computes everything again: each line from quantity and price, each sum from its parts. Errors:
// corrupt, with the first place and both figures.
Status check_statement(const Statement& statement);

// One charge by itself. Errors: corrupt.
Status check_charge(const Charge& charge);

// quantity x price for one unit, half up to a micro-yuan. Errors: corrupt when it is more than an
// amount can be.
Result<Money> line_amount(PriceUnit unit, int64_t quantity, Money price);

// The one form of a statement that its digest is taken of: compact JSON.
std::string canonical_text(const Statement& statement);

}  // namespace pentad::ledger
