#include "net/forwarded.h"

#include <doctest/doctest.h>

namespace pentad::net {
namespace {

std::string client_of(std::string peer, std::vector<std::pair<std::string, std::string>> headers,
                      std::vector<std::string> proxies = {"10.0.0.0/8", "127.0.0.1", "fd00::/8"}) {
  Peer p;
  p.address = std::move(peer);
  Peer client = TrustedProxies::parse(proxies)->client(p, {std::move(headers)});
  return client.address + (client.is_tls ? " tls" : "");
}

}  // namespace

TEST_CASE("networks of proxies") {
  for (const char* bad : {"", "proxy", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x",
                          "fd00::/129", "10.0.0", "10.0.0.1:80"}) {
    CHECK_MESSAGE(!TrustedProxies::parse({bad}), bad);
  }
  auto proxies = TrustedProxies::parse({"10.1.2.0/23", "::1", "192.0.2.1", "fd00::/8"});
  REQUIRE(proxies);
  CHECK(proxies->contains("10.1.3.255:99"));
  CHECK(proxies->contains("192.0.2.1"));
  CHECK(proxies->contains("[::1]:99"));
  CHECK(proxies->contains("fdff::9"));
  CHECK_FALSE(proxies->contains("10.1.4.0:99"));
  CHECK_FALSE(proxies->contains("192.0.2.2"));
  CHECK_FALSE(proxies->contains("unix"));
  CHECK_FALSE(proxies->contains(""));
  CHECK(TrustedProxies::parse({"0.0.0.0/0"})->contains("8.8.8.8:1"));
}

TEST_CASE("what a proxy says is believed, what others say is not") {
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "203.0.113.7"}}) == "203.0.113.7");
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-Proto", "https"}}) == "10.0.0.1:5 tls");
  // A client that comes directly says it came through the proxy, over TLS, from this machine.
  CHECK(client_of("203.0.113.9:5", {{"X-Forwarded-For", "127.0.0.1"},
                                    {"X-Forwarded-Proto", "https"}}) == "203.0.113.9:5");
  // A client writes the address it wants to have; the proxy adds the one it saw.
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "127.0.0.1, 203.0.113.9"}}) == "203.0.113.9");
  // The same with a header of its own before the proxy's.
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "8.8.8.8"},
                                 {"x-forwarded-for", "203.0.113.9, 10.0.0.7"}}) == "203.0.113.9");
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "8.8.8.8, <script>, 10.0.0.2"}}) ==
        "10.0.0.2");
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-Proto", "https, http"}}) == "10.0.0.1:5");
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "[2001:db8::5]:99"}}) == "2001:db8::5");
  CHECK(client_of("10.0.0.1:5", {{"X-Forwarded-For", "203.0.113.7"}}, {}) == "10.0.0.1:5");
}

}  // namespace pentad::net
