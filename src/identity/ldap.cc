#include "identity/ldap.h"

#include <fmt/format.h>
#include <ldap.h>

#include <memory>

namespace pentad::identity {

namespace {

constexpr int kTimeoutS = 5;

struct Unbind {
  void operator()(LDAP* ldap) const { ldap_unbind_ext_s(ldap, nullptr, nullptr); }
};
using Connection = std::unique_ptr<LDAP, Unbind>;
struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, FreeMessage>;

tl::unexpected<Error> unavailable(int code) {
  return fail(ErrorCode::unavailable,
              fmt::format("the directory server: {}", ldap_err2string(code)));
}

Result<Connection> connect(const LdapSettings& settings) {
  LDAP* raw = nullptr;
  if (int code = ldap_initialize(&raw, settings.url.c_str()); code != LDAP_SUCCESS) {
    return unavailable(code);
  }
  Connection ldap(raw);
  const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, server = 0;
  const timeval timeout{kTimeoutS, 0};
  ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &timeout);
  ldap_set_option(raw, LDAP_OPT_TIMEOUT, &timeout);
  ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(raw, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  if (!settings.ca_file.empty()) {
    ldap_set_option(raw, LDAP_OPT_X_TLS_CACERTFILE, settings.ca_file.c_str());
  }
  ldap_set_option(raw, LDAP_OPT_X_TLS_NEWCTX, &server);
  if (settings.start_tls && settings.url.starts_with("ldap://")) {
    if (int code = ldap_start_tls_s(raw, nullptr, nullptr); code != LDAP_SUCCESS) {
      return unavailable(code);
    }
  }
  return ldap;
}

int bind_as(LDAP* ldap, const std::string& dn, const std::string& password) {
  berval secret{password.size(), const_cast<char*>(password.data())};
  return ldap_sasl_bind_s(ldap, dn.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr, nullptr, nullptr);
}

std::string attribute(LDAP* ldap, LDAPMessage* entry, const std::string& name) {
  berval** values = ldap_get_values_len(ldap, entry, name.c_str());
  if (!values) return {};
  std::string out;
  if (values[0]) out.assign(values[0]->bv_val, values[0]->bv_len);
  ldap_value_free_len(values);
  return out;
}

std::string filter_for(const LdapSettings& settings, const std::string& user) {
  constexpr std::string_view kPlace = "{user}";
  std::string filter = settings.filter;
  const std::string value = escape_filter(user);
  for (size_t at = filter.find(kPlace); at != std::string::npos;
       at = filter.find(kPlace, at + value.size())) {
    filter.replace(at, kPlace.size(), value);
  }
  return filter;
}

}  // namespace

std::string escape_filter(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool plain = c != '*' && c != '(' && c != ')' && c != '\\' &&
                       static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    out += plain ? std::string(1, c) : fmt::format("\\{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<LdapPerson> ldap_sign_in(const LdapSettings& settings, const std::string& user,
                                const std::string& password) {
  auto wrong = [] { return fail(ErrorCode::not_found, "name or password is wrong"); };
  if (password.empty() || password.find('\0') != std::string::npos) return wrong();
  Result<Connection> connection = connect(settings);
  if (!connection) return tl::unexpected(connection.error());
  LDAP* ldap = connection->get();
  if (int code = bind_as(ldap, settings.bind_dn, settings.bind_password); code != LDAP_SUCCESS) {
    return unavailable(code);
  }
  LDAPMessage* raw = nullptr;
  timeval timeout{kTimeoutS, 0};
  const int code = ldap_search_ext_s(ldap, settings.base.c_str(), LDAP_SCOPE_SUBTREE,
                                     filter_for(settings, user).c_str(), nullptr, 0, nullptr,
                                     nullptr, &timeout, 2, &raw);
  Message found(raw);
  if (code == LDAP_NO_SUCH_OBJECT) return wrong();
  if (code != LDAP_SUCCESS && code != LDAP_SIZELIMIT_EXCEEDED) return unavailable(code);
  if (ldap_count_entries(ldap, raw) != 1) return wrong();
  LDAPMessage* entry = ldap_first_entry(ldap, raw);
  char* dn_text = ldap_get_dn(ldap, entry);
  if (!dn_text) return wrong();
  const std::string dn = dn_text;
  ldap_memfree(dn_text);
  if (dn.empty()) return wrong();
  LdapPerson person{attribute(ldap, entry, settings.name_attribute),
                    attribute(ldap, entry, settings.title_attribute),
                    attribute(ldap, entry, settings.mail_attribute)};
  const int bound = bind_as(ldap, dn, password);
  if (bound == LDAP_INVALID_CREDENTIALS) return wrong();
  if (bound != LDAP_SUCCESS) return unavailable(bound);
  if (person.name.empty()) return wrong();
  return person;
}

}  // namespace pentad::identity
