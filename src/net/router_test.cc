#include "net/router.h"

#include <doctest/doctest.h>

#include "net/fake_responder.h"
#include "net/target.h"

namespace pentad::net {
namespace {

Handler says(std::string name) {
  return [name](Request request, Responder responder) {
    Response response;
    response.body = name;
    for (const auto& [key, value] : request.path_parameters.items) {
      response.body += " " + key + "=" + value;
    }
    responder.send(std::move(response));
  };
}

Router sample() {
  Router router;
  router.add(Method::get, "/", says("root"));
  router.add(Method::get, "/jobs", says("list"));
  router.add(Method::post, "/jobs", says("submit"));
  router.add(Method::get, "/jobs/{id}", says("show"));
  router.add(Method::delete_, "/jobs/{id}", says("delete"));
  router.add(Method::post, "/jobs/cancel", says("cancel many"));
  router.add(Method::get, "/jobs/{id}/logs", says("logs"));
  router.add(Method::get, "/{kind}/cancel/deep", says("deep"));
  router.add(Method::get, "/files/{path...}", says("file"));
  return router;
}

Response ask(const Router& router, Method method, std::string_view target) {
  auto backend = std::make_shared<FakeResponder>();
  auto parsed = parse_target(target);
  REQUIRE(parsed);
  Request request;
  request.method = method;
  request.path = parsed->path;
  request.segments = parsed->segments;
  router.handle(std::move(request), Responder(backend));
  REQUIRE(backend->response);
  return *backend->response;
}

}  // namespace

TEST_CASE("routes by method and path, parameters decoded") {
  Router router = sample();
  struct Row {
    Method method;
    std::string_view target;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{Method::get, "/", "root"},
           {Method::get, "/jobs", "list"},
           {Method::head, "/jobs", "list"},
           {Method::post, "/jobs", "submit"},
           {Method::get, "/jobs/12", "show id=12"},
           {Method::delete_, "/jobs/12", "delete id=12"},
           {Method::get, "/jobs/a%2Fb%20c", "show id=a/b c"},
           {Method::post, "/jobs/cancel", "cancel many"},
           {Method::get, "/jobs/12/logs", "logs id=12"},
           {Method::get, "/jobs/cancel/logs", "logs id=cancel"},
           {Method::get, "/jobs/cancel/deep", "deep kind=jobs"},
           {Method::get, "/files/a/b/c.txt", "file path=a/b/c.txt"},
       }) {
    CAPTURE(row.target);
    CHECK(ask(router, row.method, row.target).body == row.expected);
  }
}

TEST_CASE("unknown paths are 404, also empty, dot and dot-dot parameters") {
  Router router = sample();
  for (auto target : {"/nothing", "/jobs/", "/jobs//logs", "/jobs/..", "/jobs/%2E%2E", "/jobs/.",
                      "/jobs/1/2", "/files/a/../b", "/files/", "/files/a/%2e%2E/b", "*"}) {
    CAPTURE(target);
    Response response = ask(router, Method::get, target);
    CHECK(response.status == 404);
    CHECK(response.media_type == "application/problem+json");
    CHECK(response.body.find("urn:pentad:problem:no-such-path") != std::string::npos);
  }
}

TEST_CASE("a known path with another method is 405 and says what it takes") {
  Router router = sample();
  Response response = ask(router, Method::put, "/jobs");
  CHECK(response.status == 405);
  CHECK(*response.headers.find("allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(*ask(router, Method::get, "/jobs/cancel").headers.find("Allow") == "POST, OPTIONS");
  response = ask(router, Method::options, "/jobs/7");
  CHECK(response.status == 204);
  CHECK(*response.headers.find("Allow") == "GET, HEAD, DELETE, OPTIONS");
}

TEST_CASE("all routes can be listed, for the OpenAPI document") {
  Router router = sample();
  REQUIRE(router.routes().size() == 9);
  CHECK(router.routes()[3].method == Method::get);
  CHECK(router.routes()[3].pattern == "/jobs/{id}");
}

}  // namespace pentad::net
