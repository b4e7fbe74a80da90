#include "cli/twin/commands.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "base/reflect.h"
#include "cli/interrupt.h"
#include "cli/table.h"
#include "cli/twin/centres.h"
#include "cli/twin/inputs.h"
#include "cli/twin/progress_line.h"
#include "cli/twin/text.h"
#include "cli/version.h"
#include "twin/files.h"
#include "twin/trace/generator.h"

namespace pentad::cli::twin {

namespace {

constexpr int kDone = 0, kFailed = 1, kWrongInput = 2, kInterrupted = 130;

int tell(const Error& error) {
  const bool told = error.path.empty() || error.message.find(error.path) != std::string::npos;
  fmt::print(stderr, "pentad twin: {}{}{}\n", told ? "" : printable(error.path), told ? "" : ": ",
             printable(error.message));
  const bool input = error.code == ErrorCode::invalid || error.code == ErrorCode::not_found ||
                     error.code == ErrorCode::unsupported || error.code == ErrorCode::corrupt ||
                     error.code == ErrorCode::too_large;
  return input ? kWrongInput : kFailed;
}

size_t width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool colour() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

std::string language(const OutputOptions& output) {
  if (!output.language.empty()) return output.language;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != 0) return std::string(value).starts_with("zh") ? "zh" : "en";
  }
  return "en";
}

Result<pentad::twin::RunOutput> run_centre(const std::string& centre, const TwinOptions& options) {
  auto setup = make_setup(centre, options);
  if (!setup) return tl::unexpected(setup.error());
  auto trace = open_input(options, setup->machine);
  if (!trace) return tl::unexpected(trace.error());
  if (!setup->out.empty()) {
    if (Status s = pentad::twin::make_directory(setup->out); !s) return tl::unexpected(s.error());
  }
  ProgressLine progress(setup->name, trace->part_read, options.output.quiet);
  auto output = pentad::twin::run(*setup, *trace->reader,
                                  [&](const pentad::twin::Progress& p) { return progress(p); });
  if (!output) return output;
  output->result.pentad = kVersion;
  const bool made_up = !options.input.generate.empty();
  auto& source = output->result.trace.source;
  if (made_up || source.empty()) source = trace->name;
  if (!setup->out.empty()) {
    Status s = pentad::twin::write_files(*output, setup->out, language(options.output));
    if (!s) return tl::unexpected(s.error());
  }
  return output;
}

// A run without a job answers nothing: said, and told by the exit status.
std::optional<int> nothing_ran(const pentad::twin::TwinResult& result) {
  const auto& schedule = result.schedule;
  if (schedule.submitted > 0) return {};
  if (schedule.refused == 0)
    return tell({ErrorCode::invalid, "no job to run", result.trace.source});
  return tell({ErrorCode::invalid,
               fmt::format("this centre can hold none of the {} jobs; the first: {}",
                           schedule.refused, schedule.refusals.front().reason),
               result.trace.source});
}

}  // namespace

int run_one(const TwinOptions& options) {
  if (options.output.journal && options.output.out.empty()) {
    return tell({ErrorCode::invalid, "needs --out DIR", "--journal"});
  }
  const auto& centres = options.input.centres;
  auto output = run_centre(centres.empty() ? "" : centres.front(), options);
  if (!output) return tell(output.error());
  if (options.output.json) {
    fmt::print("{}\n", to_json(output->result));
  } else {
    fmt::print("{}", result_text(output->result, width(), colour()));
    if (!options.output.out.empty()) fmt::print("\n{}/report.html\n", options.output.out);
  }
  if (output->result.end == "interrupted") return kInterrupted;
  return nothing_ran(output->result).value_or(kDone);
}

int run_compare(const TwinOptions& options) {
  if (options.output.journal && options.output.out.empty()) {
    return tell({ErrorCode::invalid, "needs --out DIR", "--journal"});
  }
  std::vector<pentad::twin::RunOutput> outputs;
  std::vector<std::string> folders;
  for (const std::string& centre : options.input.centres) {
    TwinOptions one = options;
    folders.push_back(std::to_string(folders.size() + 1));
    if (!one.output.out.empty()) one.output.out += "/" + folders.back();
    auto output = run_centre(centre, one);
    if (!output) return tell(output.error());
    outputs.push_back(std::move(*output));
    if (interrupted()) break;
  }
  std::vector<const pentad::twin::RunOutput*> runs;
  std::vector<const pentad::twin::TwinResult*> results;
  for (const auto& output : outputs) {
    runs.push_back(&output);
    results.push_back(&output.result);
  }
  const std::string& out = options.output.out;
  if (!out.empty() && runs.size() > 1) {
    folders.resize(runs.size());
    Status s = pentad::twin::write_comparison(pentad::twin::compare(results), runs, folders, out,
                                              language(options.output));
    if (!s) return tell(s.error());
  }
  if (options.output.json) {
    std::vector<pentad::twin::TwinResult> all;
    for (const auto& output : outputs) all.push_back(output.result);
    fmt::print("{}\n", to_json(all));
  } else {
    std::vector<Compared> all;
    for (const auto* result : results) {
      all.push_back({*result, all.empty() ? "" : saving_text(*result, *results.front())});
    }
    fmt::print("{}", comparison_text(all, width(), colour()));
    if (!out.empty() && runs.size() > 1) fmt::print("\n{}/report.html\n", out);
  }
  if (interrupted()) return kInterrupted;
  for (const auto* result : results) {
    if (auto nothing = nothing_ran(*result)) return *nothing;
  }
  return kDone;
}

int write_made_up(const GenerateOptions& options) {
  auto reader =
      trace::generate(trace::mixed_centre(options.nodes, options.jobs, options.load, options.seed));
  if (!reader) return tell(reader.error());
  std::ofstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary | std::ios::trunc);
    if (!file) return tell({ErrorCode::failed, "cannot be written", options.file});
  }
  std::ostream& out = options.file == "-" ? std::cout : file;
  if (Status s = trace::write_swf(**reader, out, {options.extended}); !s) return tell(s.error());
  out.flush();
  if (!out) return tell({ErrorCode::failed, "not all could be written", options.file});
  return kDone;
}

int list_presets(bool json) {
  const std::vector<Preset> all = presets();
  if (all.empty()) {
    return tell(
        {ErrorCode::not_found, "no presets there; set PENTAD_CATALOGUE", catalogue_folder()});
  }
  if (json) {
    fmt::print("{}\n", to_json(all));
    return kDone;
  }
  constexpr size_t kNames = 24;  // cells of the left column
  for (const Preset& preset : all) {
    fmt::print("{}{:<{}}{}{}\n", colour() ? "\x1b[1m" : "", preset.name, kNames,
               colour() ? "\x1b[0m" : "", wrapped(printable(preset.about), width(), kNames));
  }
  return kDone;
}

}  // namespace pentad::cli::twin
