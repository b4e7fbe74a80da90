// Reads words as options of a dialect and carries them out on the neutral job.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dialect/option.h"

namespace pentad::dialect {

// The options of a dialect's submit command, in the order of the documentation.
std::span<const Option> option_table(Dialect dialect);

// Reads options from the start of `words` and carries them out on `target`, whose origin says where
// they stand. Every option leaves at least one record. Returns how many words it read: the rest
// starts with a word that is no option.
size_t read_options(std::span<const std::string> words, Target& target);

}  // namespace pentad::dialect
