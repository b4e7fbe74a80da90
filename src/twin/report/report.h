// The report of a run as one HTML file: opens anywhere, asks no network for anything.
#pragma once

#include <string>

#include "twin/report/language.h"
#include "twin/run.h"

namespace pentad::twin {

// A run without plant has no parts about power, cooling and indicators of energy.
std::string html_report(const RunOutput& run, Language language);

}  // namespace pentad::twin
