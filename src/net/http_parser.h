// Takes HTTP/1.x messages apart as their bytes arrive. Boost.Beast's parser does the work; this
// face keeps its headers, slow to compile, in one translation unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/message.h"

namespace pentad::net {

enum class MessageKind { request, response, response_to_head };

enum class ParseFailure {
  none,
  malformed,
  headers_too_large,
  body_too_large,
  version,
  transfer_coding,  // one other than chunked
  cut_short,        // finish() came too early
};

struct ParserLimits {
  size_t header_bytes = 16 << 10;
  uint64_t body_bytes = 32 << 20;
};

struct MessageHead {
  std::string method;  // of a request
  std::string target;
  int status = 0;  // of a response
  bool is_http_1_1 = false;
  bool keep_alive = false;
  bool is_chunked = false;
  std::optional<uint64_t> content_length;
  Headers headers;  // trailers are dropped
};

class MessageParser {
 public:
  MessageParser(MessageKind kind, ParserLimits limits);
  ~MessageParser();

  // Gets ready for the next message on the same connection.
  void reset(MessageKind kind);

  // Takes bytes and returns how many of them; give the rest again with more behind it. Never takes
  // bytes of the message after this one. The whole head must fit into header_bytes.
  size_t feed(std::string_view bytes);
  // No more bytes will come.
  void finish();

  bool has_head() const;
  bool is_done() const;
  bool has_started() const;  // a byte has been taken
  ParseFailure failure() const { return failure_; }

  MessageHead& head() { return head_; }
  // What has come of the body and not been moved away by the caller.
  std::string& body() { return body_; }

 private:
  struct Impl;
  size_t put(std::string_view bytes);

  template <bool is_request>
  friend class Collector;

  MessageKind kind_;
  ParserLimits limits_;
  size_t header_bytes_ = 0;
  uint64_t chunk_left_ = 0;  // bytes of the current chunk that are still to come
  ParseFailure failure_ = ParseFailure::none;
  MessageHead head_;
  std::string body_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pentad::net
