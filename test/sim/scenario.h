// What a simulated world is like: how often what happens. Each scenario is a small JSON file in
// scenarios/; a field left out keeps the value below.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::sim {

struct Scenario {
  std::string name;
  std::string about;
  int64_t steps = 120;
  int64_t max_nodes = 8;

  // Weights: what a step does.
  int64_t pass_time = 40;
  int64_t submit = 16;
  int64_t control = 12;   // cancel, hold, release, requeue, modify
  int64_t operate = 5;    // nodes, policy, reservations
  int64_t vanish = 2;     // a node is cut off, loses power, comes back
  int64_t reconnect = 1;  // the engine's reports are asked for again
  int64_t snapshot = 2;
  int64_t stop_cleanly = 1;

  // Per mille.
  int64_t dies = 60;            // of the batches: the daemon dies somewhere in it
  int64_t dies_starting = 100;  // of the restarts
  int64_t loses_power = 500;    // of the deaths: the machine goes down with it
  int64_t disk_trouble = 15;    // of the batches: full, or a write or sync fails
  int64_t report_lost = 15;
  int64_t report_late = 120;
  int64_t report_doubled = 60;
  int64_t array = 250;  // of the jobs
  int64_t depends = 300;
  int64_t awkward = 150;  // several nodes, devices, shares, licences, ...
  int64_t money = 0;      // of what operators do; 0: nothing is charged
};
BOOST_DESCRIBE_STRUCT(Scenario, (),
                      (name, about, steps, max_nodes, pass_time, submit, control, operate, vanish,
                       reconnect, snapshot, stop_cleanly, dies, dies_starting, loses_power,
                       disk_trouble, report_lost, report_late, report_doubled, array, depends,
                       awkward, money))

// Those in scenarios/, by name. A text that cannot be read ends the program with its error.
const std::vector<Scenario>& all_scenarios();

}  // namespace pentad::sim
