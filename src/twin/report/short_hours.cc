#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "twin/report/numbers.h"
#include "twin/report/page.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

constexpr size_t kMaxSpells = 40;

// Steps in a row in which the same was done.
struct Spell {
  Time begin, end = {};
  std::set<std::string> actions = {};
  double most_short_w = 0, short_kwh = 0;
  double hottest_c = -1e9, wettest_c = -1e9;
};

std::set<std::string> actions_of(const energy::SiteHour& hour) {
  std::set<std::string> actions;
  for (energy::PlantAction action : hour.actions.taken()) {
    actions.insert(boost::describe::enum_to_string(action, "?"));
  }
  return actions;
}

std::vector<Spell> spells_of(const Series& series) {
  std::vector<Spell> spells;
  for (const SeriesRow& row : series.rows) {
    if (!row.plant) continue;
    const energy::SiteHour& h = row.plant->hour;
    std::set<std::string> actions = actions_of(h);
    const bool is_short = h.short_w > 1e-6 * h.wanted_boards_w;
    if (actions.empty() && !is_short) continue;
    const bool goes_on = !spells.empty() && spells.back().end == row.step.begin &&
                         spells.back().actions == actions &&
                         (spells.back().most_short_w > 0) == is_short;
    if (!goes_on) spells.push_back({.begin = row.step.begin, .actions = std::move(actions)});
    Spell& spell = spells.back();
    spell.end = row.step.begin + row.step.length;
    if (is_short) {
      spell.most_short_w = std::max(spell.most_short_w, h.short_w);
      spell.short_kwh += h.short_w * static_cast<double>(row.step.length.value) / 3.6e9;
    }
    spell.hottest_c = std::max(spell.hottest_c, row.plant->weather.dry_bulb_c);
    spell.wettest_c = std::max(spell.wettest_c, row.plant->weather.wet_bulb_c);
  }
  return spells;
}

void add_actions(Page& page, const PlantSummary& plant) {
  HtmlTable table{page.str({"What was done, in hours", "采取的措施与小时数"}),
                  {{page.str({"Action", "措施"})}, {page.str({"Hours", "小时"}), true}},
                  {}};
  for (const auto& [action, hours] : plant.action_hours) {
    table.rows.push_back({action_name(action, page.language), hours_text(hours)});
  }
  if (plant.totals.hours_short > 0) {
    table.rows.push_back({page.str({"load wanted and not carried", "负荷未能全部承担"}),
                          hours_text(plant.totals.hours_short)});
  }
  page.html.table(table);
}

// What the scheduler and the devices did about it.
void add_consequences(Page& page, const HeatSummary& heat) {
  if (heat.hours_capped <= 0) return;
  HtmlTable table{page.str({"What it did to the jobs", "对作业的影响"}),
                  {{page.str({"Consequence", "后果"})},
                   {page.str({"Amount", "数量"}), true},
                   {page.str({"Meaning", "含义"})}},
                  {}};
  const auto add = [&](Phrase what, std::string amount, Phrase meaning) {
    table.rows.push_back({page.str(what), std::move(amount), page.str(meaning)});
  };
  add({"Starts held under a power cap", "按功率上限限制启动"},
      hours_text(std::round(heat.hours_capped)),
      {"The plant could not have carried all nodes at full power: the scheduler had a cap.",
       "制冷系统无法承担全部节点满载：调度器按功率上限启动作业。"});
  add({"of these with jobs waiting", "其中有作业排队"},
      hours_text(std::round(heat.hours_capped_and_queue)),
      {"Some of them may have waited for other reasons.", "部分作业可能因其他原因排队。"});
  add({"Running jobs throttled", "运行中作业降速"}, number(heat.hours_throttled, 1) + " h",
      {"What ran would have drawn more than the plant carried.",
       "运行中作业的需求功率超过制冷系统的承担能力。"});
  if (heat.jobs_slowed > 0) {
    add({"Jobs slowed", "被降速的作业"}, whole(heat.jobs_slowed),
        {"They did the same work and ended later; limits were moved by as much.",
         "完成同样的工作但结束更晚；时限相应延长。"});
    add({"Slowest pace", "最低运行速度"}, percent(heat.least_pace),
        {"Of full. Work is taken to fall as the power above idle does.",
         "与全速之比。假设工作量随空闲以上功率成比例下降。"});
    add({"Time lost", "损失时间"}, number(heat.lost_job_hours, 1) + " h",
        {"By which jobs ended later, summed over them.", "各作业推迟结束时间之和。"});
  }
  page.html.table(table);
}

void add_spells(Page& page, std::vector<Spell> spells) {
  const size_t all = spells.size();
  // The worst ones, then back in the order of time.
  const auto worse = [](const Spell& a, const Spell& b) {
    if (a.short_kwh != b.short_kwh) return a.short_kwh > b.short_kwh;
    return a.end - a.begin > b.end - b.begin;
  };
  std::stable_sort(spells.begin(), spells.end(), worse);
  if (spells.size() > kMaxSpells) spells.resize(kMaxSpells);
  std::sort(spells.begin(), spells.end(),
            [](const Spell& a, const Spell& b) { return a.begin < b.begin; });
  HtmlTable table{page.str({"When", "发生时间"}),
                  {{page.str({"From", "起始"})},
                   {page.str({"For", "持续"}), true},
                   {page.str({"What was done", "措施"})},
                   {page.str({"Not carried, at most", "未承担功率（最大）"}), true},
                   {page.str({"Energy not carried", "未承担能量"}), true},
                   {page.str({"Dry bulb up to", "干球最高"}), true},
                   {page.str({"Wet bulb up to", "湿球最高"}), true}},
                  {}};
  for (const Spell& spell : spells) {
    std::string done;
    for (const std::string& action : spell.actions) {
      if (!done.empty()) done += page.language == Language::zh ? "、" : ", ";
      done += action_name(action, page.language);
    }
    table.rows.push_back({local_minute(spell.begin, page.run.series.utc_offset),
                          hours_text(static_cast<double>((spell.end - spell.begin).value) / 3.6e6),
                          done, spell.most_short_w > 0 ? power_text(spell.most_short_w) : "–",
                          spell.most_short_w > 0 ? energy_text(spell.short_kwh) : "–",
                          number(spell.hottest_c, 1) + " °C", number(spell.wettest_c, 1) + " °C"});
  }
  page.html.table(table);
  if (all > spells.size()) {
    page.html.element(
        "p",
        fmt::format(fmt::runtime(page.say({"The worst {} of {} spells; all are in series.csv.",
                                           "列出 {1} 段中最严重的 {0} 段，其余见 series.csv。"})),
                    spells.size(), all),
        "class=\"about\"");
  }
}

}  // namespace

void add_short_hours(Page& page) {
  const auto& plant = page.result().plant;
  if (!plant) return;
  page.html.section("short", page.say({"Hours too hard for the plant", "制冷能力不足的时段"}));
  std::vector<Spell> spells = spells_of(page.run.series);
  if (spells.empty() && plant->heat.hours_capped > 0) add_consequences(page, plant->heat);
  if (spells.empty()) {
    page.html.element("p", page.say({"None: the plant carried the whole load in every step without "
                                     "special action.",
                                     "无：各时段制冷系统均承担了全部负荷，未采取特殊措施。"}));
  } else {
    add_actions(page, *plant);
    add_consequences(page, plant->heat);
    add_spells(page, std::move(spells));
  }
  page.html.raw("</section>\n");
}

}  // namespace pentad::twin
