#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "twin/report/chart_data.h"
#include "twin/report/numbers.h"
#include "twin/report/reduce.h"

namespace pentad::twin {

namespace {

// Builds panels out of one run's series.
class Panels {
 public:
  Panels(const RunOutput& run, Language language)
      : run_(run), language_(language), reduce_(run.series) {}

  std::vector<ChartPanel> all() const;

 private:
  using Value = Reducer::Value;
  std::string_view say(Phrase phrase) const { return phrase.in(language_); }
  ChartLine line(std::string_view name, const char* role, Reduced reduced, double scale = 1,
                 bool band = true) const;
  std::string extent_text(const Extent& e, double scale, const char* unit, int decimals) const;
  ChartPanel counted(const char* id, Phrase name, Phrase unit, const Value& value) const;
  ChartPanel use() const;
  std::vector<size_t> busiest() const;
  static Value busy(size_t column) {
    return [column](const SeriesRow& row) {
      return column < row.step.busy.size() ? row.step.busy[column] : 0;
    };
  }
  ChartPanel power() const;
  ChartPanel pue() const;
  ChartPanel temperature() const;
  static Value watts(double energy::SiteHour::*part) {
    return [part](const SeriesRow& row) { return row.plant ? row.plant->hour.*part : 0; };
  }

  const RunOutput& run_;
  Language language_;
  Reducer reduce_;
};

std::vector<double> scaled(const std::vector<double>& values, double scale) {
  std::vector<double> out;
  out.reserve(values.size());
  for (double value : values) out.push_back(rounded(value * scale));
  return out;
}

ChartLine Panels::line(std::string_view name, const char* role, Reduced reduced, double scale,
                       bool band) const {
  ChartLine line{std::string(name), role, scaled(reduced.mean, scale), {}, {}};
  if (band) {
    line.low = scaled(reduced.low, scale);
    line.high = scaled(reduced.high, scale);
  }
  return line;
}

std::string Panels::extent_text(const Extent& e, double scale, const char* unit,
                                int decimals) const {
  if (!std::isfinite(e.mean)) return std::string(say({"no values", "没有数值"}));
  const auto value = [&](double v) {
    return number(v * scale, decimals) + (*unit == 0 ? "" : " ") + unit;
  };
  const Duration offset = run_.series.utc_offset;
  return fmt::format(fmt::runtime(say({"mean {}, least {} ({}), largest {} ({})",
                                       "平均 {}，最小 {}（{}），最大 {}（{}）"})),
                     value(e.mean), value(e.low), local_minute(e.low_at, offset), value(e.high),
                     local_minute(e.high_at, offset));
}

ChartPanel Panels::counted(const char* id, Phrase name, Phrase unit, const Value& value) const {
  ChartPanel panel{.id = id, .unit = std::string(say(unit))};
  panel.lines.push_back(line(say(name), id, reduce_.mean(value)));
  panel.summary = extent_text(reduce_.extent(value), 1, "", 1);
  return panel;
}

ChartPanel Panels::use() const {
  ChartPanel panel{.id = "use", .unit = "%"};
  const std::vector<size_t> columns = busiest();
  for (size_t i : columns) {
    const UseColumn& column = run_.series.columns[i];
    const std::string what =
        column.device_model.empty() ? std::string(say({"cores", "处理器核"})) : column.device_model;
    const std::string name = column.pool + ": " + what;
    panel.lines.push_back(line(name, "", reduce_.mean(busy(i)), 100 / column.units, false));
    if (!panel.summary.empty()) panel.summary += language_ == Language::zh ? "；" : "; ";
    panel.summary += fmt::format(fmt::runtime(say({"{}: mean {}", "{}：平均 {}"})), name,
                                 percent(reduce_.extent(busy(i)).mean / column.units));
  }
  if (run_.series.columns.size() > columns.size()) {
    panel.summary += fmt::format(fmt::runtime(say({"; the other {} are used less: see series.csv",
                                                   "；其余 {} 项利用率较低，见 series.csv"})),
                                 run_.series.columns.size() - columns.size());
  }
  return panel;
}

// The columns with the highest utilisation, in their order.
std::vector<size_t> Panels::busiest() const {
  std::vector<std::pair<double, size_t>> all;
  for (size_t i = 0; i < run_.series.columns.size(); ++i) {
    const double units = run_.series.columns[i].units;
    if (units > 0) all.emplace_back(-reduce_.extent(busy(i)).mean / units, i);
  }
  std::sort(all.begin(), all.end());
  if (all.size() > kMaxUseLines) all.resize(kMaxUseLines);
  std::vector<size_t> columns;
  for (const auto& [use, i] : all) columns.push_back(i);
  std::sort(columns.begin(), columns.end());
  return columns;
}

ChartPanel Panels::power() const {
  using energy::SiteHour;
  const Value grid = watts(&SiteHour::grid_w);
  const Extent e = reduce_.extent(grid);
  const bool mega = e.high >= 2e6;
  const double scale = mega ? 1e-6 : 1e-3;
  ChartPanel panel{.id = "power", .unit = mega ? "MW" : "kW", .stacked = true};
  const auto add = [&](Phrase name, const char* role, const Value& value) {
    if (reduce_.extent(value).high > 0) {
      panel.lines.push_back(line(say(name), role, reduce_.mean(value), scale, false));
    }
  };
  const auto share = [](const SeriesRow& row) {
    return row.step.drawn_w > 0 ? std::clamp(row.step.idle_w / row.step.drawn_w, 0.0, 1.0) : 0.0;
  };
  const Value boards = watts(&SiteHour::boards_w);
  add({"Boards, jobs", "主板：作业"}, "jobs",
      [=](const SeriesRow& row) { return boards(row) * (1 - share(row)); });
  add({"Boards, idle", "主板：空闲"}, "idle",
      [=](const SeriesRow& row) { return boards(row) * share(row); });
  add({"Switches", "交换机"}, "network", watts(&SiteHour::network_w));
  add({"Node fans", "节点风扇"}, "fans", watts(&SiteHour::fan_w));
  add({"Power supply loss", "节点电源损耗"}, "psu", watts(&SiteHour::psu_loss_w));
  add({"Power chain loss", "供配电损耗"}, "chain", [](const SeriesRow& row) {
    return row.plant ? row.plant->hour.it_chain_loss_w + row.plant->hour.site_chain_loss_w : 0;
  });
  add({"Cooling", "制冷"}, "cooling", watts(&SiteHour::cooling_w));
  add({"Other", "其他"}, "other", watts(&SiteHour::other_w));
  if (reduce_.steps_per_point() > 1) {
    // Not a layer: the script draws what has a high and no low as a line above the stack.
    ChartLine peak{std::string(say({"Peak of the grid", "电网峰值"})), "peak", {}, {}, {}};
    peak.high = scaled(reduce_.mean(grid).high, scale);
    panel.lines.push_back(std::move(peak));
  }
  panel.summary = extent_text(e, scale, panel.unit.c_str(), mega ? 3 : 1);
  return panel;
}

ChartPanel Panels::pue() const {
  const Value grid = watts(&energy::SiteHour::grid_w), it = watts(&energy::SiteHour::it_w);
  ChartPanel panel{.id = "pue", .unit = "", .from_zero = false};
  panel.lines.push_back(line(say({"Grid over IT input of the step", "各时段电网与 IT 输入之比"}),
                             "pue", reduce_.ratio(grid, it)));
  panel.mark = rounded(run_.result.plant->indicators.pue);
  panel.mark_name = run_.result.plant->indicators.interim ? "iPUE" : "PUE";
  panel.summary = extent_text(reduce_.extent(grid, it), 1, "", 3);
  return panel;
}

ChartPanel Panels::temperature() const {
  ChartPanel panel{.id = "temperature", .unit = "°C", .from_zero = false};
  const auto add = [&](Phrase name, const char* role, const Value& value) {
    const Extent e = reduce_.extent(value);
    if (!(e.high > e.low) && e.high == 0) return;  // this plant has no such thing
    panel.lines.push_back(line(say(name), role, reduce_.mean(value), 1, false));
    if (!panel.summary.empty()) panel.summary += language_ == Language::zh ? "；" : "; ";
    panel.summary += fmt::format(fmt::runtime(say({"{}: {} to {} °C", "{}：{} 至 {} °C"})),
                                 say(name), number(e.low, 1), number(e.high, 1));
  };
  const auto weather = [](double energy::WeatherHour::*part) {
    return Value([part](const SeriesRow& row) { return row.plant ? row.plant->weather.*part : 0; });
  };
  add({"Outdoor, dry bulb", "室外干球"}, "dry_bulb", weather(&energy::WeatherHour::dry_bulb_c));
  add({"Outdoor, wet bulb", "室外湿球"}, "wet_bulb", weather(&energy::WeatherHour::wet_bulb_c));
  add({"Coolant at the IT", "IT 侧冷却介质"}, "coolant", watts(&energy::SiteHour::coolant_c));
  add({"Facility water, supply", "设施水供水"}, "supply", watts(&energy::SiteHour::supply_c));
  add({"Facility water, return", "设施水回水"}, "return", watts(&energy::SiteHour::return_c));
  add({"Chips, mean junction", "芯片平均结温"}, "junction", watts(&energy::SiteHour::junction_c));
  return panel;
}

std::vector<ChartPanel> Panels::all() const {
  std::vector<ChartPanel> panels;
  panels.push_back(counted("queue", {"Jobs waiting", "排队作业"}, {"jobs", "个作业"},
                           [](const SeriesRow& row) { return row.step.queued; }));
  panels.push_back(counted("running", {"Jobs running", "运行作业"}, {"jobs", "个作业"},
                           [](const SeriesRow& row) { return row.step.running; }));
  panels.push_back(use());
  if (run_.result.plant) {
    panels.push_back(power());
    panels.push_back(pue());
    panels.push_back(temperature());
  }
  return panels;
}

}  // namespace

std::vector<ChartPanel> chart_panels(const RunOutput& run, Language language) {
  return Panels(run, language).all();
}

}  // namespace pentad::twin
