// From method and path to a handler: /api/v1/jobs/{id}. Answers 404, 405 and OPTIONS by itself;
// HEAD goes to the handler of GET and the server leaves out the body.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/responder.h"

namespace pentad::net {

class Router {
 public:
  // `pattern` starts with a slash; a segment {name} matches any one segment that is not empty, "."
  // or
  // "..", and a last segment {name...} the whole rest. Fixed segments win over {name}. Adding the
  // same method and pattern twice is a bug.
  void add(Method method, std::string_view pattern, Handler handler);

  // Calls the handler, with `path_parameters` filled, or answers itself.
  void handle(Request request, Responder responder) const;

  struct Route {
    Method method;
    std::string pattern;
  };
  // All routes in the order in which they were added.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
    std::unique_ptr<Node> any;   // {name}
    std::unique_ptr<Node> rest;  // {name...}
    struct Entry {
      Handler handler;
      std::vector<std::string> names;  // of the parameters, in order
    };
    std::map<Method, Entry> handlers;
  };
  using Segments = std::vector<std::string>;

  static const Node* find(const Node& node, const Segments& path, size_t at, Segments& values);
  static std::string allowed(const Node& node);

  Node root_;
  std::vector<Route> routes_;
};

}  // namespace pentad::net
