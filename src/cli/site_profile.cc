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
  if (std::filesystem::is_directory(path, error)) {
    return fail(ErrorCode::failed, path + " is a directory, not a site's profile");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail(ErrorCode::failed, "cannot read " + path + ": " +
                                       std::error_code(errno, std::system_category()).message());
  }
  std::ostringstream text;
  text << in.rdbuf();
  Result<dialect::SiteProfile> site = dialect::parse_site(text.str());
  if (!site) return fail(ErrorCode::invalid, path + ": " + site.error().message);
  return site;
}

}  // namespace pentad::cli
