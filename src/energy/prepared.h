// A site made ready: what SiteModel holds. `attempt` computes one hour for a given load with given
// allowances and tells how far the plant is from not carrying it.
#pragma once

#include <array>

#include "energy/air_model.h"
#include "energy/rejection_model.h"
#include "energy/site.h"

namespace pentad::energy {

// What an attempt may use beyond normal operation.
struct Allowance {
  double rise_pa = 0;  // tank pressure
  double rise_k = 0;   // supply temperature
  bool pad = false;
};

struct SiteModel::Prepared {
  explicit Prepared(const Site& from);

  // Fills `hour` for this load; returns the margin, negative if the plant does not carry it.
  double attempt(const WeatherHour& weather, const ItLoad& load, double reuse_demand_w,
                 const Allowance& allowed, SiteHour& hour) const;

  Site site;
  PsuCurve psu;
  bool is_two_phase = false, is_loop = false;  // liquid side: tank or technology loop
  double liquid_share = 0, fan_share = 0;
  double rated_it_w = 0, liquid_rated_w = 0, air_rated_w = 0;
  double ntu = 1;             // condenser, at rated flow
  double base_boiling_c = 0;  // at the tank's normal pressure
  double base_flux_w_m2 = 0;  // critical, there
  double coolant_pump_rated_w = 0, facility_pump_rated_w = 0, facility_capacity_w_k = 1;
  double other_w = 0;
  std::array<double, kMaxChainBlocks> unit_rated_w{};
  RejectionModel rejection;
  AirModel air;

 private:
  struct Coolant {
    double temp_c = 0, junction_rise_k = 0, superheat_k = 0;
  };
  Coolant coolant(const Allowance& allowed, double load_share) const;
  void it_power(const ItLoad& load, const Allowance& allowed, SiteHour& hour) const;
  double liquid_side(const WeatherHour& weather, double reuse_demand_w, const Allowance& allowed,
                     double load_share, SiteHour& hour) const;
  // State of the tank; returns by how much the lids stay below their critical flux, 0: just so.
  double boil(const Allowance& allowed, double load_share, SiteHour& hour) const;
  double air_side(const WeatherHour& weather, const Allowance& allowed, SiteHour& hour) const;
  void chain(SiteHour& hour) const;
  void size_chain();
};

}  // namespace pentad::energy
