#include "cli/units.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <ctime>

using namespace pentad;
using namespace pentad::cli;

TEST_CASE("memory as people write it") {
  struct Row {
    const char* text;
    int64_t bytes;
  };
  for (Row row :
       {Row{"4096", 4096}, Row{"4GiB", 4LL << 30}, Row{"512M", 512LL << 20}, Row{"1.5G", 3LL << 29},
        Row{"1kb", 1024}, Row{"2 TiB", 2LL << 40}, Row{"0", 0}, Row{"10b", 10}}) {
    CAPTURE(row.text);
    CHECK(parse_bytes(row.text).value().value == row.bytes);
  }
  for (const char* text : {"", "G", "4X", "-1G", "1e9", "4GiBx", "4Gi", "9999P", "1..5G", "nan"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_bytes(text).has_value());
  }
}

TEST_CASE("lengths of time as people write them") {
  struct Row {
    const char* text;
    Duration duration;
  };
  for (Row row : {Row{"90", seconds(90)}, Row{"90s", seconds(90)}, Row{"1h30m", minutes(90)},
                  Row{"2d", hours(48)}, Row{"1:30:00", minutes(90)}, Row{"5:00", minutes(5)},
                  Row{"1-12:00:00", hours(36)}, Row{"500ms", milliseconds(500)},
                  Row{"1.5h", minutes(90)}, Row{"1h 30m", minutes(90)}}) {
    CAPTURE(row.text);
    CHECK(parse_duration(row.text).value() == row.duration);
  }
  for (const char* text : {"", "h", "-5m", "5x", "1:2:3:4", "1h30", "99999999999d", ":5", "1e3"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("points in time as people write them, in local time") {
  setenv("TZ", "Asia/Shanghai", 1);
  tzset();
  const Time now{1'795'334'400'000};  // 2026-11-22 16:00:00 +08:00
  CHECK(parse_time("now", now).value() == now);
  CHECK(parse_time("now+1h", now).value() == now + hours(1));
  CHECK(parse_time("+30m", now).value() == now + minutes(30));
  CHECK(parse_time("17:30", now).value() == now + minutes(90));
  CHECK(parse_time("15:00", now).value() == now + hours(23));
  CHECK(parse_time("2026-11-23T16:00", now).value() == now + hours(24));
  CHECK(parse_time("@1795334400", now).value() == now);
  for (const char* text :
       {"", "soon", "25:00", "2026-13-01", "now-1h", "@x", "@99999999999999999"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_time(text, now).has_value());
  }
  CHECK(format_time(now, now) == "16:00:00");
  CHECK(format_time(now + hours(24), now) == "2026-11-23 16:00");
}

TEST_CASE("amounts as people like to read them") {
  CHECK(format_bytes(Bytes{0}) == "0");
  CHECK(format_bytes(Bytes{512}) == "512 B");
  CHECK(format_bytes(mebibytes(1536)) == "1.5 GiB");
  CHECK(format_bytes(gibibytes(24)) == "24 GiB");
  CHECK(format_duration(milliseconds(350)) == "350ms");
  CHECK(format_duration(milliseconds(4240)) == "4.2s");
  CHECK(format_duration(milliseconds(59'960)) == "1m 0s");
  CHECK(format_duration(minutes(90)) == "1h 30m");
  CHECK(format_duration(hours(50)) == "2d 2h");
}

TEST_CASE("whole amounts survive being written and read") {
  CHECK(rc::check([] {
    int64_t s = *rc::gen::inRange<int64_t>(0, 100'000'000);
    RC_ASSERT(parse_duration(std::to_string(s) + "s").value() == seconds(s));
    int64_t mib = *rc::gen::inRange<int64_t>(0, 1 << 30);
    RC_ASSERT(parse_bytes(std::to_string(mib) + "MiB").value() == mebibytes(mib));
  }));
}
