// T8: a year and more of a GPU node's measured power (BioHPC node 08, 15,277 h) from its
// utilisation alone. Idle and full power are fitted to the even months; the odd months are blind.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "data.h"
#include "energy/it_power.h"

namespace pentad::validation {
namespace {

using namespace energy;

struct Hour {
  double power_w = 0, utilisation = 0;
};
using Months = std::map<std::string, std::vector<Hour>>;

Months read_months(const std::string& file) {
  Months months;
  for (const auto& row : read_table(file, '\t')) {
    if (row.size() < 9) continue;
    const Hour hour{number(row[2]), number(row[8]) / 100};
    if (std::isfinite(hour.power_w) && std::isfinite(hour.utilisation)) {
      months[row[1].substr(0, 7)].push_back(hour);
    }
  }
  return months;
}

// Least squares of a straight line over the even months: idle and full power of the chip.
Chip fit_even_months(const Months& months) {
  double n = 0, u = 0, p = 0, uu = 0, up = 0;
  int index = 0;
  for (const auto& [name, hours] : months) {
    if (index++ % 2 != 0) continue;
    for (const Hour& h : hours) {
      n += 1;
      u += h.utilisation;
      p += h.power_w;
      uu += h.utilisation * h.utilisation;
      up += h.utilisation * h.power_w;
    }
  }
  const double slope = (n * up - u * p) / (n * uu - u * u);
  Chip chip;
  chip.idle_w = (p - slope * u) / n;
  chip.max_w = chip.idle_w + slope;
  chip.leakage.share = 0;  // within what was measured
  return chip;
}

struct Blind {
  double measured_kwh = 0, modelled_kwh = 0, mape = 0, worst_month = 0, mean_month = 0;
};

Blind odd_months(const Months& months, const Chip& chip) {
  Blind b;
  double hours = 0, counted = 0;
  int index = 0;
  for (const auto& [name, list] : months) {
    if (index++ % 2 == 0) continue;
    double measured = 0, modelled = 0;
    for (const Hour& h : list) {
      const double watts = chip_power(chip, {h.utilisation, Precision::fp16}, 30).power_w;
      measured += h.power_w / 1000;
      modelled += watts / 1000;
      b.mape += std::abs(watts - h.power_w) / h.power_w;
      hours += 1;
    }
    const double wrong = modelled / measured - 1;
    std::printf("T8 %s %.1f kWh measured, %.1f modelled, %+.1f %%\n", name.c_str(), measured,
                modelled, 100 * wrong);
    b.worst_month = std::max(b.worst_month, std::abs(wrong));
    b.mean_month += std::abs(wrong);
    counted += 1;
    b.measured_kwh += measured;
    b.modelled_kwh += modelled;
  }
  b.mape /= hours;
  b.mean_month /= counted;
  return b;
}

Blind run(const std::string& file) {
  const Months months = read_months(file);
  const Chip chip = fit_even_months(months);
  const Blind b = odd_months(months, chip);
  std::printf(
      "T8 idle %.2f W, full %.2f W; blind months %+.2f %%, a month %.1f %% in the mean, "
      "%.1f %% at worst; hourly MAPE %.1f %%\n",
      chip.idle_w, chip.max_w, 100 * (b.modelled_kwh / b.measured_kwh - 1), 100 * b.mean_month,
      100 * b.worst_month, 100 * b.mape);
  return b;
}

}  // namespace

TEST_CASE("T8 a GPU node: energy of the blind months within 3 %, hourly MAPE below 20 %") {
  const std::string file = data_file("it-power/biohpc_cbsugpu08_usage_stats.tsv");
  if (file.empty()) return;
  const Blind b = run(file);
  CHECK(std::abs(b.modelled_kwh / b.measured_kwh - 1) <= 0.03);
  CHECK(b.mape < 0.20);
}

// Known miss: utilisation alone does not tell which job runs, and single months are off by up to 11
// %.
TEST_CASE("T8 each blind month by itself within 3 %" * doctest::should_fail()) {
  const std::string file = data_file("it-power/biohpc_cbsugpu08_usage_stats.tsv");
  if (file.empty()) FAIL("skipped: a case that should fail has to");
  CHECK(run(file).worst_month <= 0.03);
}

}  // namespace pentad::validation
