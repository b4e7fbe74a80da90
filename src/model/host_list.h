// Names of hosts in brackets, as Slurm and others write them: "n[1-3,07-09],login".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pentad {

inline constexpr size_t kMostHosts = 1'000'000;

// Every name, in the order written; several brackets in a name multiply. Errors: invalid, with a
// sentence (a bracket left open, a range that runs backwards, more than kMostHosts).
Result<std::vector<std::string>> expand_hosts(std::string_view text);

// Names that differ in the number at their end share a bracket when they follow each other;
// numbers of one bracket have one width or no leading zeros. The order is kept, repeated names too.
std::string compress_hosts(std::span<const std::string> hosts);

}  // namespace pentad
