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

namespace pentad::identity {
class Identity;
class Oidc;
}  // namespace pentad::identity

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

  identity::Identity* identity = nullptr;  // null: the Unix socket alone tells who asks
  identity::Oidc* oidc = nullptr;          // null: no other provider
  // Told when somebody has chosen a password; null: nobody cares.
  std::function<void(const std::string&)> password_changed = nullptr;
};

}  // namespace pentad::api
