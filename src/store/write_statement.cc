#include "store/write_statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/assert.h"
#include "store/session.h"

namespace pentad::store {

namespace {

// Names become numbers: ":seq" the place of seq among the parameters, "$1".
std::string numbered(const std::string& sql,
                     const std::vector<WriteStatement::Parameter>& parameters) {
  std::string out;
  for (size_t at = 0; at < sql.size();) {
    if (sql[at] != ':') {
      out += sql[at++];
      continue;
    }
    size_t end = at + 1;
    while (end < sql.size() &&
           (std::isalnum(static_cast<unsigned char>(sql[end])) != 0 || sql[end] == '_')) {
      ++end;
    }
    const std::string name = sql.substr(at + 1, end - at - 1);
    auto found = std::find_if(parameters.begin(), parameters.end(),
                              [&](const auto& p) { return p.name == name; });
    PENTAD_ASSERT(found != parameters.end(), "every placeholder has its parameter");
    out += fmt::format("${}", found - parameters.begin() + 1);
    at = end;
  }
  return out;
}

}  // namespace

struct WriteStatement::Prepared {
  std::optional<soci::statement> statement;
  Pipeline* pipeline = nullptr;
  std::string name;  // in the pipeline
  std::vector<Parameter> parameters;
  std::vector<std::string> texts;
};

WriteStatement::WriteStatement(Database& database, const std::string& sql,
                               std::vector<Parameter> parameters)
    : prepared_(std::make_unique<Prepared>()) {
  prepared_->parameters = parameters;
  if (Pipeline* pipeline = database.impl().pipeline.get()) {
    prepared_->pipeline = pipeline;
    prepared_->name = pipeline->prepare(numbered(sql, parameters));
    prepared_->texts.resize(parameters.size());
    return;
  }
  soci::statement& s = prepared_->statement.emplace(session_of(database));
  for (const Parameter& parameter : parameters) {
    std::visit([&](const auto* value) { s.exchange(soci::use(*value, parameter.name)); },
               parameter.value);
  }
  s.alloc();
  s.prepare(sql);
  s.define_and_bind();
}

WriteStatement::~WriteStatement() = default;

void WriteStatement::execute() {
  Prepared& p = *prepared_;
  for (const Parameter& parameter : p.parameters) {
    const auto* text = std::get_if<const std::string*>(&parameter.value);
    if (text && (*text)->find('\0') != std::string::npos) {
      throw soci::soci_error("a text with a NUL character cannot be stored as " + parameter.name);
    }
  }
  if (p.statement) {
    p.statement->execute(true);
    return;
  }
  for (size_t i = 0; i < p.texts.size(); ++i) {
    if (const auto* number = std::get_if<const int64_t*>(&p.parameters[i].value)) {
      p.texts[i] = std::to_string(**number);
    } else {
      p.texts[i] = *std::get<const std::string*>(p.parameters[i].value);
    }
  }
  p.pipeline->send(p.name, p.texts);
}

}  // namespace pentad::store
