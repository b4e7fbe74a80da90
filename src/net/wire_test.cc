#include "net/wire.h"

#include <doctest/doctest.h>

namespace pentad::net {
namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string head_of(const Response& response, const HeadFraming& framing) {
  std::string out;
  append_head(out, response, framing, date);
  return out;
}

int origin_status(const Headers& headers, std::vector<std::string> allowed = {},
                  bool any_host = false) {
  MessageHead head;
  head.is_http_1_1 = true;
  head.headers = headers;
  auto problem = check_origin(head, allowed, any_host);
  return problem ? problem->status : 200;
}

}  // namespace

TEST_CASE("heads of answers") {
  Response response;
  response.body = "{}";
  CHECK(head_of(response, {}) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Length: 2\r\n\r\n");
  response.status = 204;
  CHECK(head_of(response, {BodyFraming::none, false, true}) ==
        "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Connection: close\r\n\r\n");
}

TEST_CASE("nobody writes header fields through a value") {
  Response response;
  response.headers.add("Location", "/jobs/1\r\nSet-Cookie: a=b\n\x01");
  CHECK(head_of(response, {}).find("Location: /jobs/1  Set-Cookie: a=b  \r\n") !=
        std::string::npos);
}

TEST_CASE("dates and chunks") {
  CHECK(http_date(784111777) == date);
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(chunk_head(26) == "1a\r\n");
}

TEST_CASE("requests for other hosts and from other sites are refused") {
  auto host = [](std::string h) { return Headers{{{"Host", std::move(h)}}}; };
  CHECK(origin_status(host("localhost")) == 200);
  CHECK(origin_status(host("LOCALHOST:6580")) == 200);
  CHECK(origin_status(host("127.0.0.1:6580")) == 200);
  CHECK(origin_status(host("[::1]:6580")) == 200);
  CHECK(origin_status(host("[::1]")) == 200);
  CHECK(origin_status(host("evil.example")) == 403);
  CHECK(origin_status(host("localhost.evil.example")) == 403);
  CHECK(origin_status(host("127.0.0.1.evil.example")) == 403);
  CHECK(origin_status(host("")) == 403);
  CHECK(origin_status(host("centre.example"), {"centre.example"}) == 200);
  CHECK(origin_status(host("anything"), {}, true) == 200);
  CHECK(origin_status({}) == 400);
  CHECK(origin_status({{{"Host", "localhost"}, {"host", "localhost"}}}) == 400);

  auto origin = [](std::string o) {
    return Headers{{{"Host", "localhost:6580"}, {"Origin", std::move(o)}}};
  };
  CHECK(origin_status(origin("http://localhost:6580")) == 200);
  CHECK(origin_status(origin("http://evil.example")) == 403);
  CHECK(origin_status(origin("http://localhost:3000")) == 403);
  CHECK(origin_status(origin("null")) == 403);
  CHECK(origin_status(origin("http://localhost:5173"), {"localhost:5173"}) == 200);
  CHECK(origin_status({{{"Host", "a"}, {"Origin", "http://b"}}}, {}, true) == 403);
}

}  // namespace pentad::net
