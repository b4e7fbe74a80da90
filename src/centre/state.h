// What the core remembers, and the steps its parts share. Private to src/centre.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "centre/centre.h"
#include "centre/effects.h"
#include "centre/event.h"
#include "centre/request_pool.h"
#include "schedule/fair_share.h"
#include "schedule/scheduler.h"

namespace pentad {

// How often an element has been put back into the queue.
struct ElementRestarts {
  int64_t element = 0;
  int32_t restarts = 0;
};
BOOST_DESCRIBE_STRUCT(ElementRestarts, (), (element, restarts))

// What changes in a job while it waits and runs, and what a snapshot says of it. Element 0 stands
// for a job without array. Every element is in exactly one of `waiting`, an attempt in
// State::attempts, `succeeded`, `unsuccessful`.
struct JobProgress {
  JobId id;
  Time submitted;
  bool held_by_user = false;
  bool held_by_operator = false;
  IndexSet waiting;
  IndexSet delayed;  // part of `waiting`: requeued, not before `delayed_until`
  Time delayed_until;
  IndexSet succeeded;
  IndexSet unsuccessful;
  int32_t active = 0;                     // attempts that have not ended
  std::vector<ElementRestarts> restarts;  // ascending by element; only those above 0
  JobState worst = JobState::completed;   // of the elements that ended otherwise
  Time started;
  int32_t attempts = 0;
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string message;
  Duration ran;
  Usage usage;
  std::vector<Outcome> known;  // of jobs it depends on that have left memory
};
BOOST_DESCRIBE_STRUCT(JobProgress, (),
                      (id, submitted, held_by_user, held_by_operator, waiting, delayed,
                       delayed_until, succeeded, unsuccessful, active, restarts, worst, started,
                       attempts, exit_code, signal, message, ran, usage, known))

// `request` is shared with equal ones and comes without name, user and project.
struct JobRecord : JobProgress {
  RequestPool::Shared request;
  std::string name;
  std::string user;
  std::string project;

  // Derived; not in a snapshot.
  PendingReason reason = PendingReason::none;  // none also while it is in the scheduler's queue
  Time dependency_wake = Time::never();        // when a delay after a start runs out
  int64_t queued = 0;                          // its count there
  bool done = false;                           // final; leaves memory at the end of the step
  bool dirty = false;                          // listed in State::dirty_jobs
};
struct AttemptRecord {
  AttemptId id;
  JobState state = JobState::starting;  // starting, running or ending
  bool confirmed = false;               // the engine reported its start
  std::optional<StopHow> stopping;
  Placement placement;
  Allocation allocation = 0;
  Time ordered;
  Time started_at;
  // As they were at the start: the job's may change for later attempts.
  Duration limit;
  std::vector<LicenceRequest> licences;
};
BOOST_DESCRIBE_STRUCT(AttemptRecord, (),
                      (id, state, confirmed, stopping, placement, allocation, ordered, started_at,
                       limit, licences))

struct NodeRecord {
  Node node;
  NodeState state = NodeState::up;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(NodeRecord, (), (node, state, reason))

// Wakes the core for a job (begin time, requeue delay, dependency delay, deadline) or an attempt
// past its limit. A timer that no longer means anything is harmless.
struct Timer {
  Time at;
  AttemptId subject;  // number 0: the job
  auto operator<=>(const Timer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Timer, (), (at, subject))

struct Centre::State {
  Time now;
  JobId next_job{1};
  ReservationId next_reservation{1};
  Policy policy;
  std::map<std::string, DeviceModel> device_models;
  std::map<std::string, NodeRecord> nodes;
  std::map<ReservationId, AdvanceReservation> reservations;
  std::unordered_map<JobId, JobRecord> jobs;
  RequestPool requests;  // of `jobs`
  std::map<AttemptId, AttemptRecord> attempts;
  FairShare fair_share;
  Time fair_share_due;

  // Derived from the above; rebuilt by restore().
  Scheduler scheduler;
  std::set<Timer> timers;
  std::unordered_map<JobId, std::vector<JobId>> dependents;
  std::set<std::pair<uint64_t, JobId>> by_name;     // digest of (user, name), jobs not done
  std::set<std::pair<uint64_t, JobId>> singletons;  // those that wait for their turn by name
  std::map<std::pair<std::string, std::string>, int64_t> factors;  // of (project, user), until due
  Time schedule_due = Time::never();
  int64_t queued_jobs = 0;  // in the scheduler's queue
  int64_t held_jobs = 0;    // kept from starting by a hold

  bool pass_needed = false;  // between steps only when the last event promised another one

  // Of the step in progress.
  std::string actor;
  Effects effects;
  std::vector<JobId> dirty_jobs;
  std::set<AttemptId> dirty_attempts;
  std::vector<AttemptStatus> ended_attempts;
  std::set<std::string> dirty_nodes;
  std::vector<JobId> to_refresh;

  // --- step.cc ---
  void run_due_timers();
  void settle(bool more);  // refreshes, passes and finishes until nothing moves any more
  Effects take_effects();
  void refuse(RefusalCode code, std::string field, std::string detail);

  // --- handlers, one per event ---
  void on(const event::Configure& e);
  void on(const event::UpsertNode& e);
  void on(const event::SetNodeState& e);
  void on(const event::CreateReservation& e);
  void on(const event::DeleteReservation& e);
  void on(const event::Submit& e);
  void on(const event::Cancel& e);
  void on(const event::Hold& e);
  void on(const event::Release& e);
  void on(const event::Requeue& e);
  void on(const event::Modify& e);
  void on(const event::AttemptStarted& e);
  void on(const event::AttemptEnded& e);
  void on(const event::Tick& e);

  // --- validate.cc: fixed precedence, see RefusalCode ---
  // `accepted` gets the jobs with the centre's defaults filled in.
  std::optional<Refusal> check_submit(const event::Submit& e,
                                      std::vector<JobRequest>& accepted) const;
  std::optional<Refusal> check_job(const JobRequest& job, JobId id,
                                   const std::vector<Outcome>& known) const;
  std::optional<Refusal> check_names(const JobRequest& job) const;
  std::optional<Refusal> check_reservation_use(const JobRequest& job) const;
  std::optional<Refusal> check_dependency(const Dependency& d, JobId id,
                                          const std::vector<Outcome>& known) const;
  std::optional<Refusal> check_new_reservation(const AdvanceReservation& reservation) const;

  // --- dependency.cc ---
  struct Eligible {
    IndexSet yes;               // may start now
    IndexSet never;             // can't ever
    Time wake = Time::never();  // when a delay runs out
  };
  Eligible evaluate(const JobRecord& job) const;
  Eligible evaluate(const JobRecord& job, const Dependency& d, const IndexSet& universe) const;
  Eligible evaluate_leaf(const JobRecord& job, const Dependency& d, const IndexSet& universe) const;
  // Keeps those of `known` that the job's dependency names.
  void keep_known(JobRecord& job, const std::vector<Outcome>& known) const;
  void link_dependencies(const JobRecord& job);
  void unlink_dependencies(const JobRecord& job);
  // Whether `job` as `request` would have it waits for itself, through others or their names.
  bool waits_for_itself(const JobRequest& request, JobId job) const;

  // --- snapshot.cc ---
  Status adopt(std::vector<JobRecord> from_jobs, std::vector<AttemptRecord> from_attempts);

  // --- invariants.cc ---
  void check_job_invariants(const JobRecord& job, std::vector<std::string>& failures) const;

  // --- queueing.cc ---
  void set_request(JobRecord& job, JobRequest request);
  JobRequest request_of(const JobRecord& job) const;
  JobRecord* find(JobId id);
  const JobRecord* find(JobId id) const;
  void index_job(JobRecord& job);  // names, dependents, timers
  void set_timers(const JobRecord& job);
  void clear_timers(const JobRecord& job);
  void unindex_job(JobRecord& job);
  IndexSet startable(const JobRecord& job, const Eligible& eligible) const;
  void refresh(JobRecord& job);  // brings the scheduler's view of the job up to date
  void set_queued(JobRecord& job, int64_t count);
  void finish_if_done(JobRecord& job);
  void end_waiting(JobRecord& job, const IndexSet& elements, JobState as, std::string message);
  void start(const Start& start);
  void rekey_queue();
  int64_t priority_of(const JobRecord& job);
  void touch(JobRecord& job);
  void touch_dependents(JobId job);
  void touch_namesakes(uint64_t name);  // those of that name that wait for their turn

  // --- attempts.cc ---
  void stop(AttemptRecord& attempt, StopHow how);
  void end_attempt(AttemptRecord attempt, const AttemptEnd& end);

  // --- nodes.cc ---
  void lose_attempts(const std::string& node, const std::string& reason);
  void drained_if_empty(const std::string& node);

  // --- status.cc, explain.cc ---
  JobState state_of(const JobRecord& job) const;
  PendingReason reason_of(const JobRecord& job, const Eligible& eligible, int64_t count) const;
  JobStatus status_of(const JobRecord& job) const;
  AttemptStatus status_of(const AttemptRecord& attempt) const;
  Outcome outcome_of(const JobRecord& job) const;
  std::string explain(const JobRecord& job) const;
  StartAttempt start_effect(const JobRecord& job, const AttemptRecord& attempt) const;
};

// Elements a job was submitted with.
IndexSet elements_of(const JobRequest& job);

int32_t restarts_of(const JobRecord& job, int64_t element);
void count_restart(JobRecord& job, int64_t element);

// Keeps the worse of the final states of a job's elements.
void worsen(JobRecord& job, JobState state);

uint64_t name_digest(const std::string& user, const std::string& name);
uint64_t name_digest(const JobRecord& job);
bool waits_by_name(const Dependency& d);

// An attempt this much past its limit is stopped by the core, in case its supervisor did not.
inline constexpr Duration kOverrunGrace = minutes(5);
Timer overrun_timer(const AttemptRecord& attempt);

}  // namespace pentad
