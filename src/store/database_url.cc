#include "store/database_url.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace pentad::store {

namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

// None when it is no address. What the library says then is thrown away: it quotes.
Options parse(const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) return nullptr;
  if (url.find('\0') != std::string::npos) return nullptr;
  char* said = nullptr;
  Options options(PQconninfoParse(url.c_str(), &said));
  PQfreemem(said);
  return options;
}

std::string value_of(const Options& options, std::string_view keyword) {
  for (const PQconninfoOption* o = options.get(); o && o->keyword; ++o) {
    if (keyword == o->keyword) return o->val ? o->val : "";
  }
  return {};
}

}  // namespace

Status check_url(const std::string& url) {
  if (parse(url)) return {};
  return fail(ErrorCode::invalid,
              "is not an address such as postgresql://user@host/name (characters of a password "
              "that mean something there are written %40 for @ and the like)");
}

bool holds_password(const std::string& url) {
  const Options options = parse(url);
  return !value_of(options, "password").empty() || !value_of(options, "sslpassword").empty();
}

std::string with_defaults(const std::string& url, Duration patience) {
  const Options options = parse(url);
  if (!options) return url;
  size_t start = url.find("://") + 3;
  const size_t user_end = url.find_first_of("@/", start);
  if (user_end != std::string::npos && url[user_end] == '@') start = user_end + 1;
  std::string out = url;
  char separator = url.find('?', start) == std::string::npos ? '?' : '&';
  auto add = [&](const char* keyword, const std::string& value) {
    if (!value_of(options, keyword).empty()) return;
    out += separator + std::string(keyword) + "=" + value;
    separator = '&';
  };
  add("connect_timeout", std::to_string(std::max<int64_t>(2, patience.value / 1000)));
  add("tcp_user_timeout", std::to_string(std::max<int64_t>(1000, patience.value)));
  add("application_name", "pentad");
  return out;
}

std::string name_of(const std::string& url) {
  const Options options = parse(url);
  if (!options) return "postgresql";
  std::string host = value_of(options, "host");
  if (host.starts_with('/')) host.clear();
  const std::string port = value_of(options, "port");
  if (!host.empty() && !port.empty()) host += ":" + port;
  return "postgresql://" + host + "/" + value_of(options, "dbname");
}

}  // namespace pentad::store
