// A second scheduler for the tests: the definition in scheduler.h written down as plainly as
// possible. No index, no slot, no cache; names, lists and loops. Slow on purpose and shares nothing
// with the real one but the types of the interface.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schedule/scheduler.h"

namespace pentad::oracle {

struct Queued {
  QueueKey key;
  Demand demand;
  int64_t count = 1;
};

struct Running {
  Allocation allocation = 0;
  JobId job;
  Placement placement;
  std::vector<LicenceRequest> licences;
  Time ends_by;
};

struct World {
  Policy policy;
  std::map<std::string, DeviceModel> models;
  std::map<std::string, std::pair<Node, NodeState>> nodes;
  std::map<ReservationId, AdvanceReservation> reservations;
  std::vector<Queued> queue;  // in any order
  std::vector<Running> running;
  Allocation next_allocation = 1;
  bool every_millisecond = false;  // try each as the time of a reservation, for short scenes
};

std::vector<Start> pass(World& world, Time now);
std::vector<Scheduler::Expected> forecast(const World& world, Time now, size_t max_jobs);

}  // namespace pentad::oracle
