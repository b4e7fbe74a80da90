// The one table of what this API answers to: routes, checks of query parameters and the OpenAPI
// document are made from it. Adding an endpoint: a row in endpoints*.cc, its handler in handlers.h,
// its words in endpoints.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/handlers.h"
#include "net/message.h"
#include "tenancy/permissions.h"

namespace pentad {
class SchemaSet;
}

namespace pentad::api {

enum class ParameterType { integer, text, boolean };

// A query parameter or, with is_header, a request header.
struct Parameter {
  std::string_view name;
  ParameterType type;
  std::string_view doc;
  int64_t min = 0;
  int64_t max = 0;                         // of integers; bounds count when above min
  std::vector<std::string_view> one_of{};  // of texts, when they are listed
  bool is_header = false;
};

// Enters a type into the set and returns the schema that refers to it.
using SchemaOf = std::string (*)(SchemaSet&);

struct AnswerForm {
  int status = 200;
  SchemaOf schema = nullptr;                    // null: not JSON
  std::string_view media = "application/json";  // empty: no body
  std::string_view doc = "Done";
};

struct Endpoint {
  net::Method method;
  std::string_view path;  // with names in braces, such as /api/v1/jobs/{id}
  std::string_view id;
  std::string_view tag;
  std::string_view summary;
  Handler handler;
  // What the caller must be allowed somewhere for the handler to be called at all; the handler
  // itself looks at whose things are asked for. Permission::open: nobody is asked who they are.
  Permission permission;
  std::vector<Parameter> parameters{};
  SchemaOf body = nullptr;  // null: takes none
  bool body_may_be_empty = false;
  std::vector<AnswerForm> answers{};
};

const std::vector<Endpoint>& endpoints();

// What a name in braces may be: positive integers for id, names else.
bool is_integer_path_parameter(std::string_view name);

// The OpenAPI 3.1 document. `version` is that of the program.
std::string openapi_document(std::string_view version);

}  // namespace pentad::api
