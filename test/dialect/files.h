// Golden files: compared, or rewritten when PENTAD_UPDATE_GOLDEN=1.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pentad::dialect {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// What the golden file says; after a rewrite, `now` itself.
inline std::string golden(const std::filesystem::path& path, const std::string& now) {
  const char* update = std::getenv("PENTAD_UPDATE_GOLDEN");
  if (update && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << now;
    return now;
  }
  return read_file(path);
}

}  // namespace pentad::dialect
