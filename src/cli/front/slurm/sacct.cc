// sacct: what jobs were and what they used.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/report_fields.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kNothing = kLongOnly, kName = kLongOnly + 1, kUnits = kLongOnly + 2;
constexpr int kDelimiter = kLongOnly + 3, kJson = kLongOnly + 4, kHelp = 1;

constexpr std::array kSwitches = {
    Switch{'a', "allusers", 'a', 0, "", "jobs of all users"},
    Switch{'A', "accounts", 'A', '=', "account(s)", "jobs of these accounts"},
    Switch{'b', "brief", 'b', 0, "", "JobID, State and ExitCode"},
    Switch{kNothing, "completion", 'c', 0, "", "accepted"},
    Switch{kDelimiter, "delimiter", 0, '=', "text", "between the values of -p and -P"},
    Switch{'D', "duplicates", 'D', 0, "", "every start of a job that ran again"},
    Switch{'e', "helpformat", 'e', 0, "", "names of all fields"},
    Switch{'E', "endtime", 'E', '=', "time", "jobs that were before this time"},
    Switch{'E', "end", 0, '=', "time", "the same"},
    Switch{kNothing, "env-vars", 0, 0, "", "accepted"},
    Switch{kNothing, "federation", 0, 0, "", "accepted: there is one centre"},
    Switch{kHelp, "", 'h', 0, "", "show this help message"},
    Switch{'j', "jobs", 'j', '=', "job(s)", "these jobs"},
    Switch{kJson, "json", 0, 0, "", "refused: use pentad queue --json"},
    Switch{kNothing, "local", 0, 0, "", "accepted: there is one centre"},
    Switch{'l', "long", 'l', 0, "", "many fields"},
    Switch{kNothing, "allclusters", 'L', 0, "", "accepted: there is one centre"},
    Switch{kNothing, "clusters", 'M', '=', "names", "accepted: there is one centre"},
    Switch{'n', "noheader", 'n', 0, "", "no headers"},
    Switch{kName, "name", 0, '=', "name(s)", "jobs of these names"},
    Switch{'N', "nodelist", 'N', '=', "hosts", "jobs that ran on these nodes"},
    Switch{kNothing, "noconvert", 0, 0, "", "accepted"},
    Switch{'o', "format", 'o', '=', "fields", "fields, by commas, with %width"},
    Switch{'p', "parsable", 'p', 0, "", "values between bars, one behind the last"},
    Switch{'P', "parsable2", 'P', 0, "", "values between bars"},
    Switch{'q', "qos", 'q', '=', "qos", "jobs of these classes of service"},
    Switch{'r', "partition", 'r', '=', "partition(s)", "jobs of these partitions"},
    Switch{'s', "state", 's', '=', "state(s)", "jobs in these states"},
    Switch{'S', "starttime", 'S', '=', "time", "jobs that were after this time"},
    Switch{'T', "truncate", 'T', 0, "", "accepted"},
    Switch{kUnits, "units", 0, '=', "K, M, G, T or P", "unit of sizes"},
    Switch{'u', "user", 'u', '=', "user(s)", "jobs of these users"},
    Switch{'u', "uid", 0, '=', "user(s)", "the same"},
    Switch{kNothing, "use-local-uid", 0, 0, "", "accepted"},
    Switch{kNothing, "verbose", 'v', 0, "", "accepted"},
    Switch{kNothing, "wckeys", 'W', '=', "keys", "accepted: jobs carry none"},
    Switch{'X', "allocations", 'X', 0, "", "jobs without their steps"},
};

constexpr const char* kUsual = "jobid,jobname,partition,account,alloccpus,state,exitcode";
constexpr const char* kBrief = "jobid,state,exitcode";
constexpr const char* kLong =
    "jobid,jobidraw,jobname,partition,maxvmsize,maxvmsizenode,maxvmsizetask,avevmsize,maxrss,"
    "maxrssnode,maxrsstask,averss,maxpages,maxpagesnode,maxpagestask,avepages,mincpu,mincpunode,"
    "mincputask,avecpu,ntasks,alloccpus,elapsed,state,exitcode,avecpufreq,reqcpufreqmin,"
    "reqcpufreqmax,reqcpufreqgov,reqmem,consumedenergy,maxdiskread,maxdiskreadnode,"
    "maxdiskreadtask,avediskread,maxdiskwrite,maxdiskwritenode,maxdiskwritetask,avediskwrite,"
    "reqtres,alloctres,tresusageinave,tresusageinmax,tresusageinmaxnode,tresusageinmaxtask,"
    "tresusageinmin,tresusageinminnode,tresusageinmintask,tresusageintot,tresusageoutmax,"
    "tresusageoutmaxnode,tresusageoutmaxtask,tresusageoutave,tresusageouttot";

struct Filter {
  std::set<std::string> users, accounts, names, partitions, qos, nodes;
  std::set<JobState> states;
  int64_t from_ms = 0, until_ms = INT64_MAX;
  bool with_steps = true;
};

std::set<std::string> words_of(std::string_view text) {
  std::vector<std::string> list = split_commas(text);
  return {list.begin(), list.end()};
}

int64_t moment_of(const std::string& text, int64_t otherwise_ms) {
  if (text.empty()) return otherwise_ms;
  auto at = read_moment(text, now_ms());
  if (!at) {
    throw CommandError(kFailed, fmt::format("Invalid time specification (pos=0): {}", text));
  }
  return *at;
}

int64_t midnight_ms() { return read_moment("00:00", now_ms()).value_or(0); }

std::set<std::string> users_of(const Call& call, const Switches& words) {
  std::set<std::string> out;
  for (const std::string& word : split_commas(words.last('u'))) {
    const passwd* entry = getpwnam(word.c_str());
    auto number = dialect::parse_whole(word);
    if (!entry && number) entry = getpwuid(static_cast<uid_t>(*number));
    if (!entry && !number) {
      throw CommandError(kFailed, fmt::format("{}: fatal: Invalid user id: {}", call.name, word));
    }
    out.insert(entry ? entry->pw_name : word);
  }
  bool own_only = out.empty() && !words.has('a') && !words.has('j') && geteuid() != 0;
  if (own_only) {
    const passwd* me = getpwuid(geteuid());
    out.insert(me ? me->pw_name : fmt::to_string(geteuid()));
  }
  return out;
}

Filter read_filter(const Call& call, const Switches& words) {
  Filter f;
  f.users = users_of(call, words);
  f.accounts = words_of(words.last('A'));
  f.names = words_of(words.last(kName));
  f.partitions = words_of(words.last('r'));
  f.qos = words_of(words.last('q'));
  auto nodes = expand_hosts(words.last('N'));
  if (!nodes) throw failure(call, nodes.error().message);
  f.nodes = {nodes->begin(), nodes->end()};
  for (const std::string& word : split_commas(words.last('s'))) {
    auto states = states_named(word);
    if (!states) {
      throw CommandError(
          kFailed, fmt::format("{}: fatal: unrecognized job state value '{}'", call.name, word));
    }
    f.states.insert(states->begin(), states->end());
    if (states->empty()) f.states.insert(JobState::starting);  // a state that nothing is in
  }
  f.until_ms = moment_of(words.last('E'), INT64_MAX);
  f.from_ms = moment_of(words.last('S'), words.has('j') ? 0 : midnight_ms());
  f.with_steps = !words.has('X');
  return f;
}

bool has(const std::set<std::string>& wanted, const std::string& word) {
  return wanted.empty() || wanted.contains(word);
}

bool matches(const Row& row, const Filter& f, const View& view) {
  const api::JobSummary& job = *row.job;
  if (job.submitted_at_ms > f.until_ms) return false;
  if (end_ms(row).value_or(INT64_MAX) < f.from_ms) return false;
  if (!f.states.empty() && !f.states.contains(row.state)) return false;
  if (!has(f.users, job.user) || !has(f.accounts, job.project) || !has(f.names, job.name)) {
    return false;
  }
  if (!has(f.qos, job.qos.empty() ? "normal" : job.qos)) return false;
  if (!f.partitions.empty() && !f.partitions.contains(partition_of(row, view))) return false;
  if (f.nodes.empty()) return true;
  std::vector<std::string> nodes = node_names(row);
  return std::ranges::any_of(nodes, [&](const auto& node) { return f.nodes.contains(node); });
}

ReportStyle style_of(const Switches& words) {
  ReportStyle style;
  style.ends = words.has('p') && !words.has('P');
  style.parsable = words.has('p') || words.has('P');
  if (words.has(kDelimiter)) style.delimiter = words.last(kDelimiter);
  std::string unit = words.last(kUnits);
  if (!unit.empty()) style.unit = unit.front();
  return style;
}

std::vector<ReportColumn> columns_of(const Call& call, const Switches& words) {
  std::string format;
  for (const Given& one : words.given) {
    if (one.id == 'o') format += (format.empty() ? "" : ",") + one.value;
  }
  if (words.has('b')) format = kBrief;
  if (words.has('l')) format = kLong;
  if (format.empty()) format = variable("SACCT_FORMAT");
  try {
    return read_report_columns(format.empty() ? kUsual : format, false);
  } catch (const UnknownField& unknown) {
    throw failure(call, fmt::format("Invalid field requested: \"{}\"", unknown.name));
  }
}

// A term that names a step shows that step alone.
bool is_named(const std::vector<JobTerm>& terms, const Row& row, bool is_batch) {
  bool steps = false, named = terms.empty();
  for (const JobTerm& term : terms) {
    if (term.job != row.job->id || (row.element && !term.covers(*row.element))) continue;
    steps |= !term.step.empty();
    named |= term.step.empty() || (is_batch && term.step == "batch");
  }
  return !steps || named;
}

void print_rows(const std::vector<Row>& rows, const Question& question, const Filter& filter,
                const View& view, const std::vector<ReportColumn>& columns,
                const ReportStyle& style, std::string& out) {
  auto print = [&](const Row& row, bool is_batch) {
    if (!is_named(question.jobs, row, is_batch)) return;
    std::vector<std::string> values;
    for (const ReportColumn& column : columns) {
      values.push_back(report_text(column.field, {&row, is_batch}, view, style));
    }
    append_report_line(out, columns, values, style);
    write_out(out, false);
  };
  for (const Row& row : rows) {
    if (!matches(row, filter, view)) continue;
    print(row, false);
    if (filter.with_steps && row.attempt && !row.waits()) print(row, true);
  }
}

}  // namespace

int sacct(const Call& call) {
  Call shown = call;
  for (std::string& word : shown.words) {
    if (word == "-h") word = "--help";
  }
  auto words = read_switches(shown, kSwitches);
  if (!words) return kOk;
  if (words->has(kJson)) throw failure(call, "--json: use `pentad queue --all --json`");
  std::string out;
  if (words->has('e')) {
    append_field_names(out, false);
    return write_out(out, true), kOk;
  }
  Filter filter = read_filter(call, *words);
  const std::vector<ReportColumn> columns = columns_of(call, *words);
  const ReportStyle style = style_of(*words);
  Question question;
  auto terms = read_job_terms(words->last('j'));
  if (!terms) {
    throw CommandError(kFailed, fmt::format("{}: fatal: Bad job/step specified: {}", call.name,
                                            terms.error().message));
  }
  question.jobs = std::move(*terms);
  question.places = Places::all;
  question.attempts = words->has('D') ? Attempts::all : Attempts::last;
  if (filter.users.size() == 1) question.user = *filter.users.begin();
  if (filter.names.size() == 1) question.name = *filter.names.begin();
  question.ended_from_ms = filter.from_ms;
  Session session(call.globals);
  Jobs jobs(session, question);
  View view{jobs, now_ms(), default_partition(session, call.globals), {}};
  if (!words->has('n')) append_report_header(out, columns, style);
  print_rows(jobs.rows(), question, filter, view, columns, style, out);
  write_out(out, true);
  return kOk;
}

}  // namespace pentad::cli::front::slurm
