// Puts a SELECT together from parts, with every value bound and none of them in the text. Private
// to src/store.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pentad::store {

class QueryBuilder {
 public:
  // Adds the value and gives the placeholder that stands for it.
  std::string bind(int64_t value);
  std::string bind(std::string value);

  // Joined by AND.
  void require(std::string condition);

  // " WHERE ..." or nothing.
  std::string where() const;

  // where(), after which no condition is left: for one of several SELECTs in a text.
  std::string take_where();

  // Binds all values to `statement`, in which every placeholder given out must stand.
  void apply(soci::statement& statement) const;

  std::string text;

 private:
  struct Value {
    std::string name;
    std::variant<int64_t, std::string> value;
  };
  std::string add(std::variant<int64_t, std::string> value);

  std::deque<Value> values_;  // a deque does not move what statements are bound to
  std::vector<std::string> conditions_;
};

}  // namespace pentad::store
