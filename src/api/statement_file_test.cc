#include "api/statement_file.h"

#include <doctest/doctest.h>

#include "ledger/statement_forms.h"
#include "ledger/statement_sample.h"

namespace pentad::api {
namespace {

std::string file() {
  ledger::Statement statement = ledger::sample_statement().value();
  return ledger::statement_json(statement, {statement_digest(ledger::canonical_text(statement)),
                                            Time{1'764'547'200'000}})
      .value();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("the file of a closed statement proves itself") {
  Result<StatementFile> read = read_statement_file(file());
  REQUIRE(read.has_value());
  CHECK(read->statement == ledger::sample_statement().value());
  CHECK(read->digest.size() == 12 + 64);
  CHECK(read->closed_at == Time{1'764'547'200'000});
  // Known: BLAKE2b-256 of nothing.
  CHECK(statement_digest("") ==
        "blake2b-256:0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST_CASE("blanks between the parts do not matter, all else does") {
  std::string pretty = replaced(file(), "\"tenant\":", "\n  \"tenant\" :\t");
  CHECK(read_statement_file(pretty).has_value());
  auto code = [](const std::string& text) {
    auto read = read_statement_file(text);
    return read ? ErrorCode::failed : read.error().code;
  };
  CHECK(code(replaced(file(), "\"name\":\"train\"", "\"name\":\"train \"")) == ErrorCode::corrupt);
  CHECK(code(replaced(file(), "\"paid\":", "\"paid\":1")) == ErrorCode::corrupt);
  CHECK(code(replaced(file(), "blake2b-256:", "blake2b-256:0")) == ErrorCode::corrupt);
  CHECK(code(replaced(file(), "\"digest\"", "\"signed\"")) == ErrorCode::invalid);
  CHECK(code("{}") == ErrorCode::invalid);
  CHECK(code("") == ErrorCode::invalid);
  CHECK(code(file() + "x") == ErrorCode::invalid);
}

TEST_CASE("an open statement has no digest, and must add up all the same") {
  ledger::Statement statement = ledger::sample_statement().value();
  std::string open = ledger::statement_json(statement, {}).value();
  CHECK(read_statement_file(open).has_value());
  auto read = read_statement_file(replaced(open, "\"by_vouchers\":", "\"by_vouchers\":1"));
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::corrupt);
}

}  // namespace
}  // namespace pentad::api
