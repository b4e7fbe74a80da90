// Everything that can happen to a centre. The journal is the list of these; nothing else reaches
// the core. Adding one: see CONTRIBUTING.md.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "centre/grant_events.h"
#include "centre/money_events.h"
#include "centre/people_events.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/job.h"
#include "model/job_status.h"
#include "model/node.h"
#include "model/policy.h"

namespace pentad::event {

// Replaces the policy and adds or replaces device models.
struct Configure {
  static constexpr std::string_view type_name = "configure";
  Policy policy;
  std::vector<DeviceModel> device_models;
};
BOOST_DESCRIBE_STRUCT(Configure, (), (policy, device_models))

// A node is there: new ones are up, known ones keep their state and get the new description.
struct UpsertNode {
  static constexpr std::string_view type_name = "upsert_node";
  Node node;
};
BOOST_DESCRIBE_STRUCT(UpsertNode, (), (node))

// up, draining or down (`drained` follows by itself). down ends the node's attempts as node_failed.
struct SetNodeState {
  static constexpr std::string_view type_name = "set_node_state";
  std::string node;
  NodeState state = NodeState::up;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SetNodeState, (), (node, state, reason))

// `reservation.id` is ignored: the core gives the next one.
struct CreateReservation {
  static constexpr std::string_view type_name = "create_reservation";
  AdvanceReservation reservation;
};
BOOST_DESCRIBE_STRUCT(CreateReservation, (), (reservation))

struct DeleteReservation {
  static constexpr std::string_view type_name = "delete_reservation";
  ReservationId id;
};
BOOST_DESCRIBE_STRUCT(DeleteReservation, (), (id))

// All jobs or none; they get the ids first, first + 1, ... in this order. `first` must be
// Centre::next_job_id(): the writer of the journal stores the payloads under these ids in the same
// transaction. `known` tells how jobs ended that `jobs` depend on and that have left memory. A
// dependency on an earlier job of the same submission names it as -1 for the first, -2 for the
// second, and so on.
struct Submit {
  static constexpr std::string_view type_name = "submit";
  JobId first;
  std::vector<JobRequest> jobs;
  std::vector<Outcome> known;
};
BOOST_DESCRIBE_STRUCT(Submit, (), (first, jobs, known))

// A job, or these elements of an array.
struct Cancel {
  static constexpr std::string_view type_name = "cancel";
  JobId job;
  std::optional<IndexSet> elements;
};
BOOST_DESCRIBE_STRUCT(Cancel, (), (job, elements))

struct Hold {
  static constexpr std::string_view type_name = "hold";
  JobId job;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (job, by_operator))

// A user's release does not lift an operator's hold; an operator's lifts both.
struct Release {
  static constexpr std::string_view type_name = "release";
  JobId job;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(Release, (), (job, by_operator))

// Stops what runs of the job (or these elements) and puts it back into the queue, held if asked.
// What ran is charged unless an operator does it for the centre.
struct Requeue {
  static constexpr std::string_view type_name = "requeue";
  JobId job;
  std::optional<IndexSet> elements;
  bool hold = false;
  bool by_operator = false;
};
BOOST_DESCRIBE_STRUCT(Requeue, (), (job, elements, hold, by_operator))

// Only what is set changes. While pending all may; priority, deadline and max_running also later.
// clear_dependency, clear_begin and clear_deadline remove what was there.
struct Modify {
  static constexpr std::string_view type_name = "modify";
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
  static constexpr std::string_view type_name = "attempt_started";
  AttemptId attempt;
  Time started_at;
};
BOOST_DESCRIBE_STRUCT(AttemptStarted, (), (attempt, started_at))

struct AttemptEnded {
  static constexpr std::string_view type_name = "attempt_ended";
  AttemptId attempt;
  AttemptEnd end;
};
BOOST_DESCRIBE_STRUCT(AttemptEnded, (), (attempt, end))

// All that runs may run so much longer: the centre itself was slow (throttled, suspended) and gives
// back what it took. Up to a week at once.
struct GiveTime {
  static constexpr std::string_view type_name = "give_time";
  Duration by;
};
BOOST_DESCRIBE_STRUCT(GiveTime, (), (by))

// Time has come to Centre::next_wake().
struct Tick {
  static constexpr std::string_view type_name = "tick";
};
BOOST_DESCRIBE_STRUCT(Tick, (), ())

using What =
    std::variant<Configure, UpsertNode, SetNodeState, CreateReservation, DeleteReservation, Submit,
                 Cancel, Hold, Release, Requeue, Modify, AttemptStarted, AttemptEnded, Tick,
                 GiveTime, PutTenant, PutProject, PutUser, GrantRole, RevokeRole, Note, TopUp,
                 Adjust, SetCredit, SetBudget, SetQuota, PutPrices, EndPrice, IssueVoucher,
                 CancelVoucher, Meter, CloseStatement, OpenCall, Apply, Review, Award>;

}  // namespace pentad::event

namespace pentad {

// `now` never runs backwards inside the core: an event with an earlier time counts as simultaneous
// with the one before. `actor` names who caused it, for the record; it and `from` decide nothing.
// `more`: the next event belongs to the same moment, so nothing is placed before that one; reports
// that arrive together free all their resources first, and the queue is gone through once.
struct Event {
  Time now;
  std::string actor;
  event::What what;
  bool more = false;
  std::string from = {};  // where the actor spoke from: an address, "unix", a program
};
BOOST_DESCRIBE_STRUCT(Event, (), (now, actor, what, more, from))

}  // namespace pentad
