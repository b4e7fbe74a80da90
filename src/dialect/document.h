// Documentation made from the tables of options, so that it cannot differ from what is read.
#pragma once

#include <string>

#include "dialect/origin.h"

namespace pentad::dialect {

// docs/migration/<dialect>.md, Markdown.
std::string migration_document(Dialect dialect);

}  // namespace pentad::dialect
