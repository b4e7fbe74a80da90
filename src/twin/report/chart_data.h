// What the charts of a report draw, as the JSON that its script reads.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "twin/report/language.h"
#include "twin/run.h"

namespace pentad::twin {

// One line or layer over time. `role` picks its colour.
struct ChartLine {
  std::string name;
  std::string role;
  std::vector<double> mean;
  std::vector<double> low, high;  // empty: no band
};
BOOST_DESCRIBE_STRUCT(ChartLine, (), (name, role, mean, low, high))

// One chart over time. `summary` says in words what it shows.
struct ChartPanel {
  std::string id;
  std::string unit;
  bool stacked = false;
  bool from_zero = true;
  double mark = 0;  // a level drawn across; 0: none
  std::string mark_name = {};
  std::vector<ChartLine> lines = {};
  std::string summary = {};
};
BOOST_DESCRIBE_STRUCT(ChartPanel, (), (id, unit, stacked, from_zero, mark, mark_name, lines))

// Hours of the local day over days: values[day * 24 + hour].
struct HeatLayer {
  std::string id;
  std::string name;
  std::string unit;
  std::vector<double> values;
};
BOOST_DESCRIBE_STRUCT(HeatLayer, (), (id, name, unit, values))
struct HeatMap {
  std::vector<std::string> days;  // the first day of each column
  int64_t days_per_column = 1;
  std::vector<HeatLayer> layers;
};
BOOST_DESCRIBE_STRUCT(HeatMap, (), (days, days_per_column, layers))

struct FlowNode {
  std::string name;
  std::string role;
  double kwh = 0;
  std::string value;  // in words
};
BOOST_DESCRIBE_STRUCT(FlowNode, (), (name, role, kwh, value))
struct FlowLink {
  int64_t from = 0, to = 0;  // indices of nodes
  double kwh = 0;
};
BOOST_DESCRIBE_STRUCT(FlowLink, (), (from, to, kwh))
struct Flows {
  std::vector<FlowNode> nodes;  // the first is the grid
  std::vector<FlowLink> links;
};
BOOST_DESCRIBE_STRUCT(Flows, (), (nodes, links))

// Stacked bars, one for each name.
struct BarLayer {
  std::string name;
  std::string role;
  std::vector<double> values;
};
BOOST_DESCRIBE_STRUCT(BarLayer, (), (name, role, values))
struct BarChart {
  std::string id;
  std::string unit;
  std::vector<std::string> names;
  std::vector<BarLayer> layers;
};
BOOST_DESCRIBE_STRUCT(BarChart, (), (id, unit, names, layers))

struct ChartData {
  std::string language;
  std::vector<int64_t> times;  // ms of the local clock
  int64_t steps_per_point = 1;
  std::vector<ChartPanel> panels;
  std::optional<HeatMap> heat;
  std::optional<Flows> flows;
  std::vector<BarChart> bars = {};
  std::map<std::string, std::string> words;
};
BOOST_DESCRIBE_STRUCT(ChartData, (),
                      (language, times, steps_per_point, panels, heat, flows, bars, words))

// A run without plant has neither its panels nor flows; one without steps has nothing.
ChartData chart_data(const RunOutput& run, Language language);

// Words of the script; names made harmless.
std::map<std::string, std::string> chart_words(Language language);
void clean_names(ChartData& data);

// The parts of it.
std::vector<ChartPanel> chart_panels(const RunOutput& run, Language language);
HeatMap heat_map(const RunOutput& run, Language language);
Flows energy_flows(const RunOutput& run, Language language);

// Columns of Series that are drawn, those with the highest utilisation; all are in series.csv.
inline constexpr size_t kMaxUseLines = 12;

}  // namespace pentad::twin
