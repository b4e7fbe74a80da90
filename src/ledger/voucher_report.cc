#include "ledger/voucher_report.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "base/money_text.h"
#include "ledger/calendar.h"
#include "ledger/statement.h"

namespace pentad::ledger {

Result<VoucherReport> voucher_report(const Voucher& voucher, Money held, Money left,
                                     const std::vector<Charge>& charges) {
  std::map<std::tuple<std::string, std::string, WorkloadClass>, VoucherUse> uses;
  VoucherReport out;
  out.voucher = voucher;
  out.held = held;
  out.left = left;
  for (const Charge& charge : charges) {
    if (Status good = check_charge(charge); !good) return tl::unexpected(good.error());
    for (const VoucherPart& part : charge.vouchers) {
      if (part.voucher != voucher.id) continue;
      std::string month = month_name(charge.ended);
      VoucherUse& use = uses[{charge.project, month, charge.workload_class}];
      use.project = charge.project;
      use.workload_class = charge.workload_class;
      use.month = month;
      ++use.charges;
      use.amount += part.amount;
      use.total += charge.total;
      out.spent += part.amount;
      if (out.spent > voucher.amount) {
        return fail(ErrorCode::corrupt,
                    fmt::format("voucher {} has paid {} and was issued with {}", voucher.id,
                                money_text_exact(out.spent), money_text_exact(voucher.amount)));
      }
    }
  }
  out.returned = voucher.amount - out.spent - held - left;
  if (out.returned.value < 0) {
    return fail(ErrorCode::corrupt,
                fmt::format("voucher {}: spent, held and left are {} more than was issued",
                            voucher.id, money_text_exact(-out.returned)));
  }
  for (auto& [key, use] : uses) out.uses.push_back(std::move(use));
  return out;
}

}  // namespace pentad::ledger
