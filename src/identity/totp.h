// Time-based one-time passwords (RFC 6238 over RFC 4226): the second factor of phone applications.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::identity {

enum class TotpHash { sha1, sha256, sha512 };

// The code of one step of 30 s (HOTP with the step as counter), `digits` long with leading zeros.
std::string totp_code(std::string_view secret, int64_t step, int digits = 6,
                      TotpHash hash = TotpHash::sha1);
inline int64_t totp_step(Time now) { return now.value / 30'000; }

// The step that `code` belongs to: the present one or one beside it, for clocks that differ. A step
// up to `last_used` does not count any more: a code that somebody watched is worth nothing.
std::optional<int64_t> match_totp(std::string_view secret, std::string_view code, Time now,
                                  int64_t last_used);

// What a QR code shows: otpauth://totp/ISSUER:USER?secret=...&issuer=ISSUER
std::string totp_uri(std::string_view issuer, std::string_view user, std::string_view secret);

}  // namespace pentad::identity
