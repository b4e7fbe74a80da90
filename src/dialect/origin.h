// Where a value comes from and what became of each option: no option is dropped without a record.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "model/launch.h"

namespace pentad::dialect {

using pentad::Dialect;

// In ascending precedence. `dialect_default` is what the original does when nothing is said.
BOOST_DEFINE_ENUM_CLASS(OriginKind, none, dialect_default, site_default, script, environment,
                        command_line)

// From best to worst. exact: the same here as there. approximated: nearly, the reason says how it
// differs. ignored: without effect here. refused: the job is not accepted.
BOOST_DEFINE_ENUM_CLASS(Effect, exact, approximated, ignored, refused)

struct Origin {
  OriginKind kind = OriginKind::none;
  int32_t line = 0;  // of the script, from 1; else 0
  bool operator==(const Origin&) const = default;
};

// "line 4", "command line", ...
std::string to_text(const Origin& origin);

// One option (or one resource of a list) as written, and what it became.
struct Record {
  Origin origin;
  std::string text;
  Effect effect = Effect::exact;
  std::string reason;  // empty when exact
  bool quiet = false;  // the site's policy: users need not be told
};

// A value with its origin; unset is distinct from every value.
template <class T>
struct Given {
  T value{};
  Origin origin;

  explicit operator bool() const { return origin.kind != OriginKind::none; }
  const T& operator*() const { return value; }
  const T* operator->() const { return &value; }
  T value_or(T other) const { return *this ? value : std::move(other); }
};

}  // namespace pentad::dialect
