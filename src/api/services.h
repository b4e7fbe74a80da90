// What handlers work with. One for the whole daemon; outlives every request.
#pragma once

#include <functional>
#include <string>

#include "api/applications.h"
#include "api/core.h"
#include "api/event_hub.h"
#include "api/log_follower.h"
#include "api/metrics.h"
#include "api/storm_guard.h"
#include "api/workers.h"
#include "base/units.h"

namespace pentad::api {

struct Services {
  Core& core;
  Workers& workers;
  EventHub& events;
  LogFollower& logs;
  Metrics& metrics;
  StormGuard& storms;
  const Applications* applications = nullptr;  // null: no catalogue
  std::function<Time()> now;                   // from any thread

  std::string version;
  std::string home;          // absolute
  std::string host;          // %h of output paths
  std::string default_user;  // of jobs that name none
  std::string listen;        // for people
  Time started;
};

}  // namespace pentad::api
