#include <algorithm>

#include "twin/report/chart_data.h"
#include "twin/report/numbers.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

class Builder {
 public:
  explicit Builder(Language language) : language_(language) {}

  // Nothing that carries no energy is drawn; returns the new node's index.
  int64_t add_named(int64_t from, std::string_view name, const char* role, double kwh) {
    if (!(kwh > 0)) return -1;
    const auto index = static_cast<int64_t>(flows_.nodes.size());
    flows_.nodes.push_back({std::string(name), role, kwh, energy_text(kwh)});
    if (from >= 0) flows_.links.push_back({from, index, kwh});
    return index;
  }
  int64_t add(int64_t from, Phrase name, const char* role, double kwh) {
    return add_named(from, name.in(language_), role, kwh);
  }
  Flows take() { return std::move(flows_); }

 private:
  Language language_;
  Flows flows_;
};

// Boards' energy that idle parts of nodes took: each step's by its own share.
double idle_boards_kwh(const Series& series) {
  double kwh = 0;
  for (const SeriesRow& row : series.rows) {
    if (!row.plant || !(row.step.drawn_w > 0)) continue;
    const double share = std::clamp(row.step.idle_w / row.step.drawn_w, 0.0, 1.0);
    const double hours = static_cast<double>(row.step.length.value) / 3'600'000;
    kwh += row.plant->hour.boards_w * share * hours / 1000;
  }
  return kwh;
}

void add_boards(Builder& build, int64_t it, const RunOutput& run, Language language) {
  const PlantSummary& plant = *run.result.plant;
  const double total = plant.totals.boards_kwh;
  const int64_t boards = build.add(it, {"Boards", "主板"}, "boards", total);
  if (boards < 0) return;
  const double idle = std::min(idle_boards_kwh(run.series), total);
  double metered = 0;
  for (const auto& [name, of_class] : plant.classes) metered += of_class.meter_kwh;
  for (const auto& [name, of_class] : plant.classes) {
    if (!(metered > 0)) break;
    const std::string label =
        std::string(Phrase{"Jobs: ", "作业："}.in(language)) + class_name(name, language);
    build.add_named(boards, label, name.c_str(), (total - idle) * of_class.meter_kwh / metered);
  }
  build.add(boards, {"Idle parts of nodes", "节点空闲部分"}, "idle", idle);
}

void add_cooling(Builder& build, int64_t grid, const energy::Totals& t) {
  const int64_t cooling = build.add(grid, {"Cooling", "制冷"}, "cooling", t.cooling_kwh);
  build.add(cooling, {"Chillers", "冷水机组"}, "cooling", t.chiller_kwh);
  build.add(cooling, {"Air handlers", "机房空调风机"}, "cooling", t.air_handler_kwh);
  build.add(cooling, {"Pumps", "水泵"}, "cooling",
            t.coolant_pump_kwh + t.facility_pump_kwh + t.condenser_pump_kwh);
  build.add(cooling, {"Tower and cooler fans", "冷却塔与干冷器风机"}, "cooling",
            t.tower_fan_kwh + t.dry_cooler_fan_kwh + t.outside_fan_kwh);
  build.add(cooling, {"Heat reuse pumps", "余热回用水泵"}, "reuse", t.reuse_pump_kwh);
}

}  // namespace

Flows energy_flows(const RunOutput& run, Language language) {
  Builder build(language);
  if (!run.result.plant) return {};
  const energy::Totals& t = run.result.plant->totals;
  const int64_t grid = build.add(-1, {"Grid", "电网"}, "grid", t.grid_kwh);
  if (grid < 0) return {};
  const int64_t it = build.add(grid, {"IT equipment", "IT 设备"}, "it", t.it_kwh);
  if (it >= 0) {
    add_boards(build, it, run, language);
    build.add(it, {"Switches", "交换机"}, "network", t.network_kwh);
    build.add(it, {"Node fans", "节点风扇"}, "fans", t.fan_kwh);
    build.add(it, {"Power supply loss", "节点电源损耗"}, "psu", t.psu_loss_kwh);
  }
  add_cooling(build, grid, t);
  build.add(grid, {"IT power chain loss", "IT 供配电损耗"}, "chain", t.it_chain_loss_kwh);
  build.add(grid, {"Site power chain loss", "全站供配电损耗"}, "chain", t.site_chain_loss_kwh);
  build.add(grid, {"Light, offices, controls", "照明、办公与控制"}, "other", t.other_kwh);
  return build.take();
}

}  // namespace pentad::twin
