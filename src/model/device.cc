#include "model/device.h"

namespace pentad {

int64_t Throughput::at(Precision precision) const {
  switch (precision) {
    case Precision::fp64:
      return fp64;
    case Precision::fp32:
      return fp32;
    case Precision::tf32:
      return tf32;
    case Precision::bf16:
      return bf16;
    case Precision::fp16:
      return fp16;
    case Precision::fp8:
      return fp8;
    case Precision::int8:
      return int8;
    case Precision::int4:
      return int4;
  }
  return 0;  // a value outside the enumeration has no throughput
}

}  // namespace pentad
