// What every page of the twin has around its sections: head, style, script, and the frames of its
// charts.
#pragma once

#include <string>
#include <string_view>

#include "twin/report/chart_data.h"
#include "twin/report/html.h"
#include "twin/report/language.h"

namespace pentad::twin {

void open_page(Html& html, Language language, const std::string& title);
// The charts' data, the library and the script that draws.
void close_page(Html& html, const ChartData& charts);

// The place of a chart; `summary` says in words what it shows.
void figure(Html& html, std::string_view id, std::string_view title, std::string_view about,
            std::string_view summary, std::string_view extra_class = {});
// Buttons for the period that all charts over time show.
void time_controls(Html& html, Language language);

}  // namespace pentad::twin
