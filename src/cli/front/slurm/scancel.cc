// scancel: ends jobs, or sends them a signal.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <set>

#include "api/job_views.h"
#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kMe = kLongOnly, kCtld = kLongOnly + 1, kNothing = kLongOnly + 2;
constexpr int kSteps = kLongOnly + 3;

constexpr std::array kSwitches = {
    Switch{'A', "account", 'A', '=', "account", "jobs of this account"},
    Switch{'b', "batch", 'b', 0, "", "signal the batch shell only"},
    Switch{kCtld, "ctld", 0, 0, "", "accepted"},
    Switch{'f', "full", 'f', 0, "", "signal the batch shell and all steps"},
    Switch{'H', "hurry", 'H', 0, "", "accepted: nothing is staged out"},
    Switch{'i', "interactive", 'i', 0, "", "ask for each job"},
    Switch{kNothing, "clusters", 'M', '=', "names", "accepted: there is one centre"},
    Switch{kMe, "me", 0, 0, "", "jobs of the caller"},
    Switch{'n', "name", 'n', '=', "job_name", "jobs of this name"},
    Switch{'n', "jobname", 0, '=', "job_name", "the same"},
    Switch{'p', "partition", 'p', '=', "partition", "jobs of this partition"},
    Switch{'Q', "quiet", 'Q', 0, "", "no word about jobs that are over or unknown"},
    Switch{'q', "qos", 'q', '=', "qos", "jobs of this class of service"},
    Switch{'R', "reservation", 'R', '=', "name", "jobs of this reservation"},
    Switch{kNothing, "sibling", 0, '=', "name", "accepted: there is one centre"},
    Switch{'s', "signal", 's', '=', "name or number", "send this signal instead of ending jobs"},
    Switch{'t', "state", 't', '=', "state", "jobs that are PENDING, RUNNING or SUSPENDED"},
    Switch{'u', "user", 'u', '=', "user_name", "jobs of this user"},
    Switch{'v', "verbose", 'v', 0, "", "say what is done"},
    Switch{'w', "nodelist", 'w', '=', "hosts", "jobs on these nodes"},
    Switch{kSteps, "wckey", 0, '=', "key", "accepted: jobs carry none"},
};

struct Work {
  const Call& call;
  const Switches& words;
  Session& session;
  int32_t signal = 0;  // 0: end it
  bool is_filtered = false;
  std::set<JobState> states;
  std::set<std::string> nodes;
  bool failed = false;
};

bool matches(const Row& row, const Work& work, const View& view) {
  const Switches& words = work.words;
  if (is_final(row.state)) return false;
  if (!work.states.empty() && !work.states.contains(row.state)) return false;
  if (words.has('A') && row.job->project != words.last('A')) return false;
  if (words.has('n') && row.job->name != words.last('n')) return false;
  if (words.has('q') && row.job->qos != words.last('q')) return false;
  if (words.has('p') && partition_of(row, view) != words.last('p')) return false;
  if (work.nodes.empty()) return true;
  for (const std::string& node : node_names(row)) {
    if (work.nodes.contains(node)) return true;
  }
  return false;
}

bool confirmed(const Row& row, const Jobs& jobs) {
  fmt::print("Cancel job_id={} name={} [y/n]? ", job_words(row, jobs), row.job->name);
  std::fflush(stdout);
  int first = std::getchar();
  for (int c = first; c != '\n' && c != EOF;) c = std::getchar();
  return first == 'y' || first == 'Y';
}

// The steps of a job unless told; a job that has none of them is its shell.
api::SignalTo scope_of(const Switches& words) {
  if (words.has('b')) return api::SignalTo::first;
  return words.has('f') ? api::SignalTo::all : api::SignalTo::others;
}

void act(Work& work, const Row& row, const Jobs& jobs) {
  const bool is_signal = work.signal != 0 && work.signal != 9 && work.signal != 15;
  if (is_signal && row.waits()) return;  // there is nobody to hear it
  if (work.words.has('i') && !confirmed(row, jobs)) return;
  if (work.words.has('v')) {
    fmt::print(stderr, "scancel: {} job {}\n", is_signal ? "Signaling" : "Terminating",
               job_words(row, jobs));
  }
  std::string target = fmt::format("/jobs/{}/", row.job->id);
  std::optional<std::string> elements;
  if (row.element) elements = fmt::to_string(*row.element);
  if (row.rest) elements = row.rest->to_string();
  try {
    if (is_signal) {
      api::SignalRequest body{elements, work.signal, scope_of(work.words)};
      work.session.send<void>(net::Method::post, target + "signal", body);
    } else {
      work.session.send<void>(net::Method::post, target + "cancel", api::CancelRequest{elements});
    }
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) throw;
    if (error.code == kRefused) return;  // it ended in between
    work.failed = true;
    if (!work.words.has('Q')) complain(work.call, error.what());
  }
}

std::vector<JobTerm> named_jobs(const Work& work) {
  std::vector<JobTerm> terms;
  for (const std::string& word : work.words.rest) {
    auto some = read_job_terms(word);
    if (!some) {
      throw failure(work.call, fmt::format("Invalid job id {}", some.error().message));
    }
    for (JobTerm& term : *some) {
      if (!term.step.empty() && term.step != "batch") {
        throw failure(work.call, fmt::format("Job step {}.{} is not known: steps end with srun",
                                             term.job, term.step));
      }
      terms.push_back(std::move(term));
    }
  }
  return terms;
}

void read_filters(Work& work) {
  const Switches& words = work.words;
  constexpr std::array<int, 8> kFilters = {'A', 'n', 'p', 'q', 't', 'u', 'w', kMe};
  for (int id : kFilters) work.is_filtered |= words.has(id);
  if (words.has('t')) {
    auto states = states_named(words.last('t'));
    std::string word = dialect::lower(words.last('t'));
    bool is_taken = word == "pending" || word == "pd" || word == "running" || word == "r" ||
                    word == "suspended" || word == "s";
    if (!states || !is_taken) {
      throw CommandError(kFailed,
                         fmt::format("Invalid job state specified: {}\n"
                                     "Valid job states are PENDING, RUNNING, and SUSPENDED",
                                     words.last('t')));
    }
    work.states = {states->begin(), states->end()};
    if (work.states.empty()) work.states.insert(JobState::completed);  // none is suspended here
  }
  if (words.has('w')) {
    auto nodes = expand_hosts(words.last('w'));
    if (!nodes) throw failure(work.call, nodes.error().message);
    work.nodes = {nodes->begin(), nodes->end()};
  }
  if (words.has('s')) {
    auto signal = dialect::parse_signal(words.last('s'));
    if (!signal) {
      throw CommandError(kFailed, fmt::format("Unknown job signal: {}", words.last('s')));
    }
    work.signal = *signal;
  }
}

std::string user_of(const Work& work) {
  if (work.words.has(kMe)) {
    const passwd* me = getpwuid(getuid());
    return me ? me->pw_name : fmt::to_string(getuid());
  }
  std::string user = work.words.last('u');
  if (!user.empty() && !getpwnam(user.c_str())) {
    throw failure(work.call, fmt::format("Invalid user name: {}", user));
  }
  return user;
}

}  // namespace

int scancel(const Call& call) {
  auto words = read_switches(call, kSwitches);
  if (!words) return kOk;
  Session session(call.globals);
  Work work{call, *words, session, 0, false, {}, {}, false};
  read_filters(work);
  if (words->rest.empty() && !work.is_filtered) {
    throw failure(call, "No job identification provided");
  }
  Question question;
  question.jobs = named_jobs(work);
  question.user = user_of(work);
  question.states = "active";
  Jobs jobs(session, question);
  if (words->has('v')) {
    // A job that is over is no error, as in the original.
    for (int64_t id : jobs.unknown()) {
      complain(call, fmt::format("Kill job error on job id {}: Invalid job id specified", id));
    }
  }
  View view{jobs, now_ms(), "", {}};
  if (words->has('p')) view.default_partition = default_partition(session, call.globals);
  for (const Row& row : jobs.rows()) {
    if (matches(row, work, view)) act(work, row, jobs);
  }
  return work.failed ? kFailed : kOk;
}

}  // namespace pentad::cli::front::slurm
