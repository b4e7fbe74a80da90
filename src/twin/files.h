// The files of a run: summary.json, series.csv and report.html (jobs.csv is written while it runs).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "twin/comparison.h"
#include "twin/run.h"

namespace pentad::twin {

// Makes `directory` where it is missing. Errors: failed, disk_full; path is the directory.
Status make_directory(const std::string& directory);

// Writes what stands above; a file appears whole or not at all. `language` is en or zh.
Status write_files(const RunOutput& output, const std::string& directory,
                   const std::string& language);

// Writes DIRECTORY/report.html with all runs on one page, and comparison.json. `folders`: where the
// files of each run stand, relative to it.
Status write_comparison(const Comparison& comparison, const std::vector<const RunOutput*>& runs,
                        const std::vector<std::string>& folders, const std::string& directory,
                        const std::string& language);

// One line a step: time, queue, use of each pool, and with a plant every watt of it.
std::string series_csv(const Series& series);

}  // namespace pentad::twin
