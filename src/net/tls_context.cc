#include "net/tls_context.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/certificate.h"
#include "net/socket_address.h"

namespace pentad::net {

namespace {

constexpr off_t kMostPemBytes = 1 << 20;
// Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view kProtocol("\x08http/1.1", 9);

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

tl::unexpected<Error> refuse(const std::string& path, std::string why) {
  ERR_clear_error();
  return fail(ErrorCode::invalid, std::move(why), path);
}

// A key that others can read is no secret: whoever has it can stand in for this centre.
std::string complaint_about_key(const struct stat& info) {
  if ((info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return "others may read or change this private key: chmod 600 it (or 640 for a group)";
  }
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    return "this private key belongs to another user: give it to the one the centre runs as";
  }
  return "";
}

// What is checked is what is read.
Result<std::string> read_pem(const std::string& path, bool is_key) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return fail(ErrorCode::invalid, "cannot be read: " + errno_text(errno), path);
  struct stat info {};
  std::string complaint;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > kMostPemBytes) {
    complaint = "is no PEM file";
  } else if (is_key) {
    complaint = complaint_about_key(info);
  }
  std::string text(complaint.empty() ? static_cast<size_t>(info.st_size) : 0, '\0');
  ssize_t n = text.empty() ? 0 : pread(fd, text.data(), text.size(), 0);
  close(fd);
  if (!complaint.empty()) return refuse(path, std::move(complaint));
  text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return text;
}

// No question at a terminal for a key with a pass phrase: it is refused.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Status use_certificates(SSL_CTX* context, const std::string& pem, const std::string& path) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  X509* own = PEM_read_bio_X509_AUX(bio.get(), nullptr, no_pass_phrase, nullptr);
  if (!own) return refuse(path, "holds no certificate in PEM");
  bool is_taken = SSL_CTX_use_certificate(context, own) == 1;
  X509_free(own);
  if (!is_taken) return refuse(path, "holds a certificate that TLS cannot use (too weak a key?)");
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
    X509_free(next);
    return refuse(path, "holds a chain that TLS cannot use");
  }
  ERR_clear_error();  // that there is no further certificate
  return {};
}

Status use_key(SSL_CTX* context, const std::string& pem, const TlsFiles& files) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr);
  if (!key) return refuse(files.key, "holds no private key in PEM without a pass phrase");
  bool is_taken = SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  if (!is_taken || SSL_CTX_check_private_key(context) != 1) {
    return refuse(files.key, "is not the private key of the certificate " + files.certificate);
  }
  return {};
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  unsigned char* chosen = nullptr;
  int found = SSL_select_next_proto(&chosen, out_size,
                                    reinterpret_cast<const unsigned char*>(kProtocol.data()),
                                    static_cast<unsigned>(kProtocol.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_common(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers);
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::for_server(const TlsFiles& files) {
  auto certificate = read_pem(files.certificate, false);
  if (!certificate) return tl::unexpected(certificate.error());
  auto key = read_pem(files.key, true);
  if (!key) return tl::unexpected(key.error());
  auto context = std::make_shared<TlsContext>(SSL_CTX_new(TLS_server_method()));
  set_common(context->get());
  SSL_CTX_set_options(context->get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_alpn_select_cb(context->get(), choose_protocol, nullptr);
  static constexpr unsigned char name[] = "pentad";
  SSL_CTX_set_session_id_context(context->get(), name, sizeof name);
  Status status = use_certificates(context->get(), *certificate, files.certificate);
  if (status) status = use_key(context->get(), *key, files);
  OPENSSL_cleanse(key->data(), key->size());
  if (!status) return tl::unexpected(status.error());
  context->certificate_ = certificate_info(SSL_CTX_get0_certificate(context->get()));
  return context;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::for_client(const std::string& authorities) {
  auto context = std::make_shared<TlsContext>(SSL_CTX_new(TLS_client_method()));
  set_common(context->get());
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(context->get(), reinterpret_cast<const unsigned char*>(kProtocol.data()),
                          static_cast<unsigned>(kProtocol.size()));
  if (authorities.empty()) {
    SSL_CTX_set_default_verify_paths(context->get());
    return context;
  }
  // A certificate that stands in the file is trusted itself, whoever signed it.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->get()), X509_V_FLAG_PARTIAL_CHAIN);
  if (SSL_CTX_load_verify_file(context->get(), authorities.c_str()) != 1) {
    return refuse(authorities, "holds no certificate in PEM that could be trusted");
  }
  return context;
}

}  // namespace pentad::net
