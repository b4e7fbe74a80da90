#include <fmt/format.h>

#include <algorithm>

#include "twin/report/numbers.h"
#include "twin/report/page.h"
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
    table.rows.push_back(
        {HtmlCell(row.reason, true), whole(row.jobs), std::to_string(row.first_trace_id)});
  }
  page.html.table(table);
}

// Counts of what was not taken as it stood.
class Notes {
 public:
  explicit Notes(Page& page) : page_(page) {}
  void add(int64_t count, Phrase text) {
    if (count == 0) return;
    lines_.push_back(fmt::format(fmt::runtime(page_.say(text)), whole(count)));
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  Page& page_;
  std::vector<std::string> lines_;
};

std::vector<std::string> trace_notes(Page& page) {
  Notes notes(page);
  const auto& c = page.result().trace.counts;
  const auto& a = page.result().trace.adjustments;
  notes.add(c.bad, {"{} lines are no jobs: left out.", "{} 行不是作业：已略去。"});
  notes.add(c.no_limit, {"{} jobs name no limit: their run time stands in for it.",
                         "{} 个作业未给时限：以运行时间代替。"});
  notes.add(c.no_run_time, {"{} jobs have no run time.", "{} 个作业没有运行时间。"});
  notes.add(a.never_ran,
            {"{} jobs never ran in the trace: left out.", "{} 个作业在日志中从未运行：已略去。"});
  notes.add(c.over_limit, {"{} jobs ran longer than they asked for: cut at their limit.",
                           "{} 个作业超过所申请的时限：在时限处截止。"});
  notes.add(c.went_back, {"{} jobs were submitted before the line above them: moved there.",
                          "{} 个作业的提交早于上一行：移至上一行时间。"});
  notes.add(c.uneven, {"{} jobs had unlike parts: each part as large as the largest.",
                       "{} 个作业各部分不等：均按最大部分计。"});
  notes.add(c.rounded_up, {"{} jobs asked for parts of a core: rounded up.",
                           "{} 个作业申请了不足一个核：向上取整。"});
  notes.add(c.partial, {"{} lines are about part of a job that another line sums up: left out.",
                        "{} 行仅描述作业的一部分，另有汇总行：已略去。"});
  notes.add(a.split_over_nodes, {"{} jobs are larger than a node: spread evenly.",
                                 "{} 个作业大于单个节点：均匀分布。"});
  notes.add(a.features_dropped, {"{} jobs asked for features that no node has: left out.",
                                 "{} 个作业要求的特性无节点具备：忽略该要求。"});
  notes.add(a.pools_dropped, {"{} jobs asked for pools that are not here: any pool.",
                              "{} 个作业指定的资源池不存在：改为任意池。"});
  notes.add(a.models_widened,
            {"{} jobs asked for device models that are not here: any of the kind.",
             "{} 个作业指定的加速卡型号不存在：改为同类任意型号。"});
  notes.add(a.memory_cut, {"{} jobs asked for more memory than a node has: all of it.",
                           "{} 个作业申请的内存超过节点：给予全部内存。"});
  return notes.lines();
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
  const std::vector<std::string> notes = trace_notes(page);
  if (notes.empty()) {
    page.html.element(
        "p", page.say({"Nothing: every line was taken as it stands.", "无：所有行均按原样采用。"}));
  }
  page.html.list(notes);
  HtmlTable table{fmt::format(fmt::runtime(page.say({"Bad lines ({} of {})", "错误行（{} / {}）"})),
                              trace.bad_lines.size(), whole(trace.counts.bad)),
                  {{page.str({"Line", "行"})},
                   {page.str({"Field", "字段"})},
                   {page.str({"What is wrong", "问题"})}},
                  {}};
  for (const trace::BadLine& bad : trace.bad_lines) {
    table.rows.push_back({whole(bad.line), HtmlCell(bad.field, true), HtmlCell(bad.why, true)});
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
    table.rows.push_back({HtmlCell(input.what, true), quality_name(input.quality, page.language),
                          HtmlCell(input.source, true)});
  }
  html.table(table);
  if (page.result().plant && !page.result().plant->weather_notes.empty()) {
    html.element("h3", page.say({"About the weather", "气象数据说明"}));
    html.list(page.result().plant->weather_notes);
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
      fmt::format("Pentad {}{} {}; {} {:016x}", r.pentad, r.pentad.empty() ? "" : ",",
                  fmt::format(fmt::runtime(page.say({"{} events", "{} 个事件"})), whole(r.events)),
                  page.say({"digest of the schedule", "调度摘要"}), r.schedule_digest));
  html.element("p", page.say({"Charts: Apache ECharts, Apache License 2.0.",
                              "图表：Apache ECharts，Apache License 2.0。"}));
  html.raw("</footer>\n");
}

}  // namespace pentad::twin
