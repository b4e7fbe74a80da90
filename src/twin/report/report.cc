#include "twin/report/report.h"

#include "base/reflect.h"
#include "twin/report/assets.h"
#include "twin/report/escape.h"
#include "twin/report/page.h"

namespace pentad::twin {

namespace {

// Nothing may be loaded from anywhere: the browser itself sees to it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: "
    "blob:";

void open_page(Page& page) {
  Html& html = page.html;
  html.raw("<!DOCTYPE html>\n<html lang=\"")
      .raw(page.language == Language::zh ? "zh-CN" : "en")
      .raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").raw(kPolicy).raw("\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.raw(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
  html.element("title", page.result().centre.name + " · Pentad");
  html.raw("<style>\n").raw(report_style()).raw("</style>\n</head>\n<body>\n<main>\n");
}

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

void close_page(Page& page, const ChartData& charts) {
  Html& html = page.html;
  html.raw("</main>\n<script type=\"application/json\" id=\"data\">");
  html.raw(json_for_script(to_json(charts))).raw("</script>\n");
  html.raw("<!--\n").raw(charts_notice()).raw("\n-->\n<script>").raw(charts_library());
  html.raw("</script>\n<script>\n").raw(report_script()).raw("</script>\n</body>\n</html>\n");
}

}  // namespace

std::string html_report(const RunOutput& run, Language language) {
  Page page{run, language, {}};
  const ChartData charts = chart_data(run, language);
  open_page(page);
  add_overview(page);
  add_contents(page);
  add_figures(page, charts);
  add_indicators(page);
  add_short_hours(page);
  add_schedule_tables(page);
  add_trace_notes(page);
  add_inputs(page);
  add_about(page);
  close_page(page, charts);
  return page.html.take();
}

}  // namespace pentad::twin
