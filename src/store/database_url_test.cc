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

TEST_CASE("a password is found wherever it stands") {
  CHECK(holds_password("postgresql://u:secret@db/x"));
  CHECK(holds_password("postgresql://db/x?password=secret"));
  CHECK_FALSE(holds_password("postgresql://u@db/x"));
  CHECK_FALSE(holds_password("postgresql://u@db/x?passfile=/etc/pentad.pass"));
}
