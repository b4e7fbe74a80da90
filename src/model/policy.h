// How a centre decides: the part of its configuration that the core needs. It reaches the core as
// an event, so that a replay knows every change of it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/money.h"

namespace pentad {

struct Qos {
  std::string name;
  int64_t priority = 0;  // in the unit of PriorityWeights
  bool operator==(const Qos&) const = default;
};
BOOST_DESCRIBE_STRUCT(Qos, (), (name, priority))

// A node of the fair-share tree. Projects without a row hang below the root with one share.
struct FairShareProject {
  std::string name;
  std::string parent;  // empty: the root
  int64_t shares = 1;
  bool operator==(const FairShareProject&) const = default;
};
BOOST_DESCRIBE_STRUCT(FairShareProject, (), (name, parent, shares))

// priority = job.priority * nice + qos.priority * qos + fair-share factor (0..1) * fair_share
//            + waiting time in hours * age
struct PriorityWeights {
  int64_t nice = 1000;
  int64_t qos = 1;
  int64_t fair_share = 10000;
  int64_t age_per_hour = 100;
  bool operator==(const PriorityWeights&) const = default;
};
BOOST_DESCRIBE_STRUCT(PriorityWeights, (), (nice, qos, fair_share, age_per_hour))

struct Licence {
  std::string name;
  int32_t count = 0;
  bool operator==(const Licence&) const = default;
};
BOOST_DESCRIBE_STRUCT(Licence, (), (name, count))

// Estimated power of the nodes (idle of all that are not down plus what running attempts add) may
// not exceed the entry of the hour of the local day. `by_hour` has 24 entries or none (no cap).
struct PowerCap {
  std::vector<Power> by_hour;  // milliwatts
  Duration utc_offset;
  bool operator==(const PowerCap&) const = default;
};
BOOST_DESCRIBE_STRUCT(PowerCap, (), (by_hour, utc_offset))

// What an hour of the local day costs or emits, in any unit, 24 entries or none. A job with a
// deadline then begins in the cheapest hours it can: not before the start, up to the middle of the
// time it has to spare, at which its limit spans the least.
struct HourCosts {
  std::vector<int32_t> by_hour;
  Duration utc_offset;
  bool operator==(const HourCosts&) const = default;
};
BOOST_DESCRIBE_STRUCT(HourCosts, (), (by_hour, utc_offset))

struct Policy {
  // False: nothing overtakes the first job that does not fit (first come first served).
  bool backfill = true;
  // Blocked jobs that get a reservation: 0 none, 1 EASY, -1 all (conservative).
  int32_t reservation_depth = 1;
  PriorityWeights weights;
  Duration fair_share_half_life = hours(24 * 7);
  Duration fair_share_interval = minutes(5);  // how often the order follows the decayed usage
  std::vector<Qos> qos;
  std::vector<FairShareProject> projects;
  std::vector<Licence> licences;
  PowerCap power_cap;
  HourCosts shift_deadline_jobs;
  Duration default_limit = hours(1);
  Duration max_limit = hours(24 * 30);
  Duration requeue_delay = seconds(5);
  int64_t max_array_size = 1'000'000;
  int64_t max_pending_jobs = 1'000'000;
  MoneyPolicy money;
  bool operator==(const Policy&) const = default;
};
BOOST_DESCRIBE_STRUCT(Policy, (),
                      (backfill, reservation_depth, weights, fair_share_half_life,
                       fair_share_interval, qos, projects, licences, power_cap, shift_deadline_jobs,
                       default_limit, max_limit, requeue_delay, max_array_size, max_pending_jobs,
                       money))

// An advance reservation: from `begin` up to, not including, `end` only jobs that name it, from one
// of `users` or `projects`, run on `nodes`; jobs without it must have ended there by limit before.
struct AdvanceReservation {
  ReservationId id;
  std::string name;
  std::vector<std::string> nodes;
  Time begin;
  Time end;
  std::vector<std::string> users;
  std::vector<std::string> projects;
  bool operator==(const AdvanceReservation&) const = default;
};
BOOST_DESCRIBE_STRUCT(AdvanceReservation, (), (id, name, nodes, begin, end, users, projects))

}  // namespace pentad
