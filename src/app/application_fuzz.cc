// Any text as an app.toml, then any text as values: no crash; what is accepted is sound, and values
// never change the script.
#include <cstdlib>

#include "app/application_file.h"
#include "base/reflect.h"
#include "model/application_job.h"
#include "model/application_value.h"

namespace pentad::app {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void try_values(const Application& application, std::string_view text) {
  std::map<std::string, JsonText> given;
  for (const Parameter& p : application.parameters) {
    given[p.name] = JsonText{to_json(std::string(text.substr(0, 64)))};
    text.remove_prefix(std::min<size_t>(text.size(), 64));
  }
  for (const auto& values : {given, std::map<std::string, JsonText>{}}) {
    auto job = make_job(application, "/apps/x", values);
    if (!job) {
      require(!job.error().message.empty());
      continue;
    }
    require(job->payload.script == application.run.script);
    require(job->request.resources.cores >= 1 && job->request.resources.memory > Bytes{});
    require(job->payload.environment.size() == application.parameters.size() + 2);
    for (const auto& [name, value] : job->payload.environment) {
      require(name.find('=') == name.npos);
      for (char c : value) require(static_cast<unsigned char>(c) >= 0x20);
    }
  }
}

}  // namespace
}  // namespace pentad::app

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto application = app::parse_application(text);
  if (!application) {
    app::require(!application.error().message.empty());
    return 0;
  }
  // What was accepted stays accepted as JSON.
  auto again = from_json<Application>(to_json(*application));
  app::require(again && *again == *application && check_application(*again).has_value());
  app::try_values(*application, text);
  return 0;
}
