// What differs between the databases a centre can be kept in; all other SQL of the store is
// portable and goes through SOCI. Private to src/store.
#pragma once

#include <soci/soci.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pentad::store {

struct Column {
  std::string name;
  bool is_text = false;  // else a number
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Spells {id} (a table's own 64-bit key), {text} (text compared by its bytes) and {clustered}
  // (rows kept in the order of their key).
  virtual std::string spell(std::string_view statement) const = 0;
  // SQL for "column contains :parameter", letters compared exactly.
  virtual std::string contains(std::string_view column, std::string_view parameter) const = 0;
  // SQL for a column in a condition that shall not choose an index.
  virtual std::string without_index(std::string_view column) const = 0;

  // Marks the database as ours; part of the transaction that makes the tables. Throws soci_error.
  virtual void mark_as_ours(soci::session& session) const = 0;
  virtual bool has_tables(soci::session& session) const = 0;
  // Of a table, in its order; empty when there is none of this name. Throws soci_error.
  virtual std::vector<Column> columns_of(soci::session& session, std::string_view table) const = 0;
  // After rows were written with their own numbers: the next one made gets a higher. Throws
  // soci_error.
  virtual void settle_numbers(soci::session& session) const = 0;

  // Empty, or the first fault found in `table` (all tables when empty). `thorough` also compares
  // tables with their indexes. Throws soci_error.
  virtual std::string find_fault(soci::session& session, std::string_view table,
                                 bool thorough) const = 0;

  // What an exception of SOCI means; `session` may be null. `name` is the database's, for people.
  virtual Error error_of(soci::session* session, const soci::soci_error& error,
                         const std::string& name) const = 0;
  // True when the connection is gone and only another can help.
  virtual bool is_lost(soci::session& session, const soci::soci_error& error) const = 0;
};

// `statement` with each word of braces replaced by what stands beside it.
inline std::string spell_with(
    std::string_view statement,
    std::initializer_list<std::pair<std::string_view, std::string_view>> words) {
  std::string text(statement);
  for (const auto& [word, by] : words) {
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size()) {
      text.replace(at, word.size(), by);
    }
  }
  return text;
}

}  // namespace pentad::store
