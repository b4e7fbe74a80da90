// How the core finds its jobs, attempts, nodes and accounts: records keep their address while they
// live, and are found by hash. Private to src/centre.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/slots.h"
#include "centre/records.h"
#include "ledger/ledger.h"
#include "model/people.h"

namespace pentad {

class JobTable {
 public:
  JobRecord* find(JobId id);
  const JobRecord* find(JobId id) const { return const_cast<JobTable*>(this)->find(id); }
  // The id is not in the table yet.
  JobRecord& add(JobId id);
  void remove(JobRecord& job);
  size_t size() const { return index_.size(); }

  // In no order that may matter to the caller.
  template <class F>
  void for_each(F&& f) {
    for (uint32_t slot = 0; slot < records_.end(); ++slot) {
      if (records_[slot].id) f(records_[slot]);
    }
  }
  std::vector<const JobRecord*> sorted() const;  // ascending by id

  // Jobs of one user with one name, not done. Linking costs as many steps as younger ones are
  // listed already.
  void link_name(JobRecord& job);
  void unlink_name(JobRecord& job);  // nothing happens when it is not listed
  // The first of them; null when there is none. The one behind it: see next_of_name().
  const JobRecord* first_of_name(uint64_t digest) const;
  const JobRecord* next_of_name(const JobRecord& job) const;  // null behind the last

 private:
  Slots<JobRecord> records_;
  SlotIndex index_;    // by id
  SlotIndex by_name_;  // by digest of the name, to the first of it
};

class AttemptTable {
 public:
  AttemptRecord* find(const AttemptId& id);
  // Takes over the record, which belongs to `job`; its id is not in the table yet.
  AttemptRecord& add(AttemptRecord record, JobRecord& job);
  void remove(AttemptRecord& attempt);
  AttemptRecord& at(uint32_t slot) { return records_[slot]; }
  size_t size() const { return index_.size(); }
  std::vector<const AttemptRecord*> sorted() const;  // ascending by id

 private:
  Slots<AttemptRecord> records_;
  SlotIndex index_;
};

// Those of the job that have not ended, ascending by id.
std::vector<AttemptRecord*> attempts_of(const JobRecord& job);

// Nodes are never removed. Iterates ascending by name.
class NodeTable {
 public:
  NodeRecord* find(const std::string& name);
  const NodeRecord* find(const std::string& name) const {
    return const_cast<NodeTable*>(this)->find(name);
  }
  NodeRecord& find_or_add(const std::string& name);
  auto begin() const { return records_.begin(); }
  auto end() const { return records_.end(); }

 private:
  std::map<std::string, NodeRecord> records_;
  std::vector<std::map<std::string, NodeRecord>::value_type*> by_slot_;
  SlotIndex index_;
};

// A user in a project, and how many jobs they have.
struct Account {
  std::string project;
  std::string user;
  std::optional<int64_t> factor;  // of fair share, until all are forgotten
  int64_t jobs = 0;
  bool used = false;  // else a free slot
  // Found when money first asks; unknown for a project of no tenant.
  mutable ledger::Payer payer = {};
  mutable AccountState standing = AccountState::active;
  mutable int64_t standing_of = -1;  // State::people_changes when that was looked up
};

class Accounts {
 public:
  // Counts one job more.
  uint32_t take(const std::string& project, const std::string& user);
  void drop(uint32_t account) { --records_[account].jobs; }  // one job less
  // kNoSlot: nobody has a job in it.
  uint32_t find(const std::string& project, const std::string& user) const;
  Account& at(uint32_t account) { return records_[account]; }
  const Account& at(uint32_t account) const { return records_[account]; }
  // Forgets the factors, and accounts without jobs.
  void forget_factors();
  void set_factor(const std::string& project, const std::string& user, int64_t factor);
  // Those that have a factor, ascending by project and user.
  std::vector<const Account*> with_factor() const;

 private:
  uint32_t find_or_add(const std::string& project, const std::string& user);
  Slots<Account> records_;
  SlotIndex index_;
  mutable uint32_t last_ = kNoSlot;  // found
};

}  // namespace pentad
