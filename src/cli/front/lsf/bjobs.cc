// bjobs: the list of jobs, as a table, in full or as its user wants it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/front/lsf/fields.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/report.h"
#include "cli/front/lsf/select.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr std::array kWords = {
    Word{"-a", "", "all jobs, those that ended within the last hour too", ""},
    Word{"-A", "", "a summary of each array", ""},
    Word{"-d", "", "jobs that ended within the last hour", ""},
    Word{"-p", "", "pending jobs and why they wait", ""},
    Word{"-r", "", "running jobs", ""},
    Word{"-s", "", "suspended jobs and why", ""},
    Word{"-l", "", "everything about each job", ""},
    Word{"-w", "", "values in full", ""},
    Word{"-W", "", "values in full, with more columns", ""},
    Word{"-X", "", "hosts without abbreviation", ""},
    Word{"-UF", "", "with -l: lines are not broken", ""},
    Word{"-u", "USER", "jobs of a user; all: of everybody", ""},
    Word{"-q", "QUEUE", "jobs of a queue", ""},
    Word{"-J", "NAME", "jobs of a name; * stands for anything", ""},
    Word{"-P", "PROJECT", "jobs of a project", ""},
    Word{"-m", "HOST", "jobs on a host", ""},
    Word{"-o", "FIELDS", "these fields, such as \"jobid stat: queue:- delimiter=','\"", ""},
    Word{"-json", "", "as JSON", ""},
    Word{"-noheader", "", "without the line of titles", ""},
    Word{"-g", "GROUP", "jobs of a group", "jobs have no folders here"},
    Word{"-sum", "", "how many are in each state", ""},
    Word{"-aff", "", "bound processors", "bjobs -l says what a job has"},
    Word{"-cname", "", "names of clusters", "there is one centre here"},
};
constexpr Manual kManual{"[job_ID | \"job_ID[index]\" ...]", kWords};

constexpr const char* kDefault =
    "jobid:7 user:7 stat:5 queue:10 from_host:11 exec_host:11 job_name:10 submit_time:12";

bool wanted(const Words& words, const Element& e, bool named) {
  Stat stat = stat_of(e);
  bool is_over = stat == Stat::done || stat == Stat::exit;
  bool narrowed = false, fits = false;
  auto allow = [&](const char* option, bool matches) {
    if (!words.has(option)) return;
    narrowed = true;
    fits = fits || matches;
  };
  allow("-p", stat == Stat::pend);
  allow("-r", stat == Stat::run);
  allow("-s", stat == Stat::psusp);
  allow("-d", is_over);
  if (narrowed && !words.has("-a")) return fits;
  return named || words.has("-a") || !is_over;
}

const char* nothing_found(const Words& words) {
  if (words.has("-a")) return "No job found";
  if (words.has("-d")) return "No DONE/EXIT job found";
  if (words.has("-p")) return "No pending job found";
  if (words.has("-r")) return "No running job found";
  if (words.has("-s")) return "No suspended job found";
  return "No unfinished job found";
}

Selection chosen(Cluster& cluster, const Words& words, const Choice& choice) {
  bool ended_only = words.has("-d") && !words.has("-a");
  Selection found;
  bool named = !words.rest.empty() && words.rest[0] != "0";
  if (named || !ended_only) {
    found = select(cluster, words.rest, choice, "state=active&sort=id");
  }
  if (!named && (words.has("-a") || words.has("-d"))) {
    auto ended = recently_ended(cluster, choice);
    std::ranges::sort(ended, {}, &api::JobSummary::id);
    for (const api::JobSummary* job : ended) {
      for (Element& e : cluster.elements(*job)) {
        if (choice.fits(e, cluster)) found.elements.push_back(std::move(e));
      }
    }
  }
  std::erase_if(found.elements, [&](const Element& e) { return !wanted(words, e, named); });
  return found;
}

// The one line a job has, and under it the further hosts of a narrow table.
void print_row(Cluster& cluster, const Element& e, bool wide) {
  auto cell = [&](const std::string& text, size_t width, bool keep_end) {
    return wide && text.size() > width ? text : fitted(text, width, false, keep_end);
  };
  std::string hosts = hosts_text(e, wide ? ":" : "\n");
  size_t line_end = std::min(hosts.find('\n'), hosts.size());
  fmt::print(
      "{:<7} {} {:<5} {} {} {} {} {}\n", id_text(e).substr(0, id_text(e).find('[')),
      cell(e.job->user, 7, false), stat_text(stat_of(e)), cell(cluster.queue_of(*e.job), 10, false),
      cell(cluster.from_host(e.job->id), 11, true), cell(hosts.substr(0, line_end), 11, true),
      cell(printable(name_text(e)), 10, true), clock_text(e.job->submitted_at_ms));
  while (line_end < hosts.size()) {
    hosts.erase(0, line_end + 1);
    line_end = std::min(hosts.find('\n'), hosts.size());
    fmt::print("{:45}{}\n", "", fitted(hosts.substr(0, line_end), 11, false, true));
  }
}

void print_table(Cluster& cluster, const Words& words, const std::vector<Element>& elements) {
  bool wide = words.has("-w") || words.has("-W");
  if (!words.has("-noheader")) {
    fmt::print("JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME\n");
  }
  for (const Element& e : elements) {
    print_row(cluster, e, wide);
    bool tells = words.has("-p") || words.has("-s");
    if (tells && !e.job->message.empty()) fmt::print(" {};\n", printable(e.job->message));
  }
}

void print_arrays(const Words& words, const std::vector<Element>& elements) {
  if (!words.has("-noheader")) {
    fmt::print("JOBID    ARRAY_SPEC  OWNER   NJOBS PEND DONE  RUN EXIT SSUSP USUSP PSUSP\n");
  }
  std::set<int64_t> told;
  for (const Element& e : elements) {
    if (!e.is_array() || !told.insert(e.job->id).second) continue;
    std::array<int64_t, 5> counts{};
    for (const Element& other : elements) {
      if (other.job->id == e.job->id) ++counts[static_cast<size_t>(stat_of(other))];
    }
    auto [pend, psusp, run, done, exit] = counts;
    fmt::print("{:<8} {} {} {:>5} {:>4} {:>4} {:>4} {:>4} {:>5} {:>5} {:>5}\n", e.job->id,
               fitted(fmt::format("{}[{}]", e.job->name, *e.job->array), 11, false, false),
               fitted(e.job->user, 7, false, false), pend + psusp + run + done + exit, pend, done,
               run, exit, 0, 0, psusp);
  }
}

void print_sums(const std::vector<Element>& elements) {
  std::array<int64_t, 5> slots{};
  for (const Element& e : elements) slots[static_cast<size_t>(stat_of(e))] += slots_of(e);
  fmt::print("RUN         SSUSP       USUSP       UNKNOWN     PEND        FWD_PEND\n");
  fmt::print("{:<11} {:<11} {:<11} {:<11} {:<11} {:<11}\n", slots[2], 0, slots[1], 0, slots[0], 0);
}

void print_json(Cluster& cluster, const Format& format, const Selection& found) {
  std::string records;
  for (const Element& e : found.elements) {
    records += (records.empty() ? "" : ",\n") + json_record(format, e, cluster);
  }
  for (const std::string& id : found.unknown) {
    records += fmt::format("{}    {{\n      \"JOBID\":{},\n      \"ERROR\":{}\n    }}",
                           records.empty() ? "" : ",\n", to_json(id),
                           to_json(fmt::format("Job <{}> is not found", id)));
  }
  fmt::print("{{\n  \"COMMAND\":\"bjobs\",\n  \"JOBS\":{},\n  \"RECORDS\":[\n{}{}  ]\n}}\n",
             found.elements.size() + found.unknown.size(), records, records.empty() ? "" : "\n");
}

Format format_of(const Words& words) {
  std::string text = words.value("-o");
  if (const char* site = std::getenv("LSB_BJOBS_FORMAT"); text.empty() && site) text = site;
  if (text == "all") {
    text.clear();
    for (const Field& field : fields()) text += fmt::format("{} ", field.first_name());
  }
  Result<Format> format = read_format(text.empty() ? kDefault : text);
  if (!format) fail_with(fmt::format("bjobs: {}\n", format.error().message));
  return *format;
}

void print_columns(Cluster& cluster, const Words& words, const Format& format,
                   const std::vector<Element>& elements) {
  std::string header = header_line(format);  // a field that does not exist ends it here
  if (!words.has("-noheader")) fmt::print("{}\n", header);
  for (const Element& e : elements) fmt::print("{}\n", value_line(format, e, cluster));
}

}  // namespace

int bjobs(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  Choice choice = choice_of(words, cluster);
  Format format = format_of(words);
  header_line(format);
  Selection found = chosen(cluster, words, choice);
  if (words.has("-json")) {
    print_json(cluster, format, found);
    return found.unknown.empty() ? 0 : kFailure;
  }
  bool empty = found.elements.empty();
  if (!empty) {
    if (words.has("-l")) {
      for (const Element& e : found.elements) print_long(cluster, e, !words.has("-UF"));
    } else if (words.has("-A")) {
      print_arrays(words, found.elements);
    } else if (words.has("-sum")) {
      print_sums(found.elements);
    } else if (words.has("-o") || std::getenv("LSB_BJOBS_FORMAT")) {
      print_columns(cluster, words, format, found.elements);
    } else {
      print_table(cluster, words, found.elements);
    }
  }
  std::fflush(stdout);
  for (const std::string& id : found.unknown) fmt::print(stderr, "Job <{}> is not found\n", id);
  if (!found.unknown.empty()) return kFailure;
  if (!empty) return 0;
  bool by_name = !choice.name.empty();
  fmt::print(stderr, "{}\n",
             by_name ? fmt::format("Job <{}> is not found", printable(choice.name))
                     : std::string(nothing_found(words)));
  return kFailure;
}

}  // namespace pentad::cli::front::lsf
