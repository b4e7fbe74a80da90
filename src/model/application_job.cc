#include "model/application_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "model/application_value.h"

namespace pentad {
namespace {

constexpr int32_t kWarningSignal = 10;  // SIGUSR1 on Linux

using Values = std::map<std::string, std::string>;  // canonical, by parameter name

// A JSON pointer writes ~ and / of a key as ~0 and ~1.
std::string pointer(const std::string& key) {
  std::string out = "/";
  for (char c : key) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

tl::unexpected<Error> refuse(const std::string& name, std::string message) {
  return fail(ErrorCode::invalid, std::move(message), pointer(name));
}

std::string names_of(const Application& app) {
  std::vector<std::string> names;
  for (const Parameter& p : app.parameters) names.push_back(p.name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

Result<Values> check_values(const Application& app, const std::map<std::string, JsonText>& given) {
  auto is_known = [&](const std::string& name) {
    return std::any_of(app.parameters.begin(), app.parameters.end(),
                       [&](const Parameter& p) { return p.name == name; });
  };
  for (const auto& [name, value] : given) {
    if (is_known(name)) continue;
    return refuse(name,
                  fmt::format("{} has no such parameter; it has {}", app.name, names_of(app)));
  }
  for (const Parameter& p : app.parameters) {
    if (p.default_ || given.contains(p.name)) continue;
    return refuse(p.name, fmt::format("{} must be given: {}", p.name, p.title.en));
  }
  Values values;
  for (const Parameter& p : app.parameters) {
    auto found = given.find(p.name);
    auto value = parameter_value(p, found == given.end() ? *p.default_ : found->second);
    if (!value) return refuse(p.name, value.error().message);
    values.emplace(p.name, std::move(*value));
  }
  return values;
}

// Value of an int parameter; check_application has seen that there is one.
int64_t integer_of(const Values& values, const std::string& name) {
  auto found = values.find(name);
  PENTAD_ASSERT(found != values.end(), "check_application was not asked");
  int64_t value = 0;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

JobRequest request_of(const Application& app, const Values& values) {
  const ApplicationResources& r = app.resources;
  JobRequest request;
  request.name = app.name;
  request.resources.cores =
      r.cores_from ? static_cast<int32_t>(integer_of(values, *r.cores_from)) : r.cores;
  int64_t memory_mib = r.memory_mib;
  if (r.memory_growth) {
    int64_t size = integer_of(values, r.memory_growth->parameter);
    int64_t parts = size / r.memory_growth->per + (size % r.memory_growth->per != 0);
    memory_mib += parts * r.memory_growth->mib;
  }
  request.resources.memory = mebibytes(memory_mib);
  request.limit = seconds(r.limit_s);
  if (r.warn_s) request.warning = WarningRequest{kWarningSignal, seconds(*r.warn_s)};
  request.workload_class = app.workload_class;
  request.precision = app.precision;
  return request;
}

}  // namespace

Result<ApplicationJob> make_job(const Application& app, const std::string& app_dir,
                                const std::map<std::string, JsonText>& given) {
  auto values = check_values(app, given);
  if (!values) return tl::unexpected(values.error());
  ApplicationJob job;
  job.request = request_of(app, *values);
  job.payload.script = app.run.script;
  job.payload.application = app.name;
  job.payload.environment["PENTAD_APP"] = app.name;
  job.payload.environment["PENTAD_APP_DIR"] = app_dir;
  for (const Parameter& p : app.parameters) {
    job.payload.environment[parameter_variable(p)] = std::move((*values)[p.name]);
  }
  return job;
}

}  // namespace pentad
