// When a job that has time begins so that its hours cost least.
#pragma once

#include "base/units.h"
#include "model/policy.h"

namespace pentad::schedule {

// The begin in [earliest, middle of the time to spare] at which [begin, begin + limit) costs least
// by the hours of `costs`; the earliest of equals. The time to spare ends at `deadline - limit`;
// its second half is left for waiting in the queue. `earliest` itself without costs (not 24 of
// them) or time to spare. Candidates are `earliest` and the full hours after it, four weeks at
// most.
Time cheapest_begin(const HourCosts& costs, Time earliest, Duration limit, Time deadline);

}  // namespace pentad::schedule
