#include "net/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <memory>

#include "net/message.h"
#include "net/socket_address.h"

namespace pentad::net {

namespace {

template <auto release>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

bool is_address(const std::string& host) { return tcp_address(host, 0).has_value(); }

bool is_host(const std::string& host) {
  if (host.empty() || host.size() > 253) return false;
  auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-';
  };
  return is_address(host) || (std::all_of(host.begin(), host.end(), is_allowed) &&
                              host.front() != '.' && host.front() != '-');
}

Time time_of(const ASN1_TIME* at) {
  std::tm t{};
  if (ASN1_TIME_to_tm(at, &t) != 1) return Time{};
  return Time{timegm(&t) * int64_t{1000}};
}

std::string name_of(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) {
    const ASN1_STRING* text = name->d.dNSName;
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<size_t>(ASN1_STRING_length(text))};
  }
  if (name->type != GEN_IPADD) return {};
  const unsigned char* bytes = ASN1_STRING_get0_data(name->d.iPAddress);
  int size = ASN1_STRING_length(name->d.iPAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (size != 4 && size != 16) return {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) return false;
  bool is_added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return is_added;
}

Certificate sign(const SelfSigned& wanted, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  std::array<unsigned char, 16> serial{};
  RAND_bytes(serial.data(), serial.size());
  serial[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
  BN_free(number);
  ASN1_TIME_set(X509_getm_notBefore(x), wanted.now.value / 1000 - 3600);
  ASN1_TIME_set(X509_getm_notAfter(x), (wanted.now + wanted.valid).value / 1000);
  X509_set_pubkey(x, key);
  // A common name may have 64 characters; who is meant stands in the alternative names.
  std::string common = wanted.hosts[0].substr(0, 64);
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, name);
  std::string names;
  for (const std::string& host : wanted.hosts) {
    names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
  }
  bool is_whole = add_extension(x, NID_subject_alt_name, names) &&
                  add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(x, NID_ext_key_usage, "serverAuth") &&
                  X509_sign(x, key, EVP_sha256()) > 0;
  if (!is_whole) certificate.reset();
  return certificate;
}

Status write_new(const std::string& path, const Bio& from, mode_t mode) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return fail(ErrorCode::failed, "cannot be made: " + errno_text(errno), path);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(from.get(), &bytes);
  bool is_written = write(fd, bytes, static_cast<size_t>(size)) == size && fsync(fd) == 0;
  int error = errno;
  close(fd);
  if (is_written) return {};
  unlink(path.c_str());
  return fail(ErrorCode::failed, "cannot be written: " + errno_text(error), path);
}

}  // namespace

CertificateInfo certificate_info(x509_st* certificate) {
  CertificateInfo info;
  info.not_before = time_of(X509_get0_notBefore(certificate));
  info.not_after = time_of(X509_get0_notAfter(certificate));
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    std::string name = name_of(sk_GENERAL_NAME_value(names, i));
    if (!name.empty()) info.names.push_back(std::move(name));
  }
  GENERAL_NAMES_free(names);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  static constexpr std::string_view hex = "0123456789ABCDEF";
  for (unsigned i = 0; i < size; ++i) {
    if (i > 0) info.fingerprint += ':';
    info.fingerprint += hex[digest[i] >> 4];
    info.fingerprint += hex[digest[i] & 15];
  }
  return info;
}

bool is_named(const std::vector<std::string>& names, std::string_view host) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    if (!name.starts_with("*.")) return equal_without_case(name, host);
    size_t dot = host.find('.');
    return dot != host.npos && dot > 0 &&
           equal_without_case(std::string_view(name).substr(1), host.substr(dot));
  });
}

Result<CertificateInfo> make_self_signed(const SelfSigned& wanted, const TlsFiles& files) {
  for (const std::string& host : wanted.hosts) {
    if (!is_host(host)) return fail(ErrorCode::invalid, "'" + host + "' is no host name");
  }
  if (wanted.hosts.empty()) return fail(ErrorCode::invalid, "a certificate needs a host name");
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate = key ? sign(wanted, key.get()) : nullptr;
  Bio key_pem(BIO_new(BIO_s_mem()));
  Bio pem(BIO_new(BIO_s_mem()));
  bool is_made = certificate &&
                 PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr) == 1 &&
                 PEM_write_bio_X509(pem.get(), certificate.get()) == 1;
  ERR_clear_error();
  if (!is_made) return fail(ErrorCode::failed, "the certificate cannot be made");
  if (Status written = write_new(files.key, key_pem, 0600); !written) {
    return tl::unexpected(written.error());
  }
  if (Status written = write_new(files.certificate, pem, 0644); !written) {
    unlink(files.key.c_str());
    return tl::unexpected(written.error());
  }
  return certificate_info(certificate.get());
}

}  // namespace pentad::net
