#include "app/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/application_file.h"

namespace pentad::app {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return fail(ErrorCode::invalid, "not a plain file");
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxApplicationBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in && !in.eof())) return fail(ErrorCode::failed, "cannot be read");
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

Result<CatalogueEntry> read_entry(const fs::path& folder) {
  auto text = read_text(folder / "app.toml");
  if (!text) return tl::unexpected(text.error());
  auto application = parse_application(*text);
  if (!application) return tl::unexpected(application.error());
  if (application->name != folder.filename()) {
    return fail(ErrorCode::invalid, fmt::format("the application is called {}, its folder {}",
                                                application->name, folder.filename().string()));
  }
  std::error_code error;
  fs::path absolute = fs::canonical(folder, error);
  if (error) return fail(ErrorCode::failed, error.message());
  return CatalogueEntry{std::move(*application), absolute.string()};
}

}  // namespace

const CatalogueEntry* Catalogue::find(std::string_view name) const {
  auto found = std::find_if(entries.begin(), entries.end(),
                            [&](const CatalogueEntry& e) { return e.application.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

Result<Catalogue> read_catalogue(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (fs::exists(it->path() / "app.toml", ignored)) folders.push_back(it->path());
  }
  if (error) {
    auto code =
        error == std::errc::no_such_file_or_directory ? ErrorCode::not_found : ErrorCode::failed;
    return fail(code, fmt::format("cannot list applications: {}", error.message()), folder);
  }
  std::sort(folders.begin(), folders.end());
  Catalogue catalogue;
  for (const fs::path& path : folders) {
    auto entry = read_entry(path);
    if (entry) {
      catalogue.entries.push_back(std::move(*entry));
    } else {
      Error why = entry.error();
      why.path = (path / "app.toml").string();
      catalogue.errors.push_back(std::move(why));
    }
  }
  return catalogue;
}

}  // namespace pentad::app
