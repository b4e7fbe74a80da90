#include "identity/jwt.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>

#include "identity/secret.h"

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

namespace {

constexpr int64_t kNow = 1'700'000'000;

// A provider with a key of its own.
struct Signer {
  EVP_PKEY* key;
  Jwk jwk;
  std::string algorithm;

  explicit Signer(bool is_rsa)
      : key(is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256")),
        algorithm(is_rsa ? "RS256" : "ES256") {
    jwk.id = "k1";
    jwk.algorithm = algorithm;
    jwk.a = number(is_rsa ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_EC_PUB_X, is_rsa ? 0 : 32);
    jwk.b = number(is_rsa ? OSSL_PKEY_PARAM_RSA_E : OSSL_PKEY_PARAM_EC_PUB_Y, is_rsa ? 0 : 32);
  }
  ~Signer() { EVP_PKEY_free(key); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string number(const char* name, int width) {
    BIGNUM* n = nullptr;
    EVP_PKEY_get_bn_param(key, name, &n);
    std::string bytes(static_cast<size_t>(width ? width : BN_num_bytes(n)), '\0');
    BN_bn2binpad(n, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(n);
    return bytes;
  }

  std::string sign(const std::string& text) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    size_t length = 0;
    auto bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &length, bytes, text.size());
    std::string out(length, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &length, bytes,
                   text.size());
    out.resize(length);
    EVP_MD_CTX_free(context);
    if (algorithm == "RS256") return out;
    auto at = reinterpret_cast<const unsigned char*>(out.data());
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(out.size()));
    std::string raw(64, '\0');
    auto to = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), to + 32, 32);
    ECDSA_SIG_free(parts);
    return raw;
  }

  std::string token(const std::string& claims, const std::string& header) {
    const std::string text = base64url(header) + "." + base64url(claims);
    return text + "." + base64url(sign(text));
  }
  std::string token(const std::string& claims) {
    return token(claims, fmt::format(R"({{"alg":"{}","kid":"k1"}})", algorithm));
  }
};

std::string claims(const std::string& more = {}, const char* iss = "https://id.example",
                   const char* aud = "\"pentad\"", const char* nonce = "n1",
                   int64_t exp = kNow + 60, int64_t iat = kNow) {
  return fmt::format(R"({{"iss":"{}","sub":"s1","aud":{},"nonce":"{}","exp":{},"iat":{},)"
                     R"("preferred_username":"li"{}}})",
                     iss, aud, nonce, exp, iat, more);
}

const Expected kExpected{"https://id.example", "pentad", "n1", Time{kNow * 1000}};

std::string why_not(const std::string& token, const std::vector<Jwk>& keys) {
  auto result = verify_token(token, keys, kExpected);
  return result ? "accepted" : result.error().message;
}

}  // namespace

TEST_CASE("a token that the provider signed for us is taken") {
  for (const bool is_rsa : {true, false}) {
    Signer signer(is_rsa);
    auto good = verify_token(signer.token(claims(R"(,"email_verified":true,"x":{"a":[1]})")),
                             {signer.jwk}, kExpected);
    REQUIRE(good);
    CHECK(good->subject == "s1");
    CHECK(good->texts.at("preferred_username") == "li");
    CHECK(good->email_verified);
    CHECK(why_not(signer.token(claims("", "https://id.example", R"(["pentad"])")), {signer.jwk}) ==
          "accepted");
  }
}

TEST_CASE("what an attacker would send instead is not") {
  Signer signer(false), other(false), rsa(true);
  const std::vector<Jwk> keys{signer.jwk};
  const std::string good = signer.token(claims());
  CHECK(why_not(good, keys) == "accepted");

  // Unsigned, or signed with what everybody knows.
  const std::string none = base64url(R"({"alg":"none"})") + "." + base64url(claims()) + ".";
  CHECK(why_not(none, keys) == "the token is not signed with RS256 or ES256");
  const std::string hmac = base64url(R"({"alg":"HS256"})") + "." + base64url(claims()) + ".AAAA";
  CHECK(why_not(hmac, keys) == "the token is not signed with RS256 or ES256");
  // With another key, with one of another kind, with the signature of other claims.
  CHECK(why_not(other.token(claims()), keys) == "the signature of the token is wrong");
  CHECK(why_not(rsa.token(claims()), keys) == "no key of the provider has signed the token");
  CHECK(why_not(signer.token(claims(), R"({"alg":"ES256","kid":"k2"})"), keys) ==
        "no key of the provider has signed the token");
  const std::string stolen = good.substr(good.rfind('.'));
  const std::string altered =
      base64url(R"({"alg":"ES256"})") + "." + base64url(claims(R"(,"admin":true)")) + stolen;
  CHECK(why_not(altered, keys) == "the signature of the token is wrong");
  // r = s = 0, which careless verifiers accept.
  CHECK(why_not(good.substr(0, good.rfind('.') + 1) + base64url(std::string(64, '\0')), keys) ==
        "the signature of the token is wrong");
  CHECK(why_not(signer.token(claims(), R"({"alg":"ES256","crit":["b64"]})"), keys) ==
        "the token demands what is not known here");

  // Signed well, but of others, for others, or of another time.
  CHECK(why_not(signer.token(claims("", "https://evil.example")), keys) ==
        "the token is of another issuer");
  CHECK(why_not(signer.token(claims("", "https://id.example", "\"other\"")), keys) ==
        "the token is for another audience");
  CHECK(why_not(signer.token(claims("", "https://id.example", R"(["pentad","other"])")), keys) ==
        "the token was issued to another party");
  CHECK(why_not(signer.token(claims(R"(,"azp":"other")")), keys) ==
        "the token was issued to another party");
  CHECK(why_not(signer.token(claims("", "https://id.example", "\"pentad\"", "n2")), keys) ==
        "the token answers another request");
  CHECK(why_not(signer.token(claims("", "https://id.example", "\"pentad\"", "")), keys) ==
        "the token answers another request");
  CHECK(why_not(signer.token(claims("", "https://id.example", "\"pentad\"", "n1", kNow - 61)),
                keys) == "the token has expired");
  CHECK(why_not(signer.token(
                    claims("", "https://id.example", "\"pentad\"", "n1", kNow + 60, kNow - 7200)),
                keys) == "the token was issued at another time");
  CHECK(why_not(signer.token(claims(fmt::format(",\"nbf\":{}", kNow + 600))), keys) ==
        "the token is not valid yet");
  // A claim that stands twice: each reader would see another one.
  CHECK(why_not(signer.token(claims(R"(,"sub":"s2")")), keys) ==
        "the claims of the token cannot be read");
  for (const std::string& bad : {std::string(), std::string("."), std::string(".."), good + ".",
                                 std::string(1 << 17, 'a'), "=" + good}) {
    CHECK(why_not(bad, keys) != "accepted");
  }
}

TEST_CASE("keys are taken when they can be used") {
  auto keys = read_jwks(R"({"keys":[
    {"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB","alg":"RS256","use":"sig"},
    {"kty":"RSA","kid":"b","n":"AQAB","e":"AQAB","alg":"RS512"},
    {"kty":"EC","crv":"P-256","kid":"c","x":"AQAB","y":"AQAB"},
    {"kty":"EC","crv":"P-521","kid":"d","x":"AQAB","y":"AQAB"},
    {"kty":"oct","kid":"e","k":"AQAB"},
    {"kty":"RSA","kid":"f","n":"AQAB","e":"AQAB","use":"enc"}]})");
  REQUIRE(keys);
  REQUIRE(keys->size() == 2);
  CHECK(keys->at(0).id == "a");
  CHECK(keys->at(1).algorithm == "ES256");
  // Too short to be a key: nothing is verified with it.
  CHECK(why_not(Signer(true).token(claims()), *keys) != "accepted");
  CHECK(!read_jwks("[]"));
  CHECK(!read_jwks("{"));
}
