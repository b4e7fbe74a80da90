#include "cli/data_folder.h"

#include <filesystem>

namespace pentad::cli {

std::string data_folder(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path self = fs::read_symlink("/proc/self/exe", error);
  fs::path installed = self.parent_path().parent_path() / "share" / "pentad" / name;
  if (!error && fs::exists(installed, error)) return installed.string();
  return std::string(PENTAD_SOURCE_DIR "/") + name;
}

}  // namespace pentad::cli
