// scontrol: what changes something.
#include <fmt/format.h>

#include <algorithm>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/front/slurm/scontrol.h"
#include "cli/front/slurm/words.h"
#include "dialect/to_request.h"
#include "dialect/values.h"
#include "net/client.h"

namespace pentad::cli::front::slurm {

namespace {

// The jobs named behind a keyword, by commas or as words; 12_3 too.
std::vector<JobTerm> terms_of(const Control& control) {
  if (control.words.size() < 2) {
    throw CommandError(kFailed,
                       fmt::format("too few arguments for keyword:{}", control.words.front()));
  }
  std::vector<JobTerm> out;
  for (size_t i = 1; i < control.words.size(); ++i) {
    std::string word = control.words[i];
    std::string low = dialect::lower(word);
    if (low.starts_with("jobid=") || low.starts_with("job=")) word.erase(0, word.find('=') + 1);
    if (low.starts_with("state=")) continue;  // requeuehold State=SpecialExit
    auto terms = read_job_terms(word);
    if (!terms || terms->empty()) {
      throw CommandError(kFailed, fmt::format("Invalid job id specified for job {}", word));
    }
    out.insert(out.end(), terms->begin(), terms->end());
  }
  return out;
}

template <class Body>
bool post(const Control& control, int64_t job, std::string_view action, const Body& body) {
  try {
    control.session.send<void>(net::Method::post, fmt::format("/jobs/{}/{}", job, action), body);
    return true;
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) throw;
    std::string why = error.code == kNotFound ? "Invalid job id specified" : error.what();
    if (!control.quiet) fmt::print(stderr, "{} for job {}\n", why, job);
    return false;
  }
}

int hold_or_release(const Control& control, std::string_view action) {
  bool fine = true;
  for (const JobTerm& term : terms_of(control)) {
    if (term.elements) {
      throw CommandError(
          kFailed, fmt::format("job {}: an array is held as a whole: leave out _N", term.job));
    }
    fine &= post(control, term.job, action, api::HoldRequest{});
  }
  if (fine) return kOk;
  throw CommandError(kFailed, "slurm_suspend error: Invalid job id specified");
}

int requeue(const Control& control, bool hold) {
  bool fine = true;
  for (const JobTerm& term : terms_of(control)) {
    api::RequeueJob body;
    if (term.elements) body.elements = term.elements->to_string();
    body.hold = hold;
    fine &= post(control, term.job, "requeue", body);
  }
  return fine ? kOk : kFailed;
}

int64_t number_of(const std::string& name, const std::string& value) {
  auto number = dialect::parse_signed(value);
  if (!number) throw CommandError(kFailed, fmt::format("Invalid {} value: {}", name, value));
  return *number;
}

int64_t future_ms(const std::string& value) {
  auto read = dialect::parse_slurm_moment(value);
  if (!read) throw CommandError(kFailed, fmt::format("Invalid time specification: {}", value));
  dialect::Submitter here = this_submitter();
  return dialect::resolve(*read, here.now, here.utc_offset).value;
}

// TimeLimit=20, +20 or -20 minutes, 1-00:00:00.
int64_t limit_s(const Control& control, int64_t job, const std::string& value) {
  bool is_relative = value.starts_with('+') || value.starts_with('-');
  auto span = dialect::parse_slurm_time(is_relative ? value.substr(1) : value);
  if (!span || span->is_unlimited) {
    throw CommandError(kFailed, "Invalid TimeLimit value");
  }
  if (!is_relative) return span->duration_s;
  auto page = control.session.get<api::JobPage>(fmt::format("/jobs?ids={}&limit=1", job));
  int64_t present = page.jobs.empty() ? 0 : page.jobs.front().limit_s;
  return present + (value.front() == '+' ? 1 : -1) * span->duration_s;
}

// Carries out one NAME=VALUE; false when there is none such.
bool take(const Control& control, int64_t job, const std::string& name, const std::string& value,
          api::JobChange& change) {
  if (name == "timelimit")
    change.limit_s = limit_s(control, job, value);
  else if (name == "name" || name == "jobname")
    change.name = value;
  else if (name == "account")
    change.project = value;
  else if (name == "qos")
    change.qos = value;
  else if (name == "nice")
    change.priority = static_cast<int32_t>(-number_of(name, value));
  else if (name == "priority") {
    // Below what all jobs have a user may go; above it only an operator raises a job.
    int64_t wanted = number_of(name, value);
    change.priority = static_cast<int32_t>(std::clamp<int64_t>(wanted - 1'000'000, -999'999, 0));
  } else if (name == "starttime" || name == "eligibletime")
    change.begin_at_ms = future_ms(value);
  else if (name == "deadline")
    change.deadline_at_ms = future_ms(value);
  else if (name == "arraytaskthrottle") {
    change.max_running = static_cast<int32_t>(number_of(name, value));
  } else if (name == "dependency" && value.empty()) {
    change.clear.push_back(api::Clearable::dependency);
  } else {
    return false;
  }
  return true;
}

int update_job(const Control& control, const std::string& jobs) {
  auto terms = read_job_terms(jobs);
  if (!terms || terms->empty()) {
    throw CommandError(kFailed, fmt::format("Invalid job id specified for job {}", jobs));
  }
  int code = kOk;
  for (const JobTerm& term : *terms) {
    api::JobChange change;
    for (size_t i = 1; i < control.words.size(); ++i) {
      const std::string& word = control.words[i];
      size_t equals = std::min(word.find('='), word.size());
      std::string name = dialect::lower(word.substr(0, equals));
      std::string value = word.substr(std::min(equals + 1, word.size()));
      if (name == "jobid" || name == "job") continue;
      if (name == "priority" && value == "0") {  // Slurm's way to hold
        if (!post(control, term.job, "hold", api::HoldRequest{})) code = kFailed;
        continue;
      }
      if (take(control, term.job, name, value, change)) continue;
      throw CommandError(kFailed, fmt::format("Update of this parameter is not supported: {}\n"
                                              "Request aborted",
                                              word));
    }
    if (to_json(change, WriteMode::compact) == "{}") continue;
    try {
      control.session.send<void>(net::Method::patch, fmt::format("/jobs/{}", term.job), change);
    } catch (const CommandError& error) {
      if (error.code == kUnreachable) throw;
      std::string why = error.code == kNotFound ? "Invalid job id specified" : error.what();
      fmt::print(stderr, "{} for job {}\n", why, term.job);
      code = kFailed;
    }
  }
  return code;
}

int update_node(const Control& control, const std::string& node) {
  api::NodeChange change;
  bool has_state = false;
  for (size_t i = 1; i < control.words.size(); ++i) {
    const std::string& word = control.words[i];
    std::string name = dialect::lower(word.substr(0, word.find('=')));
    std::string value = word.substr(std::min(word.find('=') + 1, word.size()));
    std::string state = dialect::lower(value);
    if (name == "reason") change.reason = value;
    if (name != "state") continue;
    has_state = true;
    if (state == "drain")
      change.state = NodeState::draining;
    else if (state == "down")
      change.state = NodeState::down;
    else if (state == "resume" || state == "idle" || state == "undrain")
      change.state = NodeState::up;
    else
      throw CommandError(kFailed, fmt::format("Invalid input: {}\nRequest aborted", word));
  }
  if (!has_state) throw CommandError(kFailed, "No changes specified");
  control.session.send<api::NodeInfo>(net::Method::patch, "/nodes/" + net::percent_encode(node),
                                      change);
  return kOk;
}

int update(const Control& control) {
  for (size_t i = 1; i < control.words.size(); ++i) {
    const std::string& word = control.words[i];
    std::string name = dialect::lower(word.substr(0, word.find('=')));
    std::string value = word.substr(std::min(word.find('=') + 1, word.size()));
    if (name == "jobid" || name == "job") return update_job(control, value);
    if (name == "nodename") return update_node(control, value);
  }
  throw CommandError(kFailed,
                     "No valid entity in update command\n"
                     "Input line must include \"NodeName\" or \"JobId\" here");
}

}  // namespace

int change(const Control& control) {
  const std::string keyword = dialect::lower(control.words.front());
  if (keyword == "hold" || keyword == "uhold") return hold_or_release(control, "hold");
  if (keyword == "release") return hold_or_release(control, "release");
  if (keyword == "requeue") return requeue(control, false);
  if (keyword == "requeuehold") return requeue(control, true);
  if (keyword == "update") return update(control);
  for (std::string_view known : {"suspend", "resume", "top", "write", "create", "delete", "reboot",
                                 "reconfigure", "shutdown", "setdebug", "token", "takeover",
                                 "notify", "cancel_reboot", "abort", "completing"}) {
    if (keyword != known) continue;
    throw CommandError(kFailed, fmt::format("scontrol {}: this centre is run with `pentad`: see "
                                            "pentad --help",
                                            keyword));
  }
  throw CommandError(kFailed, fmt::format("invalid keyword: {}", control.words.front()));
}

}  // namespace pentad::cli::front::slurm
