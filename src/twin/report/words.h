// Names that results carry as identifiers, in words. Unknown ones stay as they are.
#pragma once

#include <string>
#include <string_view>

#include "energy/indicators.h"
#include "twin/report/language.h"
#include "twin/result.h"

namespace pentad::twin {

std::string class_name(std::string_view workload_class, Language language);
std::string action_name(std::string_view plant_action, Language language);
std::string plant_name(std::string_view kind, Language language);
std::string format_name(std::string_view trace_format, Language language);
std::string_view quality_name(Quality quality, Language language);
std::string_view quality_meaning(Quality quality, Language language);

// With category and period: "iPUE3 1.051 (168 h, IT input metered)".
std::string pue_words(const energy::Indicators& indicators, Language language);

}  // namespace pentad::twin
