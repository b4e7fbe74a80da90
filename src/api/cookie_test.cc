#include "api/cookie.h"

#include <doctest/doctest.h>

using namespace pentad;
using namespace pentad::api;

TEST_CASE("our cookie among others, and what is none") {
  CHECK(cookie_value("a=b; pentad=x_-1; c", "pentad") == "x_-1");
  CHECK(cookie_value("pentad=x", "pentad") == "x");
  CHECK(!cookie_value("xpentad=x", "pentad"));
  CHECK(!cookie_value("pentad=", "pentad"));
  CHECK(!cookie_value("pentad", "pentad"));
  CHECK(!cookie_value("", "pentad"));
  CHECK(!cookie_value("pentad=a; pentad=b", "pentad"));  // somebody planted one
  CHECK(!cookie_value("pentad=a\r\nX: y", "pentad"));
  CHECK(!cookie_value("pentad=\"a\"", "pentad"));
  CHECK(!cookie_value("pentad=" + std::string(129, 'a'), "pentad"));
}

TEST_CASE("over TLS it is bound to this host") {
  CHECK(cookie_name("pentad", true) == "__Host-pentad");
  CHECK(set_cookie("__Host-pentad", "x", hours(1), true) ==
        "__Host-pentad=x; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
  CHECK(set_cookie("pentad", "", {}, false, false) ==
        "pentad=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}
