// The JSON file of a statement: {"statement":...,"digest":"blake2b-256:...","closed_at_ms":...}.
// Anybody who has it can check it, without the centre.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "ledger/statement.h"

namespace pentad::api {

// BLAKE2b-256 of a statement's canonical text, as "blake2b-256:" and 64 hexadecimal digits.
std::string statement_digest(std::string_view canonical_text);

struct StatementFile {
  ledger::Statement statement;
  std::string canonical_text;  // of `statement`, as the file has it, without blanks
  std::string digest;          // as stated; empty: of an open month
  Time closed_at;
};

// Errors: invalid when it is no such file; corrupt when the digest is another one or the figures do
// not add up; unsupported for a format of the future.
Result<StatementFile> read_statement_file(std::string_view json);

}  // namespace pentad::api
