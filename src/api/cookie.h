// Cookies of requests and answers (RFC 6265): one of ours, host only, for no script to read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::api {

// The value of the cookie of that name in a Cookie header. Nothing when it is not there, stands
// there twice or holds what a value of ours does not.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

// The header Set-Cookie. `secure`: over TLS alone, which the name's prefix then says (see
// cookie_name). A life of zero takes the cookie away. SameSite is Strict, or Lax where a provider's
// page sends the browser back to us.
std::string set_cookie(std::string_view name, std::string_view value, Duration life, bool secure,
                       bool strict = true);

// "__Host-pentad" over TLS, "pentad" without.
std::string cookie_name(std::string_view base, bool secure);

}  // namespace pentad::api
