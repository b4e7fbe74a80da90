// The words of statements in English and Chinese.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

#include "model/job.h"
#include "model/money.h"

namespace pentad::ledger {

BOOST_DEFINE_ENUM_CLASS(Language, en, zh)

enum class Word {
  statement,
  tenant,
  project,
  month,
  all_times,
  total,
  by_vouchers,
  paid,
  by_unit,
  by_user,
  by_voucher,
  unit,
  quantity,
  amount,
  user,
  charges,
  voucher,
  funder,
  every_charge,
  job,
  class_and_place,
  when,
  energy,
  calculation,
  not_charged,
  price_version,
  how_to_check,
  open_statement,
  closed_statement,
  closed_at,
  nothing_used,
  digest,
  held,
  metered_use,
};

std::string_view word(Word which, Language language);

// "core-hours", "核时".
std::string_view unit_name(PriceUnit unit, Language language);
std::string_view class_name(WorkloadClass workload_class, Language language);
std::string_view quality_name(FigureQuality quality, Language language);
std::string_view state_name(JobState state, Language language);

}  // namespace pentad::ledger
