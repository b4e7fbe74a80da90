#include "app/application_file.h"

#include <fmt/format.h>

#include "base/toml_json.h"

namespace pentad::app {

Result<Application> parse_application(std::string_view toml) {
  if (toml.size() > kMaxApplicationBytes) {
    return fail(ErrorCode::too_large,
                fmt::format("an app.toml has at most {} bytes", kMaxApplicationBytes));
  }
  auto document = parse_toml(toml);
  if (!document) return tl::unexpected(document.error());
  auto application = read_toml<Application>(*document);
  if (!application) return application;
  if (Status status = check_application(*application); !status) {
    return tl::unexpected(at_line(*document, status.error()));
  }
  return application;
}

}  // namespace pentad::app
