#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

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

}  // namespace

bool is_mpi_program(const std::string& program) {
  if (const char* told = std::getenv("PENTAD_MPI")) return *told == 'y' || *told == '1';
  std::string path = program.find('/') == program.npos ? in_path(program) : program;
  constexpr size_t kMostBytes = 256 << 20;
  std::ifstream in(path, std::ios::binary);
  std::string bytes(4, '\0');
  if (!in.read(bytes.data(), 4) || bytes != "\177ELF") return false;
  std::error_code error;
  bytes.resize(std::min<size_t>(fs::file_size(path, error), kMostBytes));
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes.find("libmpi.so") != bytes.npos || bytes.find("libmpich.so") != bytes.npos;
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
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(launcher.c_str(), argv.data());
  throw CommandError(
      kFailed, fmt::format("{}: {}: {}", call.name, printable(launcher), std::strerror(errno)));
}

}  // namespace pentad::cli::front::steps
