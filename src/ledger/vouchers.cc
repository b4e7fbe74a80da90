#include "ledger/vouchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace pentad::ledger {

namespace {

std::optional<Refusal> invalid(const char* field, std::string detail) {
  return Refusal{RefusalCode::invalid_value, field, std::move(detail)};
}

template <class List, class T>
bool allows(const List& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::optional<Refusal> Vouchers::check(const Voucher& v, Time now) {
  if (v.funder.empty()) return invalid("/voucher/funder", "a voucher needs a funder");
  if (v.amount <= Money{}) return invalid("/voucher/amount", "the amount is above zero");
  if (v.share_milli < 1 || v.share_milli > 1000) {
    return invalid("/voucher/share_milli", "it covers 1 to 1000 thousandths of a cost");
  }
  if (v.until <= v.from) return invalid("/voucher/until", "a voucher ends after it begins");
  if (v.until <= now) return invalid("/voucher/until", "it would have expired already");
  return {};
}

VoucherRecord& Vouchers::add(Voucher voucher, Books& books) {
  VoucherRecord record;
  voucher.id = static_cast<int64_t>(records_.size()) + 1;
  record.voucher = std::move(voucher);
  record.account = books.open(fmt::format("voucher/{}", record.voucher.id));
  record.hold_account = books.open(fmt::format("voucher-hold/{}", record.voucher.id));
  record.funder = books.open("funder/" + record.voucher.funder);
  records_.push_back(std::move(record));
  list(records_.back());
  return records_.back();
}

void Vouchers::list(const VoucherRecord& record) {
  if (record.over()) return;
  std::vector<int64_t>& ids = of_tenant_[record.voucher.tenant];
  const auto earlier = [&](int64_t a, int64_t b) {
    return std::tie(find(a)->voucher.until, a) < std::tie(find(b)->voucher.until, b);
  };
  ids.insert(std::upper_bound(ids.begin(), ids.end(), record.voucher.id, earlier),
             record.voucher.id);
}

VoucherRecord* Vouchers::find(int64_t id) {
  if (id < 1 || id > static_cast<int64_t>(records_.size())) return nullptr;
  return &records_[static_cast<size_t>(id - 1)];
}

bool Vouchers::covers(const VoucherRecord& record, const Purpose& purpose, Time now) {
  const Voucher& v = record.voucher;
  if (v.from > now || now >= v.until) return false;
  if (!v.project.empty() && v.project != purpose.project) return false;
  if (!v.classes.empty() &&
      (!purpose.workload_class || !allows(v.classes, *purpose.workload_class))) {
    return false;
  }
  return allows(v.pools, purpose.pool);
}

void Vouchers::end(VoucherRecord& record) {
  const auto it = of_tenant_.find(record.voucher.tenant);
  if (it != of_tenant_.end()) std::erase(it->second, record.voucher.id);
}

std::vector<int64_t> Vouchers::due(Time now) const {
  std::vector<int64_t> ids;
  for (const auto& [tenant, list] : of_tenant_) {
    for (int64_t id : list) {
      const VoucherRecord& record = *find(id);
      if (record.voucher.until - kVoucherWarning > now) break;  // as all that follow
      if (record.voucher.until <= now || !record.warned) ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Time Vouchers::next_due(Time now) const {
  Time next = Time::never();
  for (const auto& [tenant, list] : of_tenant_) {
    for (int64_t id : list) {
      const VoucherRecord& record = *find(id);
      next = std::min(next, record.voucher.until);
      if (!record.warned) next = std::min(next, record.voucher.until - kVoucherWarning);
      if (record.voucher.from > now) next = std::min(next, record.voucher.from);
    }
  }
  return std::max(next, now);
}

std::vector<VoucherRow> Vouchers::rows() const { return {records_.begin(), records_.end()}; }

bool Vouchers::restore(const std::vector<VoucherRow>& rows, Books& books) {
  for (const VoucherRow& row : rows) {
    if (row.voucher.id != static_cast<int64_t>(records_.size()) + 1) return false;
    VoucherRecord& record = add(row.voucher, books);
    static_cast<VoucherRow&>(record) = row;
    if (record.over()) end(record);
  }
  return true;
}

}  // namespace pentad::ledger
