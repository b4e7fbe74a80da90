// Who asks when a proxy stands in between: X-Forwarded-For and X-Forwarded-Proto, believed from
// named proxies only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/message.h"

namespace pentad::net {

class TrustedProxies {
 public:
  // Addresses and networks: "127.0.0.1", "10.1.0.0/16", "fd00::/8". Error: invalid.
  static Result<TrustedProxies> parse(const std::vector<std::string>& texts);

  bool empty() const { return networks_.empty(); }
  // `address` as Peer has it, with or without a port.
  bool contains(std::string_view address) const;

  // The client behind `peer`: the last address of X-Forwarded-For that is no proxy of ours. What a
  // client wrote there itself stands further left and does not count. `peer` itself when it is no
  // proxy, or says nothing that can be understood.
  Peer client(const Peer& peer, const Headers& headers) const;

 private:
  struct Network {
    std::string bytes;  // 4 or 16
    int bits = 0;
  };
  std::vector<Network> networks_;
};

// "127.0.0.1:80" -> "127.0.0.1", "[::1]:80" -> "::1"; without a port the same.
std::string_view host_of(std::string_view address);

}  // namespace pentad::net
