#include "store/database_url.h"

#include <doctest/doctest.h>

using namespace pentad;
using namespace pentad::store;

TEST_CASE("an address is shown without what is secret in it") {
  CHECK(name_of("postgresql://host/centre") == "postgresql://host/centre");
  CHECK(name_of("postgres://pentad:secret@db:5433/centre?sslmode=require") ==
        "postgresql://db:5433/centre");
  CHECK(name_of("postgresql://db/centre?user=u&password=secret") == "postgresql://db/centre");
  CHECK(name_of("postgresql:///centre?host=/run/postgresql&user=u") == "postgresql:///centre");
  // Characters that end an authority elsewhere do not end it here.
  CHECK(name_of("postgresql://u:se?cret@db/centre") == "postgresql://db/centre");
  CHECK(name_of("postgresql://u:se#cret@db/centre") == "postgresql://db/centre");
  CHECK(name_of("postgresql://u:%ZZ@db/centre") == "postgresql");
  CHECK(name_of("host=db password=secret") == "postgresql");
  CHECK(name_of("") == "postgresql");
}

TEST_CASE("what is no address is refused without being repeated") {
  CHECK(check_url("postgresql://pentad@host/centre"));
  for (const char* url :
       {"", "host=db password=secret", "mysql://secret@db/x", "postgresql://u:%ZZsecret@db/x",
        "postgresql://db/x?secret", "postgresql://db/x?secret=1"}) {
    CAPTURE(url);
    const Status checked = check_url(url);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("what an address does not say is added to it") {
  const std::string added = "connect_timeout=3&tcp_user_timeout=3000&application_name=pentad";
  CHECK(with_defaults("postgresql://u@db/x", seconds(3)) == "postgresql://u@db/x?" + added);
  CHECK(with_defaults("postgresql://u:a?b@db/x", seconds(3)) == "postgresql://u:a?b@db/x?" + added);
  CHECK(with_defaults("postgresql:///x?host=/a@b", seconds(3)) ==
        "postgresql:///x?host=/a@b&" + added);
  CHECK(with_defaults("postgresql://db/x?connect_timeout=9&application_name=me", seconds(3)) ==
        "postgresql://db/x?connect_timeout=9&application_name=me&tcp_user_timeout=3000");
  CHECK(check_url(with_defaults("postgresql://db/x", seconds(1))));
}

TEST_CASE("a password is found wherever it stands") {
  CHECK(holds_password("postgresql://u:secret@db/x"));
  CHECK(holds_password("postgresql://db/x?password=secret"));
  CHECK_FALSE(holds_password("postgresql://u@db/x"));
  CHECK_FALSE(holds_password("postgresql://u@db/x?passfile=/etc/pentad.pass"));
}
