#include <fmt/format.h>

#include <algorithm>

#include "twin/report/numbers.h"
#include "twin/report/page.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

// One table of indicators in the making.
class Rows {
 public:
  explicit Rows(Page& page) : page_(page) {}

  void add(Phrase name, const std::string& value, Phrase definition, std::string_view standard) {
    add_row(page_.str(name), value, page_.str(definition), standard);
  }
  void add(Phrase name, const std::string& value, Phrase definition) {
    add_row(page_.str(name), value, page_.str(definition), "");
  }
  void show(Phrase caption) {
    HtmlTable table{page_.str(caption),
                    {{page_.str({"Indicator", "指标"})},
                     {page_.str({"Value", "数值"}), true},
                     {page_.str({"Definition", "定义"})}},
                    std::move(rows_)};
    const bool standards = std::any_of(table.rows.begin(), table.rows.end(),
                                       [](const auto& row) { return !row.back().text.empty(); });
    if (standards) table.columns.push_back({page_.str({"Standard", "标准"})});
    page_.html.table(table);
    rows_.clear();
  }

 private:
  void add_row(std::string name, const std::string& value, std::string definition,
               std::string_view standard) {
    rows_.push_back({std::move(name), value, std::move(definition), standard});
  }
  Page& page_;
  std::vector<std::vector<HtmlCell>> rows_;
};

void add_efficiency(Rows& rows, const Page& page, const PlantSummary& p) {
  const energy::Indicators& i = p.indicators;
  if (!(i.pue > 0)) return;
  rows.add(
      {"PUE", "PUE 电能利用效率"}, pue_words(i, page.language),
      {"Energy that entered the site over the energy of IT equipment, metered where the "
       "category says. Below 12 months it is interim: iPUE.",
       "进入场地的全部能量与 IT 设备能量之比，计量位置由类别说明。不足 12 个月称阶段值 iPUE。"},
      "ISO/IEC 30134-2");
  rows.add({"Partial PUE, cooling", "制冷分项 pPUE"}, number(i.partial_pue_cooling, 4),
           {"1 + energy of cooling over energy of IT.", "1 + 制冷能量与 IT 能量之比。"},
           "ISO/IEC 30134-2");
  rows.add({"ERF", "ERF 能量回用系数"}, number(i.erf, 3),
           {"Heat that others use over the energy that entered.",
            "被场外利用的热量与进入场地能量之比。"},
           "ISO/IEC 30134-6");
  rows.add({"ERE", "ERE 能量回用效率"}, number(i.ere, 3),
           {"Energy that entered less the heat reused, over the energy of IT.",
            "进入场地能量减去回用热量后与 IT 能量之比。"},
           "The Green Grid");
  rows.add({"CUE, by location", "CUE 碳利用效率（位置法）"},
           number(i.cue_location_kg_kwh, 4) + " kg/kWh",
           {"CO₂ of the energy by the grid's mean factor, and fluid lost by its GWP100, over the "
            "energy of IT.",
            "按电网平均因子计算的用电 CO₂ 与按 GWP100 计算的冷却液逸散之和，与 IT 能量之比。"},
           "ISO/IEC 30134-8");
  rows.add({"CUE, by contract", "CUE 碳利用效率（市场法）"},
           number(i.cue_market_kg_kwh, 4) + " kg/kWh",
           {"The same with the factor of what was bought.", "同上，采用所购电力的因子。"},
           "ISO/IEC 30134-8");
  if (i.cue_fluid_kg_kwh > 0) {
    rows.add({"of which fluid", "其中冷却液"}, number(1000 * i.cue_fluid_kg_kwh, 4) + " g/kWh",
             {"Fugitive coolant's part of both.", "两者中冷却液逸散的部分。"});
  }
  rows.add({"WUE", "WUE 水利用效率"}, number(i.wue_l_kwh, 3) + " L/kWh",
           {"Water used on site over the energy of IT.", "场内用水量与 IT 能量之比。"},
           "ISO/IEC 30134-9");
  rows.add({"ITUE", "ITUE"}, number(i.itue, 3),
           {"Energy of IT over that of boards and switches: what node fans and power supplies add.",
            "IT 能量与主板及交换机能量之比：体现节点风扇与电源的附加。"},
           "Patterson et al. 2013");
  rows.add({"TUE", "TUE"}, number(i.tue, 3),
           {"ITUE times PUE: from the grid to the boards.", "ITUE 与 PUE 之积：从电网到主板。"},
           "Patterson et al. 2013");
}

void add_amounts(Rows& rows, const Page& page, const PlantSummary& p) {
  const energy::Totals& t = p.totals;
  rows.add({"Energy", "用电量"}, energy_text(t.grid_kwh),
           {"From the grid, at the entrance of the site.", "场地入口处的电网用电。"});
  rows.add({"Highest power", "最大功率"}, power_text(t.peak_grid_w),
           {"Largest mean of a step, from the grid.", "单个时段电网平均功率的最大值。"});
  rows.add({"Energy to jobs", "作业用电"}, energy_text(p.jobs_kwh),
           {"Of the meter, with their part of plant and losses; the rest is idle parts of nodes.",
            "电表中属于作业的部分，含其分摊的制冷与损耗；其余为节点空闲部分。"});
  if (p.kwh_per_core_hour > 0) {
    rows.add({"Energy per core-hour", "每核时能耗"}, number(1000 * p.kwh_per_core_hour, 2) + " Wh",
             {"All of the meter over core-hours used.", "全部计量电量与所用核时之比。"});
  }
  if (p.kwh_per_device_hour > 0) {
    rows.add({"Energy per device-hour", "每卡时能耗"}, number(p.kwh_per_device_hour, 3) + " kWh",
             {"All of the meter over device-hours used.", "全部计量电量与所用卡时之比。"});
  }
  rows.add({"Cost of energy", "电费"}, money_text(t.energy_cny, page.language),
           {"By the tariff's hours.", "按分时电价计算。"});
  if (t.fluid_cny > 0) {
    rows.add({"Cost of fluid", "冷却液费用"}, money_text(t.fluid_cny, page.language),
             {"Fluid lost at its price.", "逸散的冷却液按其价格计算。"});
  }
  rows.add({"Carbon, by location", "碳排放（位置法）"}, mass_text(t.carbon_location_kg) + " CO₂",
           {"Energy times the grid's mean factor.", "用电量乘以电网平均因子。"});
  rows.add({"Carbon, by contract", "碳排放（市场法）"}, mass_text(t.carbon_market_kg) + " CO₂",
           {"Energy times the factor of what was bought.", "用电量乘以所购电力的因子。"});
  if (t.fluid_loss_kg > 0) {
    rows.add({"Fluid lost", "冷却液逸散"}, number(t.fluid_loss_kg, 2) + " kg",
             {"Fugitive coolant.", "逸散的冷却介质。"});
  }
  rows.add({"Water", "用水"}, number(t.water_kg / 1000, 1) + " m³",
           {"Evaporation, blow-down and drift.", "蒸发、排污与飘失。"});
  rows.add({"Hottest chips", "芯片最高结温"}, number(t.peak_junction_c, 1) + " °C",
           {"Largest mean junction temperature of a step.", "单个时段平均结温的最大值。"});
  rows.add({"Conservation of energy", "能量守恒误差"},
           fmt::format("{:.1e}", p.worst_conservation_error),
           {"Largest relative error of any sum of powers in any step.",
            "任一时段任一功率求和的最大相对误差。"});
}

void add_service(Rows& rows, const Page& page) {
  const ScheduleSummary& s = page.result().schedule;
  const auto spread = [](const Spread& v, auto text) {
    return fmt::format("{} / {} / {}", text(v.mean), text(v.p50), text(v.p95));
  };
  rows.add({"Wait: mean / median / 95 %", "等待：平均 / 中位 / 95 %"},
           spread(s.wait_s, [&](double v) { return span_text(v, page.language); }),
           {"From submission to start.", "从提交到启动。"});
  rows.add(
      {"Bounded slowdown: mean / median / 95 %", "有界减速比：平均 / 中位 / 95 %"},
      spread(s.bounded_slowdown, [](double v) { return number(v, 2); }),
      {"max(1, (wait + run) / max(run, 10 s)).", "max(1, (等待 + 运行) / max(运行, 10 秒))。"});
  rows.add({"Utilisation of cores", "处理器核利用率"}, percent(s.utilisation_cores),
           {"Core-hours used over those there were, first submission to last end.",
            "所用核时与可用核时之比，自首次提交至最后结束。"});
  if (page.result().centre.devices > 0) {
    rows.add({"Utilisation of devices", "加速卡利用率"}, percent(s.utilisation_devices),
             {"The same for devices.", "同上，按加速卡计。"});
  }
  rows.add({"Queue: mean / longest", "队列：平均 / 最长"},
           number(s.mean_queue, 1) + " / " + whole(s.longest_queue),
           {"Jobs waiting, over time.", "排队作业数，按时间平均。"});
  rows.add({"Fairness", "公平性"}, number(s.fairness_jain, 3),
           {"Jain's index over the users' mean bounded slowdowns: 1 is all alike, 1 over the "
            "number of users is one bears it all.",
            "各用户平均有界减速比的 Jain 指数：1 为完全一致，用户数的倒数表示由一人承担全部。"});
}

}  // namespace

void add_indicators(Page& page) {
  page.html.section("indicators", page.say({"Indicators", "指标"}));
  Rows rows(page);
  add_service(rows, page);
  rows.show({"Service to users", "对用户的服务"});
  if (const auto& plant = page.result().plant) {
    add_efficiency(rows, page, *plant);
    rows.show({"Efficiency of the centre", "中心能效"});
    add_amounts(rows, page, *plant);
    rows.show({"Energy, carbon, water and money", "能量、碳、水与费用"});
    page.html.element("p",
                      page.say({"No saving is stated here: a saving needs a baseline. "
                                "pentad twin compare A B runs both on the same jobs and "
                                "weather and names it.",
                                "此处不声明节约量：节约必须有基线。用 pentad twin compare A "
                                "B 在相同作业与气象下比较，并注明基线。"}),
                      "class=\"about\"");
  }
  page.html.raw("</section>\n");
}

}  // namespace pentad::twin
