#include "twin/report/report.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <boost/mp11.hpp>
#include <cmath>

#include "base/json_text.h"
#include "twin/report/assets.h"
#include "twin/report/chart_data.h"
#include "twin/report/comparison.h"
#include "twin/report/escape.h"
#include "twin/report/numbers.h"
#include "twin/report/reduce.h"
#include "twin/report/sample.h"
#include "twin/report/translate.h"
#include "twin/report/words.h"

using namespace pentad;
using namespace pentad::twin;

namespace {

size_t count(std::string_view text, std::string_view what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// The report without the chart library, whose text is not ours.
std::string own_part(const RunOutput& run, Language language) {
  std::string html = html_report(run, language);
  const size_t at = html.find(charts_library());
  REQUIRE(at != std::string::npos);
  return html.erase(at, charts_library().size());
}

}  // namespace

TEST_CASE("the assets are whole") {
  CHECK(charts_library().size() > 1'000'000);
  CHECK(charts_library().find("echarts={}") != std::string_view::npos);
  CHECK(count(charts_library(), "</script") == 0);
  CHECK(count(report_script(), "</script") == 0);
  CHECK(count(charts_notice(), "-->") == 0);
  CHECK(charts_notice().starts_with("Apache ECharts"));
  CHECK(report_style().ends_with("}\n"));
}

TEST_CASE("text from outside stays text") {
  CHECK(escape_html("<b>\"x\" & 'y'</b>") == "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;");
  CHECK(clean("a\xff"
              "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(clean("a\nb\tc") == "a b c");
  CHECK(clean(std::string_view("\0\x1b\x7f", 3)) == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(clean("\xC2\x85") == "\xEF\xBF\xBD");        // next line, a C1 control
  CHECK(clean("\xE2\x80\xAEx") == "\xEF\xBF\xBDx");  // right-to-left override
  CHECK(clean("武汉 é \xE2\x82\xAC") == "武汉 é \xE2\x82\xAC");
  CHECK(json_for_script("\"</script>&\xE2\x80\xA8\"") == "\"\\u003c/script\\u003e\\u0026\\u2028\"");
  CHECK(rc::check("cleaned text is UTF-8 and has no markup once escaped",
                  [](const std::string& text) {
                    const std::string out = escape_html(text);
                    RC_ASSERT(is_utf8(out));
                    RC_ASSERT(out.find_first_of("<>\"'") == std::string::npos);
                    for (char c : out) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
                  }));
}

TEST_CASE("hostile names neither end the script nor become markup") {
  for (Language language : {Language::en, Language::zh}) {
    const std::string html = own_part(sample_run({.hostile = true}), language);
    CHECK(is_utf8(html));
    CHECK(count(html, "<script") == 3);
    CHECK(count(html, "</script") == 3);
    CHECK(count(html, "<img") == 0);
    CHECK(count(html, "\x01") == 0);
    CHECK(count(html, "\xe2\x80\xae") == 0);
    CHECK(count(html, "&lt;script&gt;alert(1)&lt;/script&gt;") > 10);
  }
}

TEST_CASE("nothing is loaded from anywhere") {
  const std::string html = own_part(sample_run({}), Language::en);
  for (const char* what :
       {"src=", "url(", "@import", "fetch(", "XMLHttpRequest", "http-equiv=\"refresh"}) {
    CAPTURE(what);
    CHECK(count(html, what) == 0);
  }
  CHECK(count(html, "http://") == 0);
  CHECK(count(html, "https://") == 1);  // in the notice of the chart library
  CHECK(count(html, "default-src 'none'") == 1);
}

TEST_CASE("a run without plant says nothing of power") {
  const std::string html = own_part(sample_run({.plant = false}), Language::en);
  for (const char* what : {"PUE", "chart-power", "chart-flows", "id=\"short\"", "Carbon"}) {
    CAPTURE(what);
    const size_t body = html.find("<script type");
    CHECK(count(html.substr(0, body), what) == 0);
  }
  CHECK(count(html, "chart-queue") == 1);
  CHECK(count(html, "chart-heat") == 1);
}

TEST_CASE("a run in which nothing ran has a report") {
  RunOutput run = sample_run({.plant = false, .steps = 0});
  CHECK(count(own_part(run, Language::en), "Nothing ran") == 1);
}

TEST_CASE("what went wrong is said") {
  const std::string html = own_part(sample_run({.hostile = true}), Language::en);
  CHECK(html.find("The run was interrupted") != std::string::npos);
  CHECK(html.find("could never run on this machine: 1;") != std::string::npos);
  CHECK(html.find("Jobs that ran longer than they asked for") != std::string::npos);
  CHECK(html.find("Bad lines (1 of 2)") != std::string::npos);
  CHECK(html.find("The plant could not carry the whole load in 1 h") != std::string::npos);
  CHECK(html.find("pads of the dry coolers wetted, IT power capped") != std::string::npos);
  CHECK(html.find("5.00 kW") != std::string::npos);
  CHECK(html.find("A saving needs a baseline") == std::string::npos);
  CHECK(html.find("a saving needs a baseline") != std::string::npos);
}

TEST_CASE("all that a trace left out is counted, in words of both languages") {
  RunOutput run = sample_run({.plant = false});
  int64_t next = 1001;
  std::vector<std::pair<std::string, int64_t>> expected;
  const auto number_all = [&]<class T>(T& counts, std::string_view but) {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          counts.*member.pointer = ++next;
          const std::string name = member.name;
          if (name == "lines" || name == "jobs" || name == but) return;
          expected.emplace_back(name, next);
        });
  };
  number_all(run.result.trace.counts, "");
  number_all(run.result.trace.adjustments, "no_limit");
  for (Language language : {Language::en, Language::zh}) {
    std::string html = own_part(run, language);
    html.resize(html.find("<script"));
    for (const auto& [name, value] : expected) {
      CAPTURE(name);
      CHECK(html.find(">" + whole(value) + "<") != std::string::npos);
      CHECK(html.find(">" + name + "<") == std::string::npos);
    }
  }
}

TEST_CASE("of many pools the busiest are drawn") {
  RunOutput run = sample_run({.plant = false, .steps = 5});
  run.series.columns.assign(40, {"pool", "", 10});
  for (SeriesRow& row : run.series.rows) {
    row.step.busy.assign(40, 1);
    row.step.busy[33] = 9;
  }
  const auto panels = chart_panels(run, Language::en);
  REQUIRE(panels[2].id == "use");
  REQUIRE(panels[2].lines.size() == kMaxUseLines);
  CHECK(panels[2].lines.back().mean.front() == 90);
  CHECK(panels[2].summary.ends_with("the other 28 are used less: see series.csv"));
}

TEST_CASE("a comparison names its baseline and what each saves") {
  const SampleComparison sample = sample_comparison({});
  const std::vector<const RunOutput*> runs = {&sample.runs[0], &sample.runs[1]};
  const std::string html = comparison_report(sample.comparison, runs, {"1", "2"}, Language::en);
  CHECK(count(html, "Baseline: <bdi>Centre A</bdi>") == 1);
  CHECK(html.find("−10.0 %") != std::string::npos);
  CHECK(html.find("+5.0 %") != std::string::npos);
  CHECK(html.find("1 h 2 min") != std::string::npos);
  CHECK(html.find("Heat reused") == std::string::npos);  // nobody does
  CHECK(html.find("did not do the same work") == std::string::npos);
  const std::string zh = comparison_report(sample.comparison, runs, {}, Language::zh);
  CHECK(count(zh, "基线：<bdi>Centre A</bdi>") == 1);
  const ChartData charts = comparison_charts(sample.comparison, runs, Language::en);
  REQUIRE(charts.panels.size() == 4);
  CHECK(charts.times.size() == 48);
  for (const ChartPanel& panel : charts.panels) {
    REQUIRE(panel.lines.size() == 2);
    CHECK(panel.lines[1].mean.size() == 48);
    CHECK(std::isfinite(panel.lines[1].mean[35]));
    CHECK(std::isnan(panel.lines[1].mean[36]));  // it had ended
  }
  REQUIRE(charts.bars.size() == 1);
  double sum = 0;
  for (const BarLayer& layer : charts.bars[0].layers) sum += layer.values[0];
  CHECK(sum == doctest::Approx(sample.runs[0].result.plant->totals.grid_kwh / 1000).epsilon(1e-4));
}

TEST_CASE("sentences of results have their Chinese, and what is not known stays") {
  CHECK(translated("dry bulbs above 31.4 C stretched by 0.70 to meet the design value",
                   Language::zh) == "31.4 °C 以上的干球温度按 0.70 拉伸以符合设计值");
  CHECK(translated("weather: 29 February left out", Language::zh) == "气象：略去 2 月 29 日");
  CHECK(translated("idle power of x of y is not known: estimated at 15 % of 400 W", Language::zh) ==
        "x of y 的空闲功率未知：按 400 W 的 15 % 估计");
  CHECK(translated("asks for 9 nodes; the most that would fit are 8 (pool main)", Language::zh) ==
        "需要 9 nodes；最多可满足 8（资源池 main）");
  CHECK(translated("29 February left out", Language::en) == "29 February left out");
  CHECK(translated("Wuhan {1} {}", Language::zh) == "Wuhan {1} {}");
  CHECK(translated("", Language::zh).empty());
  CHECK(policy_words("EASY backfill, fair share (half-life 168 h), power cap by hour",
                     Language::zh) == "EASY 回填，公平共享（半衰期 168 小时），按小时功率上限");
}

TEST_CASE("PUE stands with category and period") {
  energy::Indicators i;
  i.pue = 1.0412;
  i.period_hours = 168;
  CHECK(pue_words(i, Language::en) == "iPUE3 1.041 (168 h, IT input metered)");
  CHECK(pue_words(i, Language::en) == energy::pue_text(i));
  CHECK(pue_words(i, Language::zh) == "iPUE3 1.041（168 h，IT 设备输入处计量）");
  i.interim = false;
  i.period_hours = 8760;
  i.category = energy::PueCategory::pue1_ups_output;
  CHECK(pue_words(i, Language::en) == energy::pue_text(i));
  CHECK(pue_words(i, Language::zh) == "PUE1 1.041（12 个月，UPS 输出处计量）");
}

TEST_CASE("long series keep their mean and their peaks") {
  const RunOutput run = sample_run({.steps = 9001});
  const Reducer reduce(run.series);
  const auto queued = [](const SeriesRow& row) { return row.step.queued; };
  const Reduced r = reduce.mean(queued);
  CHECK(reduce.steps_per_point() == 5);
  REQUIRE(r.mean.size() == 1801);
  CHECK(reduce.times().size() == 1801);
  CHECK(r.high[1] == 500);  // the one step with a long queue
  double sum = 0, truth = 0;
  for (size_t i = 0; i < r.mean.size(); ++i) {
    sum += r.mean[i] * (i + 1 < r.mean.size() ? 5 : 1);
    CHECK(r.low[i] <= r.mean[i] + 1e-9);
    CHECK(r.mean[i] <= r.high[i] + 1e-9);
  }
  for (const SeriesRow& row : run.series.rows) truth += row.step.queued;
  CHECK(sum == doctest::Approx(truth));
  CHECK(reduce.extent(queued).high == 500);
  CHECK(reduce.extent(queued).high_at == run.series.rows[7].step.begin);
}

TEST_CASE("a step without IT power has no ratio") {
  RunOutput run = sample_run({.steps = 3});
  run.series.rows[1].plant->hour.it_w = 0;
  const Reduced r = Reducer(run.series)
                        .ratio([](const SeriesRow& row) { return row.plant->hour.grid_w; },
                               [](const SeriesRow& row) { return row.plant->hour.it_w; });
  CHECK(r.mean[0] > 1);
  CHECK(std::isnan(r.mean[1]));
  CHECK(r.low.empty());
}

TEST_CASE("layers of power add up to the grid") {
  const RunOutput run = sample_run({});
  const auto panels = chart_panels(run, Language::en);
  const auto power = std::find_if(panels.begin(), panels.end(),
                                  [](const ChartPanel& p) { return p.id == "power"; });
  REQUIRE(power != panels.end());
  for (size_t i = 0; i < run.series.rows.size(); ++i) {
    double sum = 0;
    for (const ChartLine& line : power->lines) sum += line.mean[i];
    CHECK(sum == doctest::Approx(run.series.rows[i].plant->hour.grid_w / 1000).epsilon(1e-3));
  }
}

TEST_CASE("flows: what enters a node leaves it") {
  const RunOutput run = sample_run({});
  const Flows flows = energy_flows(run, Language::en);
  REQUIRE(!flows.nodes.empty());
  CHECK(flows.nodes[0].kwh == doctest::Approx(run.result.plant->totals.grid_kwh));
  std::vector<double> out(flows.nodes.size());
  for (const FlowLink& link : flows.links) out[static_cast<size_t>(link.from)] += link.kwh;
  for (size_t i = 0; i < out.size(); ++i) {
    CAPTURE(flows.nodes[i].name);
    if (out[i] > 0) CHECK(out[i] == doctest::Approx(flows.nodes[i].kwh));
  }
}

TEST_CASE("the map puts each hour of the local day where it belongs") {
  RunOutput run = sample_run({.steps = 30});
  run.series.utc_offset = Duration(9 * 3'600'000);  // the first step is 01:00 of the local day
  const HeatMap map = heat_map(run, Language::en);
  REQUIRE(map.days.size() == 2);
  CHECK(map.days[0] == "2024-01-01");
  const HeatLayer* outdoor = nullptr;
  for (const HeatLayer& layer : map.layers) {
    if (layer.id == "outdoor") outdoor = &layer;
  }
  REQUIRE(outdoor != nullptr);
  REQUIRE(outdoor->values.size() == 48);
  CHECK(std::isnan(outdoor->values[0]));
  for (size_t i = 0; i < 30; ++i) {
    CHECK(outdoor->values[i + 1] ==
          doctest::Approx(run.series.rows[i].plant->weather.dry_bulb_c).epsilon(1e-4));
  }
  CHECK(std::isnan(outdoor->values[31]));
}

TEST_CASE("days are joined where there are too many") {
  const HeatMap map = heat_map(sample_run({.plant = false, .steps = 24 * 800}), Language::en);
  CHECK(map.days_per_column == 2);
  CHECK(map.days.size() == 400);
}

TEST_CASE("two years of hours stay below 3 MB") {
  CHECK(html_report(sample_run({.steps = 2 * 8760}), Language::zh).size() < 3'000'000);
}

TEST_CASE("numbers as people read them") {
  CHECK(number(1234567.891, 1) == "1,234,567.9");
  CHECK(number(-0.04, 1) == "0.0");
  CHECK(number(-1234, 0) == "-1,234");
  CHECK(number(999, 0) == "999");
  CHECK(number(std::nan(""), 2) == "-");
  CHECK(energy_text(999) == "999.0 kWh");
  CHECK(energy_text(1'234'567) == "1.23 GWh");
  CHECK(power_text(20'500) == "20.50 kW");
  CHECK(span_text(0, Language::en) == "0 s");
  CHECK(span_text(3725, Language::en) == "1 h 2 min");
  CHECK(span_text(90'000, Language::zh) == "1 天 1 小时");
  CHECK(local_minute(Time(0), Duration(8 * 3'600'000)) == "1970-01-01 08:00");
  CHECK(local_minute(Time(-60'000), Duration(0)) == "1969-12-31 23:59");
  CHECK(offset_name(Duration(-(3 * 60 + 30) * 60'000)) == "UTC-03:30");
  CHECK(rounded(123456.0) == 123460.0);
  CHECK(rounded(0.00123456789) == doctest::Approx(0.0012346));
}
