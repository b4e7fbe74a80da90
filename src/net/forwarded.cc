#include "net/forwarded.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace pentad::net {

namespace {

// The 4 or 16 bytes of a numeric address; empty when it is none.
std::string bytes_of(std::string_view host) {
  std::string text(host);
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool is_within(const std::string& address, const std::string& network, int bits) {
  if (address.size() != network.size()) return false;
  size_t whole = static_cast<size_t>(bits) / 8;
  if (address.compare(0, whole, network, 0, whole) != 0) return false;
  int rest = bits % 8;
  if (rest == 0) return true;
  unsigned mask = 0xFF00U >> rest & 0xFFU;
  auto at = [&](const std::string& s) { return static_cast<unsigned char>(s[whole]) & mask; };
  return at(address) == at(network);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Items of all fields of that name, in order; each field is a list of its own.
std::vector<std::string_view> list_of(const Headers& headers, std::string_view wanted) {
  std::vector<std::string_view> items;
  for (const auto& [name, value] : headers.items) {
    if (!equal_without_case(name, wanted)) continue;
    std::string_view rest = value;
    for (size_t comma; (comma = rest.find(',')) != rest.npos; rest.remove_prefix(comma + 1)) {
      items.push_back(trim(rest.substr(0, comma)));
    }
    items.push_back(trim(rest));
  }
  return items;
}

}  // namespace

std::string_view host_of(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  size_t colon = address.find(':');
  return address.find(':', colon + 1) == address.npos ? address.substr(0, colon) : address;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& texts) {
  TrustedProxies proxies;
  for (const std::string& text : texts) {
    size_t slash = text.find('/');
    Network network{bytes_of(text.substr(0, slash)), 0};
    int most = static_cast<int>(network.bytes.size()) * 8;
    network.bits = most;
    bool is_good = most > 0;
    if (slash != text.npos) {
      const char* end = text.data() + text.size();
      auto [at, error] = std::from_chars(text.data() + slash + 1, end, network.bits);
      is_good =
          is_good && error == std::errc{} && at == end && network.bits >= 0 && network.bits <= most;
    }
    if (!is_good) {
      return fail(ErrorCode::invalid, "'" + text +
                                          "' is no address or network of a proxy, such as "
                                          "127.0.0.1 or 10.1.0.0/16");
    }
    proxies.networks_.push_back(std::move(network));
  }
  return proxies;
}

bool TrustedProxies::contains(std::string_view address) const {
  std::string bytes = bytes_of(host_of(address));
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& n) { return is_within(bytes, n.bytes, n.bits); });
}

Peer TrustedProxies::client(const Peer& peer, const Headers& headers) const {
  if (networks_.empty() || peer.is_unix || !contains(peer.address)) return peer;
  Peer client = peer;
  auto protocols = list_of(headers, "X-Forwarded-Proto");
  client.is_tls =
      peer.is_tls || (!protocols.empty() && equal_without_case(protocols.back(), "https"));
  auto way = list_of(headers, "X-Forwarded-For");
  for (auto hop = way.rbegin(); hop != way.rend(); ++hop) {
    std::string_view host = host_of(*hop);
    if (bytes_of(host).empty()) break;  // nonsense, and all before it
    client.address = host;
    if (!contains(host)) break;
  }
  return client;
}

}  // namespace pentad::net
