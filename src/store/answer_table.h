// Answers to commands that came with an idempotency key: the same key gets the same answer again.
// Private to src/store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/units.h"
#include "centre/effects.h"
#include "store/database.h"

namespace pentad::store {

struct Answer {
  std::string request_digest;
  Reply reply;
  Time at;
};

class AnswerTable {
 public:
  // Throws soci_error.
  explicit AnswerTable(Database& database);
  ~AnswerTable();

  // Keys of different actors have nothing to do with each other. Finds also what was added and not
  // written yet. Throws soci_error.
  std::optional<Answer> find(const std::string& actor, const std::string& key);
  void add(const std::string& actor, const std::string& key, Answer answer);

  // Inside a transaction; throws soci_error.
  void write();
  void expire(Time before);
  void clear() { added_.clear(); }

 private:
  struct Statements;
  Database* database_;
  std::unique_ptr<Statements> statements_;
  std::map<std::pair<std::string, std::string>, Answer> added_;
};

}  // namespace pentad::store
