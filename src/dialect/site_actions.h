// What the site's map of resource names does to the neutral job.
#pragma once

#include <string_view>

#include "dialect/option.h"

namespace pentad::dialect {

// Carries out on `part` what the site says the resource `name` stands for, with values as the
// dialect writes them. False: the site says nothing of it.
bool apply_site_resource(Target& t, Component& part, std::string_view name, std::string_view value);

// The same for an option of its own, with a record under `text`.
bool carry_out_site_resource(Target& t, std::string_view name, std::string_view value,
                             std::string text);

}  // namespace pentad::dialect
