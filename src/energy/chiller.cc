#include <algorithm>
#include <cmath>

#include "energy/check.h"
#include "energy/rejection.h"

namespace pentad::energy {
namespace {

double surface(const std::array<double, 6>& k, double te_c, double tc_c) {
  return k[0] + te_c * (k[1] + te_c * k[2]) + tc_c * (k[3] + tc_c * k[4]) + k[5] * te_c * tc_c;
}

struct Inside {
  double te_c = 0, tc_c = 0;
};

Inside inside(const Chiller& c, double te_c, double tc_c) {
  return {std::clamp(te_c, c.te_min_c, c.te_max_c), std::clamp(tc_c, c.tc_min_c, c.tc_max_c)};
}

// Ideal COP between the refrigerant temperatures; a lift of less than 5 K is not used.
double carnot(const Chiller& c, double te_c, double tc_c) {
  const double evaporator = te_c - c.evaporator_k + 273.15;
  const double lift = std::max(tc_c + c.condenser_k + 273.15 - evaporator, 5.0);
  return evaporator / lift;
}

}  // namespace

double chiller_capacity_factor(const Chiller& chiller, double te_c, double tc_c) {
  const Inside in = inside(chiller, te_c, tc_c);
  return surface(chiller.capacity, in.te_c, in.tc_c);
}

double chiller_eir_factor(const Chiller& chiller, double te_c, double tc_c) {
  const Inside in = inside(chiller, te_c, tc_c);
  return surface(chiller.eir, in.te_c, in.tc_c);
}

double chiller_full_load_cop(const Chiller& chiller, double te_c, double tc_c) {
  const Inside in = inside(chiller, te_c, tc_c);
  double cop = chiller.cop / surface(chiller.eir, in.te_c, in.tc_c);
  if (in.te_c != te_c || in.tc_c != tc_c) {
    cop *= carnot(chiller, te_c, tc_c) / carnot(chiller, in.te_c, in.tc_c);
  }
  return cop;
}

double chiller_power_w(const Chiller& chiller, double reference_w, double heat_w, double te_c,
                       double tc_c) {
  if (heat_w <= 0) return 0;
  const double unit_w = reference_w / chiller.units * chiller_capacity_factor(chiller, te_c, tc_c);
  const double running = std::clamp(std::ceil(heat_w / unit_w), 1.0, chiller.units);
  const double part = heat_w / (running * unit_w);
  const double p = std::max(part, chiller.min_part_load);
  const std::array<double, 3>& k = chiller.eir_part_load;
  const double full_w = unit_w / chiller_full_load_cop(chiller, te_c, tc_c);
  const double unit_power = full_w * (k[0] + p * (k[1] + p * k[2]));
  // Below its least load a unit runs part of the time at that load.
  return chiller.power_factor * running * unit_power * std::min(1.0, part / p);
}

Status validate(const Chiller& c, const std::string& path) {
  Check check(path);
  check.in("cop", c.cop, 1, 15)
      .in("te_reference_c", c.te_reference_c, 0, 30)
      .in("tc_reference_c", c.tc_reference_c, 5, 50)
      .in("te_min_c", c.te_min_c, -5, 30)
      .in("te_max_c", c.te_max_c, c.te_min_c, 35)
      .in("tc_min_c", c.tc_min_c, -5, 50)
      .in("tc_max_c", c.tc_max_c, c.tc_min_c, 60)
      .in("min_part_load", c.min_part_load, 0.01, 1)
      .in("evaporator_k", c.evaporator_k, 0, 10)
      .in("condenser_k", c.condenser_k, 0, 20)
      .in("oversize", c.oversize, 0.05, 10)
      .in("units", c.units, 1, 1000)
      .in("power_factor", c.power_factor, 0.1, 5);
  check.that("units", c.units == std::floor(c.units), "units must be whole");
  // The curves must make sense at the corners and in the middle of their limits.
  const double te[] = {c.te_min_c, 0.5 * (c.te_min_c + c.te_max_c), c.te_max_c};
  const double tc[] = {c.tc_min_c, 0.5 * (c.tc_min_c + c.tc_max_c), c.tc_max_c};
  for (double e : te) {
    for (double t : tc) {
      check.in("capacity", surface(c.capacity, e, t), 0.2, 3);
      check.in("eir", surface(c.eir, e, t), 0.1, 3);
    }
  }
  for (double p : {c.min_part_load, 0.5, 1.0}) {
    const std::array<double, 3>& k = c.eir_part_load;
    check.in("eir_part_load", k[0] + p * (k[1] + p * k[2]), 0.01, 2);
  }
  return check.status();
}

}  // namespace pentad::energy
