#include "catalogue/text_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace pentad::catalogue {

Result<std::string> read_text_file(const std::string& path) {
  constexpr std::uintmax_t kMaxBytes = 64u << 20;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::not_found, "is not a file that can be read", path);
  }
  if (std::filesystem::file_size(path, error) > kMaxBytes) {
    return fail(ErrorCode::too_large, "is larger than 64 MiB", path);
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, "cannot be opened", path);
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return fail(ErrorCode::failed, "cannot be read", path);
  return std::move(text).str();
}

}  // namespace pentad::catalogue
