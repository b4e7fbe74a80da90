#include "app/shims.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "engine/hardware/run_tool.h"

namespace pentad::app {

namespace {

namespace fs = std::filesystem;

// Open MPI looks for SGE_ROOT/bin/ARC/qrsh; SGE_ROOT is the folder itself.
void link_architecture(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "bin", error);
  fs::path link = folder / "bin" / "lx-amd64";
  if (!fs::is_symlink(link, error)) fs::create_directory_symlink("..", link, error);
}

}  // namespace

Result<std::string> make_shims(const std::string& home, const std::string& programs) {
  std::string front = programs + "/pentad-front";
  std::string folder = home + "/shims";
  if (access(front.c_str(), X_OK) != 0) {
    return fail(ErrorCode::not_found,
                fmt::format("there is no {}: jobs find no commands of other schedulers", front),
                front);
  }
  auto made = engine::run_tool({front, "shims", folder, "--home", home}, seconds(20));
  if (!made) return tl::unexpected(made.error());
  if (made->exit_code != 0) {
    return fail(ErrorCode::failed, fmt::format("{} could not fill {}", front, folder), folder);
  }
  link_architecture(fs::path(folder) / "sge");
  return folder;
}

}  // namespace pentad::app
