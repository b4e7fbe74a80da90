#include <algorithm>
#include <limits>

#include "twin/report/comparison.h"
#include "twin/report/numbers.h"
#include "twin/report/reduce.h"

namespace pentad::twin {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// All runs on one clock: they begin with the same trace, and the shorter ones are drawn out with
// steps that have no values.
std::vector<Series> on_one_clock(const std::vector<const RunOutput*>& runs) {
  const Series* longest = &runs.front()->series;
  for (const RunOutput* run : runs) {
    if (run->series.rows.size() > longest->rows.size()) longest = &run->series;
  }
  std::vector<Series> all;
  for (const RunOutput* run : runs) {
    Series series = run->series;
    for (size_t i = series.rows.size(); i < longest->rows.size(); ++i) {
      SeriesRow row;
      row.step.begin = longest->rows[i].step.begin;
      row.step.length = longest->rows[i].step.length;
      row.step.queued = row.step.running = kNone;
      series.rows.push_back(row);
    }
    all.push_back(std::move(series));
  }
  return all;
}

Reducer::Value watts(double energy::SiteHour::*part) {
  return [part](const SeriesRow& row) { return row.plant ? row.plant->hour.*part : kNone; };
}

class Charts {
 public:
  Charts(const std::vector<std::string>& names, const std::vector<const RunOutput*>& runs,
         Language language)
      : names_(names), runs_(runs), language_(language), series_(on_one_clock(runs)) {
    for (const Series& series : series_) reducers_.emplace_back(series);
  }

  ChartData all() const;

 private:
  template <class Reduce>
  ChartPanel panel(const char* id, const char* unit, bool from_zero, double scale,
                   Reduce reduce) const;
  BarChart bars() const;

  const std::vector<std::string>& names_;
  const std::vector<const RunOutput*>& runs_;
  Language language_;
  std::vector<Series> series_;
  std::vector<Reducer> reducers_;
};

template <class Reduce>
ChartPanel Charts::panel(const char* id, const char* unit, bool from_zero, double scale,
                         Reduce reduce) const {
  ChartPanel panel{.id = id, .unit = unit, .from_zero = from_zero};
  for (size_t i = 0; i < runs_.size(); ++i) {
    ChartLine line{names_[i], "", reduce(reducers_[i]).mean, {}, {}};
    for (double& value : line.mean) value = rounded(value * scale);
    panel.lines.push_back(std::move(line));
  }
  return panel;
}

BarChart Charts::bars() const {
  using T = energy::Totals;
  double most = 0;
  for (const RunOutput* run : runs_) most = std::max(most, run->result.plant->totals.grid_kwh);
  const double scale = most >= 1e6 ? 1e-6 : most >= 1e3 ? 1e-3 : 1;
  BarChart chart{"energy", scale == 1 ? "kWh" : scale == 1e-3 ? "MWh" : "GWh", names_, {}};
  const auto add = [&](Phrase name, const char* role, auto value) {
    BarLayer layer{std::string(name.in(language_)), role, {}};
    double sum = 0;
    for (const RunOutput* run : runs_) {
      layer.values.push_back(rounded(value(run->result.plant->totals) * scale));
      sum += layer.values.back();
    }
    if (sum > 0) chart.layers.push_back(std::move(layer));
  };
  add({"Boards and switches", "主板与交换机"}, "boards",
      [](const T& t) { return t.boards_kwh + t.network_kwh; });
  add({"Node fans", "节点风扇"}, "fans", [](const T& t) { return t.fan_kwh; });
  add({"Power supply loss", "节点电源损耗"}, "psu", [](const T& t) { return t.psu_loss_kwh; });
  add({"Power chain loss", "供配电损耗"}, "chain",
      [](const T& t) { return t.it_chain_loss_kwh + t.site_chain_loss_kwh; });
  add({"Cooling", "制冷"}, "cooling", [](const T& t) { return t.cooling_kwh; });
  add({"Other", "其他"}, "other", [](const T& t) { return t.other_kwh; });
  return chart;
}

ChartData Charts::all() const {
  ChartData data;
  data.language = language_ == Language::zh ? "zh-CN" : "en";
  data.words = chart_words(language_);
  const bool plants = std::all_of(runs_.begin(), runs_.end(), [](const RunOutput* run) {
    return run->result.plant.has_value();
  });
  if (plants) data.bars.push_back(bars());
  if (series_.front().rows.empty()) return data;
  for (Time at : reducers_.front().times()) {
    data.times.push_back((at + series_.front().utc_offset).value);
  }
  data.steps_per_point = static_cast<int64_t>(reducers_.front().steps_per_point());
  if (plants) {
    using energy::SiteHour;
    data.panels.push_back(panel("power", "kW", true, 1e-3,
                                [](const Reducer& r) { return r.mean(watts(&SiteHour::grid_w)); }));
    data.panels.push_back(panel("pue", "", false, 1, [](const Reducer& r) {
      return r.ratio(watts(&SiteHour::grid_w), watts(&SiteHour::it_w));
    }));
    data.panels.push_back(panel("temperature", "°C", false, 1, [](const Reducer& r) {
      return r.mean(watts(&SiteHour::junction_c));
    }));
  }
  data.panels.push_back(panel("queue", "", true, 1, [](const Reducer& r) {
    return r.mean([](const SeriesRow& row) { return row.step.queued; });
  }));
  clean_names(data);
  return data;
}

}  // namespace

ChartData comparison_charts(const Comparison& comparison, const std::vector<const RunOutput*>& runs,
                            Language language) {
  return Charts(comparison.centres, runs, language).all();
}

}  // namespace pentad::twin
