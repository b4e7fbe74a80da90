// Computing vouchers: which of them may pay, and in which order.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/books.h"
#include "model/money.h"
#include "model/refusal.h"

namespace pentad::ledger {

// A voucher and what became of it. `free` is what no running attempt holds.
struct VoucherRow {
  Voucher voucher;
  bool cancelled = false;
  bool expired = false;  // what was left has gone back to the funder
  bool warned = false;   // that it is about to expire
  Money spent;           // charged to it
  bool operator==(const VoucherRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherRow, (), (voucher, cancelled, expired, warned, spent))

struct VoucherRecord : VoucherRow {
  AccountSlot account = kNoSlot;       // "voucher/ID"
  AccountSlot hold_account = kNoSlot;  // "voucher-hold/ID"
  AccountSlot funder = kNoSlot;        // "funder/F"
  bool over() const { return cancelled || expired; }
};

// For what a voucher would pay. Without a class or pool (metered use) only vouchers for all do.
struct Purpose {
  std::string_view tenant;
  std::string_view project;  // name within the tenant
  std::optional<WorkloadClass> workload_class;
  std::string_view pool;
};

class Vouchers {
 public:
  // Malformed ones are refused; the tenant and project are known to exist.
  static std::optional<Refusal> check(const Voucher& voucher, Time now);
  VoucherRecord& add(Voucher voucher, Books& books);  // gives it the next id
  VoucherRecord* find(int64_t id);
  const VoucherRecord* find(int64_t id) const { return const_cast<Vouchers*>(this)->find(id); }
  // Those that may pay at `now`, the earliest expiry first.
  template <class F>
  void for_each(const Purpose& purpose, Time now, F&& f) {
    const auto it = of_tenant_.find(purpose.tenant);
    if (it == of_tenant_.end()) return;
    for (int64_t id : it->second) {
      VoucherRecord& record = *find(id);
      if (covers(record, purpose, now)) f(record);
    }
  }
  void end(VoucherRecord& record);  // it pays no more
  const std::vector<VoucherRecord>& all() const { return records_; }
  // Those not over that reach `from`, the warning or their end by `now`, ascending by id.
  std::vector<int64_t> due(Time now) const;
  Time next_due(Time now) const;
  std::vector<VoucherRow> rows() const;
  bool restore(const std::vector<VoucherRow>& rows, Books& books);

 private:
  static bool covers(const VoucherRecord& record, const Purpose& purpose, Time now);
  void list(const VoucherRecord& record);

  std::vector<VoucherRecord> records_;  // by id - 1
  // Of those not over, by their end and id.
  std::map<std::string, std::vector<int64_t>, std::less<>> of_tenant_;
};

// A voucher that is about to expire is told of so long before.
inline constexpr Duration kVoucherWarning = hours(24 * 7);

}  // namespace pentad::ledger
