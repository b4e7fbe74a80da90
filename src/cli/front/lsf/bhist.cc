// bhist: what became of jobs.
#include <fmt/format.h>

#include <array>

#include "cli/front/lsf/format.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/report.h"
#include "cli/front/lsf/select.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr std::array kWords = {
    Word{"-a", "", "unfinished and ended jobs", ""},
    Word{"-d", "", "ended jobs", ""},
    Word{"-p", "", "pending jobs", ""},
    Word{"-r", "", "running jobs", ""},
    Word{"-s", "", "suspended jobs", ""},
    Word{"-l", "", "every event of each job", ""},
    Word{"-w", "", "values in full", ""},
    Word{"-UF", "", "with -l: lines are not broken", ""},
    Word{"-n", "FILES", "event files to read; all is known here anyway", ""},
    Word{"-u", "USER", "jobs of a user; all: of everybody", ""},
    Word{"-q", "QUEUE", "jobs of a queue", ""},
    Word{"-J", "NAME", "jobs of a name", ""},
    Word{"-P", "PROJECT", "jobs of a project", ""},
    Word{"-m", "HOST", "jobs on a host", ""},
    Word{"-t", "", "events in the order of time", "use `pentad journal show`"},
};
constexpr Manual kManual{"[job_ID | \"job_ID[index]\" ...]", kWords};

bool wanted(const Words& words, Stat stat) {
  bool is_over = stat == Stat::done || stat == Stat::exit;
  if (words.has("-a")) return true;
  if (words.has("-d")) return is_over;
  if (words.has("-p")) return stat == Stat::pend;
  if (words.has("-r")) return stat == Stat::run;
  if (words.has("-s")) return stat == Stat::psusp;
  return !is_over;
}

void print_row(const Element& e, bool wide) {
  Spent spent = spent_by(e);
  auto cell = [&](const std::string& text, size_t width) {
    return wide && text.size() > width ? text : fitted(text, width, false, true);
  };
  fmt::print("{:<7} {} {} {:<7} {:<7} {:<7} {:<7} {:<7} {:<7} {:<7}\n", id_text(e),
             cell(e.job->user, 7), cell(printable(name_text(e)), 9), spent.pend, spent.psusp,
             spent.run, 0, 0, 0, spent.total());
}

}  // namespace

int bhist(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  bool named = !words.rest.empty() && words.rest[0] != "0";
  bool ended_too = words.has("-a") || words.has("-d");
  Selection found = select(cluster, words.rest, choice_of(words, cluster),
                           ended_too ? "sort=id" : "state=active&sort=id");
  if (!named) std::erase_if(found.elements, [&](auto& e) { return !wanted(words, stat_of(e)); });
  if (words.has("-l")) {
    for (const Element& e : found.elements) print_history(cluster, e, !words.has("-UF"));
  } else if (!found.elements.empty()) {
    fmt::print(
        "Summary of time in seconds spent in various states:\n"
        "JOBID   USER    JOB_NAME  PEND    PSUSP   RUN     USUSP   SSUSP   UNKWN   TOTAL\n");
    for (const Element& e : found.elements) print_row(e, words.has("-w"));
  }
  if (found.elements.empty()) {
    fail_with("No matching job found\n");
  }
  return 0;
}

}  // namespace pentad::cli::front::lsf
