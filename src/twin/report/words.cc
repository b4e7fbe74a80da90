#include "twin/report/words.h"

#include <fmt/format.h>

#include <map>

#include "twin/report/numbers.h"

namespace pentad::twin {

namespace {

using Names = std::map<std::string_view, Phrase>;

std::string named(const Names& names, std::string_view id, Language language) {
  const auto it = names.find(id);
  return std::string(it == names.end() ? id : it->second.in(language));
}

Phrase metered_at(energy::PueCategory category) {
  switch (category) {
    case energy::PueCategory::pue1_ups_output:
      return {"UPS output metered", "UPS 输出处计量"};
    case energy::PueCategory::pue2_pdu_output:
      return {"PDU output metered", "PDU 输出处计量"};
    case energy::PueCategory::pue3_it_input:
      break;
  }
  return {"IT input metered", "IT 设备输入处计量"};
}

}  // namespace

std::string class_name(std::string_view workload_class, Language language) {
  static const Names names = {{"simulation", {"simulation", "科学计算"}},
                              {"training", {"training", "智能训练"}},
                              {"inference", {"inference", "智能推理"}}};
  return named(names, workload_class, language);
}

std::string action_name(std::string_view plant_action, Language language) {
  static const Names names = {{"temperature_rise", {"coolant let rise", "允许冷却介质升温"}},
                              {"pressure_rise", {"tank pressure let rise", "允许槽压升高"}},
                              {"adiabatic", {"pads of the dry coolers wetted", "干冷器湿膜加湿"}},
                              {"it_cap", {"IT power capped", "限制 IT 功率"}}};
  return named(names, plant_action, language);
}

std::string plant_name(std::string_view kind, Language language) {
  static const Names names = {
      {"air_chiller", {"air, chiller and tower", "风冷机房：冷水机组与冷却塔"}},
      {"free_air_direct", {"direct free air", "直接新风自然冷却"}},
      {"free_air_indirect", {"indirect free air", "间接新风自然冷却"}},
      {"cold_plate", {"cold plates", "冷板液冷"}},
      {"immersion_single_phase", {"single-phase immersion", "单相浸没液冷"}},
      {"immersion_two_phase", {"two-phase immersion", "两相浸没液冷"}}};
  return named(names, kind, language);
}

std::string format_name(std::string_view trace_format, Language language) {
  static const Names names = {{"swf", {"Standard Workload Format", "标准作业日志格式 SWF"}},
                              {"openb", {"openb pods", "openb 容器列表"}},
                              {"history", {"Pentad's history", "Pentad 运行历史"}},
                              {"generated", {"generated", "生成"}}};
  return named(names, trace_format, language);
}

std::string_view quality_name(Quality quality, Language language) {
  const auto name = [quality]() -> Phrase {
    switch (quality) {
      case Quality::measured:
        return {"measured", "实测"};
      case Quality::stated:
        return {"stated", "公布"};
      case Quality::modelled:
        return {"modelled", "模型"};
      case Quality::estimated:
        break;
    }
    return {"estimated", "估计"};
  };
  return name().in(language);
}

std::string_view quality_meaning(Quality quality, Language language) {
  const auto meaning = [quality]() -> Phrase {
    switch (quality) {
      case Quality::measured:
        return {"an instrument said so", "由仪表测得"};
      case Quality::stated:
        return {"by a data sheet, standard or publication", "来自产品手册、标准或文献"};
      case Quality::modelled:
        return {"follows from physics or the scheduler", "由物理模型或调度器推得"};
      case Quality::estimated:
        break;
    }
    return {"an assumption that somebody made", "人为假设"};
  };
  return meaning().in(language);
}

std::string pue_words(const energy::Indicators& i, Language language) {
  const int category = static_cast<int>(i.category) + 1;
  const std::string_view months = Phrase{"{} months", "{} 个月"}.in(language);
  const std::string period = i.interim
                                 ? energy::period_text(i.period_hours)
                                 : fmt::format(fmt::runtime(months), number(i.period_hours / 730));
  return fmt::format(
      fmt::runtime(Phrase{"{}PUE{} {:.3f} ({}, {})", "{}PUE{} {:.3f}（{}，{}）"}.in(language)),
      i.interim ? "i" : "", category, i.pue, period, metered_at(i.category).in(language));
}

}  // namespace pentad::twin
