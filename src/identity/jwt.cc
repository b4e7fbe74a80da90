#include "identity/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <boost/describe.hpp>
#include <memory>
#include <set>

#include "base/json_reader.h"
#include "base/reflect.h"
#include "identity/secret.h"

namespace pentad::identity {

namespace {

constexpr size_t kMostBytes = 64 << 10;
constexpr int64_t kClockSkewS = 60;
constexpr int64_t kOldestS = 3600;  // a token to sign in with is fresh

struct JwkForm {
  std::string kty, kid, use, alg, crv, n, e, x, y;
};
BOOST_DESCRIBE_STRUCT(JwkForm, (), (kty, kid, use, alg, crv, n, e, x, y))
struct JwksForm {
  std::vector<JwkForm> keys;
};
BOOST_DESCRIBE_STRUCT(JwksForm, (), (keys))
struct HeaderForm {
  std::string alg, kid, typ;
  std::vector<std::string> crit;
};
BOOST_DESCRIBE_STRUCT(HeaderForm, (), (alg, kid, typ, crit))

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
Number number_of(const std::string& bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key key_from(const char* type, const Params& params) {
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || !params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

Key rsa_key(const Jwk& jwk) {
  if (jwk.a.size() < 256 || jwk.a.size() > 1024 || jwk.b.empty() || jwk.b.size() > 8) return {};
  const Number n = number_of(jwk.a), e = number_of(jwk.b);
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return key_from("RSA", Params(OSSL_PARAM_BLD_to_param(builder.get())));
}

Key ec_key(const Jwk& jwk) {
  if (jwk.a.size() != 32 || jwk.b.size() != 32) return {};
  const std::string point = '\x04' + jwk.a + jwk.b;
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return key_from("EC", Params(OSSL_PARAM_BLD_to_param(builder.get())));
}

// ES256 signs with r and s side by side; OpenSSL reads them in DER.
std::string to_der(const std::string& raw) {
  if (raw.size() != 64) return {};
  EcSignature signature(ECDSA_SIG_new());
  Number r = number_of(raw.substr(0, 32)), s = number_of(raw.substr(32));
  if (!signature || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  std::ignore = r.release();  // the signature has them now
  std::ignore = s.release();
  std::array<unsigned char, 80> der{};
  unsigned char* end = der.data();
  const int length = i2d_ECDSA_SIG(signature.get(), &end);
  if (length <= 0) return {};
  return {reinterpret_cast<char*>(der.data()), static_cast<size_t>(length)};
}

bool is_signed_by(const Jwk& jwk, std::string_view text, std::string signature) {
  const bool is_rsa = jwk.algorithm == "RS256";
  const Key key = is_rsa ? rsa_key(jwk) : ec_key(jwk);
  if (!is_rsa) signature = to_der(signature);
  if (!key || signature.empty()) return false;
  DigestContext context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

// Claims have any JSON value; what we know is taken by its kind.
bool read_claim(JsonReader& in, const std::string& name, Claims& out) {
  auto number = [&](int64_t& into) {
    double value = 0;  // providers write 1.7e9 as well
    if (in.peek() != JsonKind::number || !in.read_double(value)) return false;
    if (!(value > -1e15 && value < 1e15)) return false;
    into = static_cast<int64_t>(value);
    return true;
  };
  if (name == "exp") return number(out.expires_s);
  if (name == "iat") return number(out.issued_s);
  if (name == "nbf") return number(out.not_before_s);
  if (name == "email_verified" && in.peek() == JsonKind::boolean) {
    return in.read_bool(out.email_verified);
  }
  if (name == "aud" && in.peek() == JsonKind::array) return reflect::read(in, out.audience);
  if (in.peek() != JsonKind::string) return in.skip_value();
  std::string value;
  if (!reflect::read(in, value)) return false;
  if (name == "iss") out.issuer = value;
  if (name == "sub") out.subject = value;
  if (name == "aud") out.audience = {value};
  if (name == "azp") out.authorized_party = value;
  if (name == "nonce") out.nonce = value;
  out.texts[name] = std::move(value);
  return true;
}

Result<Claims> read_claims(std::string_view json) {
  JsonReader in(json);
  Claims out;
  auto bad = [] { return fail(ErrorCode::invalid, "the claims of the token cannot be read"); };
  if (in.peek() != JsonKind::object || !in.begin_object()) return bad();
  std::string_view key;
  std::set<std::string> seen;
  while (in.next_key(key)) {
    const std::string name(key);
    if (!seen.insert(name).second || !read_claim(in, name, out)) return bad();
  }
  if (!in.finish()) return bad();
  return out;
}

Status check_claims(const Claims& claims, const Expected& expected) {
  auto wrong = [](const char* what) { return fail(ErrorCode::invalid, what); };
  const int64_t now_s = expected.now.value / 1000;
  if (claims.issuer != expected.issuer) return wrong("the token is of another issuer");
  const bool for_us = std::find(claims.audience.begin(), claims.audience.end(),
                                expected.audience) != claims.audience.end();
  if (!for_us) return wrong("the token is for another audience");
  const bool other_party = claims.authorized_party.empty()
                               ? claims.audience.size() > 1
                               : claims.authorized_party != expected.audience;
  if (other_party) return wrong("the token was issued to another party");
  if (claims.nonce.empty() || !equal_secretly(claims.nonce, expected.nonce)) {
    return wrong("the token answers another request");
  }
  if (claims.expires_s + kClockSkewS <= now_s) return wrong("the token has expired");
  if (claims.not_before_s - kClockSkewS > now_s) return wrong("the token is not valid yet");
  if (claims.issued_s - kClockSkewS > now_s || claims.issued_s + kOldestS < now_s) {
    return wrong("the token was issued at another time");
  }
  if (claims.subject.empty() || claims.subject.size() > 255) {
    return wrong("the token names nobody");
  }
  return {};
}

}  // namespace

Result<std::vector<Jwk>> read_jwks(std::string_view json) {
  if (json.size() > kMostBytes) return fail(ErrorCode::invalid, "the provider has too many keys");
  auto form = from_json<JwksForm>(json, ReadMode::lenient);
  if (!form) return fail(ErrorCode::invalid, "the provider's keys cannot be read");
  std::vector<Jwk> keys;
  for (const JwkForm& key : form->keys) {
    const bool is_rsa = key.kty == "RSA", is_ec = key.kty == "EC" && key.crv == "P-256";
    const char* algorithm = is_rsa ? "RS256" : "ES256";
    if ((!is_rsa && !is_ec) || (!key.use.empty() && key.use != "sig")) continue;
    if (!key.alg.empty() && key.alg != algorithm) continue;
    auto a = from_base64url(is_rsa ? key.n : key.x), b = from_base64url(is_rsa ? key.e : key.y);
    if (a && b) keys.push_back({key.kid, algorithm, std::move(*a), std::move(*b)});
  }
  return keys;
}

Result<Claims> verify_token(std::string_view token, const std::vector<Jwk>& keys,
                            const Expected& expected) {
  auto bad = [](const char* what) { return fail(ErrorCode::invalid, what); };
  if (token.size() > kMostBytes) return bad("the token is too long");
  const size_t first = token.find('.');
  const size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return bad("the token has not three parts");
  }
  const auto header_text = from_base64url(token.substr(0, first));
  const auto claims_text = from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(token.substr(second + 1));
  if (!header_text || !claims_text || !signature) return bad("the token is not base64url");
  const auto header = from_json<HeaderForm>(*header_text, ReadMode::lenient);
  if (!header) return bad("the header of the token cannot be read");
  if (header->alg != "RS256" && header->alg != "ES256") {
    return bad("the token is not signed with RS256 or ES256");
  }
  if (!header->crit.empty()) return bad("the token demands what is not known here");
  bool has_key = false, is_signed = false;
  for (const Jwk& key : keys) {
    const bool may_be = key.algorithm == header->alg &&
                        (header->kid.empty() || key.id.empty() || key.id == header->kid);
    if (!may_be) continue;
    has_key = true;
    is_signed = is_signed || is_signed_by(key, token.substr(0, second), *signature);
  }
  if (!has_key) return fail(ErrorCode::not_found, "no key of the provider has signed the token");
  if (!is_signed) return bad("the signature of the token is wrong");
  Result<Claims> claims = read_claims(*claims_text);
  if (!claims) return claims;
  if (Status good = check_claims(*claims, expected); !good) return tl::unexpected(good.error());
  return claims;
}

}  // namespace pentad::identity
