// The identifier of a job as its dialect writes it: in variables, file names and messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/attempt.h"
#include "model/launch.h"

namespace pentad::dialect {

// Slurm gives each element of an array a number of its own besides NNN_I, and scripts make file
// names and ports from it. Here it is the array's number and the index in one; a plain number for
// an index of ten million or more. No job has so high a number while its array lives.
int64_t slurm_element_number(JobId job, int64_t index);
// The reverse; nothing for a number too low to be of an element.
std::optional<AttemptId> slurm_element(int64_t number);

// 123, 123[7] with ".server" behind (PBS), 123[7] (LSF), 123.7 (Grid Engine), 123_7 (Slurm).
std::string job_identifier(const Launch& launch, JobId job, std::optional<int64_t> index);

// The name of an output file where only its directory was given.
std::string default_output_name(const Launch& launch, const AttemptId& attempt,
                                const std::string& job_name, bool is_error);

// The directory for temporary files that the dialect makes for an attempt and removes after it;
// empty: none of its own. `queue` as in run_queue().
std::string tmp_directory(const Launch& launch, const AttemptId& attempt, const std::string& queue);

// The queue a job is in, by the name its script knows: what was asked for, else the pool it runs
// in.
std::string run_queue(const Launch& launch, const std::string& pool);

}  // namespace pentad::dialect
