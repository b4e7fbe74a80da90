// Values of an application's parameters: from JSON or text as a user gives them to the text that
// the script sees.
#pragma once

#include <string>

#include "base/reflect_traits.h"
#include "base/result.h"
#include "model/application.h"

namespace pentad {

// Name of the variable that carries the parameter to the script: PENTAD_PARAM_NAME.
std::string parameter_variable(const Parameter& parameter);

// The value in one canonical form: 32000, 0.005, true, plain text. Every type also takes a JSON
// string that holds the value, as a command line gives it. Errors: invalid, with a sentence that
// names the parameter and says what would do; no path.
Result<std::string> parameter_value(const Parameter& parameter, const JsonText& given);

}  // namespace pentad
