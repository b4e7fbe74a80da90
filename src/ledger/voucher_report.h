// What became of a voucher, for whoever paid for it: who spent what, on which kind of work and in
// which month, and what is left or has gone back.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/money.h"

namespace pentad::ledger {

// One row for each project, class and month in which it paid.
struct VoucherUse {
  std::string project;  // within the voucher's tenant
  WorkloadClass workload_class = WorkloadClass::simulation;
  std::string month;
  int64_t charges = 0;
  Money amount;  // by this voucher
  Money total;   // what those charges cost in all
  bool operator==(const VoucherUse&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherUse, (), (project, workload_class, month, charges, amount, total))

// issued = spent + held + left + returned. `held`: what running attempts may still take.
struct VoucherReport {
  Voucher voucher;
  Money spent;
  Money held;
  Money left;
  Money returned;  // to the funder, expired or cancelled
  std::vector<VoucherUse> uses;
  bool operator==(const VoucherReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherReport, (), (voucher, spent, held, left, returned, uses))

// `charges`: all in which the voucher paid, in any order, others are passed over. `held` and `left`
// as the accounts say. Errors: corrupt when a charge does not add up or the uses are more than was
// issued.
Result<VoucherReport> voucher_report(const Voucher& voucher, Money held, Money left,
                                     const std::vector<Charge>& charges);

}  // namespace pentad::ledger
