// Grid Engine's commands, one function each, and the names they use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/qsub.h"
#include "cli/front/words.h"
#include "model/index_set.h"

namespace pentad::cli::front::sge {

int qsub(const Call& call);
int qstat(const Call& call);
int qdel(const Call& call);
int qalter(const Call& call);  // qhold, qrls too: by the name of the call
int qacct(const Call& call);
int qhost(const Call& call);
int qconf(const Call& call);
int qrsh(const Call& call);
int qselect(const Call& call);

// 12, 12.3, 12.1-10:3, a name or a pattern of one.
struct Task {
  std::string text;               // as written, without tasks
  std::optional<int64_t> job;     // none: it is a name
  std::optional<IndexSet> tasks;  // of an array: these only
};
// By commas; `-t 1-3` behind one goes with it. Nothing when a list of tasks is none.
std::optional<std::vector<Task>> read_tasks(const std::vector<std::string>& words);

// Whether `text` fits a pattern of * and ?; an empty one fits all.
bool matches(const std::string& pattern, const std::string& text);

// 3, 1,3 or 1-7:2, as Grid Engine writes sets of tasks.
std::string tasks_text(const IndexSet& tasks);
// 1-7:2 of one range, also when it has one task.
std::string range_text(const IndexSet& tasks);
IndexSet indices_of(const api::JobSummary& job);
IndexSet waiting_of(const api::JobSummary& job);  // those of an array that have not started

// Jobs by number or by name, `query` beside; those that are none are left out.
std::vector<api::JobSummary> find_jobs(Desk& desk, const Task& task, std::string_view query);

int64_t slots_of(const api::JobSummary& job);
// all.q@host of where it runs; empty before.
std::string queue_instance(Desk& desk, const api::JobSummary& job, const api::AttemptView* attempt);
// Names of parallel environments: the site's, else those the dialect knows by their names.
std::vector<std::string> environments(Desk& desk);
// 23.5G, 0.0.
std::string size_text(int64_t bytes);

}  // namespace pentad::cli::front::sge
