// [policy] to what the core takes.
#include <fmt/format.h>

#include <cmath>

#include "catalogue/centre_reader.h"

namespace pentad::catalogue {

Status CentreReader::read_policy() {
  auto value = take_table("policy");
  if (!value) return tl::unexpected(value.error());
  auto table = rows_.read_as<PolicyTable>(*value, "/policy");
  if (!table) return tl::unexpected(table.error());
  Policy& policy = centre_.policy;
  policy.backfill = table->scheduler != SchedulerName::fcfs;
  policy.reservation_depth = table->scheduler == SchedulerName::conservative ? -1 : 1;
  if (table->reservation_depth) policy.reservation_depth = *table->reservation_depth;
  policy.weights = table->weights;
  if (!table->fair_share) policy.weights.fair_share = 0;
  policy.fair_share_half_life = hours(table->fair_share_half_life_h);
  policy.qos = table->qos;
  policy.projects = table->projects;
  policy.default_limit = minutes(table->default_limit_min);
  policy.max_limit = hours(table->max_limit_h);
  centre_.default_wish = table->wish;
  std::vector<double> caps = table->power_cap_kw;
  if (caps.size() == 1) caps.assign(24, caps[0]);
  if (!caps.empty() && caps.size() != 24) {
    return wrong(*value, "/policy/power_cap_kw", "expected 24 values by hour, or one for all");
  }
  for (double kw : caps) {
    if (!(kw > 0 && kw <= 1e7)) {
      return wrong(*value, "/policy/power_cap_kw", "expected more than 0 and up to 10,000,000 kW");
    }
    policy.power_cap.by_hour.push_back(Power{std::llround(kw * 1e6)});
  }
  policy.power_cap.utc_offset = centre_.utc_offset;
  return {};
}

}  // namespace pentad::catalogue
