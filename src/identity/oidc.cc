#include "identity/oidc.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/describe.hpp>

#include "base/reflect.h"
#include "identity/http.h"
#include "identity/secret.h"

namespace pentad::identity {

namespace {

constexpr Duration kGood = minutes(10);
constexpr Duration kKeysGood = hours(1);
constexpr Duration kKeysAgain = minutes(1);
constexpr size_t kMostBegun = 10'000;

struct Discovery {
  std::string issuer, authorization_endpoint, token_endpoint, jwks_uri;
};
BOOST_DESCRIBE_STRUCT(Discovery, (), (issuer, authorization_endpoint, token_endpoint, jwks_uri))
struct TokenAnswer {
  std::string id_token;
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (id_token))

std::string sha256(std::string_view text) {
  std::string out(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(out.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return out;
}

std::string form(std::initializer_list<std::pair<const char*, std::string>> fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, form_encoded(value));
  }
  return out;
}

}  // namespace

Result<Oidc::Provider> Oidc::provider(Time now, bool read_again) {
  {
    std::lock_guard lock(mutex_);
    const Duration good = read_again ? kKeysAgain : kKeysGood;
    if (provider_ && now - provider_->read_at < good) return *provider_;
  }
  std::string base = settings_.issuer;
  while (base.ends_with('/')) base.pop_back();
  auto text =
      http_call({base + "/.well-known/openid-configuration", {}, {}, {}, settings_.ca_file});
  if (!text) return tl::unexpected(text.error());
  auto found = from_json<Discovery>(*text, ReadMode::lenient);
  if (!found) return fail(ErrorCode::invalid, "the provider's configuration cannot be read");
  if (found->issuer != settings_.issuer) {
    return fail(ErrorCode::invalid, "the provider calls itself " + found->issuer.substr(0, 200));
  }
  auto keys_text = http_call({found->jwks_uri, {}, {}, {}, settings_.ca_file});
  if (!keys_text) return tl::unexpected(keys_text.error());
  auto keys = read_jwks(*keys_text);
  if (!keys) return tl::unexpected(keys.error());
  Provider out{found->authorization_endpoint, found->token_endpoint, found->jwks_uri,
               std::move(*keys), now};
  std::lock_guard lock(mutex_);
  provider_ = out;
  return out;
}

Result<OidcStart> Oidc::start(Time now) {
  auto found = provider(now, false);
  if (!found) return tl::unexpected(found.error());
  const std::string state = random_text(24);
  Begun begun{random_text(24), random_text(32), random_text(24), now};
  std::string scopes;
  for (const std::string& scope : settings_.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
  OidcStart out;
  out.browser = begun.browser;
  const bool has_query = found->authorization_endpoint.find('?') != std::string::npos;
  out.url = found->authorization_endpoint + (has_query ? "&" : "?") +
            form({{"response_type", "code"},
                  {"client_id", settings_.client_id},
                  {"redirect_uri", settings_.redirect_uri},
                  {"scope", scopes},
                  {"state", state},
                  {"nonce", begun.nonce},
                  {"code_challenge", base64url(sha256(begun.verifier))},
                  {"code_challenge_method", "S256"}});
  std::lock_guard lock(mutex_);
  std::erase_if(begun_, [&](const auto& b) { return now - b.second.at > kGood; });
  if (begun_.size() >= kMostBegun) {
    return fail(ErrorCode::unavailable, "too many sign in at the moment");
  }
  begun_[fingerprint(state)] = std::move(begun);
  return out;
}

Result<std::string> Oidc::exchange(const Provider& provider, const std::string& code,
                                   const std::string& verifier) {
  HttpCall call{provider.token_endpoint, {}, {}, {}, settings_.ca_file};
  call.form = form({{"grant_type", "authorization_code"},
                    {"code", code},
                    {"redirect_uri", settings_.redirect_uri},
                    {"code_verifier", verifier}});
  if (settings_.client_secret.empty()) {
    call.form += "&" + form({{"client_id", settings_.client_id}});
  } else {
    call.user = form_encoded(settings_.client_id);
    call.password = form_encoded(settings_.client_secret);
  }
  auto text = http_call(call);
  if (!text) return tl::unexpected(text.error());
  auto answer = from_json<TokenAnswer>(*text, ReadMode::lenient);
  if (!answer || answer->id_token.empty()) {
    return fail(ErrorCode::invalid, "the provider gave no token");
  }
  return std::move(answer->id_token);
}

Result<OidcPerson> Oidc::finish(const std::string& state, const std::string& code,
                                const std::string& browser, Time now) {
  auto unknown = [] { return fail(ErrorCode::invalid, "this sign-in was not begun here"); };
  Begun begun;
  {
    std::lock_guard lock(mutex_);
    auto found = begun_.find(fingerprint(state));
    if (found == begun_.end()) return unknown();
    begun = std::move(found->second);
    begun_.erase(found);  // good once, whatever comes of it
  }
  if (now - begun.at > kGood || !equal_secretly(begun.browser, browser)) return unknown();
  auto found = provider(now, false);
  if (!found) return tl::unexpected(found.error());
  auto token = exchange(*found, code, begun.verifier);
  if (!token) return tl::unexpected(token.error());
  const Expected expected{settings_.issuer, settings_.client_id, begun.nonce, now};
  auto claims = verify_token(*token, found->keys, expected);
  if (!claims && claims.error().code == ErrorCode::not_found) {
    // The provider has changed its keys.
    found = provider(now, true);
    if (!found) return tl::unexpected(found.error());
    claims = verify_token(*token, found->keys, expected);
  }
  if (!claims) return fail(ErrorCode::invalid, claims.error().message);
  OidcPerson person;
  person.subject = settings_.issuer + " " + claims->subject;
  person.name = claims->texts[settings_.name_claim];
  person.title = claims->texts["name"];
  if (claims->email_verified) person.email = claims->texts["email"];
  return person;
}

size_t Oidc::waiting() const {
  std::lock_guard lock(mutex_);
  return begun_.size();
}

}  // namespace pentad::identity
