// How the server puts answers on the wire, and whom it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_parser.h"
#include "net/message.h"
#include "net/problem.h"

namespace pentad::net {

enum class BodyFraming { none, length, chunked, until_close };

struct HeadFraming {
  BodyFraming body = BodyFraming::length;
  bool keep_alive = true;
  bool is_http_1_1 = true;
  bool is_tls = false;  // tells browsers never to come without
};

// Appends the status line and header fields with the empty line behind them. `date` is a whole
// field value; see http_date.
void append_head(std::string& out, const Response& response, const HeadFraming& framing,
                 std::string_view date);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(int64_t seconds_since_1970);

// "1a\r\n": what goes before a chunk of that many bytes; "\r\n" goes behind it.
std::string chunk_head(size_t bytes);

// What to answer a message that could not be parsed.
Problem problem_of(ParseFailure failure, const ParserLimits& limits);

// Whom requests may be for. `allowed` are names that the configuration lists, `certified` those of
// the certificate.
struct OriginRules {
  const std::vector<std::string>& allowed;
  const std::vector<std::string>& certified;
  bool is_tls = false;  // pages that came in clear are foreign: anybody could have written them
};

// Refuses requests that a web page elsewhere made a browser send: DNS rebinding shows in Host (a
// name that is not ours; an address is nothing that could be bound again), forms and scripts of
// other sites in Origin.
std::optional<Problem> check_origin(const MessageHead& head, const OriginRules& rules);

}  // namespace pentad::net
