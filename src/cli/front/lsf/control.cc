// bkill, bstop, bresume, brequeue: jobs by number or by what they have in common.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/select.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr std::array kWords = {
    Word{"-u", "USER", "jobs of a user; all: of everybody", ""},
    Word{"-q", "QUEUE", "jobs of a queue", ""},
    Word{"-J", "NAME", "jobs of a name; * stands for anything", ""},
    Word{"-P", "PROJECT", "jobs of a project", ""},
    Word{"-m", "HOST", "jobs on a host", ""},
    Word{"-s", "SIGNAL", "bkill: KILL, TERM and INT end it, STOP holds it, CONT releases it", ""},
    Word{"-r", "", "bkill: without waiting for the end", ""},
    Word{"-d", "", "bkill: and count it as done", "how a job ended cannot be changed here"},
    Word{"-stat", "STATUS", "bkill: only those that run or wait", ""},
    Word{"-C", "REASON", "bkill: why", ""},
    Word{"-a", "", "bstop: all jobs", ""},
    Word{"-H", "", "brequeue: held", ""},
    Word{"-e", "", "brequeue: those that failed", "a job that has ended is submitted again"},
    Word{"-p", "", "brequeue: pending", "what waits need not be requeued"},
    Word{"-g", "GROUP", "jobs of a group", "jobs have no folders here"},
    Word{"-app", "PROFILE", "jobs of a profile", "the original's profiles are unknown here"},
    Word{"-sla", "CLASS", "jobs of a class of service", "name them by -J, -q or -P"},
};
constexpr Manual kManual{"[job_ID ... | 0 | \"job_ID[index]\" ...]", kWords};

struct Action {
  std::string_view name;  // of the command
  const char* verb;       // of the API
  const char* done;       // behind "Job <1> is being "
};
constexpr std::array kActions = {
    Action{"bkill", "cancel", "terminated"}, Action{"bstop", "hold", "stopped"},
    Action{"bresume", "release", "resumed"}, Action{"brequeue", "requeue", "requeued"},
    Action{"signal", "signal", "signaled"},
};

const Action& action_named(std::string_view name) {
  return *std::ranges::find(kActions, name, &Action::name);
}

// Of -s; 0 without it.
int32_t signal_of(const Words& words) {
  std::string name = words.value("-s");
  if (name.empty()) return 0;
  Result<int32_t> number = dialect::parse_signal(name);
  if (!number) fail_with(fmt::format("{}: Unknown signal\n", printable(name)));
  return *number;
}

// What a signal means for a whole job.
const Action& action_of(const Call& call, int32_t signal) {
  if (call.name != "bkill") return action_named(call.name);
  switch (signal) {
    case 0:
    case SIGKILL:
    case SIGTERM:
    case SIGINT:
    case SIGQUIT:
      return action_named("bkill");
    case SIGSTOP:
    case SIGTSTP:
      return action_named("bstop");
    case SIGCONT:
      return action_named("bresume");
    default:
      return action_named("signal");
  }
}

// One job, or some elements of an array, as a user names it.
struct Target {
  const api::JobSummary* job;
  std::vector<Element> elements;
  bool whole = true;
  std::string text;
};

IndexSet part_of(const Target& target) {
  IndexSet set;
  for (const Element& e : target.elements) set.insert(e.index);
  return set;
}

const char* why_not(const Action& action, const Target& target) {
  auto all = [&](auto predicate) { return std::ranges::all_of(target.elements, predicate); };
  std::string_view verb = action.verb;
  if (all([](const Element& e) { return is_final(e.state); })) return "Job has already finished";
  if (verb == "hold" && all([](const Element& e) { return e.attempt.has_value(); })) {
    return "what runs cannot be suspended here: bkill ends it, brequeue -H puts it back held";
  }
  if ((verb == "hold" || verb == "release") && !target.whole) {
    return "an array is held and released as a whole: leave out the index";
  }
  if (verb == "release" &&
      all([](const Element& e) { return e.attempt || e.state != JobState::held; })) {
    return "Job has not been suspended";
  }
  bool needs_start = verb == "requeue" || verb == "signal";
  if (needs_start && all([](const Element& e) { return !e.attempt.has_value(); })) {
    return "Job has not started";
  }
  return nullptr;
}

void act(Cluster& cluster, const Action& action, const Target& target, const Words& words) {
  std::string_view verb = action.verb;
  std::optional<std::string> part;
  if (!target.whole) part = part_of(target).to_string();
  std::string address = fmt::format("/jobs/{}/{}", target.job->id, verb);
  Session& session = cluster.session();
  if (verb == "cancel") {
    session.send<api::JobSummary>(net::Method::post, address, api::CancelRequest{part});
  } else if (verb == "signal") {
    session.send<api::SignalDone>(net::Method::post, address,
                                  api::SignalRequest{part, signal_of(words)});
  } else if (verb == "requeue") {
    session.send<api::JobSummary>(net::Method::post, address,
                                  api::RequeueJob{part, words.has("-H")});
  } else {
    session.send<api::JobSummary>(net::Method::post, address, api::HoldRequest{});
  }
}

// True when it was done.
bool try_one(Cluster& cluster, const Action& action, const Target& target, const Words& words) {
  const char* problem = why_not(action, target);
  std::string reason = problem ? problem : "";
  if (!problem) {
    try {
      act(cluster, action, target, words);
      fmt::print("Job <{}> is being {}\n", target.text, action.done);
      return true;
    } catch (const CommandError& error) {
      if (error.code == kUnreachable) throw;
      // It may have ended since it was looked at.
      reason = error.code == kNotFound ? "Job has already finished" : error.what();
    }
  }
  std::fflush(stdout);
  fmt::print(stderr, "Job <{}>: {}\n", target.text, reason);
  return false;
}

std::vector<Target> named(Cluster& cluster, const Words& words, bool& missing) {
  std::vector<Target> out;
  for (const std::string& text : words.rest) {
    Selection found = select(cluster, {text}, {}, "");
    if (found.elements.empty()) {
      missing = true;
      fmt::print(stderr, "Job <{}>: No matching job found\n", printable(text));
      continue;
    }
    const api::JobSummary* job = found.elements.front().job;
    bool whole = !job_key(text).elements;
    out.push_back({job, std::move(found.elements), whole, text});
  }
  return out;
}

// All that match, each job once.
std::vector<Target> matching(Cluster& cluster, const Words& words) {
  Choice choice = choice_of(words, cluster);
  std::vector<Target> out;
  bool part = choice.name.find('[') != choice.name.npos;
  for (Element& e : select(cluster, {}, choice, "state=active&sort=id").elements) {
    std::string stat = dialect::lower(words.value("-stat"));
    if (stat == "run" && stat_of(e) != Stat::run) continue;
    if (stat == "pend" && stat_of(e) != Stat::pend) continue;
    if (out.empty() || out.back().job != e.job) {
      out.push_back(
          {e.job, {}, !(e.is_array() && (part || !stat.empty())), std::to_string(e.job->id)});
    }
    out.back().elements.push_back(std::move(e));
  }
  return out;
}

}  // namespace

int control(const Call& call) {
  Words words = read_words(call, kManual);
  const Action& action = action_of(call, signal_of(words));
  bool filtered = words.has("-u") || words.has("-q") || words.has("-J") || words.has("-P") ||
                  words.has("-m") || words.has("-a") || words.has("-stat");
  bool all = words.rest.size() == 1 && words.rest[0] == "0";
  if (words.rest.empty() && !filtered) {
    fail_with(fmt::format("{}: Job ID, 0, or one of -u -q -J -P -m must be given\n", call.name));
  }
  Cluster cluster(call);
  bool failed = false;
  std::vector<Target> targets =
      words.rest.empty() || all ? matching(cluster, words) : named(cluster, words, failed);
  if (targets.empty() && !failed) {
    std::string name = words.value("-J");
    fail_with(fmt::format("Job <{}>: No matching job found\n", name.empty() ? "0" : name));
  }
  for (Target& target : targets) {
    if (target.whole || !words.rest.empty()) continue;
    target.text = fmt::format("{}[{}]", target.job->id, part_of(target).to_string());
  }
  for (const Target& target : targets) failed |= !try_one(cluster, action, target, words);
  return failed ? kFailure : 0;
}

int move(const Call& call) {
  answer_help(call, {"job_ID | \"job_ID[index]\" [position]", {}});
  fail_with(fmt::format(
      "{}: here the order of waiting jobs follows from their priority, fair share and age: lower "
      "one with `bmod -sp`, or ask an operator to raise it with `pentad modify --priority`\n",
      call.name));
}

}  // namespace pentad::cli::front::lsf
