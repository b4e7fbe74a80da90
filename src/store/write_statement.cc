#include "store/write_statement.h"

#include "store/session.h"

namespace pentad::store {

struct WriteStatement::Prepared {
  soci::statement statement;
  explicit Prepared(soci::session& session) : statement(session) {}
};

WriteStatement::WriteStatement(Database& database, const std::string& sql,
                               std::vector<Parameter> parameters)
    : prepared_(std::make_unique<Prepared>(session_of(database))) {
  soci::statement& s = prepared_->statement;
  for (const Parameter& parameter : parameters) {
    std::visit([&](const auto* value) { s.exchange(soci::use(*value, parameter.name)); },
               parameter.value);
  }
  s.alloc();
  s.prepare(sql);
  s.define_and_bind();
}

WriteStatement::~WriteStatement() = default;

void WriteStatement::execute() { prepared_->statement.execute(true); }

}  // namespace pentad::store
