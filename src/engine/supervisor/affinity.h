// Binding by affinity, for machines without cpusets.
#pragma once

#include <string_view>

namespace pentad::engine {

// Binds this process, and the children it will have, to the CPUs of a list such as 0-3,8. False
// when the list cannot be understood or none of its CPUs may be used.
bool bind_to_cpus(std::string_view list);

}  // namespace pentad::engine
