#include "cli/front/family.h"

#include <cstdlib>
#include <filesystem>

namespace pentad::cli::front {

namespace {

std::optional<dialect::Dialect> dialect_named(std::string_view name) {
  dialect::Dialect found{};
  if (boost::describe::enum_from_string(std::string(name).c_str(), found)) return found;
  return {};
}

Family family(dialect::Dialect dialect) {
  return dialect == dialect::Dialect::sge ? Family::sge : Family::pbs;
}

// The script among the words, if it can be read: its directives tell most.
std::string script_in(const Call& call) {
  for (auto word = call.words.rbegin(); word != call.words.rend(); ++word) {
    std::error_code error;
    if (std::filesystem::is_regular_file(*word, error)) return read_foreign_script(*word);
  }
  return "";
}

}  // namespace

Family in_pbs_or_sge(const Call& call) {
  std::string folder = std::filesystem::path(call.folder).filename().string();
  if (folder == "pbs") return Family::pbs;
  if (folder == "sge") return Family::sge;
  const char* job = std::getenv("PENTAD_DIALECT");
  std::optional<dialect::Dialect> of_job = dialect_named(job ? job : "");
  std::string script = call.name == "qsub" ? script_in(call) : "";
  // Inside of a job its own dialect is what a plain call means.
  if (of_job && dialect::detect("", call.words, script).dialect == of_job) return family(*of_job);
  if (of_job && script.empty()) return family(*of_job);
  return family(
      dialect::detect("qsub", call.words, script, site_profile(call.globals).default_dialect)
          .dialect.value_or(Dialect::pbspro));
}

}  // namespace pentad::cli::front
