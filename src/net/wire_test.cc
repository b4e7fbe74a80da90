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

int origin_status(const Headers& headers, const std::vector<std::string>& allowed = {},
                  const std::vector<std::string>& certified = {}, bool is_tls = false) {
  MessageHead head;
  head.is_http_1_1 = true;
  head.headers = headers;
  auto problem = check_origin(head, {allowed, certified, is_tls});
  return problem ? problem->status : 200;
}

}  // namespace

TEST_CASE("heads of answers") {
  Response response;
  response.body = "{}";
  CHECK(head_of(response, {}) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
        "Content-Length: 2\r\n\r\n");
  response.status = 204;
  CHECK(head_of(response, {BodyFraming::none, false, true, false}) ==
        "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n");
}

// A page frames ours, guesses a type, or finds an answer with a secret in a shared cache.
TEST_CASE("every answer protects itself in browsers") {
  auto has = [](const Response& response, bool is_tls, std::string_view line) {
    HeadFraming framing;
    framing.is_tls = is_tls;
    return head_of(response, framing).find("\r\n" + std::string(line)) != std::string::npos;
  };
  Response response;
  for (int status : {200, 204, 304, 401, 403, 500}) {
    response.status = status;
    CHECK(has(response, false, "X-Frame-Options: DENY\r\n"));
    CHECK(has(response, false, "Referrer-Policy: no-referrer\r\n"));
    CHECK(has(response, false, "Cache-Control: no-store\r\n"));
    CHECK(has(response, true, "Strict-Transport-Security: max-age=31536000\r\n"));
    CHECK_FALSE(has(response, false, "Strict-Transport-Security"));
    CHECK_FALSE(has(response, true, "Content-Security-Policy"));
  }
  response.media_type = "text/html; charset=utf-8";
  CHECK(has(response, false, "Content-Security-Policy: default-src 'none'"));
  response.headers.add("Content-Security-Policy", "default-src 'self'");
  response.headers.add("Cache-Control", "max-age=60");
  CHECK_FALSE(has(response, false, "Content-Security-Policy: default-src 'none'"));
  CHECK_FALSE(has(response, false, "Cache-Control: no-store"));
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
  CHECK(origin_status(host("a.centre.example:6580"), {}, {"*.centre.example"}) == 200);
  CHECK(origin_status(host("a.b.centre.example"), {}, {"*.centre.example"}) == 403);
  CHECK(origin_status(host("centre.example"), {}, {"*.centre.example"}) == 403);
  // Nobody can make an address point elsewhere, as they can with a name of theirs.
  CHECK(origin_status(host("192.0.2.7:6580")) == 200);
  CHECK(origin_status(host("[2001:db8::1]:6580")) == 200);
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
  CHECK(origin_status({{{"Host", "a"}, {"Origin", "http://b"}}}, {"a"}) == 403);
  // Over TLS a page that came in clear is foreign: whoever sat on the way could have written it.
  auto pair = [](const char* scheme) {
    return Headers{{{"Host", "a"}, {"Origin", std::string(scheme) + "://a"}}};
  };
  CHECK(origin_status(pair("http"), {}, {"a"}, true) == 403);
  CHECK(origin_status(pair("https"), {}, {"a"}, true) == 200);
}

}  // namespace pentad::net
