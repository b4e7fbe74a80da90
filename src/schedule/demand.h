// Demands in the form the searches use: names resolved to slots, sane figures, and the pools (with
// the device model in them) in the order of the job's wish.
#pragma once

#include <string>
#include <vector>

#include "schedule/scheduler.h"
#include "schedule/site.h"

namespace pentad::schedule {

struct LicenceNeed {
  uint32_t licence = 0;
  int32_t count = 0;
};

// One way to run: on nodes of this pool, with devices of this model (no_model when none are asked
// for).
struct Option {
  PoolSlot pool = 0;
  ModelSlot model = no_model;
};

// What decides whether a job fits, as figures.
struct Need {
  int32_t nodes = 1;
  int32_t cores = 1;
  Bytes memory;
  int32_t devices = 0;
  int32_t share_milli = 1000;
  bool exclusive = false;
  bool impossible = false;           // a feature or licence nobody has
  bool ignore_reservations = false;  // for explanations: as if nobody else had reserved nodes
  ReservationId reservation;
  Duration limit;
  std::vector<uint32_t> features;  // ascending slots
  std::vector<LicenceNeed> licences;
};

// The amounts on one node: an exclusive job takes all cores and memory the node has.
struct NodeNeed {
  int32_t cores = 0;
  Bytes memory;
};
NodeNeed need_on(const Need& need, const NodeRecord& node);

// What of `demand` does not depend on the nodes. Figures below their minimum are raised to it.
Need make_need(const Demand& demand, const Site& site, const Names& licences);

// The pools and models the demand may use, best first (definition 5 in scheduler.h).
std::vector<Option> make_options(const Demand& demand, const Site& site);

// True when the node belongs to those the need may use at all, whatever its state and load.
bool eligible(const Need& need, const NodeRecord& node);

// True when the need would fit on the node if nothing else were there.
bool fits_empty(const Need& need, ModelSlot model, const NodeRecord& node);

}  // namespace pentad::schedule
