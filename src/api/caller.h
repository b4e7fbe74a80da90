// Who asks, and what they may do. Every handler gets one with its request and shows and does only
// what it allows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.h"
#include "net/message.h"
#include "store/job_queries.h"
#include "tenancy/directory.h"
#include "tenancy/permissions.h"

namespace pentad::api {

// How somebody proved who they are.
enum class Proof { none, unix_socket, token, session };

struct Caller {
  std::string user;  // their name; empty: nobody has said
  Proof proof = Proof::none;
  std::vector<RoleGrant> roles;
  std::optional<PermissionSet> scopes;  // of a token: what it can do at most
  std::string session;                  // id of the session or token they came with
  std::string from;                     // address without port, "unix"
  // The daemon's own Unix user, or root: the centre itself.
  bool is_system = false;
  std::shared_ptr<const Directory> directory = std::make_shared<Directory>();

  bool may(Permission permission, const Target& target = {}) const;
  // Somewhere: then lists can be answered. Everywhere: nothing needs to be filtered.
  bool may_somewhere(Permission permission) const;
  bool may_everywhere(Permission permission) const;
  // About a job, or anything else that belongs to a user and a project ("tenant/name" or any text).
  bool may_about(Permission permission, std::string_view user, std::string_view project) const;
  // What a listing of jobs may show; nothing when all of it.
  std::optional<store::JobScope> scope_of(Permission permission) const;
};

// A request with who asks.
struct Request : net::Request {
  Caller caller;
};

}  // namespace pentad::api
