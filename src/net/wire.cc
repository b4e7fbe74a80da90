#include "net/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "net/certificate.h"
#include "net/listen.h"
#include "net/socket_address.h"

namespace pentad::net {

namespace {

// A line break in a value would let whoever supplied it write header fields of their own.
void append_value(std::string& out, std::string_view value) {
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    out.push_back((byte < 0x20 && c != '\t') || byte == 0x7F ? ' ' : c);
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  append_value(out, value);
  out.append("\r\n");
}

void append_number(std::string& out, size_t number) {
  std::array<char, 24> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// "name:port", "[::1]:port" -> without the port.
std::string_view without_port(std::string_view authority) {
  size_t colon = authority.rfind(':');
  size_t bracket = authority.rfind(']');
  bool has_port = colon != authority.npos && (bracket == authority.npos || colon > bracket);
  return has_port ? authority.substr(0, colon) : authority;
}

std::string without_brackets(std::string_view host) {
  bool is_v6 = host.starts_with('[') && host.ends_with(']');
  return std::string(is_v6 ? host.substr(1, host.size() - 2) : host);
}

bool is_ours(std::string_view authority, const OriginRules& rules) {
  std::string_view host = without_port(authority);
  auto same = [&](const std::string& name) {
    return equal_without_case(name, host) || equal_without_case(name, authority);
  };
  return is_loopback(host) || tcp_address(without_brackets(host), 0) ||
         std::any_of(rules.allowed.begin(), rules.allowed.end(), same) ||
         is_named(rules.certified, host);
}

Problem foreign(std::string_view field, const std::string& value) {
  Problem p =
      make_problem(HttpProblem::foreign_host,
                   "The " + std::string(field) + " header names " + value.substr(0, 100) +
                       ", which this server does not answer for.",
                   "speak to it by a name of its own; its operator lists them in [http] hosts");
  p.field = field;
  return p;
}

// What browsers may do with an answer: not guess its type, not frame it, not tell other sites where
// their visitors come from, not keep it, and nothing that a page of ours does not name itself.
void append_protection(std::string& out, const Response& response, bool is_tls) {
  out.append(
      "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
      "Referrer-Policy: no-referrer\r\n");
  if (is_tls) out.append("Strict-Transport-Security: max-age=31536000\r\n");
  if (!response.headers.find("Cache-Control")) out.append("Cache-Control: no-store\r\n");
  if (response.media_type.starts_with("text/html") &&
      !response.headers.find("Content-Security-Policy")) {
    out.append(
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n");
  }
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFraming& framing,
                 std::string_view date) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<size_t>(response.status));
  out.append(" ").append(status_phrase(response.status)).append("\r\nDate: ").append(date);
  out.append("\r\n");
  if (framing.body != BodyFraming::none) {
    append_field(out, "Content-Type", response.media_type);
  }
  append_protection(out, response, framing.is_tls);
  if (framing.body == BodyFraming::length) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  } else if (framing.body == BodyFraming::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  for (const auto& [name, value] : response.headers.items) append_field(out, name, value);
  if (!framing.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (!framing.is_http_1_1) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

std::string http_date(int64_t seconds_since_1970) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::time_t when = seconds_since_1970;
  std::tm t{};
  gmtime_r(&when, &t);
  auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return std::string(days[static_cast<size_t>(t.tm_wday)]) + ", " + two(t.tm_mday) + " " +
         months[static_cast<size_t>(t.tm_mon)] + " " + std::to_string(t.tm_year + 1900) + " " +
         two(t.tm_hour) + ":" + two(t.tm_min) + ":" + two(t.tm_sec) + " GMT";
}

std::string chunk_head(size_t bytes) {
  std::array<char, 24> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
  return std::string(digits.data(), end) + "\r\n";
}

Problem problem_of(ParseFailure failure, const ParserLimits& limits) {
  auto bytes = [](uint64_t n) { return std::to_string(n) + " bytes"; };
  switch (failure) {
    case ParseFailure::headers_too_large:
      return make_problem(HttpProblem::headers_too_large,
                          "Request line and headers may have " + bytes(limits.header_bytes) + ".");
    case ParseFailure::body_too_large:
      return make_problem(HttpProblem::too_large,
                          "The body of a request may have " + bytes(limits.body_bytes) + ".",
                          "send less at once, or put large data into files");
    case ParseFailure::version:
      return make_problem(HttpProblem::version, "This server speaks HTTP/1.1 and HTTP/1.0.");
    case ParseFailure::transfer_coding:
      return make_problem(HttpProblem::unsupported,
                          "The only transfer coding this server knows is chunked.");
    case ParseFailure::cut_short:
      return make_problem(HttpProblem::malformed_request,
                          "The connection ended in the middle of the request.");
    case ParseFailure::none:
    case ParseFailure::malformed:
      break;
  }
  return make_problem(HttpProblem::malformed_request, "What came is not an HTTP request.");
}

std::optional<Problem> check_origin(const MessageHead& head, const OriginRules& rules) {
  const std::string* host = nullptr;
  for (const auto& [name, value] : head.headers.items) {
    if (!equal_without_case(name, "Host")) continue;
    if (host) return make_problem(HttpProblem::malformed_request, "There are two Host headers.");
    host = &value;
  }
  if (!host && head.is_http_1_1) {
    return make_problem(HttpProblem::malformed_request, "The Host header is missing.");
  }
  if (host && !is_ours(*host, rules)) return foreign("Host", *host);
  const std::string* origin = head.headers.find("Origin");
  if (!origin) return std::nullopt;
  size_t slashes = origin->find("://");
  std::string_view authority =
      slashes == origin->npos ? "" : std::string_view(*origin).substr(slashes + 3);
  bool is_clear = rules.is_tls && equal_without_case(origin->substr(0, 7), "http://");
  bool is_same = host && !is_clear && equal_without_case(authority, *host);
  const auto& allowed = rules.allowed;
  bool is_listed = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
    return equal_without_case(name, authority) || equal_without_case(name, without_port(authority));
  });
  if (!is_same && !is_listed) return foreign("Origin", *origin);
  return std::nullopt;
}

}  // namespace pentad::net
