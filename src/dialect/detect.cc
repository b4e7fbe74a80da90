#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dialect/scanner.h"
#include "dialect/translate.h"

namespace pentad::dialect {

namespace {

struct Census {
  int slurm = 0, pbs = 0, lsf = 0, sge = 0;
  int torque = 0, pbspro = 0;  // marks that only one of the two has
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Options that only one of PBS Pro and Torque has.
void tell_pbs_apart(std::string_view text, Census& c) {
  if (has(text, "select=") || has(text, "place=") || has(text, "-J ") || has(text, "sandbox=")) {
    ++c.pbspro;
  }
  if (has(text, "nodes=") || has(text, ":ppn=") || has(text, "procs=") || has(text, "-t ") ||
      has(text, "-d ") || has(text, "-F ")) {
    ++c.torque;
  }
}

Census count(std::string_view script) {
  Census c;
  while (!script.empty()) {
    size_t end = script.find('\n');
    std::string_view line = script.substr(0, end);
    script.remove_prefix(end == script.npos ? script.size() : end + 1);
    if (line.size() < 3 || line[0] != '#') continue;
    if (directive_rest(line, Dialect::slurm).data()) ++c.slurm;
    if (directive_rest(line, Dialect::lsf).data()) ++c.lsf;
    if (std::string_view rest = directive_rest(line, Dialect::pbspro); rest.data()) {
      ++c.pbs;
      tell_pbs_apart(rest, c);
    }
    if (std::string_view rest = directive_rest(line, Dialect::sge); rest.data()) {
      size_t first = rest.find_first_not_of(" \t");
      if (first != rest.npos && rest[first] == '-') ++c.sge;
    }
  }
  return c;
}

Detection pbs(const Census& c, std::optional<Dialect> site, std::string why) {
  if (c.torque > c.pbspro) return {Dialect::torque, why + ", with what only Torque has"};
  bool said = site == Dialect::torque && c.pbspro == 0;
  return {said ? Dialect::torque : Dialect::pbspro, std::move(why)};
}

// Words of a qsub command line that only one family has.
int family(const std::vector<std::string>& options) {
  constexpr std::array kSge = {"-cwd",  "-pe", "-hold_jid", "-tc",   "-terse",
                               "-sync", "-wd", "-notify",   "-soft", "-hard"};
  constexpr std::array kPbs = {"-W", "-J", "-k", "-z", "-X", "-I"};
  for (size_t i = 0; i < options.size(); ++i) {
    std::string_view next = i + 1 < options.size() ? std::string_view(options[i + 1]) : "";
    auto is = [&](const char* word) { return options[i] == word; };
    if (std::ranges::any_of(kSge, is) || (is("-j") && (next == "y" || next == "yes"))) return 1;
    if (std::ranges::any_of(kPbs, is) || (is("-j") && next == "oe")) return -1;
    if (is("-l") && (has(next, "select=") || has(next, "nodes=") || has(next, "walltime="))) {
      return -1;
    }
  }
  return 0;
}

Detection qsub(const Census& c, const std::vector<std::string>& options,
               std::optional<Dialect> site) {
  if (site == Dialect::sge) return {Dialect::sge, "qsub of this site is Grid Engine's"};
  if (site == Dialect::pbspro || site == Dialect::torque) {
    return pbs(c, site, "qsub of this site is of PBS");
  }
  if (c.pbs > c.sge) return pbs(c, site, "qsub, and the script has #PBS lines");
  if (c.sge > c.pbs) return {Dialect::sge, "qsub, and the script has #$ lines"};
  int options_say = family(options);
  if (options_say > 0) return {Dialect::sge, "qsub, with an option that only Grid Engine has"};
  if (options_say < 0) return pbs(c, site, "qsub, with an option that only PBS has");
  return {Dialect::pbspro, "qsub, and nothing says that it is Grid Engine's"};
}

}  // namespace

Detection detect(std::string_view command, const std::vector<std::string>& options,
                 std::string_view script, std::optional<Dialect> site) {
  if (command == "sbatch") return {Dialect::slurm, "the command is sbatch"};
  if (command == "bsub") return {Dialect::lsf, "the command is bsub"};
  Census c = count(script.substr(0, kMaxScriptBytes));
  if (command == "qsub") return qsub(c, options, site);
  int most = std::max({c.slurm, c.pbs, c.lsf, c.sge});
  if (most == 0) {
    if (site) return {site, "the script has no directives; the site's default"};
    return {{}, "the script has no directives"};
  }
  auto lines = [&](Dialect d) {
    return fmt::format("{} {} {}", most, directive_prefix(d), most == 1 ? "line" : "lines");
  };
  if (c.slurm == most) return {Dialect::slurm, lines(Dialect::slurm)};
  if (c.pbs == most) return pbs(c, site, lines(Dialect::pbspro));
  if (c.lsf == most) return {Dialect::lsf, lines(Dialect::lsf)};
  return {Dialect::sge, lines(Dialect::sge)};
}

}  // namespace pentad::dialect
