// What a run of the twin found: one value that is the JSON summary, the text on the terminal and
// the report.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "energy/indicators.h"
#include "twin/heat_limit.h"
#include "twin/job_log.h"
#include "twin/plant_meter.h"
#include "twin/schedule_measures.h"
#include "twin/steps.h"
#include "twin/trace/trace.h"
#include "twin/workload.h"

namespace pentad::twin {

// measured: an instrument said so. stated: by a data sheet, standard or publication. modelled:
// follows from physics or the scheduler. estimated: an assumption that somebody made.
BOOST_DEFINE_ENUM_CLASS(Quality, measured, stated, modelled, estimated)

struct InputQuality {
  std::string what;
  Quality quality = Quality::modelled;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(InputQuality, (), (what, quality, source))

struct TraceInfo {
  std::string source;
  std::string format;
  std::string computer;
  std::string acknowledge;
  trace::TraceCounts counts;
  std::vector<trace::BadLine> bad_lines;
  Adjustments adjustments;
};
BOOST_DESCRIBE_STRUCT(TraceInfo, (),
                      (source, format, computer, acknowledge, counts, bad_lines, adjustments))

struct CentreInfo {
  std::string name;
  std::string site;    // city, weather
  std::string policy;  // in words
  int64_t nodes = 0;
  int64_t cores = 0;
  int64_t devices = 0;
};
BOOST_DESCRIBE_STRUCT(CentreInfo, (), (name, site, policy, nodes, cores, devices))

struct PlantSummary {
  std::string plant;  // kind and cooler, in words
  std::string weather;
  std::vector<std::string> weather_notes;
  std::string tariff;
  energy::Carbon carbon;
  double rated_it_w = 0;  // all nodes at full utilisation
  std::string pue_text;   // with category and period
  energy::Indicators indicators;
  energy::Totals totals;
  std::map<std::string, double> action_hours;  // what was done against a plant that was short
  std::map<std::string, ClassEnergy> classes;  // meter energy by workload class
  double jobs_kwh = 0;                         // of the meter, their sum
  double idle_kwh = 0;                         // of the meter, idle parts of nodes
  double kwh_per_core_hour = 0;
  double kwh_per_device_hour = 0;
  double worst_conservation_error = 0;  // relative, over all steps and levels
  HeatSummary heat;                     // what its limits did to the jobs
};
BOOST_DESCRIBE_STRUCT(PlantSummary, (),
                      (plant, weather, weather_notes, tariff, carbon, rated_it_w, pue_text,
                       indicators, totals, action_hours, classes, jobs_kwh, idle_kwh,
                       kwh_per_core_hour, kwh_per_device_hour, worst_conservation_error, heat))

struct TwinResult {
  std::string pentad;  // version
  std::string end;     // complete, until, interrupted, stuck
  Time begin;
  Time until;
  int64_t events = 0;
  // Of every start and end, 16 hex digits: equal schedules have equal digests.
  std::string schedule_digest;
  TraceInfo trace;
  CentreInfo centre;
  ScheduleSummary schedule;
  std::optional<PlantSummary> plant;
  std::vector<InputQuality> inputs;
};
BOOST_DESCRIBE_STRUCT(TwinResult, (),
                      (pentad, end, begin, until, events, schedule_digest, trace, centre, schedule,
                       plant, inputs))

// The steps of a run, for files and plots.
struct SeriesRow {
  StepRow step;
  std::optional<PlantRow> plant;
};
struct Series {
  Duration step;
  Duration utc_offset;
  std::vector<UseColumn> columns;  // of StepRow::busy
  std::vector<SeriesRow> rows;
};

}  // namespace pentad::twin
