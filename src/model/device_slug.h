// The short name of a device model, from what its maker or the vendor's tool prints.
#pragma once

#include <string>
#include <string_view>

namespace pentad {

// A name for lists, scripts and prices: lower-case letters, digits and single hyphens, without
// trade marks, clock rates and core counts. "AMD EPYC 9654 96-Core Processor" -> "amd-epyc-9654".
std::string device_slug(std::string_view reported_name);

}  // namespace pentad
