// Certificates: what stands in one, and a self-signed one for a first try.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "net/tls_context.h"

struct x509_st;

namespace pentad::net {

CertificateInfo certificate_info(x509_st* certificate);

// Whether `host` (a DNS name or an address without brackets) is among `names`; "*.example.org"
// stands for one label.
bool is_named(const std::vector<std::string>& names, std::string_view host);

struct SelfSigned {
  std::vector<std::string> hosts;  // DNS names and addresses; not empty
  Time now;
  Duration valid = hours(24 * 365);
};

// Makes an ECDSA P-256 key (mode 0600) and a certificate that it signs itself. Neither file may be
// there already. Errors: invalid (a host that is none), failed.
Result<CertificateInfo> make_self_signed(const SelfSigned& wanted, const TlsFiles& files);

}  // namespace pentad::net
