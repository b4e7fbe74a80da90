#include "twin/report/report.h"

#include "twin/report/frame.h"
#include "twin/report/page.h"

namespace pentad::twin {

namespace {

void add_contents(Page& page) {
  const bool plant = page.result().plant.has_value();
  Html& html = page.html;
  html.raw("<nav aria-label=\"").text(page.say({"Contents", "目录"})).raw("\">\n");
  const auto link = [&](const char* id, Phrase name) {
    html.raw("<a href=\"#").raw(id).raw("\">").text(page.say(name)).raw("</a>\n");
  };
  const bool series = !page.run.series.rows.empty();
  if (series) link("time", {"Over time", "随时间变化"});
  if (series && plant) link("flows", {"Energy", "能量去向"});
  if (series) link("maps", {"Maps", "分布图"});
  link("indicators", {"Indicators", "指标"});
  if (plant) link("short", {"Hard hours", "能力不足时段"});
  link("schedule", {"Pools and users", "资源池与用户"});
  link("trace", {"Trace", "作业日志"});
  link("inputs", {"Inputs", "数据来源"});
  html.raw("</nav>\n");
}

}  // namespace

std::string html_report(const RunOutput& run, Language language) {
  Page page{run, language, {}};
  const ChartData charts = chart_data(run, language);
  open_page(page.html, language, page.result().centre.name);
  add_overview(page);
  add_contents(page);
  add_figures(page, charts);
  add_indicators(page);
  add_short_hours(page);
  add_schedule_tables(page);
  add_trace_notes(page);
  add_inputs(page);
  add_about(page);
  close_page(page.html, charts);
  return page.html.take();
}

}  // namespace pentad::twin
