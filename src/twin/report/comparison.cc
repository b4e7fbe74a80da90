#include "twin/report/comparison.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "twin/report/frame.h"
#include "twin/report/html.h"
#include "twin/report/numbers.h"
#include "twin/report/translate.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

using Texts = std::map<std::string_view, Phrase>;

const Texts& item_names() {
  static const Texts names = {
      {"energy_from_grid", {"Energy from the grid", "电网用电量"}},
      {"pue", {"PUE", "PUE 电能利用效率"}},
      {"tue", {"TUE", "TUE"}},
      {"energy_of_it", {"of which IT", "其中 IT"}},
      {"energy_of_cooling", {"of which cooling", "其中制冷"}},
      {"energy_of_power_chain", {"of which power chain", "其中供配电损耗"}},
      {"peak_power", {"Highest power", "最大功率"}},
      {"water", {"Water", "用水"}},
      {"carbon_by_location", {"Carbon, by location", "碳排放（位置法）"}},
      {"carbon_by_contract", {"Carbon, by contract", "碳排放（市场法）"}},
      {"cost_of_energy_and_fluid", {"Cost of energy and fluid", "能源与冷却液费用"}},
      {"heat_reused", {"Heat reused by others", "回用热量"}},
      {"hours_plant_short", {"Hours the plant was short", "制冷能力不足小时数"}},
      {"jobs_slowed", {"Jobs slowed for it", "因此降速的作业"}},
      {"mean_wait", {"Mean wait", "平均等待"}},
      {"wait_95", {"95 % wait less than", "95 % 等待低于"}},
      {"mean_bounded_slowdown", {"Mean bounded slowdown", "平均有界减速比"}},
      {"utilisation_of_cores", {"Utilisation of cores", "处理器核利用率"}},
      {"utilisation_of_devices", {"Utilisation of devices", "加速卡利用率"}},
      {"jobs_completed", {"Jobs completed", "完成的作业"}},
      {"jobs_refused", {"Jobs that could never run", "永远无法运行的作业"}}};
  return names;
}

struct ComparisonPage {
  const Comparison& comparison;
  const std::vector<const RunOutput*>& runs;
  Language language;
  Html html;

  std::string_view say(Phrase phrase) const { return phrase.in(language); }
  std::string str(Phrase phrase) const { return std::string(phrase.in(language)); }
  template <class... Values>
  std::string fill(Phrase phrase, const Values&... values) const {
    return fmt::format(fmt::runtime(phrase.in(language)), values...);
  }
};

std::string item_name(const ComparedItem& item, Language language) {
  const auto it = item_names().find(item.item);
  return it == item_names().end() ? item.item : std::string(it->second.in(language));
}

std::string value_text(const ComparedItem& item, std::optional<double> value, Language language) {
  if (!value) return "–";
  if (item.unit == "kWh") return energy_text(*value);
  if (item.unit == "W") return power_text(*value);
  if (item.unit == "CNY") return money_text(*value, language);
  if (item.unit == "h") return hours_text(std::round(*value));
  if (item.unit == "s") return span_text(*value, language);
  if (item.item == "water") return number(*value / 1000, 1) + " m³";
  if (item.unit == "kg") return mass_text(*value) + " CO₂e";
  if (item.item == "pue" || item.item == "tue") return number(*value, 3);
  if (item.item.starts_with("utilisation")) return percent(*value);
  return number(*value, item.item == "mean_bounded_slowdown" ? 2 : 0);
}

// "−37.2 %": what changed against the baseline.
std::string change_text(std::optional<double> less) {
  if (!less) return "–";
  const double change = -100 * *less;
  if (std::abs(change) < 0.05) return "0.0 %";
  return (change < 0 ? "−" : "+") + number(std::abs(change), 1) + " %";
}

const ComparedItem* find(const Comparison& c, std::string_view name) {
  for (const ComparedItem& item : c.items) {
    if (item.item == name) return &item;
  }
  return nullptr;
}

void add_head(ComparisonPage& page) {
  Html& html = page.html;
  const RunOutput& first = *page.runs.front();
  html.raw("<header>\n");
  html.element("p", page.say({"Twin of a computing centre", "算力中心数字孪生"}), "class=\"kind\"");
  html.element("h1", page.say({"Centres compared on the same jobs", "相同作业下的中心比较"}));
  html.raw("<p class=\"pue\">").text(page.say({"Baseline: ", "基线："}));
  html.raw("<bdi>").text(page.comparison.baseline).raw("</bdi></p>\n<dl class=\"facts\">\n");
  const auto fact = [&](Phrase name, const std::string& value) {
    html.raw("<div>").element("dt", page.say(name)).raw("<dd><bdi>").text(value);
    html.raw("</bdi></dd></div>\n");
  };
  const TwinResult& r = first.result;
  fact({"Trace", "作业日志"}, translated(r.trace.source, page.language) + " (" +
                                  format_name(r.trace.format, page.language) + ")");
  fact({"Period", "时段"}, local_minute(r.begin, first.series.utc_offset) + " – " +
                               local_minute(r.until, first.series.utc_offset) + ", " +
                               offset_name(first.series.utc_offset));
  fact({"Jobs", "作业"}, whole(r.schedule.submitted));
  html.raw("</dl>\n</header>\n");
}

void add_notices(ComparisonPage& page) {
  const Comparison& c = page.comparison;
  for (size_t i = 1; i < c.centres.size(); ++i) {
    if (c.not_a_saving[i].empty()) continue;
    page.html.raw("<p class=\"notice\" role=\"note\"><bdi>").text(c.centres[i]).raw("</bdi>");
    page.html
        .text(page.fill({": no saving is stated, since it did not do the same work ({}).",
                         "：未完成相同的工作，不声明节约（{}）。"},
                        translated(c.not_a_saving[i], page.language)))
        .raw("</p>\n");
  }
  for (const RunOutput* run : page.runs) {
    if (run->result.end == "complete") continue;
    page.html.raw("<p class=\"notice\" role=\"note\"><bdi>").text(run->result.centre.name);
    page.html.raw("</bdi>")
        .text(page.say({": not all jobs ran to their end.", "：并非所有作业都运行至结束。"}))
        .raw("</p>\n");
  }
}

// What each saves in the items that people ask for first.
void add_tiles(ComparisonPage& page) {
  const Comparison& c = page.comparison;
  page.html.raw("<ul class=\"tiles\">\n");
  for (size_t i = 1; i < c.centres.size(); ++i) {
    const ComparedItem* energy = find(c, "energy_from_grid");
    if (energy == nullptr || !energy->less[i]) continue;
    std::string detail = page.str({"energy, against the baseline", "用电量，相对基线"});
    for (const auto& [id, name] :
         {std::pair<const char*, Phrase>{"carbon_by_location", {"carbon", "碳排放"}},
          {"cost_of_energy_and_fluid", {"cost", "费用"}},
          {"water", {"water", "用水"}}}) {
      const ComparedItem* item = find(c, id);
      if (item == nullptr || !item->less[i]) continue;
      detail += fmt::format(" · {} {}", page.say(name), change_text(item->less[i]));
    }
    page.html.raw("<li><span class=\"name\"><bdi>").text(c.centres[i]).raw("</bdi></span>\n");
    page.html.element("strong", change_text(energy->less[i]));
    page.html.element("span", detail, "class=\"detail\"").raw("</li>\n");
  }
  page.html.raw("</ul>\n");
}

// "iPUE3, IT input metered": with its category, as all runs have the same.
std::string pue_name(const ComparisonPage& page) {
  const auto& plant = page.runs.front()->result.plant;
  if (!plant || !(plant->indicators.pue > 0)) return "PUE";
  const std::string words = pue_words(plant->indicators, page.language);
  return words.substr(0, words.find(' '));
}

void add_table(ComparisonPage& page) {
  const Comparison& c = page.comparison;
  page.html.section("figures", page.say({"Figures and savings", "数值与节约"}));
  page.html.element(
      "p",
      page.fill({"Changes are relative to the baseline, {}, for the same jobs. PUE is that of the "
                 "period shown above, metered at the IT input: interim (iPUE) below 12 months.",
                 "变化均相对于基线“{}”，作业相同。PUE 为上述时段、在 IT "
                 "设备输入处计量的数值；不足 12 个月为阶段值（iPUE）。"},
                c.baseline),
      "class=\"about\"");
  HtmlTable table{page.str({"Each centre on the same jobs", "各中心运行相同作业"}),
                  {{page.str({"Item", "项目"})}},
                  {}};
  for (size_t i = 0; i < c.centres.size(); ++i) {
    table.columns.push_back({c.centres[i], true});
    if (i > 0) table.columns.push_back({page.str({"change", "变化"}), true});
  }
  for (const ComparedItem& item : c.items) {
    const std::string name = item.item == "pue" ? pue_name(page) : item_name(item, page.language);
    std::vector<HtmlCell> row = {name};
    bool any = false;
    for (size_t i = 0; i < c.centres.size(); ++i) {
      any = any || (item.values[i] && *item.values[i] != 0);
      row.emplace_back(value_text(item, item.values[i], page.language));
      if (i > 0) row.emplace_back(change_text(item.less[i]));
    }
    if (any) table.rows.push_back(std::move(row));
  }
  page.html.table(table).raw("</section>\n");
}

struct Captioned {
  std::string_view id;
  Phrase title;
  Phrase about;
};

constexpr Captioned kPanels[] = {
    {"power", {"Power from the grid", "电网功率"}, {"Mean of each step.", "各时段平均值。"}},
    {"pue",
     {"Power over IT power", "总功率与 IT 功率之比"},
     {"Of single steps; the table has the PUE of the period.", "为各时段比值；PUE 见上表。"}},
    {"temperature",
     {"Chips, mean junction", "芯片平均结温"},
     {"Of the model's mean chip.", "模型中的平均芯片。"}},
    {"queue",
     {"Jobs waiting", "排队作业数"},
     {"Jobs in the queue, mean of each step.", "各时段队列中的平均作业数。"}}};

// Means of the lines, for who cannot see the chart.
std::string panel_summary(const ComparisonPage& page, const ChartPanel& panel) {
  std::string text;
  for (const ChartLine& line : panel.lines) {
    double sum = 0, count = 0;
    for (double value : line.mean) {
      if (!std::isfinite(value)) continue;
      sum += value;
      ++count;
    }
    if (!text.empty()) text += page.language == Language::zh ? "；" : "; ";
    text += page.fill({"{}: mean {}{}", "{}：平均 {}{}"}, line.name,
                      count > 0 ? number(sum / count, panel.id == "pue" ? 3 : 1) : "-",
                      panel.unit.empty() ? "" : " " + panel.unit);
  }
  return text;
}

void add_charts(ComparisonPage& page, const ChartData& charts) {
  Html& html = page.html;
  if (!charts.bars.empty()) {
    html.section("energy-bars", page.say({"Energy by use", "各用途能量"}));
    std::string summary;
    for (size_t i = 0; i < page.runs.size(); ++i) {
      if (i > 0) summary += page.language == Language::zh ? "；" : "; ";
      summary += page.fill({"{}: {}", "{}：{}"}, page.comparison.centres[i],
                           energy_text(page.runs[i]->result.plant->totals.grid_kwh));
    }
    figure(html, "energy", page.say({"Where the energy went", "能量去向"}),
           page.say({"From the grid, by use.", "电网用电，按用途。"}), summary, "bars");
    html.raw("</section>\n");
  }
  if (charts.times.empty()) return;
  html.section("time", page.say({"Over time", "随时间变化"}));
  time_controls(html, page.language);
  for (const ChartPanel& panel : charts.panels) {
    for (const Captioned& c : kPanels) {
      if (c.id != panel.id) continue;
      figure(html, c.id, page.say(c.title), page.say(c.about), panel_summary(page, panel));
    }
  }
  html.raw("</section>\n");
}

void add_centres(ComparisonPage& page, const std::vector<std::string>& folders) {
  Html& html = page.html;
  html.section("centres", page.say({"The centres", "各中心"}));
  HtmlTable table{page.str({"What was compared", "比较对象"}),
                  {{page.str({"Centre", "中心"})},
                   {page.str({"Site", "地点"})},
                   {page.str({"Plant", "制冷方式"})},
                   {page.str({"PUE with category and period", "PUE（类别与时段）"})},
                   {page.str({"Policy", "调度策略"})},
                   {page.str({"Report", "报告"})}},
                  {}};
  for (size_t i = 0; i < page.runs.size(); ++i) {
    const TwinResult& r = page.runs[i]->result;
    const bool has = r.plant && r.plant->indicators.pue > 0;
    table.rows.push_back({HtmlCell(page.comparison.centres[i], true), HtmlCell(r.centre.site, true),
                          r.plant ? plant_name(r.plant->plant, page.language) : "–",
                          has ? pue_words(r.plant->indicators, page.language) : "–",
                          policy_words(page.runs[i]->result.centre.policy, page.language),
                          folders.empty() ? "–" : folders[i] + "/report.html"});
  }
  html.table(table).raw("</section>\n<footer>\n");
  html.element("p", page.say({"Charts: Apache ECharts, Apache License 2.0.",
                              "图表：Apache ECharts，Apache License 2.0。"}));
  html.raw("</footer>\n");
}

}  // namespace

std::string comparison_report(const Comparison& comparison,
                              const std::vector<const RunOutput*>& runs,
                              const std::vector<std::string>& folders, Language language) {
  ComparisonPage page{comparison, runs, language, {}};
  const ChartData charts = comparison_charts(comparison, runs, language);
  open_page(page.html, language, page.str({"Centres compared", "中心比较"}));
  add_head(page);
  add_notices(page);
  add_tiles(page);
  add_table(page);
  add_charts(page, charts);
  add_centres(page, folders);
  close_page(page.html, charts);
  return page.html.take();
}

}  // namespace pentad::twin
