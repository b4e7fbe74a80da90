// Any bytes as requests or answers on one connection: whole and in small pieces must give the same
// messages, and nothing may crash.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/events.h"
#include "net/http_parser.h"

namespace {

using pentad::net::MessageKind;
using pentad::net::MessageParser;
using pentad::net::ParseFailure;

struct Seen {
  std::string messages;
  bool failed = false;
};

Seen parse(std::string_view text, size_t piece, MessageKind kind) {
  MessageParser parser(kind, {.header_bytes = 400, .body_bytes = 1000});
  Seen seen;
  std::string kept;
  for (size_t at = 0; at < text.size() && !seen.failed; at += piece) {
    kept += text.substr(at, piece);
    while (!kept.empty()) {
      size_t used = parser.feed(kept);
      kept.erase(0, used);
      if (parser.failure() != ParseFailure::none) {
        seen.failed = true;
        break;
      }
      if (parser.is_done()) {
        auto& head = parser.head();
        seen.messages += head.method + "|" + head.target + "|" + std::to_string(head.status) + "|";
        for (const auto& [name, value] : head.headers.items) seen.messages += name + ":" + value;
        seen.messages += "|" + parser.body() + "\n";
        parser.reset(kind);
      } else if (used == 0) {
        break;
      }
    }
  }
  parser.finish();
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  MessageKind kind = data[0] % 2 == 0 ? MessageKind::request : MessageKind::response;
  Seen whole = parse(text, text.size() + 1, kind);
  Seen pieces = parse(text, 1 + data[0] / 2 % 7, kind);
  // In pieces an error may be seen only with bytes that never come; what was seen must be the same.
  bool agree = whole.messages == pieces.messages || (whole.failed && !pieces.failed);
  if (!agree) std::abort();

  pentad::net::EventParser events(1000);
  events.feed(text);
  while (events.next()) {
  }
  return 0;
}
