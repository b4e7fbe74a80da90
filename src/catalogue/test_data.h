// Where tests find the catalogue's files and, if they are there, the data sets that are not part of
// the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace pentad::catalogue {

inline std::string catalogue_folder() { return std::string(PENTAD_SOURCE_DIR) + "/catalogue"; }

// A file under PENTAD_DATA, or beside the checkout; "" after saying that the test is skipped.
inline std::string data_file(const std::string& name) {
  const char* given = std::getenv("PENTAD_DATA");
  std::string folder = given ? given : std::string(PENTAD_SOURCE_DIR) + "/../shared/data";
  std::string path = folder + "/" + name;
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  std::cout << "skipped: no PENTAD_DATA (" << name << ")\n";
  return "";
}

}  // namespace pentad::catalogue
