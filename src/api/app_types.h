// What goes over the wire about applications of the catalogue. Texts for people stand in several
// languages, by their codes (en, zh).
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/reflect_note.h"
#include "base/reflect_traits.h"
#include "model/device.h"
#include "model/job.h"

namespace pentad::api {

struct AppParameter {
  std::string name;
  std::string type;
  std::map<std::string, std::string> title;
  std::optional<JsonText> default_;
  std::optional<double> min;
  std::optional<double> max;
  std::vector<std::string> choices;
};
BOOST_DESCRIBE_STRUCT(AppParameter, (), (name, type, title, default_, min, max, choices))
constexpr auto field_notes(const AppParameter*) {
  return std::array{note("type").doc("Such as int, float, text, bool, choice"),
                    note("default").doc("Taken when the parameter is not given"),
                    note("choices").doc("The values it may have, when they are listed")};
}

struct AppInfo {
  std::string name;
  std::string version;
  std::map<std::string, std::string> title;
  std::map<std::string, std::string> description;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Precision precision = Precision::fp64;
  std::vector<AppParameter> parameters;
  std::vector<std::string> packages;
  std::vector<std::string> missing_packages;
  std::string install_command;
};
BOOST_DESCRIBE_STRUCT(AppInfo, (),
                      (name, version, title, description, workload_class, precision, parameters,
                       packages, missing_packages, install_command))
constexpr auto field_notes(const AppInfo*) {
  return std::array{note("packages").doc("Debian packages it needs"),
                    note("missing_packages").doc("Those of them that are not installed here"),
                    note("install_command").doc("Installs what is missing; empty when nothing is")};
}

struct AppList {
  std::vector<AppInfo> apps;
};
BOOST_DESCRIBE_STRUCT(AppList, (), (apps))

}  // namespace pentad::api
