// Who has how much, and who may start what: accounts, prices, vouchers, budgets and quotas as one
// value of the core. README.md beside this file says by which rules.
//
// Every command either is refused, and then nothing has changed, or is done whole; what it made
// (entries, charges, notices) is added to the Records given with it. Whether tenants, projects and
// users exist is the caller's to ask.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/books.h"
#include "ledger/cost.h"
#include "ledger/prices.h"
#include "ledger/subjects.h"
#include "ledger/vouchers.h"
#include "model/money.h"
#include "model/refusal.h"

namespace pentad::ledger {

// What became of a command, in the words of model/money.h.
struct Records {
  std::vector<LedgerEntry>& entries;
  std::vector<Charge>& charges;
  std::vector<Notice>& notices;
};

// When and by whom.
struct Cause {
  Time now;
  std::string actor;
};

// Who pays, as slots of Subjects.
struct Payer {
  SubjectSlot tenant = kNoSlot;
  SubjectSlot project = kNoSlot;
  SubjectSlot user = kNoSlot;
  bool known() const { return tenant != kNoSlot; }
  bool operator==(const Payer&) const = default;
};

// What an attempt would take, and where.
struct Ask {
  Payer payer;
  std::string_view qos;
  std::string_view pool;
  std::string_view device_model;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Size size;
  Duration limit;
};

// What keeps an attempt from starting. For people: explain().
BOOST_DEFINE_ENUM_CLASS(Gauge, account, running_jobs, queued_jobs, cores, device_milli, device_ms,
                        price, budget, month_cap, money)
struct Obstacle {
  Gauge gauge = Gauge::money;
  SubjectSlot subject = kNoSlot;  // whose limit; the tenant for money
  int64_t need = 0;               // in the gauge's unit
  int64_t room = 0;               // what is left of it
};

// What a running attempt holds. Part of the core's snapshot.
struct Hold {
  std::string tenant;
  std::string project;  // name within the tenant
  std::string user;
  std::string qos;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Terms terms;
  Money greatest;  // own + vouchers
  Money own;
  std::vector<VoucherPart> vouchers;
  bool operator==(const Hold&) const = default;

  Payer payer;  // derived
};
BOOST_DESCRIBE_STRUCT(Hold, (),
                      (tenant, project, user, qos, workload_class, terms, greatest, own, vouchers))

// How a held attempt ended.
struct Ended {
  AttemptId attempt;
  std::string_view job_name;
  const Placement& placement;
  JobState state = JobState::completed;
  Time started;
  Time ended;
  std::optional<Duration> cpu_time;  // unset: not known
  std::string free_because;          // empty: it is charged
};

// All of a ledger, lists ascending.
struct LedgerState {
  int64_t next_entry = 1;
  int64_t next_charge = 1;
  std::vector<Posting> accounts;
  std::vector<SubjectRow> subjects;
  std::vector<Price> prices;
  std::vector<VoucherRow> vouchers;
  std::vector<std::string> references;
};
BOOST_DESCRIBE_STRUCT(LedgerState, (),
                      (next_entry, next_charge, accounts, subjects, prices, vouchers, references))

using Refused = std::optional<Refusal>;

class Ledger {
 public:
  void set_policy(const MoneyPolicy& policy);
  // Known after this, with their accounts. `project` is the name within the tenant.
  Payer payer(std::string_view tenant, std::string_view project, std::string_view user);
  void open_tenant(std::string_view tenant) { subjects_.open(SubjectKind::tenant, tenant, books_); }

  // --- commands (commands.cc) ---
  Refused top_up(const std::string& tenant, Money amount, const std::string& reference,
                 const std::string& note, const Cause& cause, Records& records);
  Refused adjust(const std::string& from, const std::string& to, Money amount,
                 const std::string& reason, const Cause& cause, Records& records);
  Refused set_credit(const std::string& tenant, Money line);
  Refused set_budget(const std::string& tenant, const std::string& project, const Budget& budget);
  Refused set_quota(const Quota& quota);
  Refused put_prices(const std::vector<Price>& prices, Time now) {
    return prices_.put(prices, now);
  }
  Refused end_price(int64_t id, Time until, Time now) { return prices_.end(id, until, now); }
  Refused issue_voucher(const Voucher& voucher, const Cause& cause, Records& records);
  Refused cancel_voucher(int64_t id, const std::string& reason, const Cause& cause,
                         Records& records);
  // Charges a quantity at once. Vouchers for all classes and pools pay first.
  Refused meter(const Payer& payer, PriceUnit unit, int64_t quantity, const std::string& reference,
                const Cause& cause, Records& records);
  Refused close_statement(const std::string& tenant, const std::string& project,
                          const std::string& month, Money total, int64_t charges,
                          const std::string& digest, Time now);
  // Vouchers that have expired by now.
  void run_due(Time now, Records& records);
  // When run_due() has something to do, a price changes, or a voucher begins.
  Time next_due(Time now) const;

  // --- attempts (holds.cc) ---
  // The prices that hold for what is asked for: missing is the first unit that has none.
  struct Agreement {
    Terms terms;
    std::optional<PriceUnit> missing;
  };
  Agreement agree(const Ask& ask, Time now) const;
  // Why it may not start now; nothing when it may.
  std::optional<Obstacle> obstacle(const Ask& ask, Time now);
  // Why it could not start now even if nothing of the payer's ran: a submission is answered so.
  // What runs still holds its money.
  std::optional<Obstacle> submission_obstacle(const Ask& ask, Time now);
  struct Estimate {
    Money greatest;
    Energy greatest_energy;
    Energy expected_energy;
    std::vector<ChargeLine> lines;  // of what is expected
  };
  // What it costs at most, and what when it runs for `expected` from now on, its cores busy. Units
  // without a price are left out; all 0 when a figure does not fit.
  Estimate estimate(const Ask& ask, Duration expected, Time now) const;
  // Takes the hold when nothing stands in the way. No entry is made yet: record_hold() does, when
  // the attempt has its name, before anything else happens.
  std::optional<Obstacle> reserve(const Ask& ask, Time now, Hold& hold);
  void record_hold(const Hold& hold, const AttemptId& attempt, const Cause& cause,
                   Records& records);
  // Charges what was used, gives back the rest. The amount charged.
  Money settle(const Hold& hold, const Ended& ended, const Cause& cause, Records& records);
  // After a restore: counts a hold of an attempt that runs.
  void adopt(Hold& hold);
  void count_queued(const Payer& payer, int64_t change);
  // How much is left of what stands in the way; never below 0.
  int64_t room_of(const Obstacle& obstacle, const Ask& ask, Time now);
  // Why a submission of so many elements would break the quota of queued jobs.
  std::optional<Obstacle> queue_obstacle(const Payer& payer, int64_t more) const;
  // What the payer could spend on this: balance, credit, vouchers that may pay.
  Money spendable(const Ask& ask, Time now);
  std::string explain(const Obstacle& obstacle, const Ask& ask) const;

  // --- to look at ---
  const Books& books() const { return books_; }
  const PriceBook& prices() const { return prices_; }
  const Vouchers& vouchers() const { return vouchers_; }
  const Subjects& subjects() const { return subjects_; }
  int64_t next_entry() const { return next_entry_; }
  int64_t next_charge() const { return next_charge_; }
  bool is_empty() const { return next_entry_ == 1 && next_charge_ == 1; }

  // --- snapshot (snapshot.cc) ---
  LedgerState state() const;
  bool restore(LedgerState state);
  // Names what does not hold; `holds` are those of all running attempts.
  std::vector<std::string> check(std::span<const Hold* const> holds) const;

 private:
  struct Share {  // of a cost
    Money own;
    std::vector<VoucherPart> vouchers;
  };
  Share split(Money cost, const Purpose& purpose, Time now);
  Share split_settled(Money cost, const Hold& hold) const;
  std::optional<Obstacle> quota_obstacle(const Ask& ask, Time now, bool as_if_alone) const;
  std::optional<Obstacle> cost_obstacle(const Ask& ask, Time now);
  std::optional<Obstacle> budget_obstacle(SubjectSlot project, Money cost, Time now) const;
  Money free_money(const Subject& tenant) const;  // balance and credit
  Purpose purpose_of(const Ask& ask) const;
  void count(const Hold& hold, int64_t sign);
  void post(EntryKind kind, std::string cause_text, std::string note, std::span<const Move> moves,
            const Cause& cause, Records& records);
  void count_charge(const Charge& charge, const Payer& payer, Month month, Records& records);
  void tell_levels(const Payer& payer, Month month, Time now, Records& records);
  void tell(Subject& subject, int32_t& told, const char* kind, Money used, Money limit, Time now,
            Records& records);
  bool was_seen(const std::string& reference) const { return references_.count(reference) > 0; }

  MoneyPolicy policy_;
  Books books_;
  PriceBook prices_;
  Vouchers vouchers_;
  Subjects subjects_;
  std::set<std::string> references_;
  int64_t next_entry_ = 1;
  int64_t next_charge_ = 1;
  AccountSlot cash_ = books_.open("cash");
  AccountSlot revenue_ = books_.open("revenue");
  AccountSlot write_off_ = books_.open("write-off");
};

}  // namespace pentad::ledger
