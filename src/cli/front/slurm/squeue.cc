// squeue: jobs that wait and run.
#include <fmt/format.h>
#include <pwd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kMe = kLongOnly, kStart = kLongOnly + 1, kNothing = kLongOnly + 2;
constexpr int kJson = kLongOnly + 3;

constexpr std::array kSwitches = {
    Switch{'A', "account", 'A', '=', "account(s)", "jobs of these accounts"},
    Switch{kNothing, "all", 'a', 0, "", "jobs of hidden partitions too: there are none"},
    Switch{'r', "array", 'r', 0, "", "one line for each element of an array"},
    Switch{kNothing, "array-unique", 0, 0, "", "one line for each pending element"},
    Switch{kNothing, "federation", 0, 0, "", "accepted: there is one centre"},
    Switch{'h', "noheader", 'h', 0, "", "no headers on output"},
    Switch{kNothing, "hide", 0, 0, "", "accepted: nothing is hidden"},
    Switch{'i', "iterate", 'i', '=', "seconds", "again after so many seconds"},
    Switch{'j', "jobs", 'j', '?', "job(s)", "these jobs, by commas"},
    Switch{kJson, "json", 0, 0, "", "refused: use pentad queue --json"},
    Switch{kNothing, "local", 0, 0, "", "accepted: there is one centre"},
    Switch{'l', "long", 'l', 0, "", "long report"},
    Switch{'L', "licenses", 'L', '=', "names", "jobs that use these licences"},
    Switch{kNothing, "clusters", 'M', '=', "names", "accepted: there is one centre"},
    Switch{kMe, "me", 0, 0, "", "jobs of the caller"},
    Switch{'n', "name", 'n', '=', "name(s)", "jobs of these names"},
    Switch{kNothing, "noconvert", 0, 0, "", "accepted"},
    Switch{'o', "format", 'o', '=', "format", "fields by letters"},
    Switch{'O', "Format", 'O', '=', "format", "fields by names"},
    Switch{'p', "partition", 'p', '=', "partition(s)", "jobs of these partitions"},
    Switch{'q', "qos", 'q', '=', "qos(s)", "jobs of these classes of service"},
    Switch{'R', "reservation", 'R', '=', "name", "jobs of this reservation"},
    Switch{kNothing, "sibling", 0, 0, "", "accepted: there is one centre"},
    Switch{kStart, "start", 0, 0, "", "when pending jobs are expected to start"},
    Switch{'s', "steps", 's', '?', "step(s)", "steps instead of jobs"},
    Switch{'S', "sort", 'S', '=', "fields", "order, by letters"},
    Switch{'t', "states", 't', '=', "states",
           "jobs in these states; pending and running unless told"},
    Switch{'u', "user", 'u', '=', "user_name(s)", "jobs of these users"},
    Switch{'u', "users", 0, '=', "user_name(s)", "the same"},
    Switch{kNothing, "verbose", 'v', 0, "", "accepted"},
    Switch{'w', "nodelist", 'w', '=', "hostlist", "jobs on these nodes"},
};

struct Filter {
  std::set<std::string> users, accounts, names, partitions, qos, nodes, licences;
  std::set<JobState> states;
  std::string reservation;
  bool active_only = true;  // no states were asked for
  bool steps = false;
};

std::set<std::string> words_of(std::string_view text) {
  std::vector<std::string> list = split_commas(text);
  return {list.begin(), list.end()};
}

std::set<std::string> users_of(const Call& call, const std::string& text) {
  std::set<std::string> out;
  for (const std::string& word : split_commas(text)) {
    const passwd* entry = getpwnam(word.c_str());
    uid_t uid = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), uid);
    bool is_number = error == std::errc() && end == word.data() + word.size();
    if (!entry && is_number) entry = getpwuid(uid);
    if (!entry) {
      complain(call, fmt::format("Invalid user: {}\n", word));
    }
    out.insert(entry ? entry->pw_name : word);  // jobs may be of users unknown here
  }
  return out;
}

std::set<JobState> read_states(const Call& call, const std::string& text) {
  std::set<JobState> out;
  for (const std::string& word : split_commas(text)) {
    auto states = states_named(word);
    if (!states) {
      complain(call, fmt::format("Invalid job state specified: {}", word));
      throw failure(call,
                    "Valid job states include: PENDING,RUNNING,SUSPENDED,COMPLETED,CANCELLED,"
                    "FAILED,TIMEOUT,NODE_FAIL,PREEMPTED,BOOT_FAIL,DEADLINE,OUT_OF_MEMORY,"
                    "COMPLETING,CONFIGURING,RESIZING,RESV_DEL_HOLD,REQUEUED,REQUEUE_FED,"
                    "REQUEUE_HOLD,REVOKED,SIGNALING,SPECIAL_EXIT,STAGE_OUT,STOPPED\n");
    }
    out.insert(states->begin(), states->end());
  }
  return out;
}

// An option, else the variable of the environment that stands for it.
std::string choice(const Switches& words, int id, const char* name) {
  return words.has(id) ? words.last(id) : variable(name);
}

Filter read_filter(const Call& call, const Switches& words) {
  Filter f;
  f.users = users_of(call, choice(words, 'u', "SQUEUE_USERS"));
  if (words.has(kMe)) {
    const passwd* me = getpwuid(getuid());
    f.users.insert(me ? me->pw_name : fmt::to_string(getuid()));
  }
  f.accounts = words_of(choice(words, 'A', "SQUEUE_ACCOUNT"));
  f.names = words_of(choice(words, 'n', "SQUEUE_NAMES"));
  f.partitions = words_of(choice(words, 'p', "SQUEUE_PARTITION"));
  f.qos = words_of(choice(words, 'q', "SQUEUE_QOS"));
  f.licences = words_of(choice(words, 'L', "SQUEUE_LICENSES"));
  f.reservation = words.last('R');
  f.steps = words.has('s');
  std::string states = choice(words, 't', "SQUEUE_STATES");
  f.active_only = states.empty();
  if (dialect::lower(states) != "all") f.states = read_states(call, states);
  if (words.has(kStart)) {
    f.active_only = false;
    f.states = {JobState::held, JobState::queued};
  }
  auto nodes = expand_hosts(words.last('w'));
  if (!nodes) throw failure(call, nodes.error().message);
  f.nodes = {nodes->begin(), nodes->end()};
  return f;
}

Question question_of(const Call& call, const Switches& words, const Filter& filter) {
  Question q;
  std::string jobs = words.last('j');
  if (words.has('j') && jobs.empty() && !words.rest.empty()) jobs = words.rest.front();
  if (words.has('s') && jobs.empty()) jobs = words.last('s');
  auto terms = read_job_terms(jobs);
  if (!terms) throw failure(call, fmt::format("Invalid job id: {}", terms.error().message));
  q.jobs = std::move(*terms);
  if (filter.active_only) q.states = "active";
  bool finished = filter.states.empty() && !filter.active_only;
  for (JobState state : filter.states) finished |= is_final(state);
  if (!filter.active_only && !finished) q.states = "active";
  if (finished) q.places = Places::all;
  if (filter.users.size() == 1) q.user = *filter.users.begin();
  if (filter.names.size() == 1) q.name = *filter.names.begin();
  if (filter.accounts.size() == 1) q.project = *filter.accounts.begin();
  return q;
}

bool has(const std::set<std::string>& wanted, const std::string& word) {
  return wanted.empty() || wanted.contains(word);
}

bool matches(const Row& row, const Filter& f, const View& view) {
  const api::JobSummary& job = *row.job;
  if (f.active_only && is_final(row.state)) return false;
  if (!f.states.empty() && !f.states.contains(row.state)) return false;
  if (f.steps && (row.waits() || is_final(row.state))) return false;
  if (!has(f.users, job.user) || !has(f.accounts, job.project) || !has(f.names, job.name)) {
    return false;
  }
  if (!has(f.qos, job.qos.empty() ? "normal" : job.qos)) return false;
  if (!f.partitions.empty() && !f.partitions.contains(partition_of(row, view))) return false;
  if (!f.licences.empty()) {
    const auto& licences = view.jobs.detail(job.id).request.resources.licences;
    auto wanted = [&](const api::LicenceCount& one) { return f.licences.contains(one.name); };
    if (std::ranges::none_of(licences, wanted)) return false;
  }
  if (!f.reservation.empty()) {
    auto id = view.jobs.detail(job.id).request.resources.reservation;
    if (!id || fmt::to_string(*id) != f.reservation) return false;
  }
  if (f.nodes.empty()) return true;
  std::vector<std::string> nodes = node_names(row);
  return std::ranges::any_of(nodes, [&](const auto& node) { return f.nodes.contains(node); });
}

// Each waiting element of an array as a line of its own; else those that were asked for one by one.
void spread(std::vector<Row>& rows, const Question& question, bool all) {
  auto is_named = [&](const Row& row) {
    return std::ranges::any_of(question.jobs, [&](const JobTerm& term) {
      return term.job == row.job->id && term.elements;
    });
  };
  std::vector<Row> out;
  for (Row& row : rows) {
    if (!row.rest || (!all && !is_named(row))) {
      out.push_back(std::move(row));
      continue;
    }
    for (int64_t element : row.rest->expand()) {
      Row one = row;
      one.rest.reset();
      one.element = element;
      out.push_back(std::move(one));
    }
  }
  rows = std::move(out);
}

constexpr const char* kUsual = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R";
constexpr const char* kLong = "%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R";
constexpr const char* kStarts = "%.18i %.9P %.8j %.8u %.2t  %.19S %.6D %20Y %R";

Layout layout_of(const Call& call, const Switches& words) {
  auto unknown = [&](std::string_view what) {
    complain(call, fmt::format("Invalid job format specification: {}", what));
  };
  std::string names = words.last('O'), letters = words.last('o');
  if (!words.has('O') && !words.has('o')) {
    names = variable("SQUEUE_FORMAT2");
    letters = variable("SQUEUE_FORMAT");
  }
  if (!names.empty()) return read_names(names, job_field_named, unknown);
  if (letters.empty()) {
    letters = words.has('l') ? kLong : words.has(kStart) ? kStarts : kUsual;
  }
  return read_letters(letters, all_job_letters(), job_field_of, unknown);
}

void print_steps(const std::vector<Row>& rows, const View& view, bool header) {
  const Layout layout = read_letters("%.15i %.8j %.9P %.8u %.9M %N", "", job_field_of, {});
  std::string out;
  if (header) out += "         STEPID     NAME PARTITION     USER      TIME NODELIST\n";
  const size_t id = job_field_of('i'), name = job_field_of('j');
  for (const Row& row : rows) {
    append_line(out, layout, [&](size_t field) -> std::string {
      if (field == name) return "batch";
      std::string text = job_text(field, row, view);
      return field == id ? text + ".batch" : text;
    });
  }
  write_out(out, true);
}

int print(const Call& call, const Switches& words) {
  Session session(call.globals);
  Filter filter = read_filter(call, words);
  Question question = question_of(call, words, filter);
  const Layout layout = layout_of(call, words);
  Jobs jobs(session, question);
  bool one_unknown = question.jobs.size() == 1 && !jobs.unknown().empty();
  if (one_unknown && question.states.empty()) {
    throw CommandError(kFailed, "slurm_load_jobs error: Invalid job id specified");
  }
  if (one_unknown) {
    // It may be known and over: then there is nothing to list.
    question.states.clear();
    if (Jobs(session, question).empty()) {
      throw CommandError(kFailed, "slurm_load_jobs error: Invalid job id specified");
    }
  }
  View view{jobs, now_ms(), default_partition(session, call.globals), {}};
  std::vector<Row> rows = std::move(jobs.rows());
  std::erase_if(rows, [&](const Row& row) { return !matches(row, filter, view); });
  spread(rows, question, words.has('r') || !variable("SQUEUE_ARRAY").empty());
  std::string sort = choice(words, 'S', "SQUEUE_SORT");
  if (sort.empty()) sort = words.has(kStart) ? "P,S,-Q" : "P,t,-Q";
  sort_rows(rows, sort, view);
  bool header = !words.has('h');
  if (filter.steps) return print_steps(rows, view, header), kOk;
  std::string out;
  if (header && words.has('l')) out += date_line(view.now_ms) + "\n";
  if (header) append_line(out, layout, [](size_t field) { return job_title(field); });
  for (const Row& row : rows) {
    append_line(out, layout, [&](size_t field) { return job_text(field, row, view); });
    write_out(out, false);
  }
  write_out(out, true);
  return kOk;
}

}  // namespace

int squeue(const Call& call) {
  auto words = read_switches(call, kSwitches);
  if (!words) return kOk;
  if (words->has(kJson)) throw failure(call, "--json: use `pentad queue --json`");
  return print_again_and_again(call, *words, print);
}

}  // namespace pentad::cli::front::slurm
