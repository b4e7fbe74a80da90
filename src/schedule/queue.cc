#include "schedule/queue.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace pentad::schedule {
namespace {

// Neither memory nor limit counts here.
uint64_t digest_of(const Demand& demand) {
  const ResourceRequest& r = demand.resources;
  Hasher hash;
  hash.add(static_cast<uint64_t>(r.nodes)).add(static_cast<uint64_t>(r.cores));
  hash.add(static_cast<uint64_t>(r.devices.count));
  hash.add(static_cast<uint64_t>(r.devices.share_milli));
  hash.add(r.devices.kind ? 1 + static_cast<uint64_t>(*r.devices.kind) : 0);
  hash.add(static_cast<uint64_t>(demand.precision) * 8 + static_cast<uint64_t>(demand.wish));
  hash.add(static_cast<uint64_t>(r.exclusive));
  hash.add(static_cast<uint64_t>(r.reservation.value_or(ReservationId{}).value));
  for (const std::string& model : r.devices.models) hash.add(model);
  for (const std::string& feature : r.features) hash.add(feature).add(1);
  for (const std::string& pool : r.pools) hash.add(pool).add(2);
  for (const LicenceRequest& licence : r.licences) {
    hash.add(licence.name).add(static_cast<uint64_t>(licence.count));
  }
  return hash.digest() | 1;  // 0 marks a free slot
}

bool same_profile(const Demand& a, const Demand& b) {
  const ResourceRequest &x = a.resources, &y = b.resources;
  return x.nodes == y.nodes && x.cores == y.cores && x.devices == y.devices &&
         x.exclusive == y.exclusive && x.features == y.features && x.pools == y.pools &&
         x.licences == y.licences && x.reservation == y.reservation && a.precision == b.precision &&
         a.wish == b.wish;
}

template <class T>
uint32_t take_slot(std::vector<uint32_t>& free, T& slots) {
  if (free.empty()) {
    slots.emplace_back();
    return static_cast<uint32_t>(slots.size() - 1);
  }
  const uint32_t slot = free.back();
  free.pop_back();
  return slot;
}

void drop_index(std::unordered_multimap<uint64_t, uint32_t>& index, uint64_t digest,
                uint32_t slot) {
  auto [it, end] = index.equal_range(digest);
  while (it != end && it->second != slot) ++it;
  PENTAD_ASSERT(it != end, "what is interned is in its index");
  index.erase(it);
}

}  // namespace

uint32_t Queue::intern(const Demand& demand) {
  const uint64_t digest = digest_of(demand);
  const auto [begin, end] = profile_index_.equal_range(digest);
  for (auto it = begin; it != end; ++it) {
    if (same_profile(profiles_[it->second].demand, demand)) return it->second;
  }
  Demand bare = demand;
  bare.resources.memory = Bytes{};
  bare.limit = Duration{};
  sweep();
  const uint32_t slot = take_slot(free_profiles_, profiles_);
  Profile& profile = profiles_[slot];
  profile = Profile{};
  profile.group = intern_group(bare);
  profile.demand = std::move(bare);
  profile.digest = digest;
  ++groups_[profile.group]->profiles;
  profile_index_.emplace(digest, slot);
  ++idle_profiles_;
  return slot;
}

uint32_t Queue::intern_group(const Demand& demand) {
  Demand bare = demand;
  bare.resources.nodes = 1;
  bare.precision = Precision::fp64;
  bare.wish = Wish::cheapest;
  const uint64_t digest = digest_of(bare);
  const auto [begin, end] = group_index_.equal_range(digest);
  for (auto it = begin; it != end; ++it) {
    if (same_profile(groups_[it->second]->demand, bare)) return it->second;
  }
  const uint32_t slot = take_slot(free_groups_, groups_);
  groups_[slot] = std::make_unique<Group>();
  groups_[slot]->cores = bare.resources.cores;
  groups_[slot]->devices = bare.resources.devices.count;
  groups_[slot]->share_milli = bare.resources.devices.share_milli;
  groups_[slot]->demand = std::move(bare);
  groups_[slot]->digest = digest;
  group_index_.emplace(digest, slot);
  return slot;
}

// Forgets demands that no job has any more, once they are as many as those in use.
void Queue::sweep() {
  const auto known = static_cast<int64_t>(profile_index_.size());
  if (idle_profiles_ < 64 || idle_profiles_ * 2 < known) return;
  for (uint32_t slot = 0; slot < profiles_.size(); ++slot) {
    Profile& profile = profiles_[slot];
    if (profile.jobs > 0 || profile.digest == 0) continue;
    drop_index(profile_index_, profile.digest, slot);
    Group& group = *groups_[profile.group];
    if (--group.profiles == 0) {
      drop_index(group_index_, group.digest, profile.group);
      groups_[profile.group].reset();
      free_groups_.push_back(profile.group);
    }
    profile = Profile{};
    free_profiles_.push_back(slot);
  }
  idle_profiles_ = 0;
}

QueueItem Queue::item(JobSlot slot) const {
  const JobRecord& job = jobs_[slot];
  const int32_t nodes = std::max(profiles_[job.profile].demand.resources.nodes, 1);
  return {job.key, job.memory, job.limit, nodes, slot};
}

void Queue::add_to_group(JobSlot slot) {
  Group& group = group_of(slot);
  if (group.jobs.empty()) {
    const auto fewer = [](const Group* a, const Group* b) { return a->cores < b->cores; };
    active_.insert(std::upper_bound(active_.begin(), active_.end(), &group, fewer), &group);
  }
  const bool fresh = group.jobs.insert(item(slot));
  PENTAD_ASSERT(fresh, "a job is queued once");
  group.front = group.jobs.front().key;
}

void Queue::take_from_group(JobSlot slot) {
  Group& group = group_of(slot);
  const bool found = group.jobs.erase(jobs_[slot].key);
  PENTAD_ASSERT(found, "a queued job is in its group");
  if (group.jobs.empty()) {
    active_.erase(std::find(active_.begin(), active_.end(), &group));
  } else {
    group.front = group.jobs.front().key;
  }
}

JobSlot Queue::insert(const QueueKey& key, const Demand& demand, int64_t count) {
  const uint32_t profile = intern(demand);
  if (profiles_[profile].jobs++ == 0) --idle_profiles_;
  const JobSlot slot = take_slot(free_jobs_, jobs_);
  jobs_[slot] = {key,
                 std::max(demand.resources.memory, Bytes{}),
                 std::max(demand.limit, Duration{1}),
                 count,
                 profile,
                 false};
  ids_.insert(key.job.value, slot);
  add_to_group(slot);
  return slot;
}

void Queue::erase(JobSlot slot) {
  take_from_group(slot);
  JobRecord& job = jobs_[slot];
  if (--profiles_[job.profile].jobs == 0) ++idle_profiles_;
  ids_.erase(job.key.job.value);
  job = {};
  free_jobs_.push_back(slot);
}

void Queue::rekey(JobSlot slot, int64_t priority) {
  jobs_[slot].key.priority = priority;
  ++group_of(slot).rekeyed;
}

void Queue::reorder() {
  std::vector<QueueItem> items;
  for (Group* group : active_) {
    if (group->rekeyed == 0) continue;
    group->rekeyed = 0;
    items.clear();
    group->jobs.for_each([&](const QueueItem& known) {
      items.push_back(known);
      items.back().key = jobs_[known.job].key;
    });
    std::sort(items.begin(), items.end(),
              [](const QueueItem& a, const QueueItem& b) { return a.key.before(b.key); });
    group->jobs.assign(items);
    group->front = group->jobs.front().key;
  }
}

int64_t Queue::position(JobSlot slot) const {
  int64_t before = 0;
  for (const Group* group : active_) before += group->jobs.rank(jobs_[slot].key);
  return before + 1;
}

Demand Queue::demand_of(JobSlot slot) const {
  Demand demand = profiles_[jobs_[slot].profile].demand;
  demand.resources.memory = jobs_[slot].memory;
  demand.limit = jobs_[slot].limit;
  return demand;
}

Profile& Queue::fresh_profile(JobSlot slot) {
  Profile& profile = profiles_[jobs_[slot].profile];
  if (profile.version != version()) {
    profile.need = make_need(profile.demand, site_, licences_.names());
    profile.options = make_options(profile.demand, site_);
    profile.version = version();
  }
  return profile;
}

const Need& Queue::need_of(JobSlot slot) {
  Need& need = fresh_profile(slot).need;
  need.memory = jobs_[slot].memory;
  need.limit = jobs_[slot].limit;
  return need;
}

const std::vector<Option>& Queue::options_of(JobSlot slot) { return fresh_profile(slot).options; }

void Queue::refresh(Group& group) {
  if (group.version == version()) return;
  group.need = make_need(group.demand, site_, licences_.names());
  group.options = make_options(group.demand, site_);
  group.pools = 0;
  for (const Option& option : group.options) group.pools |= uint64_t{1} << (option.pool % 64);
  group.version = version();
}

std::string Queue::check() const {
  size_t jobs = 0;
  for (const Group* group : active_) {
    if (const char* wrong = group->jobs.check()) return fmt::format("queue tree: {}", wrong);
    if (group->jobs.empty()) return "an empty group counts as active";
    if (!(group->front == group->jobs.front().key)) return "a group's front is wrong";
    jobs += group->jobs.size();
  }
  if (jobs != ids_.size()) return "groups and ids differ in size";
  for (JobSlot slot = 0; slot < jobs_.size(); ++slot) {
    const JobRecord& job = jobs_[slot];
    if (job.count == 0) continue;
    if (job.count < 0) return "a queued job has nothing to start";
    if (ids_.find(job.key.job.value) != slot) return "a job is not found by its id";
  }
  return {};
}

}  // namespace pentad::schedule
