// pentad certificate: TLS at once, before anybody has asked an authority.
#include "net/certificate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <filesystem>

#include "cli/commands.h"

namespace pentad::cli {

namespace {

struct CertificateAnswer {
  std::string certificate;
  std::string key;
  std::vector<std::string> hosts;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(CertificateAnswer, (), (certificate, key, hosts, sha256))

std::string path_or(const std::string& given, const Globals& globals, const char* name) {
  std::string path = given.empty() ? globals.home + "/tls/" + name : given;
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

int make_certificate(Session& session, const CertificateOptions& options) {
  net::TlsFiles files{path_or(options.certificate, session.globals(), "certificate.pem"),
                      path_or(options.key, session.globals(), "key.pem")};
  std::error_code error;
  for (const std::string& path : {files.certificate, files.key}) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  }
  auto now = std::chrono::system_clock::now().time_since_epoch();
  net::SelfSigned wanted;
  wanted.hosts = options.hosts;
  wanted.now = Time{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
  wanted.valid = hours(24 * options.days);
  auto made = net::make_self_signed(wanted, files);
  if (!made) {
    const Error& e = made.error();
    throw CommandError(kFailed, e.path.empty() ? e.message : e.path + ": " + e.message);
  }
  if (session.json()) {
    fmt::print("{}\n", to_json(CertificateAnswer{files.certificate, files.key, options.hosts,
                                                 made->fingerprint}));
    return kOk;
  }
  fmt::print(
      "certificate {} for {}, good for {} days\n"
      "SHA-256 {}\n"
      "key         {}, which stays on this machine\n\n"
      "In pentad.toml:\n"
      "  listen = \"0.0.0.0:6580\"\n"
      "  [tls]\n"
      "  certificate = \"{}\"\n"
      "  key = \"{}\"\n\n"
      "Users get the certificate, compare the SHA-256 and write\n"
      "  PENTAD_URL=https://{}:6580 PENTAD_CA={} pentad login --user NAME\n",
      files.certificate, fmt::join(options.hosts, ", "), options.days, made->fingerprint, files.key,
      files.certificate, files.key, options.hosts[0],
      std::filesystem::path(files.certificate).filename().string());
  return kOk;
}

}  // namespace pentad::cli
