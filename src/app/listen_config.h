// Where the centre listens, with which certificate, and for whom: `listen`, [tls] and [http] of
// pentad.toml.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/toml_reader.h"
#include "net/server.h"

namespace pentad::app {

struct Listen {
  std::string host = "127.0.0.1";
  uint16_t port = 6580;   // 0: any free one
  bool is_plain = false;  // HTTP even when there is a certificate
  bool operator==(const Listen&) const = default;
};

// "127.0.0.1:6580", as a URL's authority.
std::string authority_of(const Listen& listen);

struct HttpConfig {
  std::vector<Listen> listen = {Listen{}};
  net::TlsFiles tls;               // relative paths are below the home
  std::vector<std::string> hosts;  // names this centre is called by
  bool behind_proxy = false;
  std::vector<std::string> trusted_proxies = {"127.0.0.1", "::1"};
  bool insecure_listen = false;
  int64_t max_connections = 8192;
  bool operator==(const HttpConfig&) const = default;
};

// "127.0.0.1:6580", "[::1]:0", "localhost:80", "0.0.0.0:443", "http://127.0.0.1:80".
Result<Listen> parse_listen(std::string_view text);

// Reads the keys `listen`, `tls` and `http` of the whole file.
void read_http(TomlReader& in, TomlErrors& errors, HttpConfig& http);

// Refuses an address beyond this machine without TLS, proxy or flag, and proxies that are none, in
// words that say what to do.
Status check_exposure(const HttpConfig& http);

// What the server is to be told; `home` is absolute.
net::ServerOptions server_options(const HttpConfig& http, const std::string& home);

}  // namespace pentad::app
