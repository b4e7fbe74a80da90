// The queue. Jobs that ask for the same but memory, node count and limit form a group; a group is a
// tree in queue order that knows the least its subtrees ask for, so that a pass finds the next job
// that could use what became free without looking at those that could not. Demands are interned: a
// queued job costs about 150 bytes.
#pragma once

#include <deque>
#include <limits>
#include <memory>
#include <unordered_map>
#include <vector>

#include "schedule/agg_tree.h"
#include "schedule/demand.h"
#include "schedule/id_map.h"
#include "schedule/licences.h"

namespace pentad::schedule {

using JobSlot = uint32_t;

struct QueueItem {
  QueueKey key;
  Bytes memory;
  Duration limit;
  int32_t nodes = 1;
  JobSlot job = 0;
};

struct QueueTraits {
  using Item = QueueItem;
  using Key = QueueKey;
  static constexpr size_t max_items = 32;
  struct Agg {
    Bytes memory = Bytes::max();
    Duration limit = Duration::max();
    int32_t nodes = std::numeric_limits<int32_t>::max();
    int32_t most_nodes = 0;
    bool operator==(const Agg&) const = default;
  };
  static const Key& key(const Item& item) { return item.key; }
  static bool less(const Key& a, const Key& b) { return a.before(b); }
  static void add(Agg& agg, const Item& item) {
    agg.memory = std::min(agg.memory, item.memory);
    agg.limit = std::min(agg.limit, item.limit);
    agg.nodes = std::min(agg.nodes, item.nodes);
    agg.most_nodes = std::max(agg.most_nodes, item.nodes);
  }
  static void join(Agg& agg, const Agg& other) {
    agg.memory = std::min(agg.memory, other.memory);
    agg.limit = std::min(agg.limit, other.limit);
    agg.nodes = std::min(agg.nodes, other.nodes);
    agg.most_nodes = std::max(agg.most_nodes, other.most_nodes);
  }
};
using QueueTree = AggTree<QueueTraits>;

// A demand without memory and limit, and what follows from it for the centre as it is.
struct Profile {
  Demand demand;
  uint64_t digest = 0;
  uint32_t group = 0;
  int64_t jobs = 0;  // that refer to it
  uint64_t version = 0;
  Need need;
  std::vector<Option> options;
};

// What did not fit in the current pass: no job of the group that asks for as much of everything, or
// more, does.
struct Failure {
  Bytes memory;
  Duration limit;
  int32_t nodes = 0;
};

// Jobs alike in cores, devices, features, pools, licences and reservation.
struct Group {
  // What a pass asks first stands first, and together.
  int32_t cores = 0;  // and devices, share: as in `demand`
  int32_t devices = 0;
  int32_t share_milli = 1000;
  uint64_t pools = 0;  // those of the options, as bits (of the slot modulo 64)
  uint64_t version = 0;
  QueueTree jobs;
  QueueKey front;          // of the first job
  uint64_t failed_in = 0;  // the pass in which the failures were found
  std::vector<Failure> failures;
  std::vector<Option> options;
  Need need;

  Demand demand;  // of one node, without memory, limit and wish
  uint64_t digest = 0;
  int64_t profiles = 0;
  int64_t rekeyed = 0;  // jobs that do not stand where their key says
};

struct JobRecord {
  QueueKey key;
  Bytes memory;
  Duration limit;
  int64_t count = 0;  // 0: a free slot
  uint32_t profile = 0;
  bool fresh = false;  // not yet tested where it now stands
};

class Queue {
 public:
  Queue(const Site& site, const Licences& licences) : site_(site), licences_(licences) {}

  JobSlot insert(const QueueKey& key, const Demand& demand, int64_t count);
  void erase(JobSlot slot);
  // The job's place follows with reorder(), which must come before anything else is asked.
  void rekey(JobSlot slot, int64_t priority);
  void reorder();
  void set_count(JobSlot slot, int64_t count) { jobs_[slot].count = count; }
  void set_fresh(JobSlot slot, bool fresh) { jobs_[slot].fresh = fresh; }

  // The slot of a queued job, else IdMap::none.
  JobSlot find(JobId job) const { return ids_.find(job.value); }
  const JobRecord& job(JobSlot slot) const { return jobs_[slot]; }
  size_t size() const { return ids_.size(); }
  // Rank of the job, 1 for the head.
  int64_t position(JobSlot slot) const;
  Demand demand_of(JobSlot slot) const;

  // The need of a job and its options, best first. Valid until the next call of either, or a
  // change.
  const Need& need_of(JobSlot slot);
  const std::vector<Option>& options_of(JobSlot slot);
  // Those with jobs, ascending by cores.
  const std::vector<Group*>& groups() const { return active_; }
  Group& group_of(JobSlot slot) { return *groups_[profiles_[jobs_[slot].profile].group]; }
  // The group with need (of one node, no memory, no limit) and options as the centre is now.
  void refresh(Group& group);

  // Empty when the trees agree with the jobs, else what is wrong.
  std::string check() const;

 private:
  uint32_t intern(const Demand& demand);
  uint32_t intern_group(const Demand& demand);
  Profile& fresh_profile(JobSlot slot);
  void sweep();
  uint64_t version() const { return 1 + site_.version() + licences_.version(); }
  QueueItem item(JobSlot slot) const;
  void add_to_group(JobSlot slot);
  void take_from_group(JobSlot slot);

  const Site& site_;
  const Licences& licences_;
  std::deque<JobRecord> jobs_;
  std::vector<JobSlot> free_jobs_;
  IdMap ids_;
  std::deque<Profile> profiles_;
  std::vector<uint32_t> free_profiles_;
  std::unordered_multimap<uint64_t, uint32_t> profile_index_;
  int64_t idle_profiles_ = 0;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<uint32_t> free_groups_;
  std::unordered_multimap<uint64_t, uint32_t> group_index_;
  std::vector<Group*> active_;
};

}  // namespace pentad::schedule
