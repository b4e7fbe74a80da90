// Files that stand in every report as they are; embed.cmake puts them into the program.
#pragma once

#include <string_view>

namespace pentad::twin {

std::string_view charts_library();  // Apache ECharts, minified
std::string_view charts_notice();   // what its licence wants to be shown
std::string_view report_script();
std::string_view report_style();

}  // namespace pentad::twin
