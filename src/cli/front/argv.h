// Words as execv, posix_spawn and their kin take them.
#pragma once

#include <string>
#include <vector>

namespace pentad::cli::front {

// Ends with null; good as long as `texts` is there and unchanged.
inline std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace pentad::cli::front
