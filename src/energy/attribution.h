// From meters to jobs. For one interval and one node: what its devices used goes to the jobs that
// hold them, the dynamic rest by CPU time, idle power by allocation; idle that nobody holds goes to
// the account `idle`, dynamic power outside jobs to `system`. In joules, to the joule:
//   jobs + idle + system + residual = node meter
//   nodes + losses + cooling + other + residual = site meter
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"

namespace pentad::energy {

BOOST_DEFINE_ENUM_CLASS(Quality, measured, modelled, estimated)

struct DeviceShare {
  uint32_t device = 0;         // position in the node
  int64_t thousandths = 1000;  // of the device
};

// One job on one node during the interval.
struct JobShare {
  JobId job;
  int64_t cpu_ms = 0;                 // CPU time used
  int64_t allocated_thousandths = 0;  // of the node, over the whole interval
  std::vector<DeviceShare> devices;
};

struct NodeInterval {
  Energy node;                  // the node's own meter
  std::vector<Energy> devices;  // each device's meter; empty: none is metered
  Energy idle;                  // what the node without its devices uses doing nothing
  int64_t system_cpu_ms = 0;    // CPU time outside jobs
  std::vector<JobShare> jobs;
  Quality quality = Quality::measured;
};

// Parts of one job on one node; sum() is its energy.
struct JobEnergy {
  JobId job;
  Energy devices, shared, idle;
  Energy sum() const { return devices + shared + idle; }
};
BOOST_DESCRIBE_STRUCT(JobEnergy, (), (job, devices, shared, idle))

struct NodeEnergy {
  std::vector<JobEnergy> jobs;  // in the order given
  Energy idle;                  // held by nobody: unallocated idle and free devices
  Energy system;                // dynamic, outside jobs
  Energy residual;  // node meter less all that; negative when devices claim more than it
  Quality quality = Quality::measured;
};
BOOST_DESCRIBE_STRUCT(NodeEnergy, (), (jobs, idle, system, residual, quality))

// Errors: invalid, path of the field: negative energy or time, device outside the node, more than a
// whole device or node given away.
Result<NodeEnergy> attribute(const NodeInterval& interval);

// The site in one interval. Each part metered or modelled, as its quality says; the residual is
// what the site's meter saw beyond them.
struct SiteInterval {
  Energy site{}, nodes{}, losses{}, cooling{}, other{};
  Quality quality = Quality::measured;
};
struct SiteEnergy {
  Energy residual;
  double overhead = 1;  // E_DC / E_IT of the interval; 1 when there was no IT energy
  double residual_share = 0;
  Quality quality = Quality::measured;
};
BOOST_DESCRIBE_STRUCT(SiteEnergy, (), (residual, overhead, residual_share, quality))
Result<SiteEnergy> balance(const SiteInterval& interval);

// Splits the site's energy over accounts in proportion to their node energy, to the joule.
std::vector<Energy> facility_shares(Energy site, std::span<const Energy> accounts);

// Parts of `total` in proportion to `weights`, whole joules, summing to it exactly: each gets the
// floor, the largest remainders one more (ties: the first). All weights 0: nothing is given.
std::vector<Energy> split(Energy total, std::span<const int64_t> weights);

}  // namespace pentad::energy
