// Which watts a schedule draws: all nodes idle, and on top what each running attempt adds. A share
// of a chip draws that share of what the whole chip would; how hard a class of job drives its chips
// is an assumption of the centre and flagged as such.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "energy/class_utilisation.h"
#include "energy/it_power.h"
#include "twin/replay.h"

namespace pentad::twin {

// A pool's nodes as the energy model sees them. A chip of `node.devices` has the name of the device
// model that the pool's nodes have.
struct PoolPower {
  std::string pool;
  energy::NodeModel node;
};

class ItPower {
 public:
  // Errors: invalid when a pool of the machine has no power model, or a device no chip.
  static Result<ItPower> make(const trace::Machine& machine, const std::vector<PoolPower>& pools,
                              const energy::ClassUtilisation& utilisation);

  double idle_w() const { return idle_w_; }    // all nodes
  double rated_w() const { return rated_w_; }  // all nodes, everything at full utilisation
  // What the running attempt of the job adds.
  double added_w(const LiveJob& job) const;
  // Its part of the idle power of its nodes: by the larger of its shares of cores and devices.
  double idle_share_w(const LiveJob& job) const;

 private:
  struct Pool {
    energy::NodeModel node;
    int32_t cores = 1;
    double idle_w = 0;
    std::map<std::string, double> devices;  // per node, by model
  };
  std::map<std::string, Pool> pools_;
  energy::ClassUtilisation utilisation_;
  double idle_w_ = 0;
  double rated_w_ = 0;
};

}  // namespace pentad::twin
