// Fair share: who used how much lately, and what that does to the queue. Fixed-point only, so that
// every machine gets the same order.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/slots.h"
#include "base/units.h"
#include "model/job.h"
#include "model/policy.h"

namespace pentad {

// Usage of one user in one project, decayed to FairShareState::decayed_to. Unit: core-milliseconds.
struct UsageRow {
  std::string project;
  std::string user;
  int64_t used = 0;
  bool operator==(const UsageRow&) const = default;
};
BOOST_DESCRIBE_STRUCT(UsageRow, (), (project, user, used))

// All that fair share remembers; part of the core's snapshot. Rows ascend by project, then user.
struct FairShareState {
  Time decayed_to;
  std::vector<UsageRow> rows;
  bool operator==(const FairShareState&) const = default;
};
BOOST_DESCRIBE_STRUCT(FairShareState, (), (decayed_to, rows))

class FairShare {
 public:
  void set_policy(const Policy& policy);
  // Adds usage at `now`; earlier usage decays by half every half-life.
  void charge(const std::string& project, const std::string& user, int64_t core_ms, Time now);
  // Factor 0..1'000'000 (millionths): 2^-(effective usage / share) over the tree of projects, users
  // of a project sharing equally. 1'000'000 when nobody used anything. Usage as of the last decay.
  int64_t factor(const std::string& project, const std::string& user) const;
  // Decays everything to `now`; true when a factor may have changed.
  bool decay_to(Time now);

  const FairShareState& state() const { return state_; }
  void restore(FairShareState state);

 private:
  // One project of the tree; "" is the root. Derived from the policy and the rows.
  struct Level {
    std::string parent;
    int64_t shares = 1;
    int64_t children_shares = 0;  // of the projects and users directly below
    int64_t used = 0;             // by its users and everything below
    bool in_policy = false;
  };
  // A part of the whole as a fraction of 2^40.
  struct Standing {
    int64_t effective = 0;  // usage
    int64_t share = 0;
  };

  void rebuild();
  void recount_used();
  void count_row(const UsageRow& row);
  void index_rows();
  const UsageRow* find_row(const std::string& project, const std::string& user) const;
  void add_used(const std::string& project, int64_t used);
  const Level* find_level(const std::string& project) const;
  Standing standing(const std::string& project) const;

  Policy policy_;
  FairShareState state_;
  std::map<std::string, Level> levels_{{"", {}}};
  SlotIndex row_index_;  // places in state_.rows, by project and user
};

// The part of the priority that does not move with the clock: waiting time earns everybody the same
// per hour, so it enters as minus the submit time. `factor` in millionths.
int64_t queue_priority(const JobRequest& job, Time submitted, int64_t factor, const Policy& policy);

}  // namespace pentad
