#include "centre/money_waits.h"

#include <algorithm>

namespace pentad {

MoneyWaits::Group MoneyWaits::group_of(const MoneyWait& w) {
  return {w.kind, w.subject, w.gauge, w.project, w.workload_class, w.pool};
}

void MoneyWaits::add(MoneyWait wait) {
  remove(wait.job);
  left_queue(wait.job);
  groups_[group_of(wait)].insert({wait.need, wait.job});
  const JobId job = wait.job;
  by_job_.emplace(job, std::move(wait));
}

void MoneyWaits::remove(JobId job) {
  const auto it = by_job_.find(job);
  if (it == by_job_.end()) return;
  const auto group = groups_.find(group_of(it->second));
  group->second.erase({it->second.need, job});
  if (group->second.empty()) groups_.erase(group);
  by_job_.erase(it);
}

void MoneyWaits::wake(JobId job) {
  MoneyWait wait = by_job_.at(job);
  remove(job);
  add_awake(std::move(wait));
}

void MoneyWaits::add_awake(MoneyWait wait) {
  Awake& awake = awake_groups_[group_of(wait)];
  ++awake.jobs;
  awake.need += wait.need;
  const JobId job = wait.job;
  awake_.emplace(job, std::move(wait));
}

std::optional<MoneyWaits::Group> MoneyWaits::left_queue(JobId job) {
  const auto it = awake_.find(job);
  if (it == awake_.end()) return {};
  Group of = group_of(it->second);
  const auto group = awake_groups_.find(of);
  group->second.need -= it->second.need;
  if (--group->second.jobs == 0) awake_groups_.erase(group);
  awake_.erase(it);
  return of;
}

MoneyWaits::Awake MoneyWaits::awake_in(const Group& group) const {
  const auto it = awake_groups_.find(group);
  return it == awake_groups_.end() ? Awake{} : it->second;
}

const MoneyWait* MoneyWaits::find(JobId job) const {
  const auto it = by_job_.find(job);
  return it == by_job_.end() ? nullptr : &it->second;
}

std::vector<MoneyWaits::Group> MoneyWaits::groups_of(const SubjectName& subject) const {
  std::vector<Group> groups;
  Group from;
  from.kind = subject.first;
  from.subject = subject.second;
  from.gauge = ledger::Gauge{};
  from.workload_class = WorkloadClass{};
  for (auto it = groups_.lower_bound(from); it != groups_.end(); ++it) {
    if (it->first.kind != from.kind || it->first.subject != from.subject) break;
    groups.push_back(it->first);
  }
  return groups;
}

const MoneyWaits::Jobs* MoneyWaits::jobs_in(const Group& group) const {
  const auto it = groups_.find(group);
  return it == groups_.end() ? nullptr : &it->second;
}

std::vector<SubjectName> MoneyWaits::subjects() const {
  std::vector<SubjectName> subjects;
  for (const auto& [group, jobs] : groups_) {
    SubjectName name{group.kind, group.subject};
    if (subjects.empty() || subjects.back() != name) subjects.push_back(std::move(name));
  }
  return subjects;
}

namespace {

std::vector<MoneyWait> sorted(const std::unordered_map<JobId, MoneyWait>& waits) {
  std::vector<MoneyWait> all;
  for (const auto& [job, wait] : waits) all.push_back(wait);
  std::sort(all.begin(), all.end(),
            [](const MoneyWait& a, const MoneyWait& b) { return a.job < b.job; });
  return all;
}

}  // namespace

std::vector<MoneyWait> MoneyWaits::all() const { return sorted(by_job_); }

std::vector<MoneyWait> MoneyWaits::all_awake() const { return sorted(awake_); }

PendingReason reason_of(ledger::Gauge gauge) {
  switch (gauge) {
    case ledger::Gauge::account:
      return PendingReason::frozen;
    case ledger::Gauge::running_jobs:
    case ledger::Gauge::queued_jobs:
    case ledger::Gauge::cores:
    case ledger::Gauge::device_milli:
    case ledger::Gauge::device_ms:
      return PendingReason::quota;
    case ledger::Gauge::budget:
    case ledger::Gauge::month_cap:
      return PendingReason::budget;
    case ledger::Gauge::price:
    case ledger::Gauge::money:
      return PendingReason::money;
  }
  return PendingReason::money;
}

}  // namespace pentad
