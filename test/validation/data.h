// Files of the data folder that the validation tests read.
#pragma once

#include <string>
#include <vector>

#include "energy/psychrometrics.h"

namespace pentad::validation {

// A file under PENTAD_DATA, else under the data folder beside the checkout; "" after saying that
// the test is skipped.
std::string data_file(const std::string& name);

// Fields of each line; empty lines and lines that begin with # are left out.
using Table = std::vector<std::vector<std::string>>;
Table read_table(const std::string& file, char separator);
double number(const std::string& text);

// A typical year, ready for the plant; empty when the file cannot be read (the test then fails).
std::vector<energy::WeatherHour> read_weather(const std::string& file);

}  // namespace pentad::validation
