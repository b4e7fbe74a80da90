#include "twin/report/frame.h"

#include "base/reflect.h"
#include "twin/report/assets.h"
#include "twin/report/escape.h"

namespace pentad::twin {

namespace {

// Nothing may be loaded from anywhere: the browser itself sees to it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: "
    "blob:";

}  // namespace

void open_page(Html& html, Language language, const std::string& title) {
  html.raw("<!DOCTYPE html>\n<html lang=\"")
      .raw(language == Language::zh ? "zh-CN" : "en")
      .raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").raw(kPolicy).raw("\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.raw(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
  html.element("title", title + " · Pentad");
  html.raw("<style>\n").raw(report_style()).raw("</style>\n</head>\n<body>\n<main>\n");
}

void close_page(Html& html, const ChartData& charts) {
  html.raw("</main>\n<script type=\"application/json\" id=\"data\">");
  html.raw(json_for_script(to_json(charts))).raw("</script>\n");
  html.raw("<!--\n").raw(charts_notice()).raw("\n-->\n<script>").raw(charts_library());
  html.raw("</script>\n<script>\n").raw(report_script()).raw("</script>\n</body>\n</html>\n");
}

void figure(Html& html, std::string_view id, std::string_view title, std::string_view about,
            std::string_view summary, std::string_view extra_class) {
  html.raw("<figure>\n").element("h3", title).element("p", about, "class=\"about\"");
  html.raw("<div class=\"chart ").raw(extra_class).raw("\" id=\"chart-").raw(id);
  html.raw("\" role=\"img\" aria-label=\"").text(title).text(": ").text(summary);
  html.raw("\"></div>\n").element("figcaption", summary).raw("</figure>\n");
}

void time_controls(Html& html, Language language) {
  const auto say = [language](Phrase phrase) { return phrase.in(language); };
  const auto button = [&](const char* act, const char* sign, Phrase name) {
    html.raw("<button type=\"button\" data-act=\"").raw(act).raw("\" title=\"");
    html.text(say(name)).raw("\" aria-label=\"").text(say(name)).raw("\">");
    html.raw(sign).raw("</button>\n");
  };
  html.raw("<div class=\"controls\" role=\"group\" aria-label=\"");
  html.text(say({"Period shown in all charts over time", "所有时间曲线的显示时段"}));
  html.raw("\">\n").element("span", say({"Period shown", "显示时段"}));
  button("earlier", "◀", {"earlier", "更早"});
  button("closer", "+", {"a shorter period", "缩短时段"});
  button("wider", "−", {"a longer period", "延长时段"});
  button("later", "▶", {"later", "更晚"});
  button("all", "↔", {"whole run", "整个运行"});
  html.element("output", "", "id=\"shown\" aria-live=\"polite\"").raw("</div>\n");
}

}  // namespace pentad::twin
