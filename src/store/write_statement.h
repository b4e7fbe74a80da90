// A statement that writes one row and is executed for many. Private to src/store.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "store/database.h"

namespace pentad::store {

class WriteStatement {
 public:
  // A placeholder (without its colon) and the variable that stands for it; the variable outlives
  // the statement.
  struct Parameter {
    std::string name;
    std::variant<const int64_t*, const std::string*> value;
  };

  // Throws soci_error.
  WriteStatement(Database& database, const std::string& sql, std::vector<Parameter> parameters);
  ~WriteStatement();

  // With the values that the variables have now. Inside a transaction; on PostgreSQL the server may
  // get it later, and no other statement may run before finish_writes(). Throws soci_error.
  void execute();

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace pentad::store
