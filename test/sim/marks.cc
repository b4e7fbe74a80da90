// Notes which rare situations a simulation has met.
#include <string_view>

#include "simulation.h"

namespace pentad::sim {

namespace {

bool mentions(const Dependency& d, DependencyKind kind) {
  bool found = d.kind == kind;
  for (const Dependency& part : d.of) found |= mentions(part, kind);
  return found;
}

bool names_one_of(const Dependency& d, const std::set<JobId>& jobs) {
  bool found = jobs.count(d.job) > 0;
  for (const Dependency& part : d.of) found |= names_one_of(part, jobs);
  return found;
}

}  // namespace

void Auditor::mark_start(const Job& job, const StartAttempt& start) {
  const ResourceRequest& r = job.request.resources;
  if (r.nodes > 1) reached_(Rare::several_nodes_started);
  if (r.devices.count > 0 && start.placement.share_milli < 1000) reached_(Rare::share_started);
  if (r.exclusive) reached_(Rare::exclusive_started);
  if (!r.licences.empty()) reached_(Rare::licence_started);
  if (r.reservation) reached_(Rare::reservation_used);
  if (job.request.hold) reached_(Rare::released_and_started);
  const std::optional<Dependency>& d = job.request.dependency;
  if (!d) return;
  reached_(Rare::dependency_met);
  if (mentions(*d, DependencyKind::elementwise)) reached_(Rare::elementwise_met);
  if (mentions(*d, DependencyKind::singleton)) reached_(Rare::singleton_met);
}

void Clients::mark(const event::What& what) {
  auto mark_dependency = [&](const std::optional<Dependency>& d) {
    if (d && names_one_of(*d, done_)) reached_(Rare::dependency_on_gone_job);
  };
  if (auto* submit = std::get_if<event::Submit>(&what)) {
    for (const JobRequest& job : submit->jobs) mark_dependency(job.dependency);
  } else if (auto* cancel = std::get_if<event::Cancel>(&what)) {
    if (cancel->elements && arrays_.count(cancel->job)) reached_(Rare::array_part_cancelled);
  } else if (auto* modify = std::get_if<event::Modify>(&what)) {
    reached_(Rare::modified_waiting);
    mark_dependency(modify->dependency);
  }
}

void Simulation::mark_refusal(const Error& error) {
  Disk::Counts counts = disk_.counts();
  int64_t syncs = counts.failed_syncs - failures_seen_.failed_syncs;
  int64_t writes = counts.failed - failures_seen_.failed - syncs;
  failures_seen_ = counts;
  if (error.code == ErrorCode::disk_full) {
    reached_(Rare::refused_disk_full);
  } else if (syncs > 0) {
    reached_(Rare::refused_sync_failed);
  } else if (writes > 0) {
    reached_(Rare::refused_write_failed);
  }
}

void Simulation::mark(const store::Command& command, const store::Applied& applied) {
  const Effects& effects = applied.effects;
  const event::What& what = command.event.what;
  for (const StopAttempt& stop : effects.stops) {
    if (stop.how == StopHow::unknown_attempt) reached_(Rare::unknown_attempt_stopped);
    if (stop.how == StopHow::limit) reached_(Rare::stopped_by_core_past_limit);
  }
  if (auto* end = std::get_if<event::AttemptEnded>(&what)) {
    if (!ended_.insert(end->attempt).second) reached_(Rare::end_reported_twice);
    if (auditor_.is_given_up(end->attempt)) reached_(Rare::end_of_given_up_attempt);
  }
  if (std::holds_alternative<event::Submit>(what) && !effects.reply.accepted()) {
    reached_(Rare::refused_submission);
  }
  mark_money(what, effects);
  if (effects.nodes.empty()) return;
  for (const NodeView& node : daemon_.centre().nodes()) {
    if (node.state == NodeState::drained) reached_(Rare::node_drained);
  }
}

void Simulation::mark_money(const event::What& what, const Effects& effects) {
  const RefusalCode refused = effects.reply.refusal.code;
  if (refused == RefusalCode::not_enough_money) reached_(Rare::refused_without_money);
  if (refused == RefusalCode::no_price) reached_(Rare::refused_without_price);
  if (std::holds_alternative<event::TopUp>(what) && refused != RefusalCode::none) {
    reached_(Rare::top_up_refused);
  }
  for (const LedgerEntry& entry : effects.entries) {
    if (entry.kind == EntryKind::voucher_expired) reached_(Rare::voucher_expired_unspent);
    if (entry.kind == EntryKind::metered) reached_(Rare::metered);
    for (const Posting& p : entry.postings) {
      const bool back = entry.kind == EntryKind::settle && p.account.starts_with("funder/");
      if (back) reached_(Rare::returned_to_funder);
    }
  }
  for (const Charge& charge : effects.charges) {
    if (!charge.free_because.empty()) reached_(Rare::not_charged);
    if (!charge.vouchers.empty()) reached_(Rare::paid_by_voucher);
    for (const ChargeLine& line : charge.lines) {
      const Price price = daemon_.centre().prices().at(static_cast<size_t>(line.price_id - 1));
      if (price.until <= charge.ended) reached_(Rare::charged_at_an_ended_price);
    }
  }
}

void Simulation::mark(const JobStatus& status) {
  if (status.reason == PendingReason::begin_time) reached_(Rare::begin_waited);
  if (status.reason == PendingReason::array_limit) reached_(Rare::array_limit_met);
  if (status.reason == PendingReason::money) reached_(Rare::waited_for_money);
  if (status.reason == PendingReason::budget) reached_(Rare::waited_for_budget);
  if (status.reason == PendingReason::quota) reached_(Rare::waited_for_quota);
  if (status.reason == PendingReason::frozen) reached_(Rare::waited_frozen);
  if (status.reason == PendingReason::dependency_never) reached_(Rare::dependency_never);
  if (!is_final(status.state)) return;
  std::string_view message = status.message;
  if (message.starts_with("gave up")) reached_(Rare::deadline_missed);
  if (status.state == JobState::timeout) reached_(Rare::timed_out);
  if (status.state == JobState::out_of_memory) reached_(Rare::ran_out_of_memory);
  if (status.state == JobState::cancelled) {
    reached_(status.attempts == 0 ? Rare::cancelled_before_begin : Rare::cancelled_running);
  }
}

}  // namespace pentad::sim
