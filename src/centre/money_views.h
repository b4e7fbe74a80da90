// What the core answers about money: values for the API and for people.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/subjects.h"
#include "ledger/vouchers.h"
#include "model/money.h"
#include "model/refusal.h"

namespace pentad {

// What one element of a job would cost in one place where it could run, at the prices of now.
struct QuotePlace {
  std::string pool;
  std::string device_model;  // empty: none asked for
  Money greatest;            // what is held when it starts
  Money expected;            // for Quote::expected_time
  Energy greatest_energy;    // of its share of the nodes, at full power
  Energy expected_energy;
  std::vector<ChargeLine> lines;  // of `expected`
  Refusal refusal;                // why it could not start there now; code none: it could
  bool operator==(const QuotePlace&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotePlace, (),
                      (pool, device_model, greatest, expected, greatest_energy, expected_energy,
                       lines, refusal))

struct Quote {
  bool charged = false;            // else the centre charges for nothing and all amounts are 0
  int64_t elements = 1;            // the amounts below are of one of so many
  Duration limit;                  // with the centre's default filled in
  Duration expected_time;          // half of the limit: nothing better is known
  std::vector<QuotePlace> places;  // in the order of the job's wish
  Refusal refusal;                 // of the whole submission, as it would be answered now
  bool operator==(const Quote&) const = default;
};
BOOST_DESCRIBE_STRUCT(Quote, (), (charged, elements, limit, expected_time, places, refusal))

// What jobs may cost with all their elements: at most, in the dearest place where each may run; and
// expected, in the one it wishes for most. A sum that does not fit is the largest there is.
struct JobsCost {
  int64_t elements = 0;
  Money greatest;
  Money expected;  // for half of the limit
  Energy expected_energy;
};

struct ProjectSpending {
  std::string project;  // name within the tenant
  Budget budget;
  Money spent;  // ever
  Money spent_this_month;
  Money held;
  int64_t running = 0;
  std::vector<ledger::MonthTotal> months;  // with charges, ascending
  bool operator==(const ProjectSpending&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProjectSpending, (),
                      (project, budget, spent, spent_this_month, held, running, months))

struct TenantBalance {
  std::string tenant;
  Money balance;  // own money that nothing holds; below zero: credit in use
  Money held;     // own money held by what runs
  Money credit;
  Money vouchers;       // left in vouchers that are not over, also those not yet valid
  Money vouchers_held;  // held by what runs
  std::vector<ProjectSpending> projects;  // that were ever charged or limited, ascending
  bool operator==(const TenantBalance&) const = default;
};
BOOST_DESCRIBE_STRUCT(TenantBalance, (),
                      (tenant, balance, held, credit, vouchers, vouchers_held, projects))

struct VoucherView {
  Voucher voucher;
  Money left;  // that nothing holds
  Money held;  // by what runs
  Money spent;
  bool cancelled = false;
  bool expired = false;
  bool operator==(const VoucherView&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoucherView, (), (voucher, left, held, spent, cancelled, expired))

// A quota and how much of it is used.
struct QuotaView {
  Quota quota;
  int64_t running_jobs = 0;
  int64_t queued_jobs = 0;
  int64_t cores = 0;
  int64_t device_milli = 0;
  int64_t device_milli_ms = 0;  // this month, with what running attempts may still use
  bool operator==(const QuotaView&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotaView, (),
                      (quota, running_jobs, queued_jobs, cores, device_milli, device_milli_ms))

}  // namespace pentad
