#include "dialect/document.h"

#include <fmt/format.h>

#include <boost/describe.hpp>

#include "dialect/reader.h"
#include "dialect/scanner.h"
#include "dialect/tables.h"

namespace pentad::dialect {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string_view title(Dialect dialect) {
  switch (dialect) {
    case Dialect::slurm:
      return "Slurm";
    case Dialect::pbspro:
      return "PBS Pro and OpenPBS";
    case Dialect::torque:
      return "Torque";
    case Dialect::lsf:
      return "LSF";
    case Dialect::sge:
      return "Grid Engine";
  }
  return "";
}

void rows(std::span<const Option> table, std::string& out) {
  out += "| option | value | meaning | here |\n|---|---|---|---|\n";
  for (const Option& o : table) {
    std::string effect = boost::describe::enum_to_string(o.effect, "?");
    std::string here = o.reason.empty() ? effect : fmt::format("{}: {}", effect, o.reason);
    std::string form = o.form.empty() ? "" : fmt::format("`{}`", escaped(o.form));
    out += fmt::format("| `{}` | {} | {} | {} |\n", o.spellings, form, o.meaning, here);
  }
}

void section(std::string_view heading, std::span<const Option> table, std::string& out) {
  out += fmt::format("\n## {}\n\n", heading);
  rows(table, out);
}

}  // namespace

std::string migration_document(Dialect dialect) {
  std::string out = fmt::format(
      "# {} scripts on Pentad\n\n"
      "Made from the table of options that reads the scripts; do not edit. Directives are lines "
      "that start\nwith `{}`; precedence: command line, environment, script, site default. An "
      "option that is not\nin this table is refused with its line and the nearest known one. "
      "`pentad explain SCRIPT` shows\nwhat a script becomes.\n\n",
      title(dialect), directive_prefix(dialect));
  out += fmt::format("## Options of {}\n\n", command_name(dialect));
  rows(option_table(dialect), out);
  if (dialect == Dialect::pbspro || dialect == Dialect::torque) {
    section("Resources of -l", pbs_resources(), out);
    section("Attributes of -W", pbs_attributes(), out);
  }
  if (dialect == Dialect::sge) section("Resources of -l", sge_resources(), out);
  if (dialect == Dialect::lsf) {
    section("Keys of rusage in -R", lsf_usage(), out);
    section("Keys of -gpu", lsf_gpu(), out);
  }
  return out;
}

}  // namespace pentad::dialect
