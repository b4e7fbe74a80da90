// Everything that can happen to a centre. The journal is the list of these; nothing else reaches the
// core. Adding one: see CONTRIBUTING.md.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/job.h"
#include "model/job_status.h"
#include "model/node.h"
#include "model/policy.h"

namespace pentad::event {

// Replaces the policy and adds or replaces device models.
struct Configure {
  Policy policy;
  std::vector<DeviceModel> device_models;
};
BOOST_DESCRIBE_STRUCT(Configure, (), (policy, device_models))

// A node is there: new ones are up, known ones keep their state and get the new description.
struct UpsertNode {
  Node node;
};
BOOST_DESCRIBE_STRUCT(UpsertNode, (), (node))

// up, draining or down (`drained` follows by itself). down ends the node's attempts as node_failed.
struct SetNodeState {
  std::string node;
  NodeState state = NodeState::up;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SetNodeState, (), (node, state, reason))

// `reservation.id` is ignored: the core gives the next one.
struct CreateReservation {
  AdvanceReservation reservation;
};
BOOST_DESCRIBE_STRUCT(CreateReservation, (), (reservation))

struct DeleteReservation {
  ReservationId id;
};
BOOST_DESCRIBE_STRUCT(DeleteReservation, (), (id))

// All jobs or none; they get the ids first, first + 1, ... in this order. `first` must be
// Centre::next_job_id(): the writer of the journal stores the payloads under these ids in the same
// transaction. `known` tells how jobs ended that `jobs` depend on and that have left memory.
struct Submit {
  JobId first;
  std::vector<JobRequest> jobs;
  std::vector<Outcome> known;
};
BOOST_DESCRIBE_STRUCT(Submit, (), (first, jobs, known))

// A job, or these elements of an array.
struct Cancel {
  JobId job;
  std::optional<IndexSet> elements;
};
BOOST_DESCRIBE_STRUCT(Cancel, (), (job, elements))

struct Hold {
  JobId job;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (job, by_operator))

// A user's release does not lift an operator's hold; an operator's lifts both.
struct Release {
  JobId job;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(Release, (), (job, by_operator))

// Stops what runs of the job (or these elements) and puts it back into the queue, held if asked.
struct Requeue {
  JobId job;
  std::optional<IndexSet> elements;
  bool hold = false;
};
BOOST_DESCRIBE_STRUCT(Requeue, (), (job, elements, hold))

// Only what is set changes. While pending all may; priority, deadline and max_running also later.
// clear_dependency, clear_begin and clear_deadline remove what was there.
struct Modify {
  JobId job;
  std::optional<std::string> name;
  std::optional<std::string> project;
  std::optional<std::string> qos;
  std::optional<ResourceRequest> resources;
  std::optional<Duration> limit;
  std::optional<int32_t> priority;
  std::optional<Time> begin;
  std::optional<Time> deadline;
  std::optional<Dependency> dependency;
  std::optional<int32_t> max_running;
  std::optional<Wish> wish;
  bool clear_begin = false;
  bool clear_deadline = false;
  bool clear_dependency = false;
  std::vector<Outcome> known;
};
BOOST_DESCRIBE_STRUCT(Modify, (),
                      (job, name, project, qos, resources, limit, priority, begin, deadline,
                       dependency, max_running, wish, clear_begin, clear_deadline, clear_dependency,
                       known))

// Reports of an engine. They may come late, twice, out of order or for attempts of the past.
struct AttemptStarted {
  AttemptId attempt;
  Time started_at;
};
BOOST_DESCRIBE_STRUCT(AttemptStarted, (), (attempt, started_at))

struct AttemptEnded {
  AttemptId attempt;
  AttemptEnd end;
};
BOOST_DESCRIBE_STRUCT(AttemptEnded, (), (attempt, end))

// Time has come to Centre::next_wake().
struct Tick {};
BOOST_DESCRIBE_STRUCT(Tick, (), ())

using What = std::variant<Configure, UpsertNode, SetNodeState, CreateReservation, DeleteReservation,
                          Submit, Cancel, Hold, Release, Requeue, Modify, AttemptStarted,
                          AttemptEnded, Tick>;

}  // namespace pentad::event

namespace pentad {

// `now` never runs backwards inside the core: an event with an earlier time counts as simultaneous with
// the one before. `actor` names who caused it, for the record; it decides nothing.
struct Event {
  Time now;
  std::string actor;
  event::What what;
};
BOOST_DESCRIBE_STRUCT(Event, (), (now, actor, what))

}  // namespace pentad
