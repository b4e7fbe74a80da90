// One run of the twin, put together: trace in, result, series and files out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "twin/plant_meter.h"
#include "twin/replay.h"
#include "twin/result.h"

namespace pentad::twin {

struct PowerSetup {
  std::vector<PoolPower> pools;
  energy::ClassUtilisation utilisation;
  PlantSetup plant;
};

struct RunSetup {
  std::string name;
  std::string site;
  trace::Machine machine;
  Policy policy;
  std::optional<PowerSetup> power;  // none: the schedule only
  ReplayOptions replay;
  Duration step = hours(1);
  Duration utc_offset;
  std::vector<InputQuality> inputs;
  std::string out;       // directory for jobs.csv; empty: no files
  bool journal = false;  // also out/journal, which `pentad journal verify` replays
};

struct RunOutput {
  TwinResult result;
  Series series;
};

// `progress` is asked now and then; false ends the run with what there is. Errors: those of trace,
// machine, plant and files; the path names the field or file.
Result<RunOutput> run(const RunSetup& setup, trace::TraceReader& trace,
                      std::function<bool(const Progress&)> progress = {});

// "EASY, fair share off, wishes of the jobs".
std::string policy_text(const Policy& policy);

}  // namespace pentad::twin
