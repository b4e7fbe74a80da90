#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "twin/report/chart_data.h"
#include "twin/report/numbers.h"

namespace pentad::twin {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kHour_ms = 3'600'000;
constexpr int64_t kMaxColumns = 740;  // two years of days

using Value = std::function<double(const SeriesRow&)>;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The columns that the rows of a series fall into.
struct Grid {
  int64_t first_day = 0;
  int64_t days_per_column = 1;
  int64_t columns = 0;
  Duration utc_offset;

  explicit Grid(const Series& series) : utc_offset(series.utc_offset) {
    const StepRow& last = series.rows.back().step;
    first_day = floor_div(hour_of(series.rows.front().step.begin), 24);
    const int64_t last_day = floor_div(hour_of(last.begin + last.length - Duration(1)), 24);
    const int64_t days = last_day - first_day + 1;
    days_per_column = (days + kMaxColumns - 1) / kMaxColumns;
    columns = (days + days_per_column - 1) / days_per_column;
  }
  int64_t hour_of(Time at) const { return floor_div((at + utc_offset).value, kHour_ms); }
  size_t cell(int64_t hour) const {
    const int64_t day = floor_div(hour, 24);
    return static_cast<size_t>((day - first_day) / days_per_column * 24 + hour - day * 24);
  }
};

// Means over the time that the steps share with each cell.
std::vector<double> fill(const Grid& grid, const Series& series, const Value& value) {
  const auto cells = static_cast<size_t>(grid.columns * 24);
  std::vector<double> sum(cells), weight(cells);
  for (const SeriesRow& row : series.rows) {
    const double v = value(row);
    if (!std::isfinite(v)) continue;
    const int64_t begin = (row.step.begin + grid.utc_offset).value;
    const int64_t end = begin + row.step.length.value;
    for (int64_t hour = floor_div(begin, kHour_ms); hour * kHour_ms < end; ++hour) {
      const int64_t shared =
          std::min(end, (hour + 1) * kHour_ms) - std::max(begin, hour * kHour_ms);
      const size_t cell = grid.cell(hour);
      sum[cell] += v * static_cast<double>(shared);
      weight[cell] += static_cast<double>(shared);
    }
  }
  for (size_t i = 0; i < cells; ++i) {
    sum[i] = weight[i] > 0 ? rounded(sum[i] / weight[i]) : kNone;
  }
  return sum;
}

// Busy share of all columns of a kind, in percent; NaN when there are none.
Value busy_percent(const Series& series, bool devices) {
  std::vector<size_t> columns;
  double units = 0;
  for (size_t i = 0; i < series.columns.size(); ++i) {
    if (series.columns[i].device_model.empty() == devices) continue;
    columns.push_back(i);
    units += series.columns[i].units;
  }
  return [columns, units](const SeriesRow& row) {
    double busy = 0;
    for (size_t i : columns) busy += i < row.step.busy.size() ? row.step.busy[i] : 0;
    return units > 0 ? 100 * busy / units : kNone;
  };
}

}  // namespace

HeatMap heat_map(const RunOutput& run, Language language) {
  HeatMap map;
  const Series& series = run.series;
  if (series.rows.empty()) return map;
  const Grid grid(series);
  map.days_per_column = grid.days_per_column;
  for (int64_t i = 0; i < grid.columns; ++i) {
    const int64_t day = grid.first_day + i * grid.days_per_column;
    map.days.push_back(local_day(Time(day * 24 * kHour_ms), Duration(0)));
  }
  const auto add = [&](const char* id, Phrase name, const char* unit, const Value& value) {
    std::vector<double> values = fill(grid, series, value);
    const bool some = std::any_of(values.begin(), values.end(), [](double v) { return v == v; });
    if (some) map.layers.push_back({id, std::string(name.in(language)), unit, std::move(values)});
  };
  if (run.result.centre.devices > 0) {
    add("devices", {"Devices busy", "加速卡占用"}, "%", busy_percent(series, true));
  }
  add("cores", {"Cores busy", "处理器核占用"}, "%", busy_percent(series, false));
  if (!run.result.plant) return map;
  const auto of_plant = [](double (*value)(const PlantRow&)) {
    return [value](const SeriesRow& row) { return row.plant ? value(*row.plant) : kNone; };
  };
  add("grid", {"Power from the grid", "电网功率"}, "kW",
      of_plant([](const PlantRow& p) { return p.hour.grid_w / 1000; }));
  add("pue", {"Grid over IT input", "电网与 IT 输入之比"}, "", of_plant([](const PlantRow& p) {
        return p.hour.it_w > 0 ? p.hour.grid_w / p.hour.it_w : kNone;
      }));
  add("outdoor", {"Outdoor temperature", "室外温度"}, "°C",
      of_plant([](const PlantRow& p) { return p.weather.dry_bulb_c; }));
  add("coolant", {"Coolant temperature", "冷却介质温度"}, "°C",
      of_plant([](const PlantRow& p) { return p.hour.coolant_c; }));
  return map;
}

}  // namespace pentad::twin
