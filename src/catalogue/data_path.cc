#include "catalogue/data_path.h"

#include <system_error>

namespace pentad {

std::string data_path(const std::filesystem::path& program, std::string_view name) {
  std::error_code error;
  const auto installed = program.parent_path().parent_path() / "share" / "pentad" / name;
  if (std::filesystem::exists(installed, error)) return installed.string();
  return std::string(PENTAD_SOURCE_DIR "/").append(name);
}

std::string data_path(std::string_view name) {
  std::error_code error;
  return data_path(std::filesystem::read_symlink("/proc/self/exe", error), name);
}

}  // namespace pentad
