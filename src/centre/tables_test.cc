#include "centre/tables.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/hash.h"
#include "centre/overruns.h"

namespace pentad {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  int64_t below(int64_t n) {
    state_ = mix64(state_);
    return static_cast<int64_t>(state_ % static_cast<uint64_t>(n));
  }

 private:
  uint64_t state_;
};

std::vector<int64_t> ids_of_name(const JobTable& jobs, uint64_t name) {
  std::vector<int64_t> ids;
  for (const JobRecord* job = jobs.first_of_name(name); job; job = jobs.next_of_name(*job)) {
    ids.push_back(job->id.value);
  }
  return ids;
}

}  // namespace

TEST_CASE("jobs of one name are listed ascending by id, however they come and go") {
  Random random(3);
  JobTable jobs;
  std::map<uint64_t, std::set<int64_t>> model;
  std::map<int64_t, uint64_t> names;
  for (int step = 0; step < 5000; ++step) {
    const int64_t id = 1 + random.below(60);
    const auto name = static_cast<uint64_t>(1 + random.below(4));
    if (const auto known = names.find(id); known != names.end()) {
      JobRecord* job = jobs.find(JobId{id});
      REQUIRE(job != nullptr);
      model[known->second].erase(id);
      if (random.below(2) == 0) {
        jobs.remove(*job);
        names.erase(known);
      } else {  // another name
        jobs.unlink_name(*job);
        jobs.unlink_name(*job);
        job->name_digest = name;
        jobs.link_name(*job);
        model[name].insert(id);
        known->second = name;
      }
    } else {
      JobRecord& job = jobs.add(JobId{id});
      job.name_digest = name;
      jobs.link_name(job);
      model[name].insert(id);
      names[id] = name;
    }
    for (const auto& [digest, ids] : model) {
      REQUIRE(ids_of_name(jobs, digest) == std::vector<int64_t>(ids.begin(), ids.end()));
    }
    REQUIRE(jobs.size() == names.size());
  }
}

TEST_CASE("the first overdue attempt is the one with the earliest time") {
  Random random(5);
  Overruns overruns;
  std::map<uint32_t, int64_t> model;
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<uint32_t>(random.below(step < 10'000 ? 300 : 20));
    if (model.erase(slot) > 0) {
      overruns.clear(slot);
    } else {
      model[slot] = random.below(100);
      overruns.set(slot, Time{model[slot]});
    }
    overruns.clear(static_cast<uint32_t>(400 + random.below(10)));  // never there
    REQUIRE(overruns.empty() == model.empty());
    if (model.empty()) continue;
    int64_t least = 1000;
    for (const auto& [at, time] : model) least = std::min(least, time);
    REQUIRE(overruns.first().value == least);
    REQUIRE(model.at(overruns.first_slot()) == least);
  }
}

TEST_CASE("accounts without jobs are forgotten with the factors") {
  Accounts accounts;
  const uint32_t a = accounts.take("p", "a");
  CHECK(accounts.take("p", "a") == a);
  const uint32_t b = accounts.take("p", "b");
  CHECK(b != a);
  accounts.at(a).factor = 5;
  accounts.set_factor("q", "c", 7);
  REQUIRE(accounts.with_factor().size() == 2);
  CHECK(accounts.with_factor()[1]->user == "c");
  accounts.drop(b);
  accounts.forget_factors();
  CHECK(accounts.with_factor().empty());
  CHECK(accounts.at(a).jobs == 2);
  CHECK(accounts.take("p", "a") == a);
  CHECK(accounts.take("p", "b") != a);
}

}  // namespace pentad
