// How people name a policy on the command line.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/policy.h"

namespace pentad::cli::twin {

// Changes `policy` by a list such as "easy", "conservative,fair-share=off", "depth=16", "fcfs":
//   fcfs             first come first served, nothing overtakes: no backfill
//   easy             one reservation
//   depth=K          reservations for the first K blocked jobs
//   conservative     for all
//   fair-share=on|off, qos=on|off, age=on|off
// Errors: invalid, with what is allowed.
Status apply_policy_text(std::string_view text, Policy& policy);

// "500kW", "2.5MW" for all hours, or by hours of the local day "8-22:400kW,22-8:1MW"; hours that
// are not named have no cap. Errors: invalid.
Status apply_power_cap(std::string_view text, Policy& policy);

// A policy for comparing schedulers: order by submission, no fair share, no limit on walltime.
Policy plain_policy();

}  // namespace pentad::cli::twin
