#include "store/query_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pentad::store {

std::string QueryBuilder::bind(int64_t value) { return add(value); }
std::string QueryBuilder::bind(std::string value) { return add(std::move(value)); }

std::string QueryBuilder::add(std::variant<int64_t, std::string> value) {
  std::string name = fmt::format("v{}", values_.size());
  values_.push_back({name, std::move(value)});
  return ":" + name;
}

void QueryBuilder::require(std::string condition) { conditions_.push_back(std::move(condition)); }

std::string QueryBuilder::where() const {
  if (conditions_.empty()) return {};
  return fmt::format(" WHERE {}", fmt::join(conditions_, " AND "));
}

std::string QueryBuilder::take_where() {
  std::string text = where();
  conditions_.clear();
  return text;
}

void QueryBuilder::apply(soci::statement& statement) const {
  for (const Value& value : values_) {
    std::visit([&](const auto& v) { statement.exchange(soci::use(v, value.name)); }, value.value);
  }
}

}  // namespace pentad::store
