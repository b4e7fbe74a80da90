// A month of a project for the tests of statements: three jobs, one partly paid by a voucher, one
// not charged, a metered day of storage, and names that would rather be something else.
#pragma once

#include <algorithm>
#include <vector>

#include "ledger/calendar.h"
#include "ledger/statement.h"

namespace pentad::ledger {

inline Charge sample_charge(int64_t id, Time ended, std::vector<ChargeLine> lines) {
  Charge c;
  c.id = id;
  c.entry = id + 10;
  c.attempt = {JobId{id}, 0, 1};
  c.tenant = "city-lab";
  c.project = "vision";
  c.user = "li";
  c.name = "train";
  c.placement = {"default", "", 4, mebibytes(2048), 1000, {{"node1", {}}}};
  c.started = ended - minutes(90);
  c.ended = ended;
  c.energy = Energy{360'000};
  c.energy_quality = FigureQuality::modelled;
  for (ChargeLine& line : lines) {
    line.amount = line_amount(line.unit, line.quantity, line.price).value();
    c.total += line.amount;
  }
  c.lines = std::move(lines);
  c.paid = c.total;
  c.held = std::min(c.total, Money::max() / 2) * 2;
  return c;
}

inline void pay_by_voucher(Charge& c, int64_t voucher, Money amount) {
  c.vouchers.push_back({voucher, amount});
  c.paid -= amount;
}

inline std::vector<Charge> sample_charges() {
  const Time begin = month_span("2026-11")->from;
  std::vector<Charge> out;
  out.push_back(sample_charge(1, begin + hours(30),
                              {{PriceUnit::core_hour, 3, 4 * 5'400'123, Money{300'000}, {}},
                               {PriceUnit::energy_kwh, 4, 360'000, Money{812'345}, {}}}));
  pay_by_voucher(out[0], 7, Money{1'000'000});
  out.push_back(sample_charge(
      2, begin + hours(40), {{PriceUnit::device_hour, 5, 500 * 1'234'567, Money{9'990'001}, {}}}));
  out[1].name = "=HYPERLINK(\"http://x\",\"y\")";
  out[1].user = "<script>alert(1)</script>";
  out[1].workload_class = WorkloadClass::training;
  out[1].placement.device_model = "GPU & \"Co\"";
  out[1].placement.nodes[0].devices = {0};
  out[1].placement.share_milli = 500;
  out.push_back(sample_charge(3, begin + hours(50), {}));
  out[2].free_because = "put back by the centre";
  out[2].state = JobState::node_failed;
  out.push_back(sample_charge(4, begin + hours(60),
                              {{PriceUnit::storage_gib_day, 6, 10'000, Money{3'333}, {}}}));
  out[3].attempt = {};
  out[3].name = "storage";
  return out;
}

inline std::vector<Voucher> sample_vouchers() {
  Voucher v;
  v.id = 7;
  v.funder = "city-hall";
  v.title = "Computing voucher";
  return {v};
}

inline Result<Statement> sample_statement() {
  return make_statement("city-lab", "vision", "2026-11", sample_charges(), sample_vouchers());
}

}  // namespace pentad::ledger
