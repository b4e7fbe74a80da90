#include "store/cursor.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace pentad;
using namespace pentad::store;

namespace {
constexpr std::string_view kSecret = "0123456789abcdef";
}

TEST_CASE("a cursor comes back as it was written") {
  CHECK(rc::check([](uint64_t listing, int64_t id, int64_t number, const std::string& text) {
    Cursor cursor{listing, id, number, text};
    std::string written = write_cursor(cursor, kSecret);
    RC_ASSERT(written.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_") == std::string::npos);
    Result<Cursor> read = read_cursor(written, kSecret);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == cursor);
  }));
}

TEST_CASE("any change to a cursor is noticed") {
  CHECK(rc::check([](uint64_t listing, int64_t id, int64_t number, const std::string& text) {
    std::string written = write_cursor({listing, id, number, text}, kSecret);
    size_t at = *rc::gen::inRange<size_t>(0, written.size());
    char by = *rc::gen::elementOf(std::string("AZaz09-_=. \n"));
    std::string changed = written;
    changed[at] = by;
    if (changed != written) RC_ASSERT(!read_cursor(changed, kSecret).has_value());
    RC_ASSERT(!read_cursor(written.substr(0, at), kSecret).has_value());
    RC_ASSERT(!read_cursor(written + by, kSecret).has_value());
    RC_ASSERT(!read_cursor(written, "another secret").has_value());
  }));
}

TEST_CASE("rubbish is no cursor") {
  for (const char* text :
       {"", "A", "====", "next", "\xff\xff", "1234567890123456789012345678901234567890"}) {
    Result<Cursor> read = read_cursor(text, kSecret);
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::invalid);
    CHECK(read.error().path == "/cursor");
  }
  CHECK(!read_cursor(std::string(10'000'000, 'A'), kSecret));
}
