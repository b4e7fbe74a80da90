// The OpenAPI 3.1 document, from the table of endpoints and the descriptions of their types.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/endpoints.h"
#include "api/types.h"
#include "base/reflect_schema.h"

namespace pentad::api {

namespace {

using reflect::json_list;
using reflect::json_words;

// A JSON object while it is put together.
class Object {
 public:
  Object& add(std::string_view key, const std::string& json) {
    text_ += text_.empty() ? "{" : ",";
    text_ += json_words(key) + ":" + json;
    return *this;
  }
  Object& words(std::string_view key, std::string_view text) { return add(key, json_words(text)); }
  std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string parameter_schema(const Parameter& p) {
  switch (p.type) {
    case ParameterType::boolean:
      return R"({"type":"boolean"})";
    case ParameterType::integer: {
      Object schema;
      schema.words("type", "integer").words("format", "int64");
      if (p.max > p.min) {
        schema.add("minimum", std::to_string(p.min)).add("maximum", std::to_string(p.max));
      }
      return schema.text();
    }
    case ParameterType::text:
      break;
  }
  Object schema;
  schema.words("type", "string");
  std::vector<std::string> words;
  for (std::string_view word : p.one_of) words.push_back(json_words(word));
  if (!words.empty()) schema.add("enum", json_list(words));
  return schema.text();
}

// Names in braces.
std::vector<std::string_view> path_parameters(std::string_view path) {
  std::vector<std::string_view> names;
  for (size_t open = path.find('{'); open != path.npos; open = path.find('{', open + 1)) {
    names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
  }
  return names;
}

std::string parameters_of(const Endpoint& endpoint) {
  std::vector<std::string> all;
  for (std::string_view name : path_parameters(endpoint.path)) {
    bool integer = is_integer_path_parameter(name);
    all.push_back(Object()
                      .words("name", name)
                      .words("in", "path")
                      .add("required", "true")
                      .words("description", integer ? "Its id" : "Its name")
                      .add("schema", integer ? R"({"type":"integer","format":"int64","minimum":1})"
                                             : R"({"type":"string","minLength":1})")
                      .text());
  }
  for (const Parameter& p : endpoint.parameters) {
    all.push_back(Object()
                      .words("name", p.name)
                      .words("in", p.is_header ? "header" : "query")
                      .words("description", p.doc)
                      .add("schema", parameter_schema(p))
                      .text());
  }
  return json_list(all);
}

std::string content(std::string_view media, const std::string& schema) {
  return Object().add(media, Object().add("schema", schema).text()).text();
}

std::string answers_of(const Endpoint& endpoint, SchemaSet& set) {
  Object all;
  for (const AnswerForm& form : endpoint.answers) {
    Object answer;
    answer.words("description", form.doc);
    if (!form.media.empty()) {
      std::string schema = form.schema                        ? form.schema(set)
                           : form.media == "application/json" ? R"({"type":"object"})"
                                                              : R"({"type":"string"})";
      answer.add("content", content(form.media, schema));
    }
    all.add(std::to_string(form.status), answer.text());
  }
  for (const char* range : {"4XX", "5XX"}) {
    all.add(range, R"({"$ref":"#/components/responses/Problem"})");
  }
  return all.text();
}

std::string operation(const Endpoint& endpoint, SchemaSet& set) {
  Object out;
  out.words("operationId", endpoint.id).words("summary", endpoint.summary);
  out.add("tags", json_list({json_words(endpoint.tag)}));
  if (endpoint.permission == Permission::open) out.add("security", "[]");
  out.words("x-permission", boost::describe::enum_to_string(endpoint.permission, "?"));
  if (std::string parameters = parameters_of(endpoint); parameters != "[]") {
    out.add("parameters", parameters);
  }
  if (endpoint.body) {
    out.add("requestBody", Object()
                               .add("required", endpoint.body_may_be_empty ? "false" : "true")
                               .add("content", content("application/json", endpoint.body(set)))
                               .text());
  }
  out.add("responses", answers_of(endpoint, set));
  return out.text();
}

std::string paths(SchemaSet& set) {
  std::map<std::string, Object> by_path;
  for (const Endpoint& endpoint : endpoints()) {
    std::string method(net::method_name(endpoint.method));
    for (char& c : method) c = static_cast<char>(c | 0x20);
    by_path[std::string(endpoint.path)].add(method, operation(endpoint, set));
  }
  Object all;
  for (const auto& [path, object] : by_path) all.add(path, object.text());
  return all.text();
}

std::string tags() {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"jobs", "Submitting, finding and changing jobs"},
      {"nodes", "What the centre is made of"},
      {"reservations", "Nodes kept for some users at some time"},
      {"people", "Tenants, projects, users and their roles"},
      {"session", "Signing in, sessions, tokens"},
      {"apps", "Ready-made applications"},
      {"service", "The daemon itself"}};
  std::vector<std::string> all;
  for (const auto& [name, doc] : words) {
    all.push_back(Object().words("name", name).words("description", doc).text());
  }
  return json_list(all);
}

std::string security_schemes() {
  return R"({"token":{"type":"http","scheme":"bearer","description":"An API token or a session"},)"
         R"("cookie":{"type":"apiKey","in":"cookie","name":"pentad",)"
         R"("description":"__Host-pentad over TLS; a change needs the header Pentad-Request"}})";
}

std::string problem_answer(SchemaSet& set) {
  std::string doc = "Refused. The last part of `type` is one of:";
  for (const ProblemKind& kind : problem_kinds()) {
    doc += " " + std::string(kind.name) + " (" + std::to_string(kind.status) + ")";
  }
  return Object()
      .words("description", doc)
      .add("content", content(net::problem_media, set.schema<Problem>()))
      .text();
}

}  // namespace

std::string openapi_document(std::string_view version) {
  SchemaSet set;
  std::string all_paths = paths(set);
  std::string problem = Object().add("Problem", problem_answer(set)).text();
  Object schemas;
  for (const auto& [name, schema] : set.definitions()) schemas.add(name, schema);
  Object info;
  info.words("title", "Pentad")
      .words("version", version)
      .words("description",
             "A computing centre: jobs, nodes, applications. Names of fields end in their unit: _s "
             "and _ms are durations, _at_ms points in time in milliseconds since 1970 UTC, _bytes "
             "bytes.")
      .add("license", R"({"name":"Apache-2.0","identifier":"Apache-2.0"})");
  return Object()
      .words("openapi", "3.1.0")
      .add("info", info.text())
      .add("servers", R"([{"url":"/","description":"This centre"}])")
      .add("security", R"([{"token":[]},{"cookie":[]}])")
      .add("tags", tags())
      .add("paths", all_paths)
      .add("components", Object()
                             .add("schemas", schemas.text())
                             .add("responses", problem)
                             .add("securitySchemes", security_schemes())
                             .text())
      .text();
}

}  // namespace pentad::api
