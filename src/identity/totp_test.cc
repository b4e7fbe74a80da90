#include "identity/totp.h"

#include <doctest/doctest.h>

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

TEST_CASE("the codes of RFC 6238, appendix B") {
  const std::string sha1 = "12345678901234567890";
  const std::string sha256 = "12345678901234567890123456789012";
  const std::string sha512 = "1234567890123456789012345678901234567890123456789012345678901234";
  struct Row {
    int64_t second;
    const char *one, *two, *five;
  };
  for (const Row& row : {Row{59, "94287082", "46119246", "90693936"},
                         Row{1111111109, "07081804", "68084774", "25091201"},
                         Row{1111111111, "14050471", "67062674", "99943326"},
                         Row{1234567890, "89005924", "91819424", "93441116"},
                         Row{2000000000, "69279037", "90698825", "38618901"},
                         Row{20000000000, "65353130", "77737706", "47863826"}}) {
    CAPTURE(row.second);
    CHECK(totp_code(sha1, row.second / 30, 8) == row.one);
    CHECK(totp_code(sha256, row.second / 30, 8, TotpHash::sha256) == row.two);
    CHECK(totp_code(sha512, row.second / 30, 8, TotpHash::sha512) == row.five);
  }
}

TEST_CASE("a code is good for its step and those beside it, and once") {
  const std::string secret = "12345678901234567890";
  const Time now{1'700'000'000'000};
  const int64_t step = totp_step(now);
  for (int64_t beside : {-1, 0, 1}) {
    const std::string code = totp_code(secret, step + beside);
    CHECK(match_totp(secret, code, now, 0) == step + beside);
    // Somebody looked over the shoulder and types it again.
    CHECK(!match_totp(secret, code, now, step + beside));
  }
  CHECK(!match_totp(secret, totp_code(secret, step - 2), now, 0));
  CHECK(!match_totp(secret, totp_code(secret, step + 2), now, 0));
  for (const char* bad : {"", "1", "1234567", "abcdef", "000000000000000000"}) {
    CHECK(!match_totp(secret, bad, now, 0));
  }
}

TEST_CASE("what a QR code shows") {
  CHECK(totp_uri("City Centre", "li+hua", "12345678901234567890") ==
        "otpauth://totp/City%20Centre:li%2Bhua?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
        "issuer=City%20Centre");
}
