#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/front/argv.h"
#include "cli/front/steps/steps.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::steps {

namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

// The first of that name in PATH that is not this program under another name.
std::string in_path(const std::string& name) {
  std::error_code error;
  fs::path self = fs::read_symlink("/proc/self/exe", error);
  const char* path = std::getenv("PATH");
  for (std::string_view folder : dialect::split(path ? path : "/usr/bin:/bin", ':')) {
    fs::path found = fs::path(folder) / name;
    if (is_program(found) && !fs::equivalent(found, self, error)) return found.string();
  }
  return "";
}

std::string path_of(const std::string& program) {
  return program.find('/') == program.npos ? in_path(program) : program;
}

// At its fifth byte; not good when it is no ELF file.
std::ifstream open_elf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string magic(4, '\0');
  if (!in.read(magic.data(), 4) || magic != "\177ELF") in.setstate(std::ios::failbit);
  return in;
}

}  // namespace

bool is_mpi_program(const std::string& program) {
  if (const char* told = std::getenv("PENTAD_MPI")) return *told == 'y' || *told == '1';
  const std::string path = path_of(program);
  constexpr size_t kMostBytes = 256 << 20;
  std::ifstream in = open_elf(path);
  if (!in) return false;
  std::string bytes;
  std::error_code error;
  bytes.resize(std::min<size_t>(fs::file_size(path, error), kMostBytes));
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes.find("libmpi.so") != bytes.npos || bytes.find("libmpich.so") != bytes.npos;
}

bool may_be_mpi(const std::string& program) {
  if (std::getenv("PENTAD_MPI")) return is_mpi_program(program);
  constexpr std::array<std::string_view, 6> kInterpreters = {"python", "julia", "R",
                                                             "perl",   "bash",  "sh"};
  const std::string path = path_of(program);
  const std::string name = fs::path(path).filename().string();
  const bool interprets = std::ranges::any_of(
      kInterpreters, [&](std::string_view start) { return name.starts_with(start); });
  return interprets || !open_elf(path) || is_mpi_program(program);
}

void become_mpirun(const Call& call, std::vector<std::string> words) {
  std::string launcher = site_profile(call.globals).mpi_launcher;
  for (const char* name : {"mpirun", "mpiexec"}) {
    if (launcher.empty()) launcher = in_path(name);
  }
  if (launcher.empty()) {
    throw CommandError(kFailed, fmt::format("{}: no mpirun is installed; a site names its own as "
                                            "mpi_launcher in site.toml",
                                            call.name));
  }
  if (geteuid() == 0) {
    // Open MPI refuses the superuser: whoever runs jobs as such has decided it.
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  }
  words.insert(words.begin(), launcher);
  std::vector<char*> argv = pointers(words);
  execv(launcher.c_str(), argv.data());
  throw CommandError(
      kFailed, fmt::format("{}: {}: {}", call.name, printable(launcher), std::strerror(errno)));
}

}  // namespace pentad::cli::front::steps
