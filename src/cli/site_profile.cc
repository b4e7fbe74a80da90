#include "cli/site_profile.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "dialect/site_file.h"

namespace pentad::cli {

Result<dialect::SiteProfile> read_site_profile(const std::string& file, const std::string& home) {
  std::string path = file.empty() ? home + "/site.toml" : file;
  std::error_code error;
  if (file.empty() && !std::filesystem::exists(path, error)) return dialect::SiteProfile{};
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || std::filesystem::is_directory(path, error) || !(text << in.rdbuf())) {
    int why = errno == 0 ? EISDIR : errno;
    return fail(ErrorCode::failed, "cannot read " + path + ": " +
                                       std::error_code(why, std::system_category()).message());
  }
  Result<dialect::SiteProfile> site = dialect::parse_site(text.str());
  if (!site) return fail(ErrorCode::invalid, path + ": " + site.error().message);
  return site;
}

}  // namespace pentad::cli
