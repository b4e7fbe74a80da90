#include "cli/twin/text.h"

#include <fmt/format.h>

#include <cmath>

#include "cli/table.h"
#include "cli/units.h"
#include "twin/comparison.h"

namespace pentad::cli::twin {

namespace {

using pentad::twin::ScheduleSummary;
using pentad::twin::TwinResult;

std::string seconds_text(double seconds) {
  return format_duration(Duration{static_cast<int64_t>(seconds * 1000)});
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string changed(double less, const char* what) {
  return fmt::format("{} {} {}", percent(std::abs(less)), less < 0 ? "more" : "less", what);
}

std::string energy_text(double kwh) {
  if (kwh >= 1e6) return fmt::format("{:.2f} GWh", kwh / 1e6);
  if (kwh >= 1e3) return fmt::format("{:.2f} MWh", kwh / 1e3);
  return fmt::format("{:.2f} kWh", kwh);
}

// "1 job", "2 jobs".
std::string counted(int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

struct Line {
  std::string name;
  std::string value;
};

void add_schedule(std::vector<Line>& lines, const TwinResult& r) {
  const ScheduleSummary& s = r.schedule;
  lines.push_back(
      {"jobs", fmt::format("{} submitted, {} completed, {} failed, {} cut at their limit",
                           s.submitted, s.completed, s.failed, s.timeout)});
  if (s.waiting_at_end + s.running_at_end > 0) {
    lines.push_back(
        {"at the end", fmt::format("{} waiting, {} running", s.waiting_at_end, s.running_at_end)});
  }
  if (s.refused > 0) lines.push_back({"could never run", counted(s.refused, "job")});
  lines.push_back({"span", seconds_text(s.span_s)});
  lines.push_back({"wait", fmt::format("mean {}, half below {}, 95 % below {}, longest {}",
                                       seconds_text(s.wait_s.mean), seconds_text(s.wait_s.p50),
                                       seconds_text(s.wait_s.p95), seconds_text(s.wait_s.max))});
  lines.push_back(
      {"bounded slowdown",
       fmt::format("mean {:.2f}, half below {:.2f}, 95 % below {:.2f} (threshold 10 s)",
                   s.bounded_slowdown.mean, s.bounded_slowdown.p50, s.bounded_slowdown.p95)});
  std::string use = percent(s.utilisation_cores) + " of cores";
  if (r.centre.devices > 0) use += ", " + percent(s.utilisation_devices) + " of devices";
  lines.push_back({"utilisation", use});
  lines.push_back({"queue", fmt::format("mean {:.1f}, longest {}", s.mean_queue, s.longest_queue)});
  lines.push_back({"fairness", fmt::format("{:.3f} over {} (Jain's index of mean bounded slowdown)",
                                           s.fairness_jain, counted(s.users, "user"))});
}

void add_plant(std::vector<Line>& lines, const TwinResult& r) {
  if (!r.plant) return;
  const auto& p = *r.plant;
  const auto& t = p.totals;
  const auto& i = p.indicators;
  lines.push_back({"plant", fmt::format("{}, {}", p.plant, p.weather)});
  lines.push_back({"PUE", p.pue_text});
  lines.push_back(
      {"energy", fmt::format("{} from the grid, {} into IT, {} cooling", energy_text(t.grid_kwh),
                             energy_text(t.it_kwh), energy_text(t.cooling_kwh))});
  lines.push_back({"to jobs", fmt::format("{} of it; idle parts of nodes {}",
                                          energy_text(p.jobs_kwh), energy_text(p.idle_kwh))});
  lines.push_back({"WUE, CUE", fmt::format("{:.2f} L/kWh; {:.3f} kg/kWh by location, {:.3f} by "
                                           "contract, fluid {:.4f} within",
                                           i.wue_l_kwh, i.cue_location_kg_kwh, i.cue_market_kg_kwh,
                                           i.cue_fluid_kg_kwh)});
  lines.push_back({"ITUE, TUE", fmt::format("{:.3f}, {:.3f}; ERF {:.3f}", i.itue, i.tue, i.erf)});
  lines.push_back(
      {"cost of energy", fmt::format("{:.0f} CNY, {:.3f} CNY per kWh of IT; peak {:.0f} "
                                     "kW",
                                     t.energy_cny, i.cost_cny_kwh_it, t.peak_grid_w / 1000)});
  lines.push_back({"plant short", fmt::format("{:.0f} h, {} not carried; raised {:.0f} h, "
                                              "adiabatic {:.0f} h",
                                              t.hours_short, energy_text(t.short_kwh),
                                              t.hours_raised, t.hours_adiabatic)});
}

// What was done to the jobs in hours too hard for the plant; nothing when there was none.
void add_heat(std::vector<Line>& lines, const TwinResult& r) {
  if (!r.plant || r.plant->heat.hours_capped <= 0) return;
  const auto& heat = r.plant->heat;
  std::string text = fmt::format(
      "starts held under a power cap for {:.0f} h ({:.0f} h with jobs "
      "waiting)",
      heat.hours_capped, heat.hours_capped_and_queue);
  if (heat.jobs_slowed > 0) {
    text += fmt::format("; {} slowed, down to {} of full pace: {:.0f} job-hours later in all",
                        counted(heat.jobs_slowed, "job"), percent(heat.least_pace),
                        heat.lost_job_hours);
  }
  lines.push_back({"plant acted", text});
}

std::string refusals_text(const TwinResult& r) {
  std::string text;
  for (const auto& row : r.schedule.refusals) {
    text += fmt::format("  {} (first: {}): {}\n", counted(row.jobs, "job"), row.first_trace_id,
                        printable(row.reason));
  }
  return text.empty() ? "" : "\nCould never run:\n" + text;
}

std::string trace_notes(const TwinResult& r) {
  std::string text;
  const auto& c = r.trace.counts;
  const auto& a = r.trace.adjustments;
  const auto note = [&](int64_t count, const char* what) {
    if (count > 0) text += fmt::format("  {} {}\n", count, what);
  };
  note(c.bad, "lines were no jobs and were left out:");
  for (const auto& bad : r.trace.bad_lines) {
    text += fmt::format("    line {}: {}{}{}\n", bad.line, bad.field, bad.field.empty() ? "" : ": ",
                        printable(bad.why));
  }
  note(a.never_ran, "jobs never ran in the trace and were left out");
  note(c.no_limit, "jobs name no limit: their run time stands in");
  note(c.over_limit, "jobs ran longer than they asked for: cut at their limit, as a centre does");
  note(c.went_back, "jobs came before the one above them: moved there");
  note(a.split_over_nodes, "jobs are larger than a node: spread evenly");
  note(a.features_dropped, "jobs asked for features that no node here has: left out");
  note(a.pools_dropped, "jobs asked for pools that are not here: any pool");
  note(a.models_widened, "jobs asked for device models that are not here: any of the kind");
  note(a.layout_dropped,
       "jobs asked for several or whole nodes of a machine without layout: cores only");
  note(a.qos_dropped, "jobs asked for a class of service that the policy does not know: none");
  note(a.memory_cut, "jobs asked for more memory than a node has: all of it");
  note(c.rounded_up, "jobs asked for parts of a core: rounded up");
  note(c.uneven, "jobs had unlike parts: each as large as the largest");
  return text.empty() ? "" : "\nThe trace:\n" + text;
}

// Weather that was read with gaps: what was put there. Built climates explain themselves elsewhere.
std::string weather_notes(const TwinResult& r) {
  std::string text;
  if (!r.plant) return text;
  for (const std::string& note : r.plant->weather_notes) {
    const bool changed = note.find(" missing hours filled") != note.npos ||
                         note.find("not in the source") != note.npos ||
                         note.find("cut to it") != note.npos;
    if (changed) text += fmt::format("  {}\n", printable(note));
  }
  return text.empty() ? "" : "\nThe weather:\n" + text;
}

}  // namespace

std::string result_text(const TwinResult& result, size_t width, bool colour) {
  std::vector<Line> lines;
  lines.push_back({"centre", fmt::format("{}: {}, {}, {}", result.centre.name,
                                         counted(result.centre.nodes, "node"),
                                         counted(result.centre.cores, "core"),
                                         counted(result.centre.devices, "device"))});
  lines.push_back({"policy", result.centre.policy});
  lines.push_back({"trace", fmt::format("{} ({})", result.trace.source, result.trace.format)});
  add_schedule(lines, result);
  add_plant(lines, result);
  add_heat(lines, result);
  std::string text;
  for (const Line& line : lines) {
    constexpr size_t kNames = 18;  // cells of the left column
    text += fmt::format("{}{:<{}}{}{}\n", colour ? "\x1b[1m" : "", line.name, kNames,
                        colour ? "\x1b[0m" : "", wrapped(printable(line.value), width, kNames));
  }
  text += trace_notes(result) + weather_notes(result) + refusals_text(result);
  if (result.end == "interrupted") text += "\nInterrupted: figures are of the part that ran.\n";
  if (result.end == "stuck") {
    text += fmt::format("\n{} jobs were left that this policy never starts.\n",
                        result.schedule.waiting_at_end);
  }
  return text;
}

std::string saving_text(const TwinResult& ours, const TwinResult& baseline) {
  if (!ours.plant || !baseline.plant) return "no plant, no saving";
  if (std::string why = pentad::twin::not_the_same_work(ours, baseline); !why.empty()) return why;
  auto saving = energy::saving(ours.plant->totals, baseline.plant->totals, baseline.centre.name);
  if (!saving) return saving.error().message;
  std::string text = changed(saving->energy, "energy from the grid") + ", " +
                     changed(saving->carbon, "carbon") + ", " +
                     changed(saving->cost, "cost of energy");
  if (baseline.plant->totals.water_kg > 0) text += ", " + changed(saving->water, "water");
  return fmt::format("{}, for the same work; baseline: {}", text, saving->baseline);
}

std::string comparison_text(const std::vector<Compared>& all, size_t width, bool colour) {
  std::vector<Column> columns = {{""}};
  std::vector<std::vector<Line>> of;
  for (const Compared& one : all) {
    columns.push_back({one.result.centre.name, Align::right, 8});
    const auto& s = one.result.schedule;
    std::vector<Line> lines = {
        {"mean wait", seconds_text(s.wait_s.mean)},
        {"mean bounded slowdown", fmt::format("{:.2f}", s.bounded_slowdown.mean)},
        {"utilisation, cores", percent(s.utilisation_cores)},
        {"utilisation, devices", percent(s.utilisation_devices)},
        {"could never run", fmt::format("{}", s.refused)}};
    if (one.result.plant) {
      const auto& p = *one.result.plant;
      const auto& t = p.totals;
      lines.insert(lines.end(),
                   {{"PUE", p.pue_text.substr(0, p.pue_text.find(" ("))},
                    {"TUE", fmt::format("{:.3f}", p.indicators.tue)},
                    {"from the grid", energy_text(t.grid_kwh)},
                    {"IT", energy_text(t.it_kwh)},
                    {"cooling", energy_text(t.cooling_kwh)},
                    {"power chain", energy_text(t.it_chain_loss_kwh + t.site_chain_loss_kwh)},
                    {"water", fmt::format("{:.0f} m3", t.water_kg / 1000)},
                    {"carbon by location", fmt::format("{:.1f} t", t.carbon_location_kg / 1000)},
                    {"carbon of lost fluid", fmt::format("{:.2f} t", t.carbon_fluid_kg / 1000)},
                    {"cost of energy", fmt::format("{:.0f} CNY", t.energy_cny)},
                    {"hours plant short", fmt::format("{:.0f}", t.hours_short)},
                    {"jobs slowed for it", fmt::format("{}", p.heat.jobs_slowed)}});
    }
    of.push_back(std::move(lines));
  }
  Table table(columns);
  for (size_t row = 0; row < of.front().size(); ++row) {
    std::vector<Cell> cells = {of.front()[row].name};
    for (const auto& lines : of) {
      cells.push_back(row < lines.size() ? lines[row].value : std::string("-"));
    }
    table.add(std::move(cells));
  }
  std::string text = table.render(width, colour);
  for (size_t i = 1; i < all.size(); ++i) {
    std::string saving = fmt::format("{} against {}: {}", all[i].result.centre.name,
                                     all[0].result.centre.name, all[i].saving);
    text += "\n" + wrapped(printable(saving), width) + "\n";
  }
  return text;
}

}  // namespace pentad::cli::twin
