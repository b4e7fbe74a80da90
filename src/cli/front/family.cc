#include "cli/front/family.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "cli/front/qsub.h"

namespace pentad::cli::front {

namespace {

using dialect::Dialect;

std::optional<Dialect> dialect_named(const char* name) {
  Dialect found{};
  if (name && boost::describe::enum_from_string(name, found)) return found;
  return {};
}

Family family(Dialect dialect) { return dialect == Dialect::sge ? Family::sge : Family::pbs; }

// Options that only one family's command of this name has, with blanks around each.
struct Signs {
  std::string_view command, sge, pbs;
};
constexpr std::array kSigns = {
    Signs{"qstat", " -j -g -ext -xml -pri -urg -explain -ne -ncb -U -qs ",
          " -B -Q -x -a -i -n -1 -H -J -T -w -fx -xf -an -na -n1 -1n -an1 -ans -w -fF --version "},
    Signs{"qdel", " -u ", " -W -x -p -m -a "},
    Signs{"qhold", " -u ", ""},
    Signs{"qrls", " -u ", ""},
    Signs{"qselect", " -pe -U ", " -N -s -T -x -H -A -J -P -p "},
};

std::optional<Family> by_options(const Call& call) {
  auto signs = std::ranges::find(kSigns, call.name, &Signs::command);
  if (signs == kSigns.end()) {  // qsub, qalter: whose grammar takes all of it
    bool sge = read_order(call.words, Dialect::sge).refused.empty();
    bool pbs = read_order(call.words, Dialect::pbspro).refused.empty() ||
               read_order(call.words, Dialect::torque).refused.empty();
    if (sge == pbs) return {};
    return sge ? Family::sge : Family::pbs;
  }
  for (const std::string& word : call.words) {
    if (!word.starts_with('-')) continue;
    std::string wanted = fmt::format(" {} ", word);
    if (signs->sge.find(wanted) != signs->sge.npos) return Family::sge;
    if (signs->pbs.find(wanted) != signs->pbs.npos) return Family::pbs;
  }
  return {};
}

// 12.server, 12[3]: PBS. 12.3, 12.1-4: Grid Engine. 12: the family it was submitted to.
std::optional<Family> by_identifiers(const Call& call, bool may_ask) {
  for (const std::string& word : call.words) {
    size_t end = word.find_first_not_of("0123456789");
    if (end == 0 || word.empty()) continue;
    if (end != word.npos) {
      if (word[end] == '[') return Family::pbs;
      bool is_task =
          word[end] == '.' && word.size() > end + 1 && word[end + 1] >= '0' && word[end + 1] <= '9';
      if (word[end] == '.') return is_task ? Family::sge : Family::pbs;
      continue;
    }
    if (!may_ask) continue;
    try {
      Session session(call.globals);
      auto detail = session.get<api::JobDetail>(fmt::format("/jobs/{}", word));
      if (detail.request.launch) return family(detail.request.launch->dialect);
    } catch (const CommandError&) {  // the command itself will say what is wrong
      return {};
    }
  }
  return {};
}

// What its directives stand in: the file among the words, else standard input, which is then kept
// for the command.
std::string script_of(Call& call) {
  std::string path;
  for (Dialect dialect : {Dialect::sge, Dialect::pbspro, Dialect::torque}) {
    Order order = read_order(call.words, dialect);
    if (!order.refused.empty()) continue;
    if (order.is_program) return "";
    path = order.path;
    break;
  }
  std::error_code error;
  if (!path.empty()) {
    return std::filesystem::is_regular_file(path, error) ? read_foreign_script(path) : "";
  }
  if (isatty(STDIN_FILENO)) return "";
  call.input = read_foreign_script("-");
  return *call.input;
}

}  // namespace

Family in_pbs_or_sge(Call& call) {
  std::string folder = std::filesystem::path(call.folder).filename().string();
  if (folder == "pbs") return Family::pbs;
  if (folder == "sge") return Family::sge;
  if (std::optional<Family> said = by_options(call)) return *said;
  bool submits = call.name == "qsub";
  if (std::optional<Family> said = submits ? std::nullopt : by_identifiers(call, false)) {
    return *said;
  }
  std::string script = submits ? script_of(call) : "";
  std::optional<Dialect> of_job = dialect_named(std::getenv("PENTAD_DIALECT"));
  // Inside of a job its own dialect is what a plain call means.
  if (of_job &&
      (script.empty() || dialect::detect("", {}, script).dialect.value_or(*of_job) == *of_job)) {
    return family(*of_job);
  }
  std::optional<Dialect> site = site_profile(call.globals).default_dialect;
  if (submits) {
    return family(
        dialect::detect("qsub", call.words, script, site).dialect.value_or(Dialect::pbspro));
  }
  if (site) return family(*site);
  return by_identifiers(call, true).value_or(Family::pbs);
}

}  // namespace pentad::cli::front
