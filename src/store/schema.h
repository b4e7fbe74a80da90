// The tables and how they came to be: a numbered list of steps, each applied once, in its own
// transaction. Private to src/store.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "store/session.h"

namespace pentad::store {

struct Migration {
  int64_t version;  // of the schema after it
  std::span<const std::string_view> statements;
  void (*fill)(Database&) = nullptr;  // what SQL alone cannot do, after them; throws soci_error
};

// Ascending, from 1 without a gap. A released step is never edited: add another.
std::span<const Migration> migrations();

inline int64_t schema_version() { return migrations().back().version; }

// Applies every step above `from` up to `to`; 0 makes everything.
Status migrate(Database& database, int64_t from, int64_t to);

}  // namespace pentad::store
