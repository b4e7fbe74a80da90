#include "centre/tables.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"
#include "base/hash.h"

namespace pentad {

namespace {

uint64_t hash_of(JobId id) { return mix64(static_cast<uint64_t>(id.value)); }

uint64_t hash_of(const AttemptId& id) {
  return mix64(hash_of(id.job) + static_cast<uint64_t>(id.index) * 31 +
               static_cast<uint64_t>(id.number));
}

uint64_t hash_of(const std::string& text) { return Hasher().add(text).digest(); }

uint64_t hash_of(const std::string& project, const std::string& user) {
  return Hasher().add(project).add(user).digest();
}

}  // namespace

JobRecord* JobTable::find(JobId id) {
  const uint32_t slot =
      index_.find(hash_of(id), [&](uint32_t at) { return records_[at].id == id; });
  return slot == kNoSlot ? nullptr : &records_[slot];
}

JobRecord& JobTable::add(JobId id) {
  const uint32_t slot = records_.take();
  JobRecord& job = records_[slot];
  job.id = id;
  job.slot = slot;
  index_.insert(hash_of(id), slot);
  return job;
}

void JobTable::remove(JobRecord& job) {
  unlink_name(job);
  const bool found = index_.erase(hash_of(job.id), job.slot);
  PENTAD_ASSERT(found && !job.attempts_list, "a job without attempts leaves the table once");
  records_.give_back(job.slot);
}

std::vector<const JobRecord*> JobTable::sorted() const {
  std::vector<const JobRecord*> list;
  list.reserve(size());
  for (uint32_t slot = 0; slot < records_.end(); ++slot) {
    if (records_[slot].id) list.push_back(&records_[slot]);
  }
  std::sort(list.begin(), list.end(),
            [](const JobRecord* a, const JobRecord* b) { return a->id < b->id; });
  return list;
}

const JobRecord* JobTable::first_of_name(uint64_t digest) const {
  const uint32_t slot =
      by_name_.find(digest, [&](uint32_t at) { return records_[at].name_digest == digest; });
  return slot == kNoSlot ? nullptr : &records_[slot];
}

const JobRecord* JobTable::next_of_name(const JobRecord& job) const {
  return job.id < job.next_of_name->id ? job.next_of_name : nullptr;
}

void JobTable::link_name(JobRecord& job) {
  const JobRecord* known = first_of_name(job.name_digest);
  if (!known) {
    job.next_of_name = job.previous_of_name = &job;
    by_name_.insert(job.name_digest, job.slot);
    return;
  }
  JobRecord& first = records_[known->slot];
  JobRecord* before = first.previous_of_name;  // the last: ids ascend as jobs come
  while (job.id < before->id && before != &first) before = before->previous_of_name;
  if (job.id < first.id) {
    before = first.previous_of_name;
    by_name_.erase(job.name_digest, first.slot);
    by_name_.insert(job.name_digest, job.slot);
  }
  job.previous_of_name = before;
  job.next_of_name = before->next_of_name;
  job.next_of_name->previous_of_name = &job;
  before->next_of_name = &job;
}

void JobTable::unlink_name(JobRecord& job) {
  JobRecord* next = job.next_of_name;
  if (!next) return;
  if (job.id <= job.previous_of_name->id) {  // the first: behind the last in the circle
    by_name_.erase(job.name_digest, job.slot);
    if (next != &job) by_name_.insert(job.name_digest, next->slot);
  }
  next->previous_of_name = job.previous_of_name;
  job.previous_of_name->next_of_name = next;
  job.next_of_name = job.previous_of_name = nullptr;
}

AttemptRecord* AttemptTable::find(const AttemptId& id) {
  const uint32_t slot =
      index_.find(hash_of(id), [&](uint32_t at) { return records_[at].id == id; });
  return slot == kNoSlot ? nullptr : &records_[slot];
}

AttemptRecord& AttemptTable::add(AttemptRecord record, JobRecord& job) {
  const uint32_t slot = records_.take();
  AttemptRecord& attempt = records_[slot];
  attempt = std::move(record);
  attempt.slot = slot;
  attempt.job = &job;
  index_.insert(hash_of(attempt.id), slot);
  attempt.previous_of_job = nullptr;
  attempt.next_of_job = job.attempts_list;
  if (attempt.next_of_job) attempt.next_of_job->previous_of_job = &attempt;
  job.attempts_list = &attempt;
  return attempt;
}

void AttemptTable::remove(AttemptRecord& attempt) {
  const bool found = index_.erase(hash_of(attempt.id), attempt.slot);
  PENTAD_ASSERT(found, "an attempt leaves the table once");
  AttemptRecord* next = attempt.next_of_job;
  AttemptRecord* previous = attempt.previous_of_job;
  if (next) next->previous_of_job = previous;
  (previous ? previous->next_of_job : attempt.job->attempts_list) = next;
  records_.give_back(attempt.slot);
}

std::vector<const AttemptRecord*> AttemptTable::sorted() const {
  std::vector<const AttemptRecord*> list;
  list.reserve(size());
  for (uint32_t slot = 0; slot < records_.end(); ++slot) {
    if (records_[slot].slot != kNoSlot) list.push_back(&records_[slot]);
  }
  std::sort(list.begin(), list.end(),
            [](const AttemptRecord* a, const AttemptRecord* b) { return a->id < b->id; });
  return list;
}

std::vector<AttemptRecord*> attempts_of(const JobRecord& job) {
  std::vector<AttemptRecord*> list;
  for (AttemptRecord* at = job.attempts_list; at; at = at->next_of_job) list.push_back(at);
  std::sort(list.begin(), list.end(),
            [](const AttemptRecord* a, const AttemptRecord* b) { return a->id < b->id; });
  return list;
}

NodeRecord* NodeTable::find(const std::string& name) {
  const uint32_t slot =
      index_.find(hash_of(name), [&](uint32_t at) { return by_slot_[at]->first == name; });
  return slot == kNoSlot ? nullptr : &by_slot_[slot]->second;
}

NodeRecord& NodeTable::find_or_add(const std::string& name) {
  if (NodeRecord* known = find(name)) return *known;
  auto [it, fresh] = records_.try_emplace(name);
  PENTAD_ASSERT(fresh, "a node that is not found is not there");
  index_.insert(hash_of(name), static_cast<uint32_t>(by_slot_.size()));
  by_slot_.push_back(&*it);
  return it->second;
}

uint32_t Accounts::find(const std::string& project, const std::string& user) const {
  const auto is = [&](uint32_t at) {
    const Account& account = records_[at];
    return account.used && account.user == user && account.project == project;
  };
  // One submission asks several times.
  if (last_ != kNoSlot && is(last_)) return last_;
  return last_ = index_.find(hash_of(project, user), is);
}

uint32_t Accounts::find_or_add(const std::string& project, const std::string& user) {
  uint32_t slot = find(project, user);
  if (slot != kNoSlot) return slot;
  slot = records_.take();
  records_[slot] = {project, user, {}, 0, true};
  index_.insert(hash_of(project, user), slot);
  return slot;
}

uint32_t Accounts::take(const std::string& project, const std::string& user) {
  const uint32_t slot = find_or_add(project, user);
  ++records_[slot].jobs;
  return slot;
}

void Accounts::set_factor(const std::string& project, const std::string& user, int64_t factor) {
  records_[find_or_add(project, user)].factor = factor;
}

void Accounts::forget_factors() {
  for (uint32_t slot = 0; slot < records_.end(); ++slot) {
    Account& account = records_[slot];
    account.factor.reset();
    if (!account.used || account.jobs > 0) continue;
    index_.erase(hash_of(account.project, account.user), slot);
    records_.give_back(slot);
  }
}

std::vector<const Account*> Accounts::with_factor() const {
  std::vector<const Account*> list;
  for (uint32_t slot = 0; slot < records_.end(); ++slot) {
    if (records_[slot].factor) list.push_back(&records_[slot]);
  }
  std::sort(list.begin(), list.end(), [](const Account* a, const Account* b) {
    return std::tie(a->project, a->user) < std::tie(b->project, b->user);
  });
  return list;
}

}  // namespace pentad
