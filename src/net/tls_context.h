// What all TLS connections of one side share: versions, ciphers, certificates. OpenSSL is used in
// tls_*.cc and certificate.cc only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

struct ssl_ctx_st;

namespace pentad::net {

// PEM files of a server: the certificate with the chain behind it, and its private key.
struct TlsFiles {
  std::string certificate;
  std::string key;
  bool empty() const { return certificate.empty() && key.empty(); }
  bool operator==(const TlsFiles&) const = default;
};

struct CertificateInfo {
  std::vector<std::string> names;  // DNS names and addresses it is good for
  Time not_before;
  Time not_after;
  std::string fingerprint;  // SHA-256, "AB:CD:..."
};

// Immutable; each connection keeps the one it began with, so that a new one can take its place at
// any time.
class TlsContext {
 public:
  // TLS 1.2 (ECDHE with AEAD ciphers) and 1.3, ALPN http/1.1, sessions resumed by tickets. Errors:
  // a file that cannot be read, is no PEM, a key that does not belong to the certificate, or that
  // others may read.
  static Result<std::shared_ptr<const TlsContext>> for_server(const TlsFiles& files);
  // Verifies against the system's authorities, or against the PEM file `authorities` alone.
  static Result<std::shared_ptr<const TlsContext>> for_client(const std::string& authorities);

  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* get() const { return context_; }
  const CertificateInfo& certificate() const { return certificate_; }  // of a server

 private:
  ssl_ctx_st* context_;
  CertificateInfo certificate_;
};

}  // namespace pentad::net
