#include "net/http_parser.h"

#include <doctest/doctest.h>

namespace pentad::net {
namespace {

struct Parsed {
  ParseFailure failure = ParseFailure::none;
  bool is_done = false;
  std::string body;
  std::string rest;
};

// Feeds `text` in pieces of that size, keeping what was not taken like a connection does.
Parsed parse(std::string_view text, size_t piece, ParserLimits limits = {},
             MessageKind kind = MessageKind::request) {
  MessageParser parser(kind, limits);
  std::string kept;
  for (size_t at = 0; at < text.size(); at += piece) {
    kept += text.substr(at, piece);
    size_t used = 1;
    while (used > 0 && !kept.empty()) kept.erase(0, used = parser.feed(kept));
    if (parser.failure() != ParseFailure::none) break;
  }
  return {parser.failure(), parser.is_done(), parser.body(), kept};
}

ParseFailure failure(std::string_view text, ParserLimits limits = {}) {
  ParseFailure whole = parse(text, text.size(), limits).failure;
  CHECK(parse(text, 1, limits).failure == whole);
  return whole;
}

}  // namespace

TEST_CASE("requests parse alike in pieces of any size, and leave the next one alone") {
  for (size_t piece : {1, 2, 3, 7, 64, 10000}) {
    CAPTURE(piece);
    Parsed p = parse("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /", piece);
    CHECK(p.is_done);
    CHECK(p.body == "hello");
    CHECK(p.rest == "GET /");
    p = parse(
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n"
        "A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nGET",
        piece);
    CHECK(p.is_done);
    CHECK(p.body == "abc0123456789");
    CHECK(p.rest == "GET");
    p = parse("GET / HTTP/1.0\r\n\r\n", piece);
    CHECK(p.is_done);
  }
}

TEST_CASE("a chunk head that stops after its line is waited for") {
  MessageParser parser(MessageKind::request, {});
  parser.feed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(parser.feed("0\r\n") == 0);
  CHECK(parser.feed("0\r\n") == 0);
  CHECK(parser.feed("0\r\n\r\n") == 5);
  CHECK(parser.is_done());
}

TEST_CASE("the head is handed over, trailers are not") {
  MessageParser parser(MessageKind::request, {});
  std::string_view text =
      "PUT /x?y=1 HTTP/1.1\r\nHost: h\r\nX-A:  b  \r\nTransfer-Encoding: chunked\r\n"
      "Connection: close\r\n\r\n0\r\nX-T: 1\r\n\r\n";
  CHECK(parser.feed(text) == text.size());
  CHECK(parser.head().method == "PUT");
  CHECK(parser.head().target == "/x?y=1");
  CHECK(parser.head().is_chunked);
  CHECK_FALSE(parser.head().keep_alive);
  CHECK(*parser.head().headers.find("x-a") == "b");
  CHECK(parser.head().headers.find("X-T") == nullptr);
}

TEST_CASE("nothing can hide: contradictions about the length are refused") {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  CHECK(failure(post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") !=
        ParseFailure::none);
  CHECK(failure(post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n") !=
        ParseFailure::none);
  CHECK(failure(post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello") !=
        ParseFailure::none);
  for (std::string_view value : {"-1", "+5", "5x", "0x5", "", "99999999999999999999999", "5 5"}) {
    CAPTURE(value);
    CHECK(failure(post + "Content-Length: " + std::string(value) + "\r\n\r\nhello") ==
          ParseFailure::malformed);
  }
  for (std::string_view value :
       {"gzip", "gzip, chunked", "chunked, gzip", "identity", "chunked, x"}) {
    CAPTURE(value);
    CHECK(failure(post + "Transfer-Encoding: " + std::string(value) + "\r\n\r\n0\r\n\r\n") ==
          ParseFailure::transfer_coding);
  }
  CHECK(
      failure(post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") !=
      ParseFailure::none);
  CHECK(failure(post + "Content-Length : 5\r\n\r\nhello") == ParseFailure::malformed);
}

TEST_CASE("garbage is refused") {
  for (std::string_view text :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 garbage", "GET\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n", "GET / HTTP/1.1\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nA\x01: b\r\n\r\n", "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(failure(text) == ParseFailure::malformed);
  }
  std::string_view bare = "GET / HTTP/1.1\nHost: x\n\n";
  CHECK(parse(bare, bare.size()).failure != ParseFailure::none);
  CHECK(failure("GET / HTTP/2.0\r\n\r\n") == ParseFailure::version);
  CHECK(failure("GET / HTTP/0.9\r\n\r\n") == ParseFailure::version);
}

TEST_CASE("limits hold however the bytes arrive") {
  ParserLimits limits{.header_bytes = 200, .body_bytes = 10};
  std::string big = "GET / HTTP/1.1\r\nA: " + std::string(300, 'x');
  CHECK(failure(big, limits) == ParseFailure::headers_too_large);
  CHECK(failure("GET /" + std::string(300, 'x'), limits) == ParseFailure::headers_too_large);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 40; ++i) many += "A: b\r\n";
  CHECK(failure(many + "\r\n", limits) == ParseFailure::headers_too_large);
  // Request line and fields count together.
  std::string line = "GET /" + std::string(100, 'x') + " HTTP/1.1\r\n";
  CHECK(failure(line + "A: " + std::string(100, 'x') + "\r\n\r\n", limits) ==
        ParseFailure::headers_too_large);
  CHECK(failure(line + "A: " + std::string(75, 'x') + "\r\n\r\n", limits) == ParseFailure::none);
  CHECK(failure("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", limits) ==
        ParseFailure::body_too_large);
  CHECK(failure("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n",
                limits) == ParseFailure::body_too_large);
}

TEST_CASE("answers: by length, by chunks, to the end, to HEAD") {
  auto done = [](std::string_view text, MessageKind kind) {
    MessageParser parser(kind, {});
    size_t used = parser.feed(text);
    parser.feed(text.substr(used));
    parser.finish();
    return parser.failure() == ParseFailure::none && parser.is_done() ? parser.body() : "failed";
  };
  CHECK(done("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", MessageKind::response) == "hi");
  CHECK(done("HTTP/1.1 200 OK\r\n\r\nall of it", MessageKind::response) == "all of it");
  CHECK(done("HTTP/1.1 204 No Content\r\n\r\n", MessageKind::response) == "");
  CHECK(done("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", MessageKind::response_to_head) == "");
  CHECK(done("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh", MessageKind::response) == "failed");
}

TEST_CASE("the end of input in the middle is seen") {
  MessageParser parser(MessageKind::request, {});
  parser.feed("GET / HT");
  parser.finish();
  CHECK(parser.failure() == ParseFailure::cut_short);
  MessageParser nothing(MessageKind::request, {});
  nothing.finish();
  CHECK(nothing.failure() == ParseFailure::cut_short);
}

}  // namespace pentad::net
