// Links by which the commands are found, and how a command finds its centre.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/front/front.h"
#include "cli/table.h"

namespace pentad::cli::front {

namespace {

constexpr const char* kHomeFile = ".pentad-home";

namespace fs = std::filesystem;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void link(const fs::path& program, const fs::path& at) {
  std::error_code error;
  if (fs::read_symlink(at, error) == program) return;
  if (!error) fs::remove(at);
  // Under another name first: a job may be looking for it at this moment.
  fs::path draft = at;
  draft += fmt::format(".{}", getpid());
  fs::create_symlink(program, draft);
  fs::rename(draft, at);
}

void link_all(const fs::path& program, const fs::path& folder, std::span<const Command> commands) {
  fs::create_directories(folder);
  for (const Command& command : commands) link(program, folder / command.name);
}

void make_links(const fs::path& folder, const fs::path& home) {
  fs::path program = fs::read_symlink("/proc/self/exe");
  // The last of a name wins: both are the same program.
  for (auto family :
       {slurm_commands(), pbs_commands(), sge_commands(), lsf_commands(), step_commands()}) {
    link_all(program, folder, family);
  }
  link_all(program, folder / "pbs", pbs_commands());
  link_all(program, folder / "sge", sge_commands());
  std::ofstream(folder / kHomeFile) << home.string() << '\n';
}

}  // namespace

Globals find_centre(const std::string& folder) {
  Globals globals;
  globals.url = from_environment("PENTAD_URL");
  globals.authorities = from_environment("PENTAD_CA");
  globals.home = from_environment("PENTAD_HOME");
  for (fs::path at : {fs::path(folder), fs::path(folder).parent_path()}) {
    if (!globals.home.empty() || folder.empty()) break;
    std::ifstream file(at / kHomeFile);
    std::getline(file, globals.home);
  }
  if (globals.home.empty()) globals.home = "var";
  return globals;
}

int make_shims(const std::vector<std::string>& words) {
  std::string folder, home = from_environment("PENTAD_HOME");
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--home" && i + 1 < words.size()) {
      home = words[++i];
    } else if (folder.empty() && !words[i].starts_with("-")) {
      folder = words[i];
    } else {
      throw CommandError(kUsage, "write: pentad shims DIR [--home HOME]");
    }
  }
  if (folder.empty()) throw CommandError(kUsage, "write: pentad shims DIR [--home HOME]");
  try {
    make_links(fs::absolute(folder).lexically_normal(),
               fs::absolute(home.empty() ? "var" : home).lexically_normal());
  } catch (const fs::filesystem_error& error) {
    throw CommandError(kFailed, fmt::format("cannot make links in {}: {}", printable(folder),
                                            error.code().message()));
  }
  return kOk;
}

}  // namespace pentad::cli::front
