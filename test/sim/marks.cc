// Notes which rare situations a simulation has met.
#include <algorithm>
#include <string_view>

#include "simulation.h"

namespace pentad::sim {

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
    std::string_view message = end->end.message;
    if (message.starts_with("the engine knows nothing")) reached_(Rare::adopted_unknown);
  }
  if (std::holds_alternative<event::Submit>(what) && !effects.reply.accepted()) {
    reached_(Rare::refused_submission);
  }
  if (effects.nodes.empty()) return;
  for (const NodeView& node : daemon_.centre().nodes()) {
    if (node.state == NodeState::drained) reached_(Rare::node_drained);
  }
}

void Simulation::mark(const JobStatus& status) {
  if (status.reason == PendingReason::array_limit) reached_(Rare::array_limit_met);
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
