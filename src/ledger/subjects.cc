#include "ledger/subjects.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"
#include "ledger/arithmetic.h"

namespace pentad::ledger {

namespace {

uint64_t hash_of(SubjectKind kind, std::string_view name) {
  return Hasher().add(static_cast<uint64_t>(kind)).add(name).digest();
}

std::string text_or_empty(Month month) { return month == 0 ? "" : month_text(month); }
Month month_or_none(const std::string& text) { return month_from(text).value_or(0); }

std::vector<int64_t> list_of(const Quantities& quantities) {
  if (quantities == Quantities{}) return {};
  return {quantities.begin(), quantities.end()};
}
Quantities quantities_of(const std::vector<int64_t>& list) {
  Quantities quantities{};
  std::copy_n(list.begin(), std::min(list.size(), quantities.size()), quantities.begin());
  return quantities;
}

SubjectRow row_of(const Subject& s) {
  SubjectRow row{s.kind,
                 s.name,
                 s.quota,
                 s.credit,
                 s.topped_up_to,
                 s.budget,
                 s.spent,
                 {},
                 s.told_percent,
                 s.told_month_percent,
                 text_or_empty(s.told_month),
                 text_or_empty(s.device_month),
                 s.device_ms,
                 list_of(s.quantities),
                 list_of(s.last_quantities),
                 text_or_empty(s.quantities_month)};
  for (const auto& [month, of] : s.months) {
    row.months.push_back({month_text(month), of.total, of.charges, of.digest});
  }
  return row;
}

}  // namespace

Quantities& Subject::quantities_in(Month month) {
  if (month > quantities_month) {
    last_quantities = month == quantities_month + 1 ? quantities : Quantities{};
    quantities = {};
    quantities_month = month;
  }
  return month < quantities_month ? last_quantities : quantities;
}

SubjectSlot Subjects::find(SubjectKind kind, std::string_view name) const {
  return index_.find(hash_of(kind, name), [&](uint32_t at) {
    return records_[at].kind == kind && records_[at].name == name;
  });
}

SubjectSlot Subjects::open(SubjectKind kind, std::string_view name, Books& books) {
  SubjectSlot slot = find(kind, name);
  if (slot != kNoSlot) return slot;
  slot = records_.take();
  Subject& subject = records_[slot];
  subject.kind = kind;
  subject.name = name;
  if (kind == SubjectKind::tenant) {
    subject.account = books.open("tenant/" + subject.name);
    subject.hold_account = books.open("hold/" + subject.name);
  }
  index_.insert(hash_of(kind, name), slot);
  return slot;
}

std::vector<const Subject*> Subjects::sorted() const {
  std::vector<const Subject*> list;
  for (uint32_t slot = 0; slot < records_.end(); ++slot) list.push_back(&records_[slot]);
  std::sort(list.begin(), list.end(), [](const Subject* a, const Subject* b) {
    return std::tie(a->kind, a->name) < std::tie(b->kind, b->name);
  });
  return list;
}

std::vector<SubjectRow> Subjects::rows() const {
  std::vector<SubjectRow> rows;
  for (const Subject* subject : sorted()) {
    SubjectRow row = row_of(*subject);
    SubjectRow nothing;
    nothing.kind = row.kind;
    nothing.name = row.name;
    if (!(row == nothing)) rows.push_back(std::move(row));
  }
  return rows;
}

void Subjects::restore(const std::vector<SubjectRow>& rows, Books& books) {
  for (const SubjectRow& row : rows) {
    Subject& s = at(open(row.kind, row.name, books));
    s.quota = row.quota;
    s.credit = row.credit;
    s.topped_up_to = row.topped_up_to;
    s.budget = row.budget;
    s.spent = row.spent;
    for (const MonthTotal& of : row.months) {
      s.months[month_or_none(of.month)] = {of.total, of.charges, of.digest};
    }
    s.told_percent = row.told_percent;
    s.told_month_percent = row.told_month_percent;
    s.told_month = month_or_none(row.told_month);
    s.device_month = month_or_none(row.device_month);
    s.device_ms = row.device_ms;
    s.quantities = quantities_of(row.quantities);
    s.last_quantities = quantities_of(row.last_quantities);
    s.quantities_month = month_or_none(row.quantities_month);
  }
}

}  // namespace pentad::ledger
