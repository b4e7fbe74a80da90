#include "identity/secret.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

#include "identity/passwords.h"

using namespace pentad::identity;  // NOLINT

TEST_CASE("base32 and base64url go there and back") {
  CHECK(base32("foobar") == "MZXW6YTBOI");  // RFC 4648
  CHECK(base64url("\xFF\xFE") == "__4");
  CHECK(!from_base64url("a+b="));
  CHECK(!from_base32("a1"));
  CHECK(rc::check([](const std::string& bytes) {
    RC_ASSERT(from_base32(base32(bytes)) == bytes);
    RC_ASSERT(from_base64url(base64url(bytes)) == bytes);
  }));
}

TEST_CASE("secrets do not repeat, and only their fingerprint is kept") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) CHECK(seen.insert(random_text(32)).second);
  CHECK(random_text(32).size() == 43);
  CHECK(random_words(4).size() == 19);
  CHECK(fingerprint("a").size() == 64);
  CHECK(fingerprint("a") != fingerprint("b"));
}

TEST_CASE("passwords are hashed with argon2id, each time otherwise") {
  const PasswordCost cheap{1, 8 << 20};
  const std::string one = *hash_password("correct horse", cheap);
  CHECK(one.starts_with("$argon2id$"));
  CHECK(one != *hash_password("correct horse", cheap));
  CHECK(verify_password(one, "correct horse"));
  CHECK(!verify_password(one, "correct horsf"));
  CHECK(!verify_password(one, ""));
  CHECK(!verify_password("", "correct horse"));
  CHECK(!verify_password("$argon2id$v=19$m=1", "correct horse"));
  CHECK(!verify_password(std::string(4000, 'a'), "correct horse"));
  CHECK(needs_rehash(one, PasswordCost{}));
  CHECK(!needs_rehash(one, cheap));
}

TEST_CASE("what cannot be a password") {
  for (const char* bad : {"", "short", "aaaaaaaaaaaaaa", "lihua.the.2nd", "line\nbreak123"}) {
    CHECK(password_complaint(bad, "lihua.the.2nd"));
  }
  CHECK(!password_complaint("correct horse battery", "lihua"));
  CHECK(!password_complaint("密码密码一二三四", "lihua"));
}
