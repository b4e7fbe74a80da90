// Fixed sentences that results carry in English, in the language of a page: notes of the catalogue,
// inputs, reasons of the core, what is wrong with a line. Names, figures and quoted sources within
// them stay as they are.
#pragma once

#include <string>
#include <string_view>

#include "twin/report/language.h"

namespace pentad::twin {

// A sentence that is not known stays as it is.
std::string translated(std::string_view text, Language language);

// A policy as policy_text() says it.
std::string policy_words(std::string_view policy, Language language);

}  // namespace pentad::twin
