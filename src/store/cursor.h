// Where a page of a listing ended, as text that callers hand back unread. It names the place by the
// last row's sort key and id, not by a count, so that rows that come and go in between move
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad::store {

struct Cursor {
  uint64_t listing = 0;  // digest of what is listed and in which order
  int64_t id = 0;        // of the last row
  int64_t number = 0;    // its sort key, when that is a number
  std::string text;      // its sort key, when that is text
  bool operator==(const Cursor&) const = default;
};

// `secret` (any text; the database's identity) makes a cursor good for one database only.
std::string write_cursor(const Cursor& cursor, std::string_view secret);

// Error: invalid, for all that write_cursor did not write with this secret.
Result<Cursor> read_cursor(std::string_view text, std::string_view secret);

}  // namespace pentad::store
