// An application that the tests change in one place at a time.
#pragma once

#include "model/application.h"

namespace pentad::test {

inline Parameter int_parameter(std::string name, double min, double max, std::string value) {
  Parameter p;
  p.name = std::move(name);
  p.type = ParameterType::int_;
  p.title = {"Size", "大小"};
  p.min = min;
  p.max = max;
  p.default_ = JsonText{std::move(value)};
  return p;
}

inline Parameter text_parameter(std::string name) {
  Parameter p;
  p.name = std::move(name);
  p.title = {"Text", "文本"};
  return p;
}

// Parameters: atoms (int, sizes the memory), ranks (int, sizes the cores), label (text, required).
inline Application sample_application() {
  Application app;
  app.name = "lj-melt";
  app.version = "1";
  app.workload_class = WorkloadClass::simulation;
  app.precision = Precision::fp64;
  app.packages = {"lammps", "g++", "libopenblas0-pthread"};
  app.title = {"Melt", "熔化"};
  app.description = {"Two\nlines", "两\n行"};
  app.parameters = {int_parameter("atoms", 100, 1000000, "32000"),
                    int_parameter("ranks", 1, 64, "2"), text_parameter("label")};
  app.resources.cores_from = "ranks";
  app.resources.memory_mib = 256;
  app.resources.memory_growth = MemoryGrowth{"atoms", 100000, 96};
  app.resources.limit_s = 600;
  app.resources.warn_s = 30;
  app.success.result = "result.json";
  app.run.script = "#!/bin/sh\necho \"$PENTAD_PARAM_LABEL\"\n";
  return app;
}

}  // namespace pentad::test
