// All that is particular to PostgreSQL; the rest of the store speaks portable SQL through SOCI.
// Private to src/store.
#pragma once

#include <soci/soci.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "store/backend.h"
#include "store/database.h"

namespace pentad::store::postgresql {

const Backend& backend();

// Errors: unavailable (nobody answers, access refused), unsupported (an encoding that is not
// UTF-8).
Result<std::unique_ptr<soci::session>> connect(const DatabaseOptions& options, bool read_only);

}  // namespace pentad::store::postgresql
