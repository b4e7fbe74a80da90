// The pieces that rows of the table of endpoints are written with. Private to endpoints*.cc.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "api/endpoints.h"
#include "api/limits.h"
#include "base/reflect_schema.h"

namespace pentad::api::rows {

using net::Method;

template <class T>
constexpr SchemaOf schema = [](SchemaSet& set) { return set.schema<T>(); };

template <class T>
std::vector<AnswerForm> answers(std::string_view doc) {
  return {{200, schema<T>, "application/json", doc}};
}

template <class T>
AnswerForm shown(std::string_view doc) {
  return {200, schema<T>, "application/json", doc};
}
template <class T>
AnswerForm made(std::string_view doc) {
  return {201, schema<T>, "application/json", doc};
}

inline Parameter text(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc};
}
inline Parameter integer(std::string_view name, std::string_view doc, int64_t min, int64_t max) {
  return {name, ParameterType::integer, doc, min, max};
}
inline Parameter flag(std::string_view name, std::string_view doc) {
  return {name, ParameterType::boolean, doc};
}
inline Parameter choice(std::string_view name, std::string_view doc,
                        std::vector<std::string_view> words) {
  return {name, ParameterType::text, doc, 0, 0, std::move(words)};
}
inline Parameter header(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc, 0, 0, {}, true};
}
inline Parameter page_limit() {
  return integer("limit", "Entries on a page, 100 unless told", 1, kMaxPage);
}
inline Parameter cursor() { return text("cursor", "`next` of the page before"); }

inline Endpoint query(Permission permission, std::string_view path, std::string_view id,
                      std::string_view tag, std::string_view summary, Handler handler,
                      std::vector<AnswerForm> answers, std::vector<Parameter> parameters = {}) {
  return {Method::get,
          path,
          id,
          tag,
          summary,
          handler,
          permission,
          std::move(parameters),
          nullptr,
          false,
          std::move(answers)};
}

inline Endpoint change(Permission permission, Method method, std::string_view path,
                       std::string_view id, std::string_view tag, std::string_view summary,
                       Handler handler, SchemaOf body, std::vector<AnswerForm> answers) {
  return {method, path, id, tag, summary, handler, permission, {}, body, false, std::move(answers)};
}

// Their rows stand in endpoints_money.cc.
void add_money(std::vector<Endpoint>& out);

}  // namespace pentad::api::rows
