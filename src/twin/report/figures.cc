#include <fmt/format.h>

#include "twin/report/frame.h"
#include "twin/report/numbers.h"
#include "twin/report/page.h"

namespace pentad::twin {

namespace {

struct Captioned {
  std::string_view id;
  Phrase title;
  Phrase about;
};

constexpr Captioned kPanels[] = {
    {"queue",
     {"Jobs waiting", "排队作业数"},
     {"Jobs in the queue, mean of each step.", "各时段队列中的平均作业数。"}},
    {"running",
     {"Jobs running", "运行作业数"},
     {"Jobs that held nodes, mean of each step.", "各时段占用节点的平均作业数。"}},
    {"use",
     {"Utilisation by pool", "各资源池利用率"},
     {"Cores or devices that jobs held, over those there are.",
      "作业占用的处理器核或加速卡与总数之比。"}},
    {"power",
     {"Power from the grid and where it goes", "电网功率及去向"},
     {"Layers add up to the power drawn from the grid.", "各层之和等于电网取电功率。"}},
    {"pue",
     {"Power over IT power", "总功率与 IT 功率之比"},
     {"Of single steps; the dashed line is the figure of the whole period, which alone is called "
      "PUE.",
      "为各时段比值；虚线为整个时段的数值，只有后者称为 PUE。"}},
    {"temperature",
     {"Temperatures", "温度"},
     {"Outdoor air and the coolant's way from the plant to the chips.",
      "室外空气以及冷却介质从制冷系统到芯片的温度。"}}};

void panel_figure(Page& page, const ChartPanel& panel) {
  for (const Captioned& c : kPanels) {
    if (c.id == panel.id) {
      figure(page.html, c.id, page.say(c.title), page.say(c.about), panel.summary);
    }
  }
}

constexpr Phrase kLoad{"Load", "负荷"}, kLoadAndTemperature{"Load and temperature", "负荷与温度"};

void maps(Page& page, const HeatMap& heat) {
  if (heat.layers.empty()) return;
  Html& html = page.html;
  html.section("maps", page.say({"Maps: hour of the day by day", "分布图：一日各小时 × 日期"}));
  html.raw("<fieldset class=\"choice\">").element("legend", page.say({"Shown", "显示"}));
  for (size_t i = 0; i < heat.layers.size(); ++i) {
    html.raw("<label><input type=\"radio\" name=\"layer\" value=\"").raw(heat.layers[i].id);
    html.raw(i == 0 ? "\" checked> " : "\"> ").text(heat.layers[i].name).raw("</label>\n");
  }
  html.raw("</fieldset>\n");
  std::string about = page.str({"Each column is a day, each row an hour of the local clock.",
                                "每列为一天，每行为当地时间的一个小时。"});
  if (heat.days_per_column > 1) {
    about = fmt::format(fmt::runtime(page.say({"Each column is the mean of {} days, each row an "
                                               "hour of the local clock.",
                                               "每列为 {} 天的平均，每行为当地时间的一个小时。"})),
                        heat.days_per_column);
  }
  figure(page.html, "heat", page.say(page.result().plant ? kLoadAndTemperature : kLoad), about,
         page.say({"The values are in series.csv.", "数值见 series.csv。"}));
  html.raw("</section>\n");
}

void flows(Page& page, const Flows& flows) {
  if (flows.nodes.empty()) return;
  Html& html = page.html;
  html.section("flows", page.say({"Energy from the grid to jobs", "从电网到作业的能量去向"}));
  figure(page.html, "flows", page.say({"Where the energy went", "能量去向"}),
         page.say({"Boards' energy is split into jobs and idle parts step by step; among classes "
                   "of jobs by what each drew at the meter.",
                   "主板能量逐时段划分为作业与空闲；各类作业之间按其计量用电分摊。"}),
         fmt::format(fmt::runtime(page.say({"{} from the grid; the table below has all parts.",
                                            "电网共 {}；下表列出全部组成。"})),
                     flows.nodes.front().value),
         "flow");
  HtmlTable table{page.str({"Energy by use", "各用途能量"}),
                  {{page.str({"Use", "用途"})},
                   {page.str({"Part of", "属于"})},
                   {page.str({"Energy", "能量"}), true},
                   {page.str({"Of the grid's", "占电网"}), true}},
                  {}};
  for (const FlowLink& link : flows.links) {
    const FlowNode& to = flows.nodes[static_cast<size_t>(link.to)];
    table.rows.push_back({to.name, flows.nodes[static_cast<size_t>(link.from)].name, to.value,
                          percent(link.kwh / flows.nodes.front().kwh)});
  }
  html.table(table);
  const energy::Totals& t = page.result().plant->totals;
  const double all = t.rejected_kwh + t.reused_kwh + t.vented_kwh;
  if (all > 0) {
    html.element(
        "p",
        fmt::format(
            fmt::runtime(page.say({"All of it leaves as heat: {} to outdoor air and water, {} "
                                   "({}) reused by others, {} through the rooms.",
                                   "全部电能最终成为热：{} 排至室外空气与水，{}（{}）被回用，{} "
                                   "经房间散出。"})),
            energy_text(t.rejected_kwh), energy_text(t.reused_kwh), percent(t.reused_kwh / all),
            energy_text(t.vented_kwh)));
  }
  html.raw("</section>\n");
}

}  // namespace

void add_figures(Page& page, const ChartData& charts) {
  Html& html = page.html;
  if (charts.times.empty()) {
    html.element(
        "p", page.say({"Nothing ran: there is no series to draw.", "没有作业运行，无曲线可绘。"}));
    return;
  }
  html.section("time", page.say({"Over time", "随时间变化"}));
  html.raw("<noscript><p class=\"notice\">")
      .text(page.say({"The charts need JavaScript; what they show stands below each of them and in "
                      "series.csv.",
                      "图表需要 JavaScript；其内容见各图下方文字与 series.csv。"}))
      .raw("</p></noscript>\n");
  time_controls(html, page.language);
  if (charts.steps_per_point > 1) {
    html.element(
        "p",
        fmt::format(
            fmt::runtime(page.say({"Each point is the mean of {} steps; bands reach from their "
                                   "least to their largest value.",
                                   "每点为 {} 个时段的平均；色带表示其最小至最大值。"})),
            charts.steps_per_point),
        "class=\"about\"");
  }
  for (const ChartPanel& panel : charts.panels) panel_figure(page, panel);
  html.raw("</section>\n");
  if (charts.flows) flows(page, *charts.flows);
  if (charts.heat) maps(page, *charts.heat);
}

}  // namespace pentad::twin
