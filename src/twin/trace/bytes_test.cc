#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>

#include "base/hash.h"
#include "twin/trace/lines.h"
#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

std::string all_of(ByteSource& bytes, std::optional<Error>& error) {
  std::string out;
  char buffer[100];
  while (true) {
    auto n = bytes.read(buffer, sizeof buffer);
    if (!n) error = n.error();
    if (!n || *n == 0) return out;
    out.append(buffer, *n);
  }
}

std::string unpacked(std::string packed, std::optional<Error>& error) {
  auto bytes = unpack(in_pieces(std::move(packed), 7));
  REQUIRE(bytes);
  return all_of(**bytes, error);
}

// Text that packs badly, so that damage is met somewhere in the middle.
std::string noise(size_t size) {
  std::string out;
  uint64_t x = 1;
  while (out.size() < size) out += static_cast<char>((x = mix64(x)) >> 56);
  return out;
}

std::vector<std::string> lines_of(std::unique_ptr<ByteSource> bytes, size_t max_bytes) {
  LineReader reader(std::move(bytes), max_bytes);
  std::vector<std::string> out;
  Line line;
  while (true) {
    auto more = reader.read(line);
    REQUIRE(more);
    if (!*more) return out;
    out.push_back(line.is_too_long ? "too long" : std::string(line.text));
  }
}

TEST_CASE("what gzip packed comes out again, members one after the other too") {
  std::string text = noise(300'000);
  std::optional<Error> error;
  CHECK(unpacked(gzip(text), error) == text);
  CHECK(unpacked(gzip("a") + gzip("") + gzip("b") + std::string(20, '\0'), error) == "ab");
  CHECK(unpacked("plain", error) == "plain");
  CHECK(unpacked("", error).empty());
  CHECK(!error);
}

TEST_CASE("truncated and damaged gzip data is an error after what came before") {
  std::string text = noise(100'000);
  std::string packed = gzip(text);
  std::optional<Error> error;
  std::string got = unpacked(packed.substr(0, packed.size() / 2), error);
  CHECK(text.starts_with(got));
  CHECK(got.size() > 10'000);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::corrupt);
  CHECK(error->message.find("truncated") != std::string::npos);

  error.reset();
  packed[packed.size() / 2] ^= 0x55;
  unpacked(packed, error);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::corrupt);

  error.reset();
  CHECK(unpacked(gzip("x") + "rubbish", error) == "x");
  REQUIRE(error);
  CHECK(error->code == ErrorCode::corrupt);
}

TEST_CASE("files that cannot be opened") {
  char path[] = "/tmp/pentad-trace.XXXXXX";
  REQUIRE(mkdtemp(path));
  CHECK(open_file(std::string(path) + "/none").error().code == ErrorCode::not_found);
  CHECK(open_file(path).error().code == ErrorCode::failed);
  CHECK(open_trace(std::string(path)).error().path == path);
  rmdir(path);
}

TEST_CASE("lines: both line ends, no last line end, empty lines, byte order mark") {
  CHECK(lines_of(from_text("\xEF\xBB\xBF"
                           "a\r\n\r\nb\n\nc"),
                 100) == std::vector<std::string>{"a", "", "b", "", "c"});
  CHECK(lines_of(from_text(""), 100).empty());
  CHECK(lines_of(from_text("\n"), 100) == std::vector<std::string>{""});
}

TEST_CASE("a line beyond the limit is given up, the next one is not") {
  std::string text = std::string(1000, 'x') + "\nok\n" + std::string(60, 'y');
  CHECK(lines_of(in_pieces(text, 3), 50) == std::vector<std::string>{"too long", "ok", "too long"});
}

TEST_CASE("lines are the same however the bytes arrive") {
  CHECK(rc::check([] {
    auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab \t"))));
    size_t step = *rc::gen::inRange<size_t>(1, 40);
    std::string text;
    for (const std::string& word : words) text += word + "\n";
    RC_ASSERT(lines_of(in_pieces(text, step), 1000) == words);
  }));
}

}  // namespace
}  // namespace pentad::trace
