// Who may write to a centre's database on PostgreSQL: one row that the writer holds for a while and
// prolongs with every commit. A lease that has run out may be taken by another, which counts the
// epoch up. Every transaction of the writer changes this row where it has the writer's epoch, so
// one that was suspended and wakes up after another has taken over cannot commit: the two never
// both decide. Times are the server's. Private to src/store.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "store/database.h"

namespace pentad::store::lease {

// Makes the row when there is none. Throws soci_error.
void prepare(soci::session& session);

// Takes the lease: its epoch. Error: unavailable, naming who holds it. Throws soci_error.
Result<int64_t> take(soci::session& session, Duration length);

// Prolongs the lease within the transaction in hand, which holds its row until it ends. False when
// another has taken it. Throws soci_error.
bool prolong(soci::session& session, int64_t epoch, Duration length);

// Gives it back, so that nobody has to wait for its end. Throws soci_error.
void give_back(soci::session& session, int64_t epoch);

}  // namespace pentad::store::lease
