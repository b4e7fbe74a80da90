// What jobs run, each distinct script and each distinct rest of a payload once: thousands of jobs
// of one user mostly share both. Private to src/store; read through JobQueries.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "model/payload.h"
#include "store/database.h"

namespace pentad::store {

class PayloadStore {
 public:
  // Throws soci_error.
  explicit PayloadStore(Database& database);
  ~PayloadStore();

  // Remembers the payload for write(); the digest names it from then on.
  std::string stage(Payload payload);
  // Stores what was staged and is not there yet. Inside a transaction; throws soci_error.
  void write();
  // Row of a payload that has been written.
  int64_t id_of(const std::string& digest) const;
  // After a commit: keeps what it knows. After a failure: forgets it, since its rows are gone.
  void committed();
  void rolled_back();

  // Reads the payload `id` back and compares it with its digest. Errors: not_found, corrupt.
  static Result<Payload> read(Database& database, int64_t id);
  // Bytes of its script alone.
  static Result<std::string> read_script(Database& database, int64_t id);

 private:
  struct Statements;
  struct Staged {
    std::string script_digest;
    std::string script;
    std::string body;
  };

  int64_t script_id(const Staged& staged);
  int64_t payload_id(const std::string& digest, const Staged& staged);

  std::unique_ptr<Statements> statements_;
  std::unordered_map<std::string, Staged> staged_;
  std::unordered_map<std::string, int64_t> payload_ids_;  // by digest; bounded
  std::unordered_map<std::string, int64_t> script_ids_;
};

}  // namespace pentad::store
