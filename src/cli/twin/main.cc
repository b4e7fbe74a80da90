// pentad-twin: what `pentad twin` becomes. A program of its own so that the other commands start
// without the libraries it needs.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/interrupt.h"
#include "cli/twin/commands.h"

namespace {

using namespace pentad::cli::twin;

void input_options(CLI::App* c, TwinOptions& o, bool several) {
  auto* centre = c->add_option("centre", o.input.centres,
                               "Centre files (TOML), or presets: see `pentad twin presets`");
  several ? centre->required()->expected(2, 16) : centre->expected(0, 1);
  const char* group = "Workload";
  auto* trace =
      c->add_option("--trace", o.input.trace,
                    "Jobs to replay: SWF (.swf, .swf.gz), openb pod list (.csv), Pentad's history")
          ->group(group);
  c->add_option("--generate", o.input.generate,
                "Make up jobs for the machine: JOBS or JOBS:LOAD, such as 100000:0.9")
      ->excludes(trace)
      ->group(group);
  c->add_option("--seed", o.input.seed, "Of made-up jobs")->group(group);
  c->add_option("--scale", o.change.scale, "Jobs come so many times as fast")->group(group);
  c->add_option("--until", o.change.until, "Stop after this time of the trace: 30d, 12h")
      ->group(group);
  c->add_flag("--closed-loop", o.change.closed_loop,
              "Jobs wait for the one they follow and for its user's think time")
      ->group(group);
  c->add_flag("--strict", o.input.strict, "Refuse a trace with bad lines")->group(group);
  c->add_flag("--ignore-memory", o.change.ignore_memory, "Take memory as unlimited")->group(group);
}

void change_options(CLI::App* c, TwinOptions& o) {
  const char* group = "Changes";
  c->add_option("--policy", o.change.policy,
                "fcfs, easy, depth=K, conservative, fair-share=on|off, ... joined by commas")
      ->group(group);
  c->add_option("--wish", o.change.wish, "Of all jobs: cheapest, fastest or greenest")
      ->group(group);
  c->add_option("--power-cap", o.change.power_cap,
                "500kW, or by hours of the local day: 8-22:400kW,22-8:1MW")
      ->group(group);
  c->add_option("--flexible", o.change.flexible,
                "SHARE:SLACK, such as 0.3:24h: so many jobs may end so much later")
      ->group(group);
  c->add_option("--shift", o.change.shift,
                "Jobs that have time wait for cheap hours: by price (the centre's tariff), or off")
      ->check(CLI::IsMember({"price", "off"}))
      ->group(group);
  c->add_option("--weather", o.change.weather, "Another year: an EPW or Open-Meteo JSON file")
      ->group(group);
}

void output_options(CLI::App* c, TwinOptions& o) {
  const char* group = "Output";
  c->add_option("-o,--out", o.output.out,
                "Directory for report.html, summary.json, series.csv and jobs.csv")
      ->group(group);
  c->add_option("--step", o.output.step, "Length of a line of series.csv")->group(group);
  c->add_option("--lang", o.output.language, "Of the report: en or zh; default: your locale's")
      ->check(CLI::IsMember({"en", "zh"}))
      ->group(group);
  c->add_flag("--journal", o.output.journal,
              "Also write OUT/journal, for `pentad --home OUT/journal journal verify`")
      ->group(group);
  c->add_flag("--json", o.output.json, "The summary as JSON on standard output")->group(group);
  c->add_flag("-q,--quiet", o.output.quiet, "No progress")->group(group);
}

void machine_options(CLI::App* c, TwinOptions& o) {
  const char* group = "Machine, without a centre file";
  c->add_option("--cores", o.input.cores, "A plain machine of so many processors")
      ->check(CLI::Range(1, 1'000'000))
      ->group(group);
  c->add_flag("--nodes", o.input.nodes, "Even nodes as the trace's header tells, not one pool")
      ->group(group);
  c->add_option("--openb-nodes", o.input.openb_nodes, "Node list of the openb trace")->group(group);
  for (const char* name : {"--cores", "--nodes", "--openb-nodes"}) {
    c->get_option(name)->excludes(c->get_option("centre"));
  }
}

}  // namespace

int main(int argc, char** argv) {
  TwinOptions options;
  GenerateOptions generate;
  std::function<int()> command;
  CLI::App app("The twin: a trace through the production scheduler and a model of the plant",
               "pentad twin");
  app.require_subcommand(1);
  app.get_formatter()->column_width(30);
  CLI::App* run = app.add_subcommand("run", "Replay jobs on a centre");
  input_options(run, options, false);
  machine_options(run, options);
  change_options(run, options);
  output_options(run, options);
  run->final_callback([&] { command = [&] { return run_one(options); }; });
  CLI::App* compare = app.add_subcommand(
      "compare", "Replay the same jobs on several centres; the first is the baseline");
  input_options(compare, options, true);
  change_options(compare, options);
  output_options(compare, options);
  compare->final_callback([&] { command = [&] { return run_compare(options); }; });
  CLI::App* make = app.add_subcommand("generate", "Write a made-up trace (SWF)");
  make->add_option("file", generate.file, "Such as work.swf; - for standard output")->required();
  make->add_option("--nodes", generate.nodes, "Of a mixed centre of eight makes")
      ->check(CLI::Range(8, 1'000'000));
  make->add_option("--jobs", generate.jobs)->check(CLI::PositiveNumber);
  make->add_option("--load", generate.load, "Of what runs short first")
      ->check(CLI::Range(0.001, 10.0));
  make->add_option("--seed", generate.seed);
  make->add_flag("--extended", generate.extended,
                 "Columns 19 to 21 with what SWF cannot say: devices, memory, class");
  make->final_callback([&] { command = [&] { return write_made_up(generate); }; });
  CLI::App* presets = app.add_subcommand("presets", "Centres to start from");
  presets->add_flag("--json", options.output.json, "As JSON");
  presets->final_callback([&] { command = [&] { return list_presets(options.output.json); }; });
  app.footer(
      "Examples:\n"
      "  pentad twin run --trace SDSC-SP2.swf.gz --policy conservative\n"
      "  pentad twin run immersion-two-phase-5a --generate 200000:0.8 --out report\n"
      "  pentad twin compare air-as-found immersion-two-phase-5a --generate 200000:0.8");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("pentad twin: ") + error.what() + "\nSee `pentad twin --help`.\n";
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  pentad::cli::catch_interrupts();
  return command();
}
