// The core: everything a centre decides, it decides here. Synchronous, deterministic and pure; runs
// live, in the twin and under faults alike.
//
//   Effects effects = centre.step(event);
//
// The same events in the same order give the same effects and the same state on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "centre/effects.h"
#include "centre/event.h"
#include "centre/money_views.h"
#include "ledger/grants.h"
#include "ledger/ledger.h"
#include "model/device.h"
#include "model/job_status.h"
#include "model/node.h"
#include "model/policy.h"
#include "schedule/scheduler.h"
#include "tenancy/directory.h"

namespace pentad {

// Raised when the core's decisions change for the same events: a journal tail of another version
// may replay to something else.
inline constexpr int32_t kCoreVersion = 4;

struct NodeView {
  Node node;
  NodeState state = NodeState::up;
  std::string reason;
  int32_t cores_used = 0;
  Bytes memory_used;
  std::vector<int32_t> device_milli_used;
  int32_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(NodeView, (),
                      (node, state, reason, cores_used, memory_used, device_milli_used, attempts))

class Centre {
 public:
  Centre();
  ~Centre();
  Centre(Centre&&) noexcept;
  Centre& operator=(Centre&&) noexcept;

  Effects step(const Event& event);

  // When a Tick is due; Time::never() when nothing waits for time alone.
  Time next_wake() const;
  JobId next_job_id() const;
  Time now() const;

  // What the engine must be doing according to the core: asked after a restart, when effects may
  // have been lost between commit and execution. Starting again and stopping again are idempotent.
  struct Outstanding {
    StartAttempt start;
    bool confirmed = false;  // the engine has reported the start
    std::optional<StopHow> stopping;
  };
  std::vector<Outstanding> outstanding() const;

  // --- answers for people; never change anything ---
  bool has_job(JobId job) const;
  std::optional<JobStatus> job_status(JobId job) const;
  std::optional<JobRequest> job_request(JobId job) const;
  // What would Submit answer? Nothing is stored.
  Refusal check_submit(const event::Submit& submit) const;
  // Elements of a job in memory that wait, also those put back; empty for a job without array.
  IndexSet waiting_elements(JobId job) const;
  Wait why_waiting(JobId job) const;
  std::vector<Scheduler::Expected> forecast(Time now, size_t max_jobs) const;
  int64_t queue_position(JobId job) const;
  std::vector<NodeView> nodes() const;
  std::vector<DeviceModel> device_models() const;
  std::vector<AdvanceReservation> reservations() const;
  const Policy& policy() const;
  const Directory& directory() const;  // who is here, with which roles
  struct Counts {
    int64_t jobs = 0;      // in memory: pending or running
    int64_t attempts = 0;  // starting, running or ending
    int64_t queued = 0;    // ready to start
    int64_t held = 0;
  };
  Counts counts() const;

  // --- money; amounts as of the last event ---
  // What the job would cost and whether it would be taken now. Nothing is stored.
  Quote quote(const JobRequest& job) const;
  // Of jobs in memory, and of jobs that might be asked for. Cheap when many ask for the same, the
  // second one after the other.
  JobsCost cost(std::span<const JobId> jobs) const;
  JobsCost cost(const std::vector<JobRequest>& jobs) const;
  std::optional<TenantBalance> balance(const std::string& tenant) const;  // nothing: no such tenant
  std::vector<TenantBalance> balances() const;                            // ascending by tenant
  std::vector<Price> prices() const;          // ascending by id, also those that have ended
  std::vector<VoucherView> vouchers() const;  // ascending by id
  std::vector<QuotaView> quotas() const;      // ascending by kind and name
  // Every account with something in it, ascending by name: they sum to zero.
  std::vector<Posting> accounts() const;
  // The months a project was charged in, ascending; a closed one has its digest.
  std::vector<ledger::MonthTotal> months(const std::string& tenant,
                                         const std::string& project) const;
  const ledger::Grants& grants() const;  // calls, applications, awards
  // What a running attempt holds; nothing when nothing was held for it.
  std::optional<ledger::Hold> hold_of(const AttemptId& attempt) const;

  // --- snapshot ---
  // JSON, self-describing: fields unknown to the reader are ignored, missing ones keep their
  // defaults.
  std::string snapshot() const;
  static Result<Centre> restore(std::string_view snapshot);
  // Of the whole state; equal states have equal digests.
  uint64_t state_digest() const;

  // Names and describes each invariant that does not hold; empty when all do. Recomputes
  // everything.
  std::vector<std::string> check_invariants() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pentad
