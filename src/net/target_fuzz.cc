// Any bytes as a request target: what is accepted is clean text, and says the same as a plain
// decoder of our own.
#include <cstdint>
#include <cstdlib>

#include "base/json_text.h"
#include "net/client.h"
#include "net/target.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::string decode(std::string_view text, bool is_query) {
  auto nibble = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      require(i + 2 < text.size());
      out.push_back(static_cast<char>(nibble(text[i + 1]) * 16 + nibble(text[i + 2])));
      i += 2;
    } else {
      out.push_back(is_query && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

void check_clean(std::string_view text) {
  require(pentad::is_utf8(text));
  for (char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto target = pentad::net::parse_target(text);
  if (!target || text == "*") return 0;
  check_clean(target->path);
  std::string joined;
  std::string again;
  for (const std::string& segment : target->segments) {
    joined += "/" + segment;
    again += "/" + pentad::net::percent_encode(segment);
  }
  require(joined == target->path);
  for (const auto& [key, value] : target->query.items) {
    check_clean(key);
    check_clean(value);
    again += again.find('?') == std::string::npos ? "?" : "&";
    again += pentad::net::percent_encode(key) + "=" + pentad::net::percent_encode(value);
  }
  if (text.starts_with('/')) {
    require(decode(text.substr(0, text.find('?')), false) == target->path);
    if (target->query.items.size() == 1 && text.find('&') == text.npos) {
      std::string_view query = text.substr(text.find('?') + 1);
      const auto& [key, value] = target->query.items[0];
      std::string plain = query.find('=') == query.npos ? key : key + "=" + value;
      require(decode(query, true) == plain);
    }
  }
  auto back = pentad::net::parse_target(again);
  require(back.has_value());
  require(back->segments == target->segments);
  require(back->query.items == target->query.items);
  return 0;
}
