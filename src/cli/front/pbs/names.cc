// Identifiers, states and exit codes as PBS writes them.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>

#include "cli/front/pbs/pbs.h"

namespace pentad::cli::front::pbs {

namespace {

std::string short_name(const std::string& host) { return host.substr(0, host.find('.')); }

// Of one whose attempts are not known: what the job itself says.
JobState summary_state(const api::JobSummary& job) {
  bool waits = job.state <= JobState::queued;
  return waits && job.running > 0 ? JobState::running : job.state;
}

}  // namespace

Server::Server(const Call& call) : Desk(call) {
  const std::string& suffix = site().job_id_suffix;
  name_ = suffix.empty() ? short_name(host()) : suffix.substr(suffix.starts_with('.') ? 1 : 0);
  const char* of_job = getenv("PENTAD_DIALECT");
  std::string dialect = of_job ? of_job : "";
  is_torque_ = dialect == "torque" ||
               (dialect != "pbspro" && site().default_dialect == dialect::Dialect::torque);
}

std::string Server::id(const api::JobSummary& job) const {
  return fmt::format("{}{}.{}", job.id, job.array ? "[]" : "", name_);
}

std::string Server::id(const api::JobSummary& job, int64_t index) const {
  return fmt::format("{}[{}].{}", job.id, index, name_);
}

std::vector<Row> rows_of(Server& server, const api::JobSummary& job, const Wanted& wanted,
                         const IndexSet* only) {
  std::vector<Row> out;
  bool as_elements = job.array && (wanted.elements || only);
  if (!as_elements && (!wanted.attempts || job.array || job.attempts == 0)) {
    out.push_back({&job, {}, summary_state(job), {}});
    return out;
  }
  for (Element& e : elements_of(server.session(), job)) {
    if (only && !only->contains(e.index)) continue;
    Row& row = out.emplace_back(Row{&job, {}, e.state, std::move(e.attempt)});
    if (e.is_array()) row.index = e.index;
  }
  return out;
}

std::string id_of(const Server& server, const Row& row) {
  return row.index ? server.id(*row.job, *row.index) : server.id(*row.job);
}

char state_letter(const Server& server, const Row& row) {
  if (row.is_done()) return server.is_torque() ? 'C' : row.index ? 'X' : 'F';
  bool began = row.is_array() && row.job->attempts > 0;
  if (began && !server.is_torque()) return 'B';
  switch (row.state) {
    case JobState::held:
      return 'H';
    case JobState::starting:
    case JobState::running:
      return 'R';
    case JobState::ending:
      return 'E';
    default:
      break;
  }
  switch (row.job->reason) {
    case PendingReason::held_by_user:
    case PendingReason::held_by_operator:
    case PendingReason::dependency:
    case PendingReason::dependency_never:
      return 'H';
    case PendingReason::begin_time:
      return 'W';
    default:
      return 'Q';
  }
}

std::optional<int> exit_status(const Server& server, const Row& row) {
  if (!row.is_done()) return {};
  const api::JobSummary& job = *row.job;
  bool torque = server.is_torque();
  int signal = row.attempt ? row.attempt->signal : job.signal;
  int code = row.attempt ? row.attempt->exit_code : job.exit_code;
  switch (row.state) {
    case JobState::timeout:
      return torque ? -11 : -29;
    case JobState::out_of_memory:
      return torque ? -10 : -27;
    case JobState::node_failed:
      return -4;
    case JobState::cancelled:
      if (job.attempts == 0 && !torque) return {};
      return 256 + (signal > 0 ? signal : 15);
    default:
      return signal > 0 ? 256 + signal : code;
  }
}

}  // namespace pentad::cli::front::pbs
