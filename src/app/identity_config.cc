#include "app/identity_config.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace pentad::app {

namespace {

constexpr int64_t kYearS = 366 * 24 * 3600;

void read_duration(TomlReader& in, std::string_view key, Duration& out, int64_t min_s) {
  int64_t s = 0;
  if (in.integer(key, s, min_s, kYearS)) out = seconds(s);
}

void read_own(const TomlValue& table, TomlErrors& errors, identity::Settings& out) {
  TomlReader in(table, "identity.", errors);
  in.text("centre", out.centre);
  read_duration(in, "session_idle_s", out.session_idle, 60);
  read_duration(in, "session_longest_s", out.session_longest, 60);
  read_duration(in, "token_longest_s", out.token_longest, 60);
  int64_t bytes = 0, passes = 0;
  if (in.integer("password_memory_bytes", bytes, 8 << 20, int64_t{1} << 30)) {
    out.password_cost.memory_bytes = static_cast<uint64_t>(bytes);
  }
  if (in.integer("password_passes", passes, int64_t{1}, int64_t{20})) {
    out.password_cost.passes = static_cast<uint64_t>(passes);
  }
  in.finish();
}

bool is_loopback_url(const std::string& url) {
  return url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:") ||
         url.starts_with("http://[::1]:");
}

void read_oidc(const TomlValue& table, TomlErrors& errors, IdentityConfig& config) {
  identity::OidcSettings& out = config.settings.oidc;
  TomlReader in(table, "oidc.", errors);
  in.required_text("issuer", out.issuer);
  in.required_text("client_id", out.client_id);
  in.text("client_secret_file", config.oidc_secret_file);
  in.required_text("redirect_uri", out.redirect_uri);
  in.texts("scopes", out.scopes);
  in.text("name_claim", out.name_claim);
  in.boolean("create_users", out.create_users);
  in.text("ca_file", out.ca_file);
  if (!out.issuer.starts_with("https://") && !is_loopback_url(out.issuer)) {
    in.wrong("issuer", "must begin with https://");
  }
  in.finish();
}

void read_ldap(const TomlValue& table, TomlErrors& errors, IdentityConfig& config) {
  identity::LdapSettings& out = config.settings.ldap;
  TomlReader in(table, "ldap.", errors);
  in.required_text("url", out.url);
  in.boolean("start_tls", out.start_tls);
  in.text("ca_file", out.ca_file);
  in.text("bind_dn", out.bind_dn);
  in.text("bind_password_file", config.ldap_password_file);
  in.required_text("base", out.base);
  in.text("filter", out.filter);
  in.text("name_attribute", out.name_attribute);
  in.text("title_attribute", out.title_attribute);
  in.text("mail_attribute", out.mail_attribute);
  in.boolean("create_users", out.create_users);
  if (!out.url.starts_with("ldap://") && !out.url.starts_with("ldaps://")) {
    in.wrong("url", "must begin with ldaps:// or ldap://");
  }
  const bool is_local =
      out.url.starts_with("ldap://127.0.0.1") || out.url.starts_with("ldap://localhost");
  if (out.url.starts_with("ldap://") && !out.start_tls && !is_local) {
    in.wrong("start_tls", "must stay true: passwords would cross the network in clear");
  }
  if (out.filter.find("{user}") == std::string::npos) in.wrong("filter", "must hold {user}");
  in.finish();
}

Status read_secret(const std::string& home, const std::string& name, std::string& out) {
  if (name.empty()) return {};
  const std::string path = name.starts_with('/') ? name : home + "/" + name;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return fail(ErrorCode::failed, std::strerror(errno), path);
  if ((info.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid, "others can read this secret (chmod 600)", path);
  }
  std::ifstream in(path);
  std::getline(in, out);
  while (!out.empty() && (out.back() == '\r' || out.back() == ' ')) out.pop_back();
  if (out.empty()) return fail(ErrorCode::invalid, "holds no secret in its first line", path);
  return {};
}

}  // namespace

void read_identity(TomlReader& in, TomlErrors& errors, IdentityConfig& config) {
  if (const TomlValue* t = in.table("identity")) read_own(*t, errors, config.settings);
  if (const TomlValue* t = in.table("oidc")) read_oidc(*t, errors, config);
  if (const TomlValue* t = in.table("ldap")) read_ldap(*t, errors, config);
}

Result<identity::Settings> with_secrets(const IdentityConfig& config, const std::string& home) {
  identity::Settings out = config.settings;
  out.key_file = home + "/second-factor.key";
  if (Status read = read_secret(home, config.oidc_secret_file, out.oidc.client_secret); !read) {
    return tl::unexpected(read.error());
  }
  if (Status read = read_secret(home, config.ldap_password_file, out.ldap.bind_password); !read) {
    return tl::unexpected(read.error());
  }
  return out;
}

}  // namespace pentad::app
