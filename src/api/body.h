// Reading request bodies.
#pragma once

#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "api/problem.h"
#include "base/reflect.h"

namespace pentad::api {

template <class T>
using Answer = tl::expected<T, Problem>;

// The problem of a body that could not be read: no JSON at all, or which field is wrong.
Problem body_problem(std::string_view body, const Error& error);

// Reads all of `body` as T, strictly.
template <class T>
Answer<T> read_body(std::string_view body) {
  auto value = from_json<T>(body);
  if (!value) return tl::unexpected(body_problem(body, value.error()));
  return std::move(*value);
}

// Like read_body; an empty body is a T with defaults.
template <class T>
Answer<T> read_optional_body(std::string_view body) {
  if (body.empty()) return T{};
  return read_body<T>(body);
}

}  // namespace pentad::api
