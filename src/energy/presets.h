// Sites to start from and to compare with, each of 1 MW rated IT input unless scaled. Parameters
// were chosen by hand inside published ranges (docs/validation.md says which were fitted to what).
#pragma once

#include <string_view>
#include <vector>

#include "energy/site.h"

namespace pentad::energy {

Site air_legacy(double rated_boards_w = 8e5);  // 8 C chilled water, fixed fans, old UPS
Site air_best(double rated_boards_w = 8e5);    // 18 C chilled water, economiser, VFD
Site air_free_direct(double rated_boards_w = 8e5);
Site air_free_indirect(double rated_boards_w = 8e5);
Site cold_plate_dry(double rated_boards_w = 8e5);  // 75 % captured at 35 C
Site cold_plate_wet(double rated_boards_w = 8e5);
Site immersion_single_phase(double rated_boards_w = 8e5);
Site immersion_two_phase_dry(const Fluid& fluid, double rated_boards_w = 8e5);
Site immersion_two_phase_wet(const Fluid& fluid, double rated_boards_w = 8e5);
Site frontier();  // constants of the published simulator; 9,472 nodes
NodeModel frontier_node();
Site summit();           // 21 C supply, towers and trim chillers; fitted to 2020's even weeks
Site bench_two_phase();  // a published test bench

Fluid fluid_649();   // boils at 49 C
Fluid fluid_7100();  // 61 C
Fluid fluid_fc3284();

}  // namespace pentad::energy
