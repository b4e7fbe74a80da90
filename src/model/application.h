// Applications of the catalogue: what an `app.toml` says (apps/README.md explains every key for
// authors). Field names are the keys of the file.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reflect_note.h"
#include "base/reflect_traits.h"
#include "base/result.h"
#include "model/device.h"
#include "model/job.h"

namespace pentad {

// Text for people in the languages of the portal.
struct LocalText {
  std::string en;
  std::string zh;
  bool operator==(const LocalText&) const = default;
};
BOOST_DESCRIBE_STRUCT(LocalText, (), (en, zh))
constexpr auto field_notes(const LocalText*) {
  return std::array{note("en").required().length(1, 4000), note("zh").required().length(1, 4000)};
}

BOOST_DEFINE_ENUM_CLASS(ParameterType, int_, float_, string, bool_, choice)

// Numbers beyond this are not exact in every JSON reader.
inline constexpr double kMaxExactInteger = 9007199254740991.0;  // 2^53 - 1
inline constexpr int64_t kMaxTextBytes = 4096;

// One thing that a user may set. Without `default` it must be given.
struct Parameter {
  std::string name;
  ParameterType type = ParameterType::string;
  LocalText title;
  std::optional<JsonText> default_;
  std::optional<double> min;          // of int and float, inclusive
  std::optional<double> max;          // likewise
  std::optional<int64_t> max_length;  // of string, in bytes; kMaxTextBytes if not given
  std::vector<std::string> choices;   // of choice
  bool operator==(const Parameter&) const = default;
};
BOOST_DESCRIBE_STRUCT(Parameter, (), (name, type, title, default_, min, max, max_length, choices))
constexpr auto field_notes(const Parameter*) {
  return std::array{note("name").required().length(1, 32), note("type").required(),
                    note("title").required(), note("max_length").range(1, kMaxTextBytes),
                    note("choices").length(0, 100)};
}

// Adds `mib` to the memory for each `per` of the value of an int parameter, begun ones included.
struct MemoryGrowth {
  std::string parameter;
  int64_t per = 1;
  int64_t mib = 0;
  bool operator==(const MemoryGrowth&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemoryGrowth, (), (parameter, per, mib))
constexpr auto field_notes(const MemoryGrowth*) {
  return std::array{note("parameter").required(), note("per").required().range(1, int64_t{1} << 40),
                    note("mib").required().range(1, 1 << 20)};
}

// Of one job on one node. `cores_from` names an int parameter and replaces `cores`.
struct ApplicationResources {
  int32_t cores = 1;
  std::optional<std::string> cores_from;
  int64_t memory_mib = 0;
  std::optional<MemoryGrowth> memory_growth;
  int64_t limit_s = 0;
  std::optional<int64_t> warn_s;  // SIGUSR1 this long before the limit
  bool operator==(const ApplicationResources&) const = default;
};
BOOST_DESCRIBE_STRUCT(ApplicationResources, (),
                      (cores, cores_from, memory_mib, memory_growth, limit_s, warn_s))
constexpr auto field_notes(const ApplicationResources*) {
  return std::array{
      note("cores").range(1, 1 << 20), note("memory_mib").required().range(1, int64_t{1} << 30),
      note("limit_s").required().range(1, 366 * 86400), note("warn_s").range(1, 86400)};
}

// A run succeeded if it exited with 0; scripts exit otherwise unless they wrote `result`, a file in
// the job's directory (model/application_result.h).
struct ApplicationSuccess {
  std::string result;
  bool operator==(const ApplicationSuccess&) const = default;
};
BOOST_DESCRIBE_STRUCT(ApplicationSuccess, (), (result))
constexpr auto field_notes(const ApplicationSuccess*) {
  return std::array{note("result").required().length(1, 255)};
}

// The script is run as it stands; nothing is ever put into its text. Parameters reach it as
// variables PENTAD_PARAM_NAME, the application's folder as PENTAD_APP_DIR.
struct ApplicationRun {
  std::string script;
  bool operator==(const ApplicationRun&) const = default;
};
BOOST_DESCRIBE_STRUCT(ApplicationRun, (), (script))
constexpr auto field_notes(const ApplicationRun*) {
  return std::array{note("script").required().length(1, 32768)};
}

struct Application {
  std::string name;
  std::string version;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Precision precision = Precision::fp64;
  std::vector<std::string> packages;  // Debian packages it needs
  LocalText title;
  LocalText description;
  ApplicationResources resources;
  std::vector<Parameter> parameters;
  ApplicationSuccess success;
  ApplicationRun run;
  bool operator==(const Application&) const = default;
};
BOOST_DESCRIBE_STRUCT(Application, (),
                      (name, version, workload_class, precision, packages, title, description,
                       resources, parameters, success, run))
constexpr auto field_notes(const Application*) {
  return std::array{note("name").required().length(1, 63),
                    note("version").required().single_line().length(1, 63),
                    note("workload_class").required(),
                    note("precision").required(),
                    note("packages").length(0, 100),
                    note("title").required(),
                    note("description").required(),
                    note("resources").required(),
                    note("parameters").length(0, 64),
                    note("success").required(),
                    note("run").required()};
}

// Lower-case letters, digits and single hyphens between them, starting with a letter: becomes part
// of paths and of the command line.
bool is_application_name(std::string_view name);

// What the notes above cannot say: names well formed and unique, bounds in order, defaults within
// them, references that resolve. Errors: invalid, with the JSON pointer of the offending field.
Status check_application(const Application& application);

}  // namespace pentad
