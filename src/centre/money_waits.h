// Jobs that could run but for money, budgets, quotas or a frozen account: they stand outside the
// queue, by what keeps them away and how much of it they need, so that the broke cost nothing while
// nothing changes for them. Those let back into the queue are counted until they have left it
// again. Private to src/centre.
#pragma once

#include <boost/describe.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ledger/ledger.h"
#include "model/job.h"

namespace pentad {

// Why a job was not let start, and what it would have taken where.
struct MoneyWait {
  JobId job;
  ledger::Gauge gauge = ledger::Gauge::money;
  ledger::SubjectKind kind = ledger::SubjectKind::tenant;
  std::string subject;
  int64_t need = 0;
  std::string project;  // full name
  WorkloadClass workload_class = WorkloadClass::simulation;
  std::string pool;
  std::string device_model;
  ledger::Size size;
};
BOOST_DESCRIBE_STRUCT(MoneyWait, (),
                      (job, gauge, kind, subject, need, project, workload_class, pool, device_model,
                       size))

using SubjectName = std::pair<ledger::SubjectKind, std::string>;

class MoneyWaits {
 public:
  using Wide = __int128;
  // Those for whom more of the same helps alike: if the first cannot start, none can.
  struct Group {
    ledger::SubjectKind kind = ledger::SubjectKind::tenant;
    std::string subject;
    ledger::Gauge gauge = ledger::Gauge::money;
    std::string project;
    WorkloadClass workload_class = WorkloadClass::simulation;
    std::string pool;
    auto operator<=>(const Group&) const = default;
  };
  using Jobs = std::set<std::pair<int64_t, JobId>>;  // by need

  // Of a group, those that were let back and stand in the queue, and what they need together.
  struct Awake {
    int64_t jobs = 0;
    Wide need = 0;
  };

  bool empty() const { return by_job_.empty(); }
  void add(MoneyWait wait);  // in place of where the job stood, awake or not
  void remove(JobId job);    // nothing happens when it is not here
  const MoneyWait* find(JobId job) const;
  void wake(JobId job);            // it waits here, and goes back into the queue
  void add_awake(MoneyWait wait);  // after a restore
  // The job has left the queue or is gone. Its group, when it was awake.
  std::optional<Group> left_queue(JobId job);
  Awake awake_in(const Group& group) const;
  const std::unordered_map<JobId, MoneyWait>& awake_jobs() const { return awake_; }
  std::vector<MoneyWait> all_awake() const;  // ascending by job
  std::vector<Group> groups_of(const SubjectName& subject) const;
  const Jobs* jobs_in(const Group& group) const;  // null: none
  std::vector<SubjectName> subjects() const;      // ascending
  std::vector<MoneyWait> all() const;             // ascending by job
  const std::map<Group, Jobs>& groups() const { return groups_; }

 private:
  static Group group_of(const MoneyWait& wait);

  std::map<Group, Jobs> groups_;
  std::unordered_map<JobId, MoneyWait> by_job_;
  std::unordered_map<JobId, MoneyWait> awake_;
  std::map<Group, Awake> awake_groups_;  // of those in awake_
};

PendingReason reason_of(ledger::Gauge gauge);

}  // namespace pentad
