#include "ledger/csv.h"

#include <doctest/doctest.h>

namespace pentad::ledger {
namespace {

TEST_CASE("cells that a spreadsheet would carry out are made text") {
  CHECK(csv_text("=1+1") == "'=1+1");
  CHECK(csv_text("+49") == "'+49");
  CHECK(csv_text("-1") == "'-1");
  CHECK(csv_text("@SUM(A1)") == "'@SUM(A1)");
  CHECK(csv_text("  =1") == "'  =1");
  CHECK(csv_text("\t=1") == "'\t=1");
  CHECK(csv_text("＝1") == "'＝1");
  CHECK(csv_text("=a,\"b\"") == "\"'=a,\"\"b\"\"\"");
  CHECK(csv_text("\r=1") == "\"'\r=1\"");
  CHECK(csv_text("a=1") == "a=1");
  CHECK(csv_text("计算") == "计算");
  CHECK(csv_text("") == "");
}

TEST_CASE("cells are quoted where they must be") {
  CHECK(csv_text("a,b") == "\"a,b\"");
  CHECK(csv_text("a\"b") == "\"a\"\"b\"");
  CHECK(csv_text("a\nb") == "\"a\nb\"");
  CHECK(csv_own("-1.50") == "-1.50");
  CHECK(csv_line({"a", "", csv_text("b,c")}) == "a,,\"b,c\"\r\n");
}

}  // namespace
}  // namespace pentad::ledger
