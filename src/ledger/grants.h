// Grants of computing: a funder calls for applications, tenants apply, reviewers judge, the funder
// awards; an award is a voucher like any other. The rules, and what is remembered. Pure; the
// voucher itself is issued by whoever holds the ledger.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/money.h"
#include "model/refusal.h"

namespace pentad::ledger {

// Applications come in [from, until); all awards together are at most `budget`, each at most
// `most_each` (0: no such limit). The vouchers awarded are good until `vouchers_until` and cover
// what the call says. `id` is given by the core.
struct GrantCall {
  int64_t id = 0;
  std::string funder;
  std::string title;
  std::string text;
  Time from;
  Time until;
  Money budget;
  Money most_each;
  Time vouchers_until;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;
  std::vector<std::string> pools;
  bool operator==(const GrantCall&) const = default;
};
BOOST_DESCRIBE_STRUCT(GrantCall, (),
                      (id, funder, title, text, from, until, budget, most_each, vouchers_until,
                       share_milli, classes, pools))

struct GrantReview {
  std::string reviewer;
  int32_t score = 0;  // 1 to 5
  std::string text;
  Time at;
  bool operator==(const GrantReview&) const = default;
};
BOOST_DESCRIBE_STRUCT(GrantReview, (), (reviewer, score, text, at))

BOOST_DEFINE_ENUM_CLASS(GrantState, submitted, awarded, declined)

// One for each call and project. `project` is its name within the tenant; empty: for all of them.
struct GrantApplication {
  int64_t id = 0;
  int64_t call = 0;
  std::string tenant;
  std::string project;
  std::string applicant;
  std::string title;
  std::string text;
  Money asked;
  Time submitted;
  GrantState state = GrantState::submitted;
  std::vector<GrantReview> reviews;
  Money awarded;
  int64_t voucher = 0;
  std::string decided_by;
  std::string reason;
  Time decided;
  bool operator==(const GrantApplication&) const = default;
};
BOOST_DESCRIBE_STRUCT(GrantApplication, (),
                      (id, call, tenant, project, applicant, title, text, asked, submitted, state,
                       reviews, awarded, voucher, decided_by, reason, decided))

struct GrantRows {
  std::vector<GrantCall> calls;                // ids from 1 without gaps
  std::vector<GrantApplication> applications;  // likewise
  bool operator==(const GrantRows&) const = default;
};
BOOST_DESCRIBE_STRUCT(GrantRows, (), (calls, applications))

class Grants {
 public:
  // Each refuses, or changes; the new number stands in `id`.
  std::optional<Refusal> open(GrantCall call, Time now, int64_t& id);
  // The tenant and project are known to exist.
  std::optional<Refusal> apply(GrantApplication application, Time now, int64_t& id);
  std::optional<Refusal> review(int64_t application, GrantReview review, Time now);

  // What an award of `amount` would issue; 0 declines and issues nothing. Refused after the first
  // decision, without a review, above what was asked or what the call has left, and when the
  // vouchers' time is over.
  std::optional<Refusal> check_award(int64_t application, Money amount, const std::string& by,
                                     const std::string& reason, Time now) const;
  Voucher voucher_for(int64_t application, Money amount, Time now) const;
  // After check_award: `voucher` is the number of what was issued, 0 for a declined one.
  void decide(int64_t application, Money amount, int64_t voucher, const std::string& by,
              const std::string& reason, Time now);

  const GrantCall* find_call(int64_t id) const;
  const GrantApplication* find(int64_t id) const;
  Money left_of(const GrantCall& call) const;  // of its budget
  const GrantRows& rows() const { return rows_; }
  // False when the rows contradict each other.
  bool restore(GrantRows rows);
  std::vector<std::string> check_invariants() const;

 private:
  GrantApplication* find(int64_t id);
  Money awarded_in(int64_t call) const;

  GrantRows rows_;
};

}  // namespace pentad::ledger
