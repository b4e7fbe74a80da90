#include "app/listen_config.h"

#include <algorithm>
#include <charconv>

#include "net/forwarded.h"
#include "net/listen.h"
#include "net/socket_address.h"

namespace pentad::app {

namespace {

constexpr std::string_view kPlain = "http://";

void read_listen(TomlReader& in, HttpConfig& http) {
  const TomlValue* value = in.value("listen");
  if (!value) return;
  std::vector<std::string> texts(1);
  bool is_list = std::holds_alternative<TomlList>(value->value);
  bool is_read = is_list ? in.texts("listen", texts) : in.text("listen", texts[0]);
  if (!is_read) return;
  http.listen.clear();
  for (const std::string& text : texts) {
    auto listen = parse_listen(text);
    if (!listen) return in.wrong("listen", listen.error().message);
    http.listen.push_back(*listen);
  }
}

void read_tls(const TomlValue& table, TomlErrors& errors, net::TlsFiles& tls) {
  TomlReader in(table, "tls.", errors);
  in.required_text("certificate", tls.certificate, 4096);
  in.required_text("key", tls.key, 4096);
  in.finish();
}

std::string below(const std::string& home, const std::string& path) {
  return path.empty() || path.starts_with('/') ? path : home + "/" + path;
}

}  // namespace

std::string authority_of(const Listen& listen) {
  bool is_v6 = listen.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + listen.host + "]" : listen.host) + ":" + std::to_string(listen.port);
}

Result<Listen> parse_listen(std::string_view text) {
  Listen out;
  out.is_plain = text.starts_with(kPlain);
  if (out.is_plain) text.remove_prefix(kPlain.size());
  size_t colon = text.rfind(':');
  if (colon == text.npos) return fail(ErrorCode::invalid, "must be host:port");
  std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) {
    return fail(ErrorCode::invalid, "has a port outside 0 to 65535");
  }
  bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  out.host = host;
  bool is_v6 = host.find(':') != host.npos;
  if (is_v6 != has_brackets || !net::tcp_address(out.host, 0)) {
    return fail(ErrorCode::invalid,
                "must name an address of this machine, such as 127.0.0.1, [::1] or 0.0.0.0");
  }
  return out;
}

void read_http(TomlReader& in, TomlErrors& errors, HttpConfig& http) {
  read_listen(in, http);
  if (const TomlValue* table = in.table("tls")) read_tls(*table, errors, http.tls);
  const TomlValue* table = in.table("http");
  if (!table) return;
  TomlReader http_in(*table, "http.", errors);
  http_in.texts("hosts", http.hosts);
  http_in.boolean("behind_proxy", http.behind_proxy);
  http_in.texts("trusted_proxies", http.trusted_proxies);
  http_in.boolean("insecure_listen", http.insecure_listen);
  http_in.integer("max_connections", http.max_connections, int64_t{16}, int64_t{1'000'000});
  auto proxies = net::TrustedProxies::parse(http.trusted_proxies);
  if (!proxies) http_in.wrong("trusted_proxies", proxies.error().message);
  if (http.behind_proxy && http.trusted_proxies.empty()) {
    http_in.wrong("trusted_proxies", "must name the proxy");
  }
  http_in.finish();
}

Status check_exposure(const HttpConfig& http) {
  for (const Listen& listen : http.listen) {
    bool is_safe = net::is_loopback(listen.host) || (!http.tls.empty() && !listen.is_plain) ||
                   http.behind_proxy || http.insecure_listen;
    if (is_safe) continue;
    return fail(ErrorCode::invalid,
                "refusing to listen on " + authority_of(listen) +
                    ": other machines reach that address, and passwords, tokens and data would "
                    "cross the network in clear.\n  Give the centre a certificate ([tls] in "
                    "pentad.toml; `pentad certificate --self-signed HOST` makes one for a try), "
                    "or set [http] behind_proxy when a proxy in front has one, or say "
                    "--insecure-listen when nobody else is on that network");
  }
  return {};
}

net::ServerOptions server_options(const HttpConfig& http, const std::string& home) {
  net::ServerOptions options;
  for (const Listen& listen : http.listen) {
    options.listen.push_back((listen.is_plain ? std::string(kPlain) : "") + authority_of(listen));
  }
  options.tls = {below(home, http.tls.certificate), below(home, http.tls.key)};
  options.allow_remote = http.insecure_listen;
  if (http.behind_proxy) options.trusted_proxies = http.trusted_proxies;
  options.allowed_hosts = http.hosts;
  options.max_connections = static_cast<size_t>(http.max_connections);
  return options;
}

}  // namespace pentad::app
