// What the money commands print in common.
#pragma once

#include <fmt/format.h>

#include <string>

#include "api/money_types.h"
#include "base/money_text.h"
#include "base/reflect.h"
#include "cli/session.h"

namespace pentad::cli {

inline std::string yuan(int64_t ucny) { return money_text(Money{ucny}); }
inline std::string yuan(const std::optional<int64_t>& ucny) { return ucny ? yuan(*ucny) : "-"; }

// "?a=b&c=d" of what is not empty.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

// Says what was done, or answers with the record's number for programs.
int report(const Session& session, const api::Recorded& done, const std::string& words);

// Words of an enumeration, with - or _ as people write them. Throws CommandError (usage).
PriceUnit parse_unit(const std::string& text);
WorkloadClass parse_class(const std::string& text);
std::vector<WorkloadClass> parse_classes(const std::vector<std::string>& texts);

// "60%", "600" (thousandths). Throws CommandError (usage).
int32_t parse_share(const std::string& text, const std::string& option);
std::string share_text(int32_t milli);

// "2026-11-22 16:00", local; "-" for none.
std::string moment(const std::optional<int64_t>& ms);

// What a job may cost, in one line; empty where nothing is charged.
std::string cost_text(const api::CostView& cost);

}  // namespace pentad::cli
