// Several runs on one page: what each took, what it saved against the named baseline, and their
// curves in the same charts.
#pragma once

#include <string>
#include <vector>

#include "twin/comparison.h"
#include "twin/report/chart_data.h"
#include "twin/report/language.h"
#include "twin/run.h"

namespace pentad::twin {

// `runs` in the order of `comparison.centres`, at least two. `folders`: where the report of each
// stands, relative to the page; empty: nowhere.
std::string comparison_report(const Comparison& comparison,
                              const std::vector<const RunOutput*>& runs,
                              const std::vector<std::string>& folders, Language language);

// What its charts draw: power, its ratio to IT, the queue and the coolant over the time of the
// longest run, one line for each centre; energy by use in bars.
ChartData comparison_charts(const Comparison& comparison, const std::vector<const RunOutput*>& runs,
                            Language language);

}  // namespace pentad::twin
