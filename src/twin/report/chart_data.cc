#include "twin/report/chart_data.h"

#include "twin/report/escape.h"
#include "twin/report/reduce.h"

namespace pentad::twin {

std::map<std::string, std::string> chart_words(Language language) {
  const auto say = [language](Phrase phrase) { return std::string(phrase.in(language)); };
  return {{"of_grid", say({"of the grid's", "占电网"})},
          {"least", say({"least", "最小"})},
          {"most", say({"most", "最大"})},
          {"total", say({"Sum", "合计"})},
          {"no_value", say({"no value", "无数值"})}};
}

// Names come from traces and centre files.
void clean_names(ChartData& data) {
  for (ChartPanel& panel : data.panels) {
    for (ChartLine& line : panel.lines) line.name = clean(line.name);
  }
  for (BarChart& chart : data.bars) {
    for (std::string& name : chart.names) name = clean(name);
  }
  if (!data.flows) return;
  for (FlowNode& node : data.flows->nodes) {
    node.name = clean(node.name);
    node.role = clean(node.role);
  }
}

ChartData chart_data(const RunOutput& run, Language language) {
  ChartData data;
  data.language = language == Language::zh ? "zh-CN" : "en";
  data.words = chart_words(language);
  if (run.series.rows.empty()) return data;
  const Reducer reduce(run.series);
  for (Time at : reduce.times()) data.times.push_back((at + run.series.utc_offset).value);
  data.steps_per_point = static_cast<int64_t>(reduce.steps_per_point());
  data.panels = chart_panels(run, language);
  data.heat = heat_map(run, language);
  if (run.result.plant) data.flows = energy_flows(run, language);
  clean_names(data);
  return data;
}

}  // namespace pentad::twin
