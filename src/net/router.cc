#include "net/router.h"

#include <utility>

#include "base/assert.h"

namespace pentad::net {

namespace {

// "/a//b" -> "a", "", "b"; "/" -> "".
std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    size_t slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == path.npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_plain_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != "..";
}

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler handler) {
  PENTAD_ASSERT(pattern.starts_with('/'), "a pattern starts with a slash");
  Node* node = &root_;
  std::vector<std::string> names;
  for (const std::string& segment : split(pattern)) {
    bool is_name = segment.starts_with('{') && segment.ends_with('}');
    bool is_rest = segment.ends_with("...}");
    std::unique_ptr<Node>& next =
        is_name ? (is_rest ? node->rest : node->any) : node->fixed[segment];
    if (!next) next = std::make_unique<Node>();
    if (is_name) names.push_back(segment.substr(1, segment.size() - (is_rest ? 5 : 2)));
    node = next.get();
  }
  Node::Entry entry{std::move(handler), std::move(names)};
  bool is_new = node->handlers.emplace(method, std::move(entry)).second;
  PENTAD_ASSERT(is_new, "this method and pattern have a handler already");
  routes_.push_back({method, std::string(pattern)});
}

// Fixed segments first, then {name}, then {name...}; steps back when a choice leads nowhere.
const Router::Node* Router::find(const Node& node, const Segments& path, size_t at,
                                 Segments& values) {
  if (at == path.size()) return node.handlers.empty() ? nullptr : &node;
  const std::string& segment = path[at];
  if (auto it = node.fixed.find(segment); it != node.fixed.end()) {
    if (const Node* found = find(*it->second, path, at + 1, values)) return found;
  }
  if (!is_plain_segment(segment)) return nullptr;
  if (node.any) {
    values.push_back(segment);
    if (const Node* found = find(*node.any, path, at + 1, values)) return found;
    values.pop_back();
  }
  if (!node.rest) return nullptr;
  std::string rest;
  for (size_t i = at; i < path.size(); ++i) {
    if (!is_plain_segment(path[i])) return nullptr;
    rest += (i > at ? "/" : "") + path[i];
  }
  values.push_back(std::move(rest));
  return node.rest.get();
}

std::string Router::allowed(const Node& node) {
  std::string list;
  auto add = [&](std::string_view name) { list.append(list.empty() ? "" : ", ").append(name); };
  for (const auto& [method, entry] : node.handlers) {
    add(method_name(method));
    if (method == Method::get && !node.handlers.contains(Method::head)) add("HEAD");
  }
  if (!node.handlers.contains(Method::options)) add("OPTIONS");
  return list;
}

void Router::handle(Request request, Responder responder) const {
  Segments values;
  const Node* node = find(root_, request.segments, 0, values);
  if (!node) {
    return responder.send(make_problem(HttpProblem::no_such_path,
                                       "There is nothing at " + request.path + ".",
                                       "GET /api/v1/openapi.json lists all addresses"));
  }
  auto entry = node->handlers.find(request.method);
  if (entry == node->handlers.end() && request.method == Method::head) {
    entry = node->handlers.find(Method::get);
  }
  if (entry != node->handlers.end()) {
    const auto& names = entry->second.names;
    for (size_t i = 0; i < names.size(); ++i) {
      request.path_parameters.items.emplace_back(names[i], std::move(values[i]));
    }
    return entry->second.handler(std::move(request), std::move(responder));
  }
  Response response;
  if (request.method == Method::options) {
    response.status = 204;
  } else {
    response = to_response(make_problem(HttpProblem::method_not_allowed,
                                        request.path + " takes " + allowed(*node) + "."));
  }
  response.headers.add("Allow", allowed(*node));
  responder.send(std::move(response));
}

}  // namespace pentad::net
