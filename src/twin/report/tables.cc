#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <map>
#include <set>

#include "twin/report/numbers.h"
#include "twin/report/page.h"
#include "twin/report/translate.h"
#include "twin/report/words.h"

namespace pentad::twin {

namespace {

void add_pools(Page& page) {
  HtmlTable table{page.str({"Pools", "资源池"}),
                  {{page.str({"Pool", "资源池"})},
                   {page.str({"Of", "资源"})},
                   {page.str({"Nodes", "节点"}), true},
                   {page.str({"Units", "数量"}), true},
                   {page.str({"Unit-hours used", "已用单位小时"}), true},
                   {page.str({"Utilisation", "利用率"}), true}},
                  {}};
  for (const PoolUse& use : page.result().schedule.pools) {
    table.rows.push_back(
        {HtmlCell(use.pool, true),
         HtmlCell(use.device_model.empty() ? page.str({"cores", "处理器核"}) : use.device_model,
                  !use.device_model.empty()),
         whole(use.nodes), number(use.units), number(use.used_unit_hours, 1),
         percent(use.utilisation)});
  }
  page.html.table(table);
}

void add_classes(Page& page) {
  const auto& plant = page.result().plant;
  if (!plant) return;
  HtmlTable table{page.str({"Jobs by class, with their part of plant and losses",
                            "各类作业（含分摊的制冷与损耗）"}),
                  {{page.str({"Class", "类别"})},
                   {page.str({"Jobs", "作业"}), true},
                   {page.str({"Core-hours", "核时"}), true},
                   {page.str({"Device-hours", "卡时"}), true},
                   {page.str({"Energy at the meter", "计量电量"}), true},
                   {page.str({"Carbon", "碳排放"}), true},
                   {page.str({"Cost of energy", "电费"}), true}},
                  {}};
  for (const auto& [name, c] : plant->classes) {
    table.rows.push_back({class_name(name, page.language), number(c.jobs), number(c.core_hours, 1),
                          number(c.device_hours, 1), energy_text(c.meter_kwh),
                          mass_text(c.carbon_kg), money_text(c.energy_cny, page.language)});
  }
  page.html.table(table);
}

void add_users(Page& page) {
  const ScheduleSummary& s = page.result().schedule;
  HtmlTable table{
      fmt::format(fmt::runtime(page.say({"Most active users ({} of {})", "最活跃用户（{} / {}）"})),
                  s.most_active_users.size(), s.users),
      {{page.str({"User", "用户"})},
       {page.str({"Jobs", "作业"}), true},
       {page.str({"Core-hours", "核时"}), true},
       {page.str({"Device-hours", "卡时"}), true},
       {page.str({"Mean wait", "平均等待"}), true},
       {page.str({"Mean bounded slowdown", "平均有界减速比"}), true}},
      {}};
  for (const UserRow& user : s.most_active_users) {
    table.rows.push_back({HtmlCell(user.user, true), whole(user.jobs), number(user.core_hours, 1),
                          number(user.device_hours, 1), span_text(user.mean_wait_s, page.language),
                          number(user.mean_bounded_slowdown, 2)});
  }
  page.html.table(table);
}

void add_refusals(Page& page) {
  HtmlTable table{
      page.str({"Could never run", "永远无法运行"}),
      {{page.str({"Reason", "原因"})},
       {page.str({"Jobs", "作业"}), true},
       {page.str({"First, by its number in the trace", "首个作业在日志中的编号"}), true}},
      {}};
  for (const RefusedRow& row : page.result().schedule.refusals) {
    table.rows.push_back({HtmlCell(translated(row.reason, page.language), true), whole(row.jobs),
                          std::to_string(row.first_trace_id)});
  }
  page.html.table(table);
}

// By the names of the members of TraceCounts and Adjustments.
const std::map<std::string_view, Phrase>& note_texts() {
  static const std::map<std::string_view, Phrase> texts = {
      {"bad", {"Lines that are no jobs: left out", "不是作业的行：已略去"}},
      {"no_limit",
       {"Jobs without a limit: their run time stands in for it", "未给时限的作业：以运行时间代替"}},
      {"no_run_time", {"Jobs without a run time", "没有运行时间的作业"}},
      {"never_ran",
       {"Jobs that never ran in the trace: left out", "在日志中从未运行的作业：已略去"}},
      {"over_limit",
       {"Jobs that ran longer than they asked for: cut at their limit",
        "超过所申请时限的作业：在时限处截止"}},
      {"went_back",
       {"Jobs submitted before the line above them: moved there",
        "提交早于上一行的作业：移至上一行时间"}},
      {"uneven",
       {"Jobs with unlike parts: each part as large as the largest",
        "各部分不等的作业：均按最大部分计"}},
      {"rounded_up",
       {"Jobs that asked for parts of a core: rounded up", "申请不足一个核的作业：向上取整"}},
      {"partial",
       {"Lines about part of a job that another line sums up: left out",
        "仅描述作业一部分且另有汇总的行：已略去"}},
      {"split_over_nodes",
       {"Jobs larger than a node: spread evenly", "大于单个节点的作业：均匀分布"}},
      {"layout_dropped",
       {"Jobs that asked for whole or several nodes of a machine without layout: cores only",
        "在无节点布局的机器上要求整节点或多节点的作业：仅按核数"}},
      {"features_dropped",
       {"Jobs that asked for features no node has: without them",
        "要求无节点具备之特性的作业：忽略该要求"}},
      {"pools_dropped",
       {"Jobs that asked for pools that are not here: any pool",
        "指定的资源池不存在的作业：改为任意池"}},
      {"qos_dropped",
       {"Jobs that asked for a class of service that the policy does not know: none",
        "要求策略中不存在的服务等级的作业：不分等级"}},
      {"models_widened",
       {"Jobs that asked for device models that are not here: any of the kind",
        "指定的加速卡型号不存在的作业：改为同类任意型号"}},
      {"memory_cut",
       {"Jobs that asked for more memory than a node has: all of it",
        "申请内存超过节点的作业：给予全部内存"}}};
  return texts;
}

// A member without a text shows its name: nothing is dropped in silence.
template <class Counts>
void add_counts(HtmlTable& table, const Counts& counts, std::set<std::string_view> but,
                Language language) {
  using Members = boost::describe::describe_members<Counts, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    const std::string_view name = member.name;
    const int64_t count = counts.*member.pointer;
    if (count == 0 || but.contains(name)) return;
    const auto text = note_texts().find(name);
    const std::string_view what = text == note_texts().end() ? name : text->second.in(language);
    table.rows.push_back({what, whole(count)});
  });
}

// What was not taken as it stood, and how often.
HtmlTable trace_notes(const Page& page) {
  HtmlTable table{page.str({"What was left out or changed", "略去或改动的内容"}),
                  {{page.str({"What", "内容"})}, {page.str({"Count", "数量"}), true}},
                  {}};
  const TraceInfo& trace = page.result().trace;
  add_counts(table, trace.counts, {"lines", "jobs"}, page.language);
  // The same jobs are among the counts of the trace.
  add_counts(table, trace.adjustments, {"no_limit"}, page.language);
  return table;
}

}  // namespace

void add_schedule_tables(Page& page) {
  page.html.section("schedule", page.say({"Pools, classes and users", "资源池、作业类别与用户"}));
  add_pools(page);
  add_classes(page);
  add_users(page);
  add_refusals(page);
  page.html.raw("</section>\n");
}

void add_trace_notes(Page& page) {
  const TraceInfo& trace = page.result().trace;
  page.html.section("trace",
                    page.say({"What the trace left out or got wrong", "作业日志的缺失与错误"}));
  const HtmlTable notes = trace_notes(page);
  if (notes.rows.empty()) {
    page.html.element(
        "p", page.say({"Nothing: every line was taken as it stands.", "无：所有行均按原样采用。"}));
  }
  page.html.table(notes);
  HtmlTable table{fmt::format(fmt::runtime(page.say({"Bad lines ({} of {})", "错误行（{} / {}）"})),
                              trace.bad_lines.size(), whole(trace.counts.bad)),
                  {{page.str({"Line", "行"})},
                   {page.str({"Field", "字段"})},
                   {page.str({"What is wrong", "问题"})}},
                  {}};
  for (const trace::BadLine& bad : trace.bad_lines) {
    table.rows.push_back({whole(bad.line), HtmlCell(bad.field, true),
                          HtmlCell(translated(bad.why, page.language), true)});
  }
  page.html.table(table).raw("</section>\n");
}

void add_inputs(Page& page) {
  Html& html = page.html;
  html.section("inputs", page.say({"Where the figures come from", "数据来源与质量"}));
  html.raw("<dl class=\"meanings\">\n");
  for (Quality quality :
       {Quality::measured, Quality::stated, Quality::modelled, Quality::estimated}) {
    const auto& inputs = page.result().inputs;
    const auto count = std::count_if(inputs.begin(), inputs.end(),
                                     [&](const InputQuality& i) { return i.quality == quality; });
    html.raw("<div>").element("dt",
                              fmt::format("{} ({})", quality_name(quality, page.language), count));
    html.element("dd", quality_meaning(quality, page.language)).raw("</div>\n");
  }
  html.raw("</dl>\n");
  html.element("p", page.say({"All results are modelled from these inputs.",
                              "所有结果均由下列输入经模型算得。"}));
  HtmlTable table{page.str({"Inputs", "输入"}),
                  {{page.str({"Input", "输入"})},
                   {page.str({"Quality", "质量"})},
                   {page.str({"Source", "来源"})}},
                  {}};
  for (const InputQuality& input : page.result().inputs) {
    table.rows.push_back({HtmlCell(translated(input.what, page.language), true),
                          quality_name(input.quality, page.language),
                          HtmlCell(translated(input.source, page.language), true)});
  }
  html.table(table);
  if (page.result().plant && !page.result().plant->weather_notes.empty()) {
    html.element("h3", page.say({"About the weather", "气象数据说明"}));
    std::vector<std::string> notes;
    for (const std::string& note : page.result().plant->weather_notes) {
      notes.push_back(translated(note, page.language));
    }
    html.list(notes);
  }
  html.raw("</section>\n");
}

void add_about(Page& page) {
  const TwinResult& r = page.result();
  Html& html = page.html;
  html.raw("<footer>\n");
  html.element("p",
               page.say({"Beside this file: series.csv (every step), jobs.csv (every attempt), "
                         "summary.json (all that stands here).",
                         "同目录文件：series.csv（各时段）、jobs.csv（各次运行）、"
                         "summary.json（本报告全部数据）。"}));
  html.element(
      "p",
      fmt::format("Pentad {}{} {}; {} {}", r.pentad, r.pentad.empty() ? "" : ",",
                  fmt::format(fmt::runtime(page.say({"{} events", "{} 个事件"})), whole(r.events)),
                  page.say({"digest of the schedule", "调度摘要"}), r.schedule_digest));
  html.element("p", page.say({"Charts: Apache ECharts, Apache License 2.0.",
                              "图表：Apache ECharts，Apache License 2.0。"}));
  html.raw("</footer>\n");
}

}  // namespace pentad::twin
