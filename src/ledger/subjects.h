// Tenants, projects and users as the ledger sees them: their limits and what they use of them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/slots.h"
#include "ledger/books.h"
#include "ledger/cost.h"
#include "ledger/month.h"
#include "model/money.h"

namespace pentad::ledger {

BOOST_DEFINE_ENUM_CLASS(SubjectKind, tenant, project, user)
using SubjectSlot = uint32_t;

// What a project was charged in a month.
struct MonthTotal {
  std::string month;  // "2026-11", UTC+8
  Money total;
  int64_t charges = 0;  // also those of 0
  std::string digest;   // of the statement, when it is closed
  bool operator==(const MonthTotal&) const = default;
};
BOOST_DESCRIBE_STRUCT(MonthTotal, (), (month, total, charges, digest))

// What is kept of a subject in a snapshot.
struct SubjectRow {
  SubjectKind kind = SubjectKind::tenant;
  std::string name;  // of a project the full one, "tenant/project"
  QuotaLimits quota;
  Money credit;                          // of a tenant
  Money topped_up_to;                    // its balance after the last top-up
  Budget budget;                         // of a project
  Money spent;                           // ever
  std::vector<MonthTotal> months;        // ascending
  int32_t told_percent = 0;              // of the balance or budget: notices sent up to here
  int32_t told_month_percent = 0;        // of the monthly cap
  std::string told_month;                // for which that is
  std::string device_month;              // of `device_ms`
  int64_t device_ms = 0;                 // used in that month, in device_milli_ms
  std::vector<int64_t> quantities;       // a tenant's this month, by PriceUnit
  std::vector<int64_t> last_quantities;  // in the month before
  std::string quantities_month;
  bool operator==(const SubjectRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(SubjectRow, (),
                      (kind, name, quota, credit, topped_up_to, budget, spent, months, told_percent,
                       told_month_percent, told_month, device_month, device_ms, quantities,
                       last_quantities, quantities_month))

// What is used at this moment; derived from the jobs and attempts.
struct InUse {
  int64_t running_jobs = 0;
  int64_t queued_jobs = 0;
  int64_t cores = 0;
  int64_t device_milli = 0;
  int64_t device_ms_held = 0;
  bool operator==(const InUse&) const = default;
};

struct Subject {
  SubjectKind kind = SubjectKind::tenant;
  std::string name;
  QuotaLimits quota;
  InUse in_use;
  Month device_month = 0;
  int64_t device_ms = 0;

  // Of a tenant.
  AccountSlot account = kNoSlot;       // "tenant/T"
  AccountSlot hold_account = kNoSlot;  // "hold/T"
  Money credit;
  Money topped_up_to;
  Month quantities_month = 0;
  Quantities quantities{};       // charged in that month
  Quantities last_quantities{};  // in the one before

  // Of a project.
  struct OfMonth {
    Money total;
    int64_t charges = 0;
    std::string digest;
  };
  Budget budget;
  Money spent;
  Money held;  // by attempts that run
  std::map<Month, OfMonth> months;
  std::map<Month, int64_t> running_since;  // attempts by the month of their start

  int32_t told_percent = 0;
  int32_t told_month_percent = 0;
  Month told_month = 0;

  int64_t device_ms_in(Month month) const { return device_month == month ? device_ms : 0; }
  Quantities& quantities_in(Month month);
};

class Subjects {
 public:
  // Made when there is none; slots stay valid, subjects keep their address.
  SubjectSlot open(SubjectKind kind, std::string_view name, Books& books);
  SubjectSlot find(SubjectKind kind, std::string_view name) const;  // kNoSlot: none
  Subject& at(SubjectSlot slot) { return records_[slot]; }
  const Subject& at(SubjectSlot slot) const { return records_[slot]; }
  SubjectSlot end() const { return records_.end(); }  // all slots are below
  // Those that say anything, ascending by kind and name.
  std::vector<SubjectRow> rows() const;
  void restore(const std::vector<SubjectRow>& rows, Books& books);
  std::vector<const Subject*> sorted() const;

 private:
  Slots<Subject> records_;
  SlotIndex index_;
};

}  // namespace pentad::ledger
