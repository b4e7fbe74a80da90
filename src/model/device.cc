#include "model/device.h"

#include "model/by_precision.h"

namespace pentad {

int64_t Throughput::at(Precision precision) const { return by_precision(*this, precision); }

}  // namespace pentad
