// One choice for all types that have a member for each precision.
#pragma once

#include "model/device.h"

namespace pentad {

// The member named as `precision`; of a default object for a value outside the enumeration.
template <class PerPrecision>
auto by_precision(const PerPrecision& all, Precision precision) -> decltype(all.fp64) {
  switch (precision) {
    case Precision::fp64:
      return all.fp64;
    case Precision::fp32:
      return all.fp32;
    case Precision::tf32:
      return all.tf32;
    case Precision::bf16:
      return all.bf16;
    case Precision::fp16:
      return all.fp16;
    case Precision::fp8:
      return all.fp8;
    case Precision::int8:
      return all.int8;
    case Precision::int4:
      return all.int4;
  }
  return PerPrecision{}.fp64;
}

}  // namespace pentad
