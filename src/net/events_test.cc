#include "net/events.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <vector>

#include "net/fake_responder.h"

namespace pentad::net {
namespace {

std::string text_of(const ServerEvent& event) {
  std::string out;
  append_event(out, event);
  return out;
}

std::vector<ServerEvent> parse(std::string_view text, size_t piece) {
  EventParser parser;
  std::vector<ServerEvent> events;
  while (!text.empty()) {
    parser.feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    while (auto event = parser.next()) events.push_back(*event);
  }
  return events;
}

}  // namespace

TEST_CASE("events on the wire") {
  CHECK(text_of({"7", "job", "{}"}) == "id: 7\nevent: job\ndata: {}\n\n");
  CHECK(text_of({"", "", ""}) == "data: \n\n");
  CHECK(text_of({"", "", "a\nb\n"}) == "data: a\ndata: b\ndata: \n\n");
  CHECK(text_of({"1\nevent: x", "a\r\nb", "x\ry"}) == "id: 1event: x\nevent: ab\ndata: xy\n\n");
}

TEST_CASE("parsing: comments, all line ends, ids that stay, in pieces of any size") {
  std::string_view text =
      ": hello\n\nid: 1\nevent: job\ndata: one\ndata: two\n\ndata:three\r\n\r\nid\ndata: x\n\n"
      "event: nothing\n\nretry: 5\ndata\r\rdata: cut";
  std::vector<ServerEvent> expected{
      {"1", "job", "one\ntwo"}, {"1", "", "three"}, {"", "", "x"}, {"", "", ""}};
  for (size_t piece : {1, 2, 3, 7, 1000}) {
    CAPTURE(piece);
    CHECK(parse(text, piece) == expected);
  }
}

TEST_CASE("an endless line or event is given up") {
  EventParser parser(100);
  parser.feed("data: " + std::string(200, 'x'));
  CHECK_FALSE(parser.next());
  CHECK(parser.failed());
  EventParser lines(100);
  for (int i = 0; i < 50 && !lines.failed(); ++i) {
    lines.feed("data: 0123456789\n");
    CHECK_FALSE(lines.next());
  }
  CHECK(lines.failed());
}

TEST_CASE("what is written is read back") {
  CHECK(rc::check([] {
    auto line = rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7F));
    auto lines = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(line));
    ServerEvent event{*rc::gen::nonEmpty(line), *line, ""};
    for (size_t i = 0; i < lines.size(); ++i) event.data += (i > 0 ? "\n" : "") + lines[i];
    auto back = parse(text_of(event), *rc::gen::inRange<size_t>(1, 20));
    RC_ASSERT(back == std::vector<ServerEvent>{event});
  }));
}

TEST_CASE("a client that reads too slowly is told so and dropped") {
  auto backend = std::make_shared<FakeResponder>();
  EventStream stream{Responder(backend)};
  CHECK(backend->response->media_type == "text/event-stream");
  backend->stream->capacity = 100;
  int sent = 0;
  while (stream.send({"1", "job", "0123456789"})) ++sent;
  CHECK(sent == 2);
  CHECK_FALSE(stream.is_open());
  CHECK(backend->stream->text.ends_with(
      "event: dropped\ndata: {\"reason\":\"read too slowly\"}\n\n"));
}

}  // namespace pentad::net
