// What computing costs and who pays: prices, budgets, vouchers, quotas, and the records that the
// ledger makes. All amounts are integers of a millionth of a yuan. How they work together stands in
// ledger/README.md.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/job.h"

namespace pentad {

// What can have a price. Quantities are counted in the fine unit in brackets, an integer, so that
// nothing is rounded before it is multiplied with a price:
//   core_hour [core-milliseconds], memory_gib_hour [MiB-milliseconds],
//   device_hour [thousandths of a device times milliseconds], energy_kwh [joules],
//   storage_gib_day [MiB-days], tokens_million [tokens].
BOOST_DEFINE_ENUM_CLASS(PriceUnit, core_hour, memory_gib_hour, device_hour, energy_kwh,
                        storage_gib_day, tokens_million)

// Fine units in one unit that has a price: 3,600,000 core-milliseconds in a core-hour.
constexpr int64_t fine_units_of(PriceUnit unit) {
  switch (unit) {
    case PriceUnit::core_hour:
      return 3'600'000;
    case PriceUnit::memory_gib_hour:
      return 1024 * int64_t{3'600'000};
    case PriceUnit::device_hour:
      return 1000 * int64_t{3'600'000};
    case PriceUnit::energy_kwh:
      return 3'600'000;
    case PriceUnit::storage_gib_day:
      return 1024;
    case PriceUnit::tokens_million:
      return 1'000'000;
  }
  return 1;
}

// From this much of a tenant's use in a calendar month (UTC+8) upwards, in fine units, one unit
// costs so much. The first step begins at 0; a price of 0 there is a free tier.
struct PriceStep {
  int64_t from_quantity = 0;
  Money price;
  bool operator==(const PriceStep&) const = default;
};
BOOST_DESCRIBE_STRUCT(PriceStep, (), (from_quantity, price))

// In force in [from, until). Empty texts match everything. Of the prices of a unit that match, the
// one that names most of (tenant, qos, pool, device_model) counts, compared in this order. Two with
// the same unit and names may not overlap in time. `kwh_by_hour`: for energy, 24 prices by the hour
// of the local day instead of the steps. `id` is given by the core.
struct Price {
  int64_t id = 0;
  PriceUnit unit = PriceUnit::core_hour;
  std::string device_model;
  std::string pool;
  std::string qos;
  std::string tenant;
  Time from;
  Time until = Time::never();
  std::vector<PriceStep> steps;
  std::vector<Money> kwh_by_hour;
  Duration utc_offset = hours(8);
  std::string note;
  bool operator==(const Price&) const = default;
};
BOOST_DESCRIBE_STRUCT(Price, (),
                      (id, unit, device_model, pool, qos, tenant, from, until, steps, kwh_by_hour,
                       utc_offset, note))

// How the centre charges; part of its policy. Nothing is charged and no price, tenant or project is
// asked for while `charged` is empty.
struct MoneyPolicy {
  std::vector<PriceUnit> charged;  // of jobs: each must have a price or the job is refused
  int32_t pue_milli = 1000;        // energy of the site for that of the nodes, in thousandths
  // What ended so is charged for what it used; not charged when this is false. Else putting a job
  // back just before its end would make all of it free.
  bool charge_requeued = true;  // put back by its user or its exit code
  bool charge_not_started = false;
  std::vector<int32_t> notify_at_percent = {50, 80, 100};  // of a budget, a cap, a balance
  bool operator==(const MoneyPolicy&) const = default;
};
BOOST_DESCRIBE_STRUCT(MoneyPolicy, (),
                      (charged, pue_milli, charge_requeued, charge_not_started, notify_at_percent))

// What a project may spend of its tenant's money, and how far a tenant may go below zero.
struct Budget {
  std::optional<Money> total;      // ever
  std::optional<Money> per_month;  // calendar month, UTC+8
  bool operator==(const Budget&) const = default;
};
BOOST_DESCRIBE_STRUCT(Budget, (), (total, per_month))

// Spent first, the earliest expiry first. It covers at most `share_milli` thousandths of a job's
// cost. An attempt that starts in [from, until) may use it, whenever it ends; what such an attempt
// does not use comes back to the voucher and, when that has expired meanwhile, goes on to the
// funder. `id` is given by the core.
struct Voucher {
  int64_t id = 0;
  std::string funder;
  std::string tenant;
  std::string project;  // empty: all of the tenant's
  std::string title;
  Money amount;
  Time from;
  Time until;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;  // empty: all
  std::vector<std::string> pools;      // empty: all
  int64_t application = 0;             // of a grant: the application it was awarded to
  bool operator==(const Voucher&) const = default;
};
BOOST_DESCRIBE_STRUCT(Voucher, (),
                      (id, funder, tenant, project, title, amount, from, until, share_milli,
                       classes, pools, application))

// At most so much at once; unset: no limit. Elements of an array count one by one.
struct QuotaLimits {
  std::optional<int64_t> running_jobs;
  std::optional<int64_t> queued_jobs;
  std::optional<int64_t> cores;
  std::optional<int64_t> device_milli;
  std::optional<int64_t> device_milli_ms_per_month;
  bool operator==(const QuotaLimits&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotaLimits, (),
                      (running_jobs, queued_jobs, cores, device_milli, device_milli_ms_per_month))

// Of a tenant, of one of its projects, or of a user (then tenant and project are empty).
struct Quota {
  std::string tenant;
  std::string project;
  std::string user;
  QuotaLimits limits;
  bool operator==(const Quota&) const = default;
};
BOOST_DESCRIBE_STRUCT(Quota, (), (tenant, project, user, limits))

// --- what the ledger makes ---

// Accounts by name: "tenant/T" (their money), "hold/T" (what running attempts may cost),
// "voucher/ID", "voucher-hold/ID", "funder/F" (what the funder owes, below zero), "revenue",
// "cash" (what came from outside, below zero), "write-off".
struct Posting {
  std::string account;
  Money amount;  // above zero: the account gets it
  bool operator==(const Posting&) const = default;
};
BOOST_DESCRIBE_STRUCT(Posting, (), (account, amount))

BOOST_DEFINE_ENUM_CLASS(EntryKind, top_up, hold, settle, voucher_issued, voucher_expired,
                        voucher_cancelled, metered, adjustment, write_off)

// One balanced movement of money: the amounts sum to zero. Numbered from 1 without gaps; never
// changed. `cause` says what it was for ("attempt 12/0/1", "voucher 3", "top-up INV-7").
struct LedgerEntry {
  int64_t id = 0;
  Time at;
  EntryKind kind = EntryKind::top_up;
  std::string cause;
  std::string actor;
  std::string note;
  std::vector<Posting> postings;
  bool operator==(const LedgerEntry&) const = default;
};
BOOST_DESCRIBE_STRUCT(LedgerEntry, (), (id, at, kind, cause, actor, note, postings))

// measured by a meter, modelled from what the job used, estimated from what its devices can draw.
BOOST_DEFINE_ENUM_CLASS(FigureQuality, measured, modelled, estimated)

// `quantity` in fine units at `price` for one unit; `amount` is rounded half up. Energy has a line
// for each price of the hours it was used in, volume steps a line each.
struct ChargeLine {
  PriceUnit unit = PriceUnit::core_hour;
  int64_t price_id = 0;
  int64_t quantity = 0;
  Money price;
  Money amount;
  bool operator==(const ChargeLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(ChargeLine, (), (unit, price_id, quantity, price, amount))

struct VoucherPart {
  int64_t voucher = 0;
  Money amount;
  bool operator==(const VoucherPart&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherPart, (), (voucher, amount))

// What one ended attempt, or one metered use (then `attempt` is none), cost: a line of a statement.
// total = sum of the lines = paid + sum of the vouchers. `free_because` is set and the lines are
// empty when the policy does not charge it. A charge belongs to the month of `ended`, UTC+8.
struct Charge {
  int64_t id = 0;     // numbered from 1 without gaps
  int64_t entry = 0;  // that settled it; 0: no money moved
  AttemptId attempt;
  std::string tenant;
  std::string project;
  std::string user;
  std::string name;  // of the job, or what was metered
  std::string qos;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Placement placement;
  JobState state = JobState::completed;
  Time started;
  Time ended;
  Energy energy;
  FigureQuality energy_quality = FigureQuality::estimated;
  std::vector<ChargeLine> lines;
  std::vector<VoucherPart> vouchers;
  Money paid;  // of the tenant's own money
  Money total;
  Money held;  // at the start
  std::string free_because;
  bool operator==(const Charge&) const = default;
};
BOOST_DESCRIBE_STRUCT(Charge, (),
                      (id, entry, attempt, tenant, project, user, name, qos, workload_class,
                       placement, state, started, ended, energy, energy_quality, lines, vouchers,
                       paid, total, held, free_because))

// Something that somebody should hear of: a budget, cap or balance has reached a level, a voucher
// is about to expire or has, a job waits for money.
struct Notice {
  Time at;
  std::string tenant;
  std::string project;
  std::string kind;  // "budget", "month-cap", "balance", "voucher"
  std::string text;
  bool operator==(const Notice&) const = default;
};
BOOST_DESCRIBE_STRUCT(Notice, (), (at, tenant, project, kind, text))

}  // namespace pentad
