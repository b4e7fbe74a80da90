// Words and colours for jobs, the same in every command.
#pragma once

#include <string>

#include "api/job_views.h"
#include "base/units.h"
#include "cli/table.h"
#include "model/job.h"

namespace pentad::cli {

Time wall_clock();

std::string state_name(JobState state);
Cell state_cell(JobState state);
// "0", "3", "TERM" for a signal, "-" while there is none.
std::string exit_text(int32_t exit_code, int32_t signal, bool ended);
// Why it waits and when it should start, how an array stands, what came out or went wrong.
std::string what_text(const api::JobSummary& job);
// How long its attempts have run, the present one included.
int64_t running_ms(const api::JobSummary& job);
// The code with which `wait` and `run` end: the job's own, 128 + signal, else kFailed.
int exit_code_of(const api::JobSummary& job);

}  // namespace pentad::cli
