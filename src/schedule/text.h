// Figures as people read them.
#pragma once

#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::schedule {

// "512 MiB", "1.5 GiB", "100 bytes".
std::string bytes_text(Bytes bytes);
// "2 h 5 min", "40 s", "3 d 4 h"; below a second "1 s".
std::string duration_text(Duration duration);
// "1 core", "8 cores".
std::string count_text(int64_t count, std::string_view singular);

}  // namespace pentad::schedule
