// pentad-front: sbatch, qsub, bsub and all the others, by the name it is called with.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "cli/front/family.h"
#include "cli/front/front.h"
#include "cli/interrupt.h"

namespace pentad::cli::front {

namespace {

const Command* find(std::span<const Command> commands, std::string_view name) {
  auto at = std::ranges::find(commands, name, &Command::name);
  return at == commands.end() ? nullptr : &*at;
}

const Command* find(Call& call) {
  const Command* pbs = find(pbs_commands(), call.name);
  const Command* sge = find(sge_commands(), call.name);
  if (pbs && sge) return in_pbs_or_sge(call) == Family::sge ? sge : pbs;
  for (auto family : {slurm_commands(), lsf_commands(), step_commands()}) {
    if (const Command* command = find(family, call.name)) return command;
  }
  return pbs ? pbs : sge;
}

// The folder of the link it was called by: as it was called, else where the shell found it.
std::string folder_of(const std::string& called) {
  namespace fs = std::filesystem;
  if (called.find('/') != called.npos) return fs::absolute(called).parent_path().string();
  const char* path = std::getenv("PATH");
  std::string_view left = path ? path : "";
  while (!left.empty()) {
    fs::path folder(left.substr(0, left.find(':')));
    left.remove_prefix(std::min(left.size(), folder.native().size() + 1));
    std::error_code error;
    if (fs::is_symlink(folder / called, error)) return fs::absolute(folder).string();
  }
  return "";
}

int run(int argc, char** argv) {
  Call call;
  call.name = std::filesystem::path(argv[0]).filename().string();
  call.words.assign(argv + 1, argv + argc);
  if (call.name == "pentad-front") {
    if (call.words.empty()) throw CommandError(kUsage, "write: pentad-front COMMAND [WORDS]");
    call.name = call.words.front();
    call.words.erase(call.words.begin());
    if (call.name == "shims") return make_shims(call.words);
  } else {
    call.folder = folder_of(argv[0]);
  }
  call.globals = find_centre(call.folder);
  const Command* command = find(call);
  if (!command) {
    throw CommandError(kUsage, fmt::format("pentad-front knows no command `{}`", call.name));
  }
  return command->run(call);
}

}  // namespace

}  // namespace pentad::cli::front

int main(int argc, char** argv) {
  try {
    return argc > 0 ? pentad::cli::front::run(argc, argv) : 1;
  } catch (const pentad::cli::CommandError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return error.code;
  }
}
