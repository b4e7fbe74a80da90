#include "twin/report/translate.h"

#include <optional>
#include <vector>

namespace pentad::twin {

namespace {

// `{}` stands for what differs; the n-th of the English text is {n} of the Chinese, from 1.
constexpr Phrase kSentences[] = {
    // inputs
    {"climate {}", "气候 {1}"},
    {"grid {}", "电网因子 {1}"},
    {"tariff {}", "电价 {1}"},
    {"node {}", "节点 {1}"},
    {"psu {}", "节点电源 {1}"},
    {"device {}", "器件 {1}"},
    {"chain {}", "供配电链 {1}"},
    {"block {}", "供配电设备 {1}"},
    {"plant {}", "制冷系统 {1}"},
    {"fluid {}", "冷却液 {1}"},
    {"chiller {}", "冷水机组 {1}"},
    {"dry_cooler {}", "干冷器 {1}"},
    {"tower {}", "冷却塔 {1}"},
    {"no market-based factor given: the grid's is used", "未给出市场法因子：采用电网因子"},
    {"idle power of {} is not known: estimated at {} % of {} W",
     "{1} 的空闲功率未知：按 {3} W 的 {2} % 估计"},
    {"utilisation of chips while jobs hold them", "作业占用期间的芯片利用率"},
    {"simulation {}, training {}, inference {}", "科学计算 {1}，智能训练 {2}，智能推理 {3}"},
    {"pace of jobs that the plant throttles", "制冷不足时作业的运行速度"},
    {"work falls as the power above idle does", "工作量随空闲以上功率成比例下降"},
    {"starts of jobs", "作业启动时刻"},
    {"the production scheduler on virtual time", "生产调度器，虚拟时间"},
    {"jobs and run times", "作业及其运行时间"},
    {"made up from stated distributions", "按给定分布生成"},
    {"made up, seed {}", "生成的作业，种子 {1}"},
    {"centre file", "中心文件"},
    {"the trace's own machine", "日志自身的机器"},
    // weather
    {"{} (climate built from monthly normals)", "{1}（由逐月气候标准值构建）"},
    {"{} (EPW file)", "{1}（EPW 文件）"},
    {"weather: {}", "气象：{1}"},
    {"built from monthly normals, not measured hour by hour (docs/climates.md)",
     "由逐月气候标准值构建，并非逐时实测（docs/climates.md）"},
    {"dry bulbs above {} C stretched by {} to meet the design value",
     "{1} °C 以上的干球温度按 {2} 拉伸以符合设计值"},
    {"wet bulbs above {} C stretched by {} to meet the design value",
     "{1} °C 以上的湿球温度按 {2} 拉伸以符合设计值"},
    {"pressure: the standard atmosphere at the station's altitude", "气压：按测站海拔的标准大气"},
    {"pressure: not in the source; the standard atmosphere at {} m",
     "气压：来源中没有；取海拔 {1} m 的标准大气"},
    {"dry bulb: {} missing hours filled (gaps up to {} h along a line, longer ones from the days "
     "around)",
     "干球温度：补全 {1} 个缺失小时（{2} 小时以内线性内插，更长者取自前后各日）"},
    {"relative humidity: {} missing hours filled (gaps up to {} h along a line, longer ones from "
     "the days around)",
     "相对湿度：补全 {1} 个缺失小时（{2} 小时以内线性内插，更长者取自前后各日）"},
    {"pressure: {} missing hours filled (gaps up to {} h along a line, longer ones from the days "
     "around)",
     "气压：补全 {1} 个缺失小时（{2} 小时以内线性内插，更长者取自前后各日）"},
    {"relative humidity: {} hours above 100 % cut to it",
     "相对湿度：{1} 个小时超过 100 %，取 100 %"},
    {"29 February left out", "略去 2 月 29 日"},
    // why a job could never run
    {"asks for {} on one node; the largest has {} (pool {})",
     "单节点需要 {1}；最大的节点为 {2}（资源池 {3}）"},
    {"asks for {} on one node; the most are {} (pool {})",
     "单节点需要 {1}；最多为 {2}（资源池 {3}）"},
    {"asks for {}; the most that would fit are {} (pool {})",
     "需要 {1}；最多可满足 {2}（资源池 {3}）"},
    {"asks for {}; the longest limit here is {}", "申请 {1}；此处最长时限为 {2}"},
    {"asks for {} of licence '{}'; there are {}", "需要许可 {2} 共 {1} 份；仅有 {3} 份"},
    {"no node has {}, {} and {} at once; singly the largest are {}, {} and {}",
     "没有节点同时具备 {1}、{2} 和 {3}；各自最大为 {4}、{5} 和 {6}"},
    {"no node that may be used has all of: {}", "可用节点均不同时具备：{1}"},
    {"no node has such devices", "没有节点具有此类加速卡"},
    {"no node has a device of this kind", "没有节点具有此类加速卡"},
    {"no node has a device '{}'", "没有节点具有加速卡 {1}"},
    {"there is no device model `{}`", "没有加速卡型号 {1}"},
    {"there is no licence `{}`", "没有许可 {1}"},
    {"there is no pool `{}`", "没有资源池 {1}"},
    {"there is no QoS `{}`", "没有服务等级 {1}"},
    {"the centre has no nodes", "该中心没有节点"},
    // why two runs cannot be compared
    {"not the same work: {} jobs ran to their end against {}",
     "工作不同：运行结束的作业 {1} 个，基线 {2} 个"},
    {"not the same work: {} kWh against {} kWh at the boards",
     "工作不同：主板用电 {1} kWh，基线 {2} kWh"},
    {"no plant, no saving", "没有制冷系统，无从比较"},
    {"/{}: {}", "/{1}：{2}"},
    // lines of a trace
    {"{} is not a number", "{1} 不是数字"},
    {"{} is not from 0 to {}", "{1} 不在 0 至 {2} 之间"},
    {"{} is too much", "{1} 过大"},
    {"is missing", "缺失"},
    {"is empty", "为空"},
    {"too early", "过早"},
    {"before its creation", "早于创建时间"},
    {"a quote is not closed", "引号未闭合"},
    {"{} values for {} columns", "{2} 列中有 {1} 个值"},
    {"longer than {} bytes", "超过 {1} 字节"},
    {"neither requested nor allocated processors", "既无申请也无分配的处理器"},
    {"{} fields: a job has 18, or up to 21 when extended",
     "{1} 个字段：作业应有 18 个，扩展时至多 21 个"}};

constexpr Phrase kPolicies[] = {{"EASY backfill", "EASY 回填"},
                                {"conservative backfill", "保守回填"},
                                {"no backfill", "不回填"},
                                {"no reservations", "不预留"},
                                {"backfill with {} reservations", "预留 {1} 个作业的回填"},
                                {"first come first served order", "先来先服务"},
                                {"fair share (half-life {} h)", "公平共享（半衰期 {1} 小时）"},
                                {"order by priority", "按优先级"},
                                {"power cap by hour", "按小时功率上限"}};

// What stands at the places of `{}`, or nothing when the text is another.
std::optional<std::vector<std::string_view>> matched(std::string_view text,
                                                     std::string_view pattern) {
  std::vector<std::string_view> values;
  size_t open = pattern.find("{}");
  const std::string_view head = pattern.substr(0, open);
  if (!text.starts_with(head)) return {};
  text.remove_prefix(head.size());
  while (open != pattern.npos) {
    pattern.remove_prefix(open + 2);
    open = pattern.find("{}");
    const std::string_view next = pattern.substr(0, open);
    const bool last = open == pattern.npos;
    if (last && !text.ends_with(next)) return {};
    const size_t at = last ? text.size() - next.size() : text.find(next);
    if (at == text.npos || at == 0) return {};
    values.push_back(text.substr(0, at));
    text.remove_prefix(at + next.size());
  }
  if (!text.empty()) return {};
  return values;
}

std::string filled(std::string_view pattern, const std::vector<std::string_view>& values) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}') {
      const auto n = static_cast<size_t>(pattern[i + 1] - '1');
      if (n < values.size()) out += translated(values[n], Language::zh);
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

template <size_t N>
std::string by(const Phrase (&phrases)[N], std::string_view text) {
  for (const Phrase& phrase : phrases) {
    if (auto values = matched(text, phrase.in(Language::en))) {
      return filled(phrase.in(Language::zh), *values);
    }
  }
  return std::string(text);
}

}  // namespace

std::string translated(std::string_view text, Language language) {
  return language == Language::en ? std::string(text) : by(kSentences, text);
}

std::string policy_words(std::string_view policy, Language language) {
  if (language == Language::en) return std::string(policy);
  std::string out;
  while (!policy.empty()) {
    const size_t comma = policy.find(", ");
    if (!out.empty()) out += "，";
    out += by(kPolicies, policy.substr(0, comma));
    policy.remove_prefix(comma == policy.npos ? policy.size() : comma + 2);
  }
  return out;
}

}  // namespace pentad::twin
