// The audit chain: a cryptographic value for each row of the journal, made of the row and the value
// of the row before. Who knows one value knows that no row up to there was changed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/database.h"
#include "store/journal.h"

namespace pentad::store {

// 64 hexadecimal digits: BLAKE2b-256 over the value before, the row's numbers and its event.
std::string next_chain(std::string_view before, const JournalEntry& entry);

// The value before event 1: of the database's identity.
std::string first_chain(std::string_view identity);

// The last event and its value.
struct ChainHead {
  int64_t seq = 0;
  Time at;
  std::string chain;
};
Result<ChainHead> chain_head(Database& database);

// The value before the oldest event that the journal still has. Throws soci_error.
std::string chain_base(Database& database);

// Fills the column for the rows that a journal had before there was a chain; inside the
// transaction that adds it. Throws soci_error.
void fill_chain(Database& database);

}  // namespace pentad::store
