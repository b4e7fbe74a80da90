#include <fmt/format.h>

#include "base/money_text.h"
#include "base/reflect.h"
#include "ledger/calendar.h"
#include "ledger/csv.h"
#include "ledger/quantity_text.h"
#include "ledger/statement_forms.h"
#include "tenancy/directory.h"

namespace pentad::ledger {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

const std::vector<std::string>& header() {
  static const std::vector<std::string> names = {"kind",
                                                 "charge",
                                                 "entry",
                                                 "job",
                                                 "index",
                                                 "attempt",
                                                 "name",
                                                 "user",
                                                 "project",
                                                 "class",
                                                 "qos",
                                                 "pool",
                                                 "device",
                                                 "nodes",
                                                 "cores_per_node",
                                                 "memory_bytes_per_node",
                                                 "devices",
                                                 "share_milli",
                                                 "state",
                                                 "started_utc8",
                                                 "ended_utc8",
                                                 "energy_kwh",
                                                 "energy_quality",
                                                 "resource",
                                                 "quantity_fine_units",
                                                 "fine_units_per_unit",
                                                 "quantity",
                                                 "price_version",
                                                 "price_cny",
                                                 "voucher",
                                                 "amount_cny",
                                                 "free_because"};
  return names;
}

std::string whole(int64_t number) { return std::to_string(number); }

// The columns that every row of a charge begins with, up to and including energy_quality.
std::vector<std::string> begin_of(const Charge& c, std::string_view kind) {
  size_t devices = 0;
  for (const NodeShare& node : c.placement.nodes) devices += node.devices.size();
  return {std::string(kind),
          whole(c.id),
          whole(c.entry),
          whole(c.attempt.job.value),
          whole(c.attempt.index),
          whole(c.attempt.number),
          csv_text(c.name),
          csv_text(c.user),
          csv_text(full_name(c.tenant, c.project)),
          std::string(enum_name(c.workload_class)),
          csv_text(c.qos),
          csv_text(c.placement.pool),
          csv_text(c.placement.device_model),
          whole(static_cast<int64_t>(c.placement.nodes.size())),
          whole(c.placement.cores),
          whole(c.placement.memory.value),
          whole(static_cast<int64_t>(devices)),
          whole(c.placement.share_milli),
          std::string(enum_name(c.state)),
          local_time_text(c.started),
          local_time_text(c.ended),
          kwh_text(c.energy),
          std::string(enum_name(c.energy_quality))};
}

std::string row(const Charge& c, std::string_view kind, const std::vector<std::string>& rest) {
  std::vector<std::string> cells = begin_of(c, kind);
  cells.insert(cells.end(), rest.begin(), rest.end());
  return csv_line(cells);
}

}  // namespace

Result<std::string> statement_csv(const Statement& statement) {
  if (Status good = check_statement(statement); !good) return tl::unexpected(good.error());
  std::string out(kByteOrderMark);
  out += csv_line(header());
  for (const Charge& c : statement.charges) {
    for (const ChargeLine& line : c.lines) {
      out += row(
          c, "use",
          {std::string(enum_name(line.unit)), whole(line.quantity), whole(fine_units_of(line.unit)),
           quantity_text(line.unit, line.quantity, line.price, line.amount), whole(line.price_id),
           money_text_exact(line.price), "", money_text_exact(line.amount), ""});
    }
    for (const VoucherPart& part : c.vouchers) {
      out += row(c, "voucher",
                 {"", "", "", "", "", "", whole(part.voucher), money_text_exact(-part.amount), ""});
    }
    if (c.lines.empty()) {
      out += row(c, "free",
                 {"", "", "", "", "", "", "", money_text_exact(Money{}), csv_text(c.free_because)});
    }
  }
  return out;
}

}  // namespace pentad::ledger
