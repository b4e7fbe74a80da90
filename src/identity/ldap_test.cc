// Against Debian's slapd, started for this test on a loopback port with a database of its own.
#include "identity/ldap.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

namespace {

int run(std::vector<std::string> words, pid_t* leave_running = nullptr) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return -1;
  if (leave_running) return *leave_running = pid, 0;
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

class Slapd {
 public:
  Slapd() {
    std::string pattern = std::filesystem::temp_directory_path() / "pentad-slapd-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()));
    folder_ = pattern;
    std::filesystem::create_directory(folder_ + "/db");
    make_certificates();
    std::ofstream(folder_ + "/slapd.conf")
        << "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        << "include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\n"
        << "moduleload back_mdb\npidfile " << folder_ << "/pid\n"
        << "TLSCACertificateFile " << folder_ << "/ca.pem\nTLSCertificateFile " << folder_
        << "/server.pem\nTLSCertificateKeyFile " << folder_ << "/server.key\n"
        << "database mdb\nsuffix \"dc=city\"\nrootdn \"cn=admin,dc=city\"\nrootpw secret-admin\n"
        << "directory " << folder_
        << "/db\n"
        // As many servers are set up by mistake: a bind without password succeeds.
        << "require none\n";
    std::ofstream(folder_ + "/people.ldif")
        << "dn: dc=city\nobjectClass: dcObject\nobjectClass: organization\ndc: city\no: city\n\n"
        << "dn: uid=li,dc=city\nobjectClass: inetOrgPerson\nuid: li\ncn: Li Hua\nsn: Li\n"
        << "mail: li@city.example\nuserPassword: correct horse\n\n"
        << "dn: uid=wang,dc=city\nobjectClass: inetOrgPerson\nuid: wang\ncn: Wang\nsn: Wang\n"
        << "userPassword: battery staple\n\n";
    REQUIRE(run({"/usr/sbin/slapadd", "-f", folder_ + "/slapd.conf", "-l",
                 folder_ + "/people.ldif"}) == 0);
    port_ = 20000 + getpid() % 20000;
    // In the foreground, so that it ends with us and by its own id.
    REQUIRE(run({"/usr/sbin/slapd", "-d", "0", "-f", folder_ + "/slapd.conf", "-h",
                 fmt::format("ldap://127.0.0.1:{0}/ ldaps://127.0.0.1:{1}/", port_, port_ + 1)},
                &pid_) == 0);
    for (int i = 0; i < 100 && !is_up(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  ~Slapd() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  LdapSettings settings() const {
    LdapSettings out;
    out.url = fmt::format("ldap://127.0.0.1:{}", port_);
    out.ca_file = folder_ + "/ca.pem";
    out.bind_dn = "cn=admin,dc=city";
    out.bind_password = "secret-admin";
    out.base = "dc=city";
    return out;
  }
  std::string tls_url() const { return fmt::format("ldaps://127.0.0.1:{}", port_ + 1); }

 private:
  // An authority of its own and a certificate for 127.0.0.1.
  void make_certificates() {
    const std::string ssl = "/usr/bin/openssl";
    REQUIRE(run({ssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                 "/CN=test authority", "-keyout", folder_ + "/ca.key", "-out",
                 folder_ + "/ca.pem"}) == 0);
    std::ofstream(folder_ + "/names") << "subjectAltName=IP:127.0.0.1\n";
    REQUIRE(run({ssl, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout",
                 folder_ + "/server.key", "-out", folder_ + "/server.csr"}) == 0);
    REQUIRE(run({ssl, "x509", "-req", "-in", folder_ + "/server.csr", "-CA", folder_ + "/ca.pem",
                 "-CAkey", folder_ + "/ca.key", "-CAcreateserial", "-days", "2", "-extfile",
                 folder_ + "/names", "-out", folder_ + "/server.pem"}) == 0);
  }
  bool is_up() const {
    LdapSettings plain = settings();
    plain.start_tls = false;
    auto answer = ldap_sign_in(plain, "li", "wrong");
    return !answer && answer.error().code == ErrorCode::not_found;
  }

  std::string folder_;
  int port_ = 0;
  pid_t pid_ = 0;
};

ErrorCode code(const LdapSettings& settings, const std::string& user, const std::string& password) {
  auto person = ldap_sign_in(settings, user, password);
  CHECK(!person);
  return person ? ErrorCode::failed : person.error().code;
}

}  // namespace

TEST_CASE("signing in against a real directory server, and attacks on it") {
  if (access("/usr/sbin/slapd", X_OK) != 0) {
    MESSAGE("skipped: no slapd");
    return;
  }
  Slapd slapd;
  const LdapSettings settings = slapd.settings();  // with StartTLS

  auto li = ldap_sign_in(settings, "li", "correct horse");
  REQUIRE(li);
  CHECK(li->name == "li");
  CHECK(li->title == "Li Hua");
  CHECK(li->email == "li@city.example");
  CHECK(ldap_sign_in(settings, "LI", "correct horse")->name == "li");
  LdapSettings tls = settings;
  tls.url = slapd.tls_url();
  CHECK(ldap_sign_in(tls, "wang", "battery staple"));

  CHECK(code(settings, "li", "battery staple") == ErrorCode::not_found);
  CHECK(code(settings, "nobody", "correct horse") == ErrorCode::not_found);
  // An empty password makes many servers answer "yes, as nobody" (RFC 4513, 5.1.2).
  CHECK(code(settings, "li", "") == ErrorCode::not_found);
  CHECK(code(settings, "li", std::string("\0", 1)) == ErrorCode::not_found);
  // Filters that would match somebody else if the name were taken as it is.
  for (const char* name : {"*", "l*", "li)(uid=*", "*)(uid=li", "li)(|(uid=*", "x)(objectClass=*",
                           "\\2a", "(uid=li)", "li\\00"}) {
    CAPTURE(name);
    CHECK(code(settings, name, "correct horse") == ErrorCode::not_found);
  }

  // Somebody in between: a certificate of nobody we know, or no encryption at all.
  LdapSettings no_authority = settings;
  no_authority.ca_file = "/etc/ssl/certs/ca-certificates.crt";
  CHECK(code(no_authority, "li", "correct horse") == ErrorCode::unavailable);
  LdapSettings nobody_there = settings;
  nobody_there.url = "ldap://127.0.0.1:1";
  CHECK(code(nobody_there, "li", "correct horse") == ErrorCode::unavailable);
  LdapSettings wrong_admin = settings;
  wrong_admin.bind_password = "wrong";
  CHECK(code(wrong_admin, "li", "correct horse") == ErrorCode::unavailable);
}

TEST_CASE("what would change a filter is escaped") {
  CHECK(escape_filter("li") == "li");
  CHECK(escape_filter("a*(b)\\") == "a\\2a\\28b\\29\\5c");
  CHECK(escape_filter(std::string("\0", 1)) == "\\00");
  CHECK(escape_filter("李") == "李");
}
