#include "net/tls_channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "net/socket_address.h"

namespace pentad::net {

namespace {

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a client that hangs up would end a program
// that does not ignore SIGPIPE. And it waits where the descriptor does, as Asio's may.
int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t n = ::send(fd_of(bio), from, static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t n = ::recv(fd_of(bio), to, static_cast<size_t>(size), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(n);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

int bio_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pentad socket");
    BIO_meth_set_write(m, bio_write);
    BIO_meth_set_read(m, bio_read);
    BIO_meth_set_ctrl(m, bio_control);
    BIO_meth_set_create(m, bio_create);
    return m;
  }();
  return method;
}

std::string library_words() {
  unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "the connection broke";
}

std::string words_for(long verdict, const std::string& host) {
  const char* own = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is not for " + host +
             ": use a name that stands in it, or make one for this name";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired: the centre needs a new one (and this machine's clock "
             "must be right)";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet: is this machine's clock right?";
    default:
      return "its certificate is not trusted here (" + std::string(own) +
             "): if it is your centre's own, get the certificate from its operator and name the "
             "file by --ca or PENTAD_CA";
  }
}

}  // namespace

void TlsChannel::init(const TlsContext& context, int fd) {
  ERR_clear_error();
  ssl_ = SSL_new(context.get());
  BIO* bio = BIO_new(socket_method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  SSL_set_bio(ssl_, bio, bio);
}

TlsChannel::TlsChannel(const TlsContext& context, int fd) {
  init(context, fd);
  SSL_set_accept_state(ssl_);
}

TlsChannel::TlsChannel(const TlsContext& context, int fd, const std::string& host) : host_(host) {
  init(context, fd);
  SSL_set_connect_state(ssl_);
  if (tcp_address(host, 0)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
    return;
  }
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl_, host.c_str());
  SSL_set_tlsext_host_name(ssl_, host.c_str());
}

TlsChannel::~TlsChannel() { SSL_free(ssl_); }

TlsStep TlsChannel::step(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return TlsStep::done;
    case SSL_ERROR_WANT_READ:
      return TlsStep::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return TlsStep::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStep::closed;
    default:
      break;
  }
  is_broken_ = true;
  long verdict = SSL_get_verify_result(ssl_);
  is_untrusted_ = !is_up_ && verdict != X509_V_OK && !SSL_is_server(ssl_);
  why_ = is_untrusted_ ? words_for(verdict, host_) : library_words();
  ERR_clear_error();
  return TlsStep::failed;
}

TlsStep TlsChannel::handshake() {
  ERR_clear_error();
  TlsStep result = step(SSL_do_handshake(ssl_));
  is_up_ = result == TlsStep::done;
  return result;
}

TlsStep TlsChannel::read(char* to, size_t size, size_t& bytes) {
  ERR_clear_error();
  bytes = 0;
  return step(SSL_read_ex(ssl_, to, size, &bytes));
}

TlsStep TlsChannel::write(const char* from, size_t size, size_t& bytes) {
  ERR_clear_error();
  bytes = 0;
  return step(SSL_write_ex(ssl_, from, size, &bytes));
}

void TlsChannel::end() {
  if (!is_up_ || is_broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

bool TlsChannel::is_quiet() {
  if (is_broken_) return false;
  char byte = 0;
  size_t bytes = 0;
  ERR_clear_error();
  return step(SSL_peek_ex(ssl_, &byte, 1, &bytes)) == TlsStep::wants_read;
}

bool TlsChannel::was_resumed() const { return SSL_session_reused(ssl_) == 1; }

const char* TlsChannel::version() const { return SSL_get_version(ssl_); }

}  // namespace pentad::net
