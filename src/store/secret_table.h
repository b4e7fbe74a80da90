// What src/identity remembers: hashes of passwords, tokens and sessions, second factors. Never part
// of events, snapshots or exports; a backup has them. One row for each thing, its body is JSON that
// only src/identity reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace pentad::store {

struct SecretRow {
  std::string kind;  // "password", "token", ...
  std::string id;    // unique within its kind
  std::string body;
};

struct SecretChange {
  std::string kind;
  std::string id;
  std::optional<std::string> body;  // nothing: the row goes
};

// All of them, by kind and id.
Result<std::vector<SecretRow>> read_secrets(Database& database);
// All or none, durably.
Status write_secrets(Database& database, const std::vector<SecretChange>& changes);

}  // namespace pentad::store
