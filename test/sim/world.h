// What a centre is made of and what its users ask for, drawn from a seed.
#pragma once

#include <string>
#include <vector>

#include "model/device.h"
#include "model/job.h"
#include "model/node.h"
#include "model/payload.h"
#include "model/policy.h"
#include "random.h"
#include "scenario.h"

namespace pentad::sim {

struct World {
  Policy policy;
  std::vector<DeviceModel> device_models;
  std::vector<Node> nodes;
};

World make_world(Random& random, const Scenario& scenario);
Policy make_policy(Random& random);
// The same node, grown or shrunk.
Node changed(Random& random, Node node);

// What a submission can refer to.
struct Surroundings {
  const World* world = nullptr;
  Time now;
  std::vector<JobId> jobs;  // submitted lately, ended or not
  std::vector<ReservationId> reservations;
  int64_t place = 0;  // in its submission: may depend on that many jobs before it
};

JobRequest make_job(Random& random, const Scenario& scenario, const Surroundings& around);
Dependency make_dependency(Random& random, const Surroundings& around, int depth);
ResourceRequest make_resources(Random& random, int64_t awkward_per_mille, const World& world);

// Tells later which submission a start belongs to.
Payload make_payload(const std::string& submission, int64_t place);

// The full name of a project where jobs are charged.
std::string money_project(const std::string& name);

}  // namespace pentad::sim
