// Signing in with an OpenID Connect provider: authorization code flow with PKCE (RFC 7636), state
// and nonce, bound to the browser that began it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "identity/jwt.h"
#include "identity/settings.h"

namespace pentad::identity {

struct OidcStart {
  std::string url;      // where the browser goes
  std::string browser;  // secret that the browser keeps (in a cookie) and shows when it comes back
};

struct OidcPerson {
  std::string subject;  // issuer and subject together: the same person for ever
  std::string name;     // the name claim, may be empty
  std::string title;
  std::string email;  // only when the provider says that it is verified
};

// From any thread. Both calls may ask the provider and block.
class Oidc {
 public:
  explicit Oidc(OidcSettings settings) : settings_(std::move(settings)) {}

  // Errors: unavailable (the provider does not answer), invalid (what it says of itself is wrong).
  Result<OidcStart> start(Time now);
  // What came back to the redirect address. A state is good once and for ten minutes. Errors:
  // invalid (not what was begun here, or the token is wrong), unavailable.
  Result<OidcPerson> finish(const std::string& state, const std::string& code,
                            const std::string& browser, Time now);

  const OidcSettings& settings() const { return settings_; }
  size_t waiting() const;

 private:
  struct Provider {
    std::string authorization_endpoint, token_endpoint, jwks_uri;
    std::vector<Jwk> keys;
    Time read_at;
  };
  struct Begun {
    std::string nonce, verifier, browser;
    Time at;
  };

  Result<Provider> provider(Time now, bool read_again);
  Result<std::string> exchange(const Provider& provider, const std::string& code,
                               const std::string& verifier);

  const OidcSettings settings_;
  mutable std::mutex mutex_;
  std::optional<Provider> provider_;
  std::map<std::string, Begun> begun_;  // by the fingerprint of the state
};

}  // namespace pentad::identity
