// What the core remembers, and the steps its parts share. Private to src/centre.
#pragma once

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
#include "centre/money_waits.h"
#include "centre/overruns.h"
#include "centre/records.h"
#include "centre/request_pool.h"
#include "centre/tables.h"
#include "ledger/grants.h"
#include "ledger/ledger.h"
#include "schedule/fair_share.h"
#include "schedule/scheduler.h"
#include "tenancy/directory.h"

namespace pentad {

struct Centre::State {
  Time now;
  JobId next_job{1};
  ReservationId next_reservation{1};
  Policy policy;
  Directory people;
  std::map<std::string, DeviceModel> device_models;
  NodeTable nodes;
  std::map<ReservationId, AdvanceReservation> reservations;
  JobTable jobs;
  RequestPool requests;  // of `jobs`
  Accounts accounts;     // of `jobs`, with their fair-share factors until due
  AttemptTable attempts;
  FairShare fair_share;
  Time fair_share_due;
  // Looking at it may open accounts with nothing in them, of which nobody is told.
  mutable ledger::Ledger ledger;
  ledger::Grants grants;
  Slots<ledger::Hold> holds;  // of attempts
  MoneyWaits waits;           // jobs kept from the queue by money

  // Derived from the above; rebuilt by restore().
  Scheduler scheduler;
  std::set<Timer> timers;  // of jobs
  Overruns overruns;       // of attempts, by slot
  std::unordered_map<JobId, std::vector<JobId>> dependents;
  std::set<std::pair<uint64_t, JobId>> singletons;  // that wait for their turn, by digest of name
  Time schedule_due = Time::never();
  int64_t queued_jobs = 0;  // in the scheduler's queue
  int64_t held_jobs = 0;    // kept from starting by a hold

  int64_t people_changes = 0;      // of tenants, projects and users
  Time money_due = Time::never();  // when a voucher or price begins or ends
  Time month_end;                  // of the month of now
  std::set<SubjectName> improved;  // may start more than when their jobs were refused; kept

  bool pass_needed = false;  // between steps only when the last event promised another one

  // Of the step in progress.
  std::string actor;
  Effects effects;
  std::vector<JobRecord*> dirty_jobs;     // each once
  std::vector<AttemptId> dirty_attempts;  // some more than once, some have ended since
  std::vector<AttemptStatus> ended_attempts;
  std::vector<std::string> dirty_nodes;  // some more than once
  std::vector<JobRecord*> to_refresh;
  std::vector<ledger::Hold> granted;  // to the starts of the pass, in their order
  size_t grants_used = 0;
  std::vector<MoneyWait> refused;           // in the pass
  std::map<SubjectName, int32_t> may_wake;  // how many more of the subject come back in the step

  // --- step.cc ---
  void run_due_timers();
  void stop_overdue();
  Time reorder_due() const;
  void settle(bool more);  // refreshes, passes and finishes until nothing moves any more
  Effects take_effects();
  void forget(JobRecord& job);  // it has left memory
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
  void on(const event::GiveTime& e);
  void on(const event::Tick& e);
  void on(const event::PutTenant& e);
  void on(const event::PutProject& e);
  void on(const event::PutUser& e);
  void on(const event::GrantRole& e);
  void on(const event::RevokeRole& e);
  void on(const event::Note& e);
  void on(const event::TopUp& e);
  void on(const event::Adjust& e);
  void on(const event::SetCredit& e);
  void on(const event::SetBudget& e);
  void on(const event::SetQuota& e);
  void on(const event::PutPrices& e);
  void on(const event::EndPrice& e);
  void on(const event::IssueVoucher& e);
  void on(const event::CancelVoucher& e);
  void on(const event::Meter& e);
  void on(const event::CloseStatement& e);
  void on(const event::OpenCall& e);
  void on(const event::Apply& e);
  void on(const event::Review& e);
  void on(const event::Award& e);
  void answer(const std::optional<Refusal>& refusal);  // refuses when there is one

  // --- money.cc: commands ---
  ledger::Cause cause() const { return {now, actor}; }
  ledger::Records records() { return {effects.entries, effects.charges, effects.notices}; }
  std::optional<Refusal> unknown_payer(const std::string& tenant, const std::string* project,
                                       const std::string* user) const;
  // The answer, and who may start more now.
  void booked(const ledger::Refused& refused, const SubjectName& who);
  void run_due_money();
  void set_money_due();
  void turn_month();
  void people_changed();

  // --- money_submit.cc ---
  bool charging() const { return !policy.money.charged.empty(); }
  std::optional<Refusal> check_member(const JobRequest& job) const;
  std::optional<Refusal> check_payer(const JobRequest& job) const;
  // `first`: where it would run first.
  std::optional<Refusal> check_money(const JobRequest& job, const RunPlace& first) const;
  std::optional<Refusal> check_queued(const std::vector<JobRequest>& jobs) const;
  ledger::Ask ask_of(const JobRequest& job, const RunPlace& place,
                     const ledger::Payer& payer) const;
  Quote quote(const JobRequest& job) const;
  // Of one element; the job names what is there.
  struct ElementCost {
    Money greatest, expected;
    Energy expected_energy;
  };
  ElementCost cost_of_element(const JobRequest& job, const ledger::Payer& payer) const;
  ElementCost cost_if_possible(const JobRequest& job) const;

  // --- money_attempts.cc ---
  ledger::Payer payer_of(uint32_t account) const;
  ledger::Payer payer_of(const std::string& project, const std::string& user) const;
  AccountState standing_of(uint32_t account);
  ledger::Size size_of(const Placement& placement) const;
  bool grant(JobId job, const Placement& placement);  // the gate of a pass
  void pass_with_money();
  void hold_money(AttemptRecord& attempt);
  bool adopt_hold(ledger::Hold& hold);  // false: it names what is not there
  // Returns what was charged; nothing when nothing was held.
  std::optional<Money> settle_money(AttemptRecord& attempt, const AttemptStatus& ended,
                                    bool requeued);
  std::string free_because(const AttemptRecord& attempt, const AttemptEnd& end, JobState state,
                           bool requeued) const;
  void find_cpu_models();

  // --- money_queue.cc ---
  void count_waiting(JobRecord& job);
  void uncount_waiting(JobRecord& job);
  void left_queue(JobId job);
  void put_aside();      // the jobs that were refused in the pass
  bool may_let() const;  // somebody who has improved may come back in this step
  void let_improved();   // back into the queue, some of them
  bool let_group(const MoneyWaits::Group& group, int32_t& may_wake);
  std::optional<ledger::Obstacle> obstacle_of(const MoneyWait& wait);
  ledger::Ask ask_of(const MoneyWait& wait, const JobRecord& job) const;
  void improve(const ledger::Payer& payer);
  void improve(const SubjectName& who);
  void improve_all();
  void charging_changed();
  std::string explain_money(const JobRecord& job) const;
  void check_money_invariants(std::vector<std::string>& failures) const;

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
  Status adopt(std::vector<AttemptRecord> from_attempts);  // the jobs are there already

  // --- invariants.cc ---
  void check_job_invariants(const JobRecord& job, std::vector<std::string>& failures) const;

  // --- queueing.cc ---
  void set_request(JobRecord& job, JobRequest request);
  JobRequest request_of(const JobRecord& job) const;
  JobRecord* find(JobId id) { return jobs.find(id); }
  const JobRecord* find(JobId id) const { return jobs.find(id); }
  void index_job(JobRecord& job);  // names, dependents, timers
  Time begin_of(const JobRecord& job) const;
  void shift_again();
  void set_timers(const JobRecord& job);
  void clear_timers(const JobRecord& job);
  void unindex_job(JobRecord& job);
  bool all_startable(const JobRecord& job) const;  // nothing keeps any waiting element back
  IndexSet startable(const JobRecord& job, const Eligible& eligible) const;
  void refresh(JobRecord& job);  // brings the scheduler's view of the job up to date
  void set_queued(JobRecord& job, int64_t count);
  void finish_if_done(JobRecord& job);
  void end_waiting(JobRecord& job, const IndexSet& elements, JobState as, std::string message);
  void start(Start&& start);
  void rekey_queue();
  int64_t priority_of(const JobRecord& job);
  void touch(JobRecord& job);
  void refresh_later(JobId job);  // nothing happens when it has left memory
  void touch_dependents(JobId job);
  void touch_namesakes(uint64_t name);  // those of that name that wait for their turn

  // --- attempts.cc ---
  void set_state(AttemptRecord& attempt, JobState state);
  void stop(AttemptRecord& attempt, StopHow how);
  void end_attempt(AttemptRecord& attempt, const AttemptEnd& end);

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
bool waits_by_name(const Dependency& d);

// An attempt this much past its limit is stopped by the core, in case its supervisor did not.
inline constexpr Duration kOverrunGrace = minutes(5);
inline Time overrun_time(const AttemptRecord& attempt) {
  return attempt.ordered + attempt.limit + kOverrunGrace;
}

}  // namespace pentad
