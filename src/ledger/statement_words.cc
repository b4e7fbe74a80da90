#include "ledger/statement_words.h"

#include "base/reflect.h"

namespace pentad::ledger {

namespace {

struct Pair {
  std::string_view en, zh;
  std::string_view in(Language language) const { return language == Language::zh ? zh : en; }
};

Pair pair_of(Word which) {
  switch (which) {
    case Word::statement:
      return {"Statement", "账单"};
    case Word::tenant:
      return {"Tenant", "租户"};
    case Word::project:
      return {"Project", "项目"};
    case Word::month:
      return {"Month", "月份"};
    case Word::all_times:
      return {"All times are UTC+8. Amounts are yuan (CNY), exact to a millionth.",
              "时间均为北京时间（UTC+8）。金额单位为元（人民币），精确到百万分之一元。"};
    case Word::total:
      return {"Total", "合计"};
    case Word::by_vouchers:
      return {"By vouchers", "算力券支付"};
    case Word::paid:
      return {"Own money", "自付"};
    case Word::by_unit:
      return {"By resource", "按资源"};
    case Word::by_user:
      return {"By user", "按用户"};
    case Word::by_voucher:
      return {"By voucher", "按算力券"};
    case Word::unit:
      return {"Resource", "资源"};
    case Word::quantity:
      return {"Quantity", "用量"};
    case Word::amount:
      return {"Amount", "金额"};
    case Word::user:
      return {"User", "用户"};
    case Word::charges:
      return {"Charges", "计费条数"};
    case Word::voucher:
      return {"Voucher", "算力券"};
    case Word::funder:
      return {"Funder", "资助方"};
    case Word::every_charge:
      return {"Every charge", "明细"};
    case Word::job:
      return {"Job", "作业"};
    case Word::class_and_place:
      return {"Class and resources", "类别与资源"};
    case Word::when:
      return {"When", "时间"};
    case Word::energy:
      return {"Energy", "电能"};
    case Word::calculation:
      return {"Quantity × price = amount", "用量 × 单价 = 金额"};
    case Word::not_charged:
      return {"not charged", "不计费"};
    case Word::price_version:
      return {"price", "价格编号"};
    case Word::how_to_check:
      return {
          "To check a line: multiply quantity and price and round half up to six decimals. The "
          "lines of a charge make its total; the totals make the sum above.",
          "核对方法：用量乘以单价，四舍五入到六位小数即为该行金额；各行之和为该条合计，各条之和为"
          "上方总额。"};
    case Word::open_statement:
      return {"This month is not closed: more may be added.", "本月账单尚未结账，内容可能增加。"};
    case Word::closed_statement:
      return {"Closed: this statement never changes.", "已结账：本账单不再变更。"};
    case Word::closed_at:
      return {"Closed at", "结账时间"};
    case Word::nothing_used:
      return {"Nothing was used in this month.", "本月没有用量。"};
    case Word::digest:
      return {"Digest", "摘要"};
    case Word::held:
      return {"held at the start", "开始时冻结"};
    case Word::metered_use:
      return {"metered use", "计量用量"};
  }
  return {"", ""};
}

}  // namespace

std::string_view word(Word which, Language language) { return pair_of(which).in(language); }

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
