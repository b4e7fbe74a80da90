#include "ledger/statement_words.h"

#include <cstddef>
#include <iterator>

#include "base/reflect.h"

namespace pentad::ledger {

namespace {

struct Pair {
  std::string_view en, zh;
  std::string_view in(Language language) const { return language == Language::zh ? zh : en; }
};

struct Row {
  Word word;
  Pair text;
};

// In the order of the enumerators.
constexpr Row kWords[] = {
    {Word::statement, {"Statement", "账单"}},
    {Word::tenant, {"Tenant", "租户"}},
    {Word::project, {"Project", "项目"}},
    {Word::month, {"Month", "月份"}},
    {Word::all_times,
     {"All times are UTC+8. Amounts are yuan (CNY), exact to a millionth.",
      "时间均为北京时间（UTC+8）。金额单位为元（人民币），精确到百万分之一元。"}},
    {Word::total, {"Total", "合计"}},
    {Word::by_vouchers, {"By vouchers", "算力券支付"}},
    {Word::paid, {"Own money", "自付"}},
    {Word::by_unit, {"By resource", "按资源"}},
    {Word::by_user, {"By user", "按用户"}},
    {Word::by_voucher, {"By voucher", "按算力券"}},
    {Word::unit, {"Resource", "资源"}},
    {Word::quantity, {"Quantity", "用量"}},
    {Word::amount, {"Amount", "金额"}},
    {Word::user, {"User", "用户"}},
    {Word::charges, {"Charges", "计费条数"}},
    {Word::voucher, {"Voucher", "算力券"}},
    {Word::funder, {"Funder", "资助方"}},
    {Word::every_charge, {"Every charge", "明细"}},
    {Word::job, {"Job", "作业"}},
    {Word::class_and_place, {"Class and resources", "类别与资源"}},
    {Word::when, {"When", "时间"}},
    {Word::energy, {"Energy", "电能"}},
    {Word::calculation, {"Quantity × price = amount", "用量 × 单价 = 金额"}},
    {Word::not_charged, {"not charged", "不计费"}},
    {Word::price_version, {"price", "价格编号"}},
    {Word::how_to_check,
     {"To check a line: multiply quantity and price and round half up to six decimals. The "
      "lines of a charge make its total; the totals make the sum above.",
      "核对方法：用量乘以单价，四舍五入到六位小数即为该行金额；各行之和为该条合计，各条之和为"
      "上方总额。"}},
    {Word::open_statement,
     {"This month is not closed: more may be added.", "本月账单尚未结账，内容可能增加。"}},
    {Word::closed_statement, {"Closed: this statement never changes.", "已结账：本账单不再变更。"}},
    {Word::closed_at, {"Closed at", "结账时间"}},
    {Word::nothing_used, {"Nothing was used in this month.", "本月没有用量。"}},
    {Word::digest, {"Digest", "摘要"}},
    {Word::held, {"held at the start", "开始时冻结"}},
    {Word::metered_use, {"metered use", "计量用量"}},
};

constexpr bool words_in_order() {
  for (size_t i = 0; i < std::size(kWords); ++i) {
    if (static_cast<size_t>(kWords[i].word) != i) return false;
  }
  return kWords[std::size(kWords) - 1].word == Word::metered_use;
}
static_assert(words_in_order());

}  // namespace

std::string_view word(Word which, Language language) {
  return kWords[static_cast<size_t>(which)].text.in(language);
}

std::string_view unit_name(PriceUnit unit, Language language) {
  auto pair = [unit]() -> Pair {
    switch (unit) {
      case PriceUnit::core_hour:
        return {"core-hours", "核时"};
      case PriceUnit::memory_gib_hour:
        return {"memory GiB-hours", "内存GiB时"};
      case PriceUnit::device_hour:
        return {"device-hours", "卡时"};
      case PriceUnit::energy_kwh:
        return {"kWh", "千瓦时"};
      case PriceUnit::storage_gib_day:
        return {"storage GiB-days", "存储GiB天"};
      case PriceUnit::tokens_million:
        return {"million tokens", "百万词元"};
    }
    return {"", ""};
  };
  return pair().in(language);
}

std::string_view class_name(WorkloadClass workload_class, Language language) {
  auto pair = [workload_class]() -> Pair {
    switch (workload_class) {
      case WorkloadClass::simulation:
        return {"simulation", "科学计算"};
      case WorkloadClass::training:
        return {"training", "训练"};
      case WorkloadClass::inference:
        return {"inference", "推理"};
    }
    return {"", ""};
  };
  return pair().in(language);
}

std::string_view quality_name(FigureQuality quality, Language language) {
  auto pair = [quality]() -> Pair {
    switch (quality) {
      case FigureQuality::measured:
        return {"measured", "实测"};
      case FigureQuality::modelled:
        return {"modelled", "模型"};
      case FigureQuality::estimated:
        return {"estimated", "估算"};
    }
    return {"", ""};
  };
  return pair().in(language);
}

std::string_view state_name(JobState state, Language language) {
  if (language == Language::en) return enum_name(state);
  switch (state) {
    case JobState::completed:
      return "完成";
    case JobState::failed:
      return "失败";
    case JobState::cancelled:
      return "取消";
    case JobState::timeout:
      return "超时";
    case JobState::out_of_memory:
      return "内存不足";
    case JobState::node_failed:
      return "节点故障";
    default:
      return "重新排队";
  }
}

}  // namespace pentad::ledger
