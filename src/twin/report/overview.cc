#include <fmt/format.h>

#include "twin/report/numbers.h"
#include "twin/report/page.h"
#include "twin/report/translate.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

void fact(Page& page, Phrase name, const std::string& value) {
  if (value.empty()) return;
  page.html.raw("<div>").element("dt", page.say(name)).raw("<dd><bdi>").text(value);
  page.html.raw("</bdi></dd></div>\n");
}

std::string machine_text(const Page& page) {
  const CentreInfo& c = page.result().centre;
  return fmt::format(fmt::runtime(page.say({"{} nodes, {} cores, {} devices",
                                            "{} 个节点，{} 个处理器核，{} 块加速卡"})),
                     whole(c.nodes), whole(c.cores), whole(c.devices));
}

void add_facts(Page& page) {
  const TwinResult& r = page.result();
  const Duration offset = page.run.series.utc_offset;
  page.html.raw("<dl class=\"facts\">\n");
  fact(page, {"Site", "地点"}, r.centre.site);
  fact(page, {"Machine", "规模"}, machine_text(page));
  fact(page, {"Trace", "作业日志"},
       translated(r.trace.source, page.language) + " (" +
           format_name(r.trace.format, page.language) + ")" +
           (r.trace.computer.empty() ? "" : ", " + r.trace.computer));
  fact(page, {"Trace given by", "日志提供者"}, r.trace.acknowledge);
  fact(page, {"Period", "时段"},
       local_minute(r.begin, offset) + " – " + local_minute(r.until, offset) + ", " +
           offset_name(offset));
  fact(page, {"Policy", "调度策略"}, policy_words(r.centre.policy, page.language));
  if (r.plant) {
    fact(page, {"Plant", "制冷方式"}, plant_name(r.plant->plant, page.language));
    fact(page, {"Weather", "气象"}, translated(r.plant->weather, page.language));
    fact(page, {"Tariff", "电价"}, r.plant->tariff);
  }
  page.html.raw("</dl>\n");
}

void add_notices(Page& page) {
  const TwinResult& r = page.result();
  const auto notice = [&](Phrase text, int64_t jobs) {
    page.html.element("p", fmt::format(fmt::runtime(page.say(text)), whole(jobs)),
                      "class=\"notice\" role=\"note\"");
  };
  const ScheduleSummary& s = r.schedule;
  if (r.end == "interrupted") {
    notice({"The run was interrupted: all figures are of the part that ran. Jobs then waiting: {}.",
            "运行被中断：所有数字仅覆盖已运行部分。当时排队作业：{}。"},
           s.waiting_at_end);
  } else if (r.end == "stuck") {
    notice({"Jobs left over that this policy never starts: {}.",
            "在此策略下永远不会启动的剩余作业：{}。"},
           s.waiting_at_end);
  } else if (r.end == "until") {
    notice({"The run stopped at the time that was asked for. Jobs then waiting: {}.",
            "运行在指定时间停止。当时排队作业：{}。"},
           s.waiting_at_end);
  }
  if (s.refused > 0) {
    notice({"Jobs that could never run on this machine: {}; the reasons stand below.",
            "在此机器上永远无法运行的作业：{}，原因见下。"},
           s.refused);
  }
  if (r.plant && r.plant->totals.hours_short > 0) {
    page.html.raw("<p class=\"notice\" role=\"note\">")
        .text(fmt::format(fmt::runtime(page.say({"The plant could not carry the whole load in {}; "
                                                 "{} of the boards' energy was not served.",
                                                 "制冷系统有 {} 无法承担全部负荷；主板有 {} "
                                                 "的能量需求未能满足。"})),
                          hours_text(r.plant->totals.hours_short),
                          energy_text(r.plant->totals.short_kwh)))
        .raw("</p>\n");
  }
}

void tile(Page& page, Phrase name, const std::string& value, const std::string& detail) {
  page.html.raw("<li>").element("span", page.say(name), "class=\"name\"");
  page.html.element("strong", value).element("span", detail, "class=\"detail\"").raw("</li>\n");
}

void add_plant_tiles(Page& page, const PlantSummary& p) {
  const auto& t = p.totals;
  const auto& i = p.indicators;
  const auto fill = [&](Phrase text, const auto&... values) {
    return fmt::format(fmt::runtime(page.say(text)), values...);
  };
  tile(
      page, {"Energy from the grid", "电网用电量"}, energy_text(t.grid_kwh),
      fill({"IT {}, peak {}", "IT {}，峰值 {}"}, energy_text(t.it_kwh), power_text(t.peak_grid_w)));
  if (i.pue > 0) {
    const std::string words = pue_words(i, page.language);
    const size_t open = words.find(page.language == Language::zh ? "（" : " (");
    tile(page, {"Power usage effectiveness", "电能利用效率"}, words.substr(0, open),
         open == std::string::npos ? ""
                                   : words.substr(open + (page.language == Language::zh ? 0 : 1)));
  }
  tile(page, {"Cost of energy", "能源费用"}, money_text(t.energy_cny, page.language),
       fill({"{} CNY per kWh of IT", "每千瓦时 IT 用电 {} 元"}, number(i.cost_cny_kwh_it, 3)));
  std::string carbon =
      fill({"{} kg per kWh of IT", "每千瓦时 IT 用电 {} kg"}, number(i.cue_location_kg_kwh, 3));
  if (t.carbon_fluid_kg > 0) {
    carbon += fill({"; fluid lost {} of it", "；其中冷却液逸散 {}"}, mass_text(t.carbon_fluid_kg));
  }
  tile(page, {"Carbon, by location", "碳排放（位置法）"},
       mass_text(t.carbon_location_kg + t.carbon_fluid_kg) + " CO₂e", carbon);
}

void add_tiles(Page& page) {
  const TwinResult& r = page.result();
  const ScheduleSummary& s = r.schedule;
  const auto fill = [&](Phrase text, const auto&... values) {
    return fmt::format(fmt::runtime(page.say(text)), values...);
  };
  page.html.raw("<ul class=\"tiles\">\n");
  tile(page, {"Jobs", "作业"}, whole(s.submitted),
       fill({"{} completed, {} failed, {} at their limit", "{} 完成，{} 失败，{} 到时限"},
            whole(s.completed), whole(s.failed), whole(s.timeout)));
  tile(page, {"Mean wait", "平均等待"}, span_text(s.wait_s.mean, page.language),
       fill({"95 % below {}, longest {}", "95 % 低于 {}，最长 {}"},
            span_text(s.wait_s.p95, page.language), span_text(s.wait_s.max, page.language)));
  if (r.centre.devices > 0) {
    tile(page, {"Devices used", "加速卡利用率"}, percent(s.utilisation_devices),
         fill({"cores {}", "处理器核 {}"}, percent(s.utilisation_cores)));
  } else {
    tile(page, {"Cores used", "处理器核利用率"}, percent(s.utilisation_cores),
         fill({"over {}", "跨度 {}"}, span_text(s.span_s, page.language)));
  }
  if (r.plant) add_plant_tiles(page, *r.plant);
  page.html.raw("</ul>\n");
}

}  // namespace

void add_overview(Page& page) {
  const TwinResult& r = page.result();
  page.html.raw("<header>\n");
  page.html.element("p", page.say({"Twin of a computing centre", "算力中心数字孪生"}),
                    "class=\"kind\"");
  page.html.raw("<h1><bdi>").text(r.centre.name).raw("</bdi></h1>\n");
  if (r.plant && r.plant->indicators.pue > 0) {
    page.html.element("p", pue_words(r.plant->indicators, page.language), "class=\"pue\"");
  }
  add_facts(page);
  page.html.raw("</header>\n");
  add_notices(page);
  add_tiles(page);
}

}  // namespace pentad::twin
