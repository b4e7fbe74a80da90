#include "ledger/voucher_report.h"

#include <doctest/doctest.h>

#include "ledger/statement_sample.h"

namespace pentad::ledger {
namespace {

TEST_CASE("a funder's report: spent, held, left and returned are what was issued") {
  Voucher v = sample_vouchers()[0];
  v.amount = Money{5'000'000};
  std::vector<Charge> charges = sample_charges();
  charges.push_back(sample_charge(9, month_span("2026-12")->from + hours(1),
                                  {{PriceUnit::core_hour, 3, 3'600'000, Money{900'000}, {}}}));
  pay_by_voucher(charges.back(), 7, Money{540'000});
  VoucherReport report = voucher_report(v, Money{10}, Money{2'000'000}, charges).value();
  CHECK(report.spent == Money{1'540'000});
  CHECK(report.returned == Money{5'000'000 - 1'540'000 - 10 - 2'000'000});
  REQUIRE(report.uses.size() == 2);
  CHECK(report.uses[0].month == "2026-11");
  CHECK(report.uses[0].amount == Money{1'000'000});
  CHECK(report.uses[0].total == charges[0].total);
  CHECK(report.uses[1].month == "2026-12");
  CHECK(report.uses[1].charges == 1);
}

TEST_CASE("a report that cannot be true is refused") {
  Voucher v = sample_vouchers()[0];
  v.amount = Money{999'999};
  CHECK_FALSE(voucher_report(v, Money{}, Money{}, sample_charges()).has_value());
  v.amount = Money{1'000'000};
  CHECK(voucher_report(v, Money{}, Money{}, sample_charges()).has_value());
  CHECK_FALSE(voucher_report(v, Money{1}, Money{}, sample_charges()).has_value());
}

}  // namespace
}  // namespace pentad::ledger
