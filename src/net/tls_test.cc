// TLS of server and client with real sockets. Each case says what somebody tries.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "net/certificate.h"
#include "net/client.h"
#include "net/server.h"
#include "net/test_client.h"

namespace pentad::net {
namespace {

Time now() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

struct Centre {
  explicit Centre(std::vector<std::string> hosts = {"127.0.0.1", "localhost"},
                  const std::function<void(ServerOptions&)>& change = {}, Time at = now()) {
    options.tls = {dir.path() + "/certificate.pem", dir.path() + "/key.pem"};
    REQUIRE(make_self_signed({std::move(hosts), at, hours(24)}, options.tls));
    options.listen = {"127.0.0.1:0"};
    if (change) change(options);
    auto started = Server::start(options, [](Request request, Responder responder) {
      Response response;
      response.body = std::string(request.peer.is_tls ? "tls" : "plain") + " " + request.path +
                      " " + std::to_string(request.body.size());
      if (request.path == "/large") response.body = std::string(3 << 20, 'x');
      responder.send(std::move(response));
    });
    REQUIRE_MESSAGE(started, started.error().message);
    server = std::move(*started);
  }

  Client client(const std::string& host = "127.0.0.1", bool trusts = true) const {
    Address address;
    address.host = host;
    address.port = server->port();
    address.is_tls = true;
    ClientOptions client_options;
    if (trusts) client_options.authorities = options.tls.certificate;
    return Client(address, client_options);
  }

  TempDir dir;
  ServerOptions options;
  std::unique_ptr<Server> server;
};

// A client of OpenSSL's own that can be told to do what ours never would.
class Stranger {
 public:
  Stranger(uint16_t port, const std::function<void(SSL_CTX*)>& change) {
    REQUIRE(socket_.connect(*tcp_address("127.0.0.1", port), seconds(20)));
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context_, 0);  // as weak as can be
    change(context_);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_.native());
    int flags = fcntl(socket_.native(), F_GETFL);
    fcntl(socket_.native(), F_SETFL, flags & ~O_NONBLOCK);
    is_up_ = SSL_connect(ssl_) == 1;
  }
  ~Stranger() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool is_up() const { return is_up_; }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_); }
  SSL* ssl() { return ssl_; }

 private:
  ClientSocket socket_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool is_up_ = false;
};

bool accepts(const Centre& centre, const std::function<void(SSL_CTX*)>& change) {
  return Stranger(centre.server->port(), change).is_up();
}

}  // namespace

TEST_CASE("a request over TLS, again on the same connection, and a large answer") {
  Centre centre;
  Client client = centre.client();
  for (int i = 0; i < 3; ++i) {
    auto answer = client.get("/a");
    REQUIRE_MESSAGE(answer, answer.error().message);
    CHECK(answer->body == "tls /a 0");
    CHECK(answer->headers.find("Strict-Transport-Security"));
  }
  CHECK(centre.server->connection_count() == 1);
  CHECK(client.get("/large")->body.size() == 3 << 20);
  auto sent = client.send(Method::post, "/b", std::string(5 << 20, 'y'));
  REQUIRE(sent);
  CHECK(sent->body == "tls /b " + std::to_string(5 << 20));
}

// Somebody offers an old version or a cipher that can be broken, hoping that the centre agrees.
TEST_CASE("old versions and weak ciphers are refused") {
  Centre centre;
  auto only = [](int version) {
    return [version](SSL_CTX* c) {
      SSL_CTX_set_min_proto_version(c, version);
      SSL_CTX_set_max_proto_version(c, version);
    };
  };
  CHECK_FALSE(accepts(centre, only(TLS1_VERSION)));
  CHECK_FALSE(accepts(centre, only(TLS1_1_VERSION)));
  CHECK(accepts(centre, only(TLS1_2_VERSION)));
  CHECK(accepts(centre, only(TLS1_3_VERSION)));
  for (const char* weak : {"AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
                           "NULL-SHA256", "AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256",
                           "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA"}) {
    CHECK_FALSE_MESSAGE(accepts(centre,
                                [&](SSL_CTX* c) {
                                  SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION);
                                  SSL_CTX_set_cipher_list(c, weak);
                                }),
                        weak);
  }
  Stranger best(centre.server->port(), [](SSL_CTX*) {});
  CHECK(best.version() == "TLSv1.3");
}

// A stranger asks for HTTP/2, which is not spoken here, and would then send frames.
TEST_CASE("protocols other than HTTP/1.1 are not agreed on") {
  Centre centre;
  auto offer = [](std::string_view protocols) {
    return [protocols](SSL_CTX* c) {
      SSL_CTX_set_alpn_protos(c, reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned>(protocols.size()));
    };
  };
  CHECK_FALSE(accepts(centre, offer("\x02h2")));
  CHECK(accepts(centre, offer("\x02h2\x08http/1.1")));
}

TEST_CASE("sessions are resumed") {
  Centre centre;
  Stranger first(centre.server->port(),
                 [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); });
  REQUIRE(first.is_up());
  SSL_SESSION* session = SSL_get1_session(first.ssl());
  REQUIRE(session);
  ClientSocket socket;
  REQUIRE(socket.connect(*tcp_address("127.0.0.1", centre.server->port()), seconds(20)));
  fcntl(socket.native(), F_SETFL, fcntl(socket.native(), F_GETFL) & ~O_NONBLOCK);
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  SSL* ssl = SSL_new(context);
  SSL_set_session(ssl, session);
  SSL_set_fd(ssl, socket.native());
  CHECK(SSL_connect(ssl) == 1);
  CHECK(SSL_session_reused(ssl) == 1);
  SSL_free(ssl);
  SSL_CTX_free(context);
  SSL_SESSION_free(session);
}

// Somebody between client and centre answers in its place, with a certificate of their own, one for
// another name, or an old one.
TEST_CASE("the client trusts nobody it was not told to") {
  Centre centre;
  auto why = [](Client client) {
    auto answer = client.get("/");
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalid);
    return answer.error().message;
  };
  CHECK(why(centre.client("127.0.0.1", false)).find("--ca") != std::string::npos);
  Centre other({"centre.example"});
  CHECK(why(other.client()).find("is not for 127.0.0.1") != std::string::npos);
  Centre old({"127.0.0.1"}, {}, now() - hours(24 * 30));
  CHECK(why(old.client()).find("has expired") != std::string::npos);
  Centre early({"127.0.0.1"}, {}, now() + hours(24 * 30));
  CHECK(why(early.client()).find("clock") != std::string::npos);

  ClientOptions options;
  options.authorities = other.options.tls.certificate;
  Address address = centre.client().address();
  CHECK(why(Client(address, options)).find("not trusted") != std::string::npos);
  options.authorities = "/no/such/file";
  CHECK(why(Client(address, options)).find("/no/such/file") != std::string::npos);
  // Nobody there at all, and somebody who speaks no TLS.
  address.port = 1;
  CHECK(Client(address, {}).get("/").error().code == ErrorCode::unavailable);
}

// A person forgets the s, or a scanner speaks HTTP to every port.
TEST_CASE("plain HTTP to the TLS port hears what to do") {
  Centre centre;
  for (const char* first : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                            "DELETE /jobs/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
    RawClient client(centre.server->port());
    client.send(first);
    Response response = client.receive();
    CHECK(response.status == 400);
    CHECK(response.body.find("https://") != std::string::npos);
    CHECK(client.rest().empty());
  }
  // Neither HTTP nor TLS.
  RawClient noise(centre.server->port());
  noise.send(std::string("\x00\x01\x02 what is this", 16));
  CHECK(noise.rest().find("HTTP") == std::string::npos);
}

// Connections that begin a handshake and never go on must not keep others out, nor stay.
TEST_CASE("slow handshakes make room for others and end") {
  Centre centre({"127.0.0.1"}, [](ServerOptions& o) {
    o.max_handshakes = 4;
    o.handshake_timeout = milliseconds(300);
  });
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<RawClient>(centre.server->port()));
    slow.back()->send(i % 2 == 0 ? std::string("\x16\x03\x01\x02", 4) : "");
  }
  CHECK(centre.client().get("/x")->body == "tls /x 0");
  // More were begun than may be: the first are cut off at once, the last by the deadline.
  for (auto& client : slow) CHECK(client->rest().size() < 16);
}

// Somebody cuts the connection in the middle of a request or an answer, or changes a byte of it.
TEST_CASE("what is cut short or changed is not taken for whole") {
  Centre centre;
  Stranger cut(centre.server->port(), [](SSL_CTX*) {});
  REQUIRE(cut.is_up());
  std::string head = "POST /cut HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n12345";
  CHECK(SSL_write(cut.ssl(), head.data(), static_cast<int>(head.size())) > 0);
  // The record's bytes go on unencrypted: no TLS any more.
  std::string noise(100, 'z');
  CHECK(send(SSL_get_fd(cut.ssl()), noise.data(), noise.size(), MSG_NOSIGNAL) == 100);
  char bytes[512];
  int n = SSL_read(cut.ssl(), bytes, sizeof bytes);
  CHECK(n <= 0);  // no answer to half a request, the connection is over
  CHECK(centre.client().get("/after")->status == 200);
}

// One record after the other, each of one byte: costs the centre much and the attacker little.
TEST_CASE("a request in single-byte records is still one request, within its deadline") {
  Centre centre({"127.0.0.1"}, [](ServerOptions& o) { o.header_timeout = milliseconds(400); });
  Stranger patient(centre.server->port(), [](SSL_CTX*) {});
  REQUIRE(patient.is_up());
  std::string request = "GET /tiny HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  for (char c : request) REQUIRE(SSL_write(patient.ssl(), &c, 1) == 1);
  char bytes[2048];
  int n = SSL_read(patient.ssl(), bytes, sizeof bytes);
  CHECK(std::string(bytes, static_cast<size_t>(std::max(n, 0))).find("200 OK") !=
        std::string::npos);

  Stranger slow(centre.server->port(), [](SSL_CTX*) {});
  REQUIRE(slow.is_up());
  auto before = signal(SIGPIPE, SIG_IGN);  // OpenSSL's own socket writes as it likes
  bool is_open = true;
  for (int i = 0; i < 200 && is_open; ++i) {
    is_open = SSL_write(slow.ssl(), "G", 1) == 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  signal(SIGPIPE, before);
  n = SSL_read(slow.ssl(), bytes, sizeof bytes);
  std::string answer(bytes, static_cast<size_t>(std::max(n, 0)));
  CHECK((answer.empty() || answer.find(" 408 ") != std::string::npos));
}

TEST_CASE("pipelined requests over TLS are answered in order") {
  Centre centre;
  Stranger client(centre.server->port(), [](SSL_CTX*) {});
  REQUIRE(client.is_up());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  }
  REQUIRE(SSL_write(client.ssl(), all.data(), static_cast<int>(all.size())) > 0);
  std::string got;
  while (got.find("tls /199 0") == std::string::npos) {
    char bytes[4096];
    int n = SSL_read(client.ssl(), bytes, sizeof bytes);
    REQUIRE(n > 0);
    got.append(bytes, static_cast<size_t>(n));
  }
  size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    at = got.find("tls /" + std::to_string(i) + " 0", at);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("a new certificate is taken without dropping connections; a bad one is not") {
  Centre centre;
  Client kept = centre.client();
  CHECK(kept.get("/1"));
  std::string before = centre.server->tls()->certificate().fingerprint;
  std::ofstream(centre.options.tls.key) << "no key";
  Status bad = centre.server->reload_tls();
  REQUIRE_FALSE(bad);
  CHECK(bad.error().path == centre.options.tls.key);
  CHECK(centre.server->tls()->certificate().fingerprint == before);
  CHECK(centre.client().get("/2"));

  std::filesystem::remove(centre.options.tls.key);
  std::filesystem::remove(centre.options.tls.certificate);
  auto made = make_self_signed({{"127.0.0.1"}, now()}, centre.options.tls);
  REQUIRE(made);
  REQUIRE(centre.server->reload_tls());
  CHECK(centre.server->tls()->certificate().fingerprint == made->fingerprint);
  CHECK(kept.get("/3"));  // on the connection it has
  CHECK(centre.client().get("/4"));
}

// Another user of the machine reads the key, and is the centre from then on.
TEST_CASE("keys that others may read and files that are none are refused") {
  TempDir dir;
  TlsFiles files{dir.path() + "/c.pem", dir.path() + "/k.pem"};
  REQUIRE(make_self_signed({{"a.example", "::1"}, now()}, files));
  struct stat info {};
  REQUIRE(stat(files.key.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  auto problem = [&](const TlsFiles& f) {
    auto context = TlsContext::for_server(f);
    return context ? "" : context.error().message;
  };
  CHECK(problem(files).empty());
  for (mode_t mode : {0604, 0644, 0620, 0666}) {
    chmod(files.key.c_str(), mode);
    CHECK(problem(files).find("chmod 600") != std::string::npos);
  }
  for (mode_t mode : {0400, 0600, 0640}) {
    chmod(files.key.c_str(), mode);
    CHECK(problem(files).empty());
  }
  TlsFiles other{dir.path() + "/c2.pem", dir.path() + "/k2.pem"};
  REQUIRE(make_self_signed({{"a.example"}, now()}, other));
  CHECK(problem({files.certificate, other.key}).find("is not the private key") !=
        std::string::npos);
  CHECK(problem({files.key, files.key}).find("no certificate") != std::string::npos);
  CHECK(problem({files.certificate, files.certificate}).size() > 10);
  CHECK(problem({dir.path(), files.key}).find("PEM file") != std::string::npos);
  CHECK(problem({"/dev/zero", files.key}).find("PEM file") != std::string::npos);
  CHECK(problem({files.certificate, "/no/such"}).find("No such file") != std::string::npos);
  // An existing key is never written over, and names are names.
  std::string key = text_of(files.key);
  CHECK_FALSE(make_self_signed({{"a.example"}, now()}, files));
  CHECK(text_of(files.key) == key);
  for (const char* bad : {"", "a,DNS:b", "a b", "-a", "..", "a\nb", "*.example"}) {
    TlsFiles fresh{dir.path() + "/c3.pem", dir.path() + "/k3.pem"};
    CHECK_FALSE_MESSAGE(make_self_signed({{bad}, now()}, fresh), bad);
  }
}

TEST_CASE("names in a certificate") {
  TempDir dir;
  TlsFiles files{dir.path() + "/c.pem", dir.path() + "/k.pem"};
  auto made = make_self_signed({{"a.example", "192.0.2.1", "::1"}, now()}, files);
  REQUIRE(made);
  CHECK(made->names == std::vector<std::string>{"a.example", "192.0.2.1", "::1"});
  CHECK(made->fingerprint.size() == 95);
  CHECK(is_named({"*.a.example"}, "B.A.example"));
  CHECK_FALSE(is_named({"*.a.example"}, ".a.example"));
  CHECK_FALSE(is_named({"*.a.example"}, "a.example"));
  CHECK_FALSE(is_named({}, "a.example"));
}

TEST_CASE("addresses in words") {
  auto text = [](const char* from) {
    auto address = Address::parse(from);
    return address ? address->to_text() : "";
  };
  CHECK(text("https://centre.example") == "https://centre.example:443");
  CHECK(text("https://centre.example:6580/") == "https://centre.example:6580");
  CHECK(text("https://[::1]") == "https://[::1]:443");
  CHECK(text("https://[::1]:7") == "https://[::1]:7");
  CHECK(text("http://127.0.0.1") == "http://127.0.0.1:80");
  CHECK(text("127.0.0.1") == "");
}

}  // namespace pentad::net
