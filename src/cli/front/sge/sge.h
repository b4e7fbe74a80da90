// Grid Engine's commands, one function each, and the names they use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/qsub.h"
#include "cli/front/sge/tasks.h"
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
int qrsh(const Call& call);  // qlogin too
int qselect(const Call& call);

// Whether `text` fits a pattern of * and ?; an empty one fits all.
bool matches(const std::string& pattern, const std::string& text);

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
