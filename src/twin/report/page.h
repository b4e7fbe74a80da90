// The sections of a report, in the order in which they stand.
#pragma once

#include <string>
#include <string_view>

#include "twin/report/chart_data.h"
#include "twin/report/html.h"
#include "twin/report/language.h"
#include "twin/run.h"

namespace pentad::twin {

struct Page {
  const RunOutput& run;
  Language language = Language::en;
  Html html;

  const TwinResult& result() const { return run.result; }
  std::string_view say(Phrase phrase) const { return phrase.in(language); }
  std::string str(Phrase phrase) const { return std::string(phrase.in(language)); }
};

void add_overview(Page& page);                          // title, what ran, notices, tiles
void add_figures(Page& page, const ChartData& charts);  // what the script draws into
void add_indicators(Page& page);
void add_short_hours(Page& page);      // when the plant could not carry the load
void add_schedule_tables(Page& page);  // pools, classes, users, what could never run
void add_trace_notes(Page& page);
void add_inputs(Page& page);  // what is measured, stated, modelled, estimated
void add_about(Page& page);

}  // namespace pentad::twin
