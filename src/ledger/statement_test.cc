#include "ledger/statement.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>

#include "base/reflect.h"
#include "ledger/statement_forms.h"
#include "ledger/statement_sample.h"

namespace pentad::ledger {
namespace {

TEST_CASE("a statement adds up, and its parts are those of its charges") {
  Statement s = sample_statement().value();
  CHECK(s.charges.size() == 4);
  // 4 x 5400.123 s at 0.3 an hour, 0.1 kWh at 0.812345, 0.5 x 1234.567 s at 9.990001, storage.
  CHECK(s.charges[0].total == Money{1'800'041 + 81'235});
  CHECK(s.charges[1].total == Money{1'712'962});
  CHECK(s.charges[3].total == Money{32'549});
  CHECK(s.total == Money{1'800'041 + 81'235 + 1'712'962 + 32'549});
  CHECK(s.by_vouchers == Money{1'000'000});
  CHECK(s.paid == s.total - s.by_vouchers);
  CHECK(s.units.size() == 4);
  CHECK(s.users.size() == 2);
  CHECK(s.vouchers.at(0).funder == "city-hall");
}

TEST_CASE("a statement that does not add up is refused, with the place") {
  const Statement good = sample_statement().value();
  auto complaint = [](const Statement& s) {
    Status status = check_statement(s);
    return status ? std::string("good") : status.error().message;
  };
  CHECK(complaint(good) == "good");
  Statement s = good;
  s.charges[0].lines[0].amount.value += 1;
  CHECK(complaint(s).find("charge 1, core_hour: 1.800042 is stated, quantity and price make "
                          "1.800041") != std::string::npos);
  s = good;
  s.charges[1].total.value -= 1;
  CHECK(complaint(s).find("total of charge 2") != std::string::npos);
  s = good;
  s.charges[0].vouchers[0].amount.value -= 1;
  CHECK(complaint(s).find("shares of charge 1") != std::string::npos);
  s = good;
  s.total.value += 1;
  CHECK(complaint(s).find("total") != std::string::npos);
  s = good;
  s.units[0].amount.value += 1;
  CHECK(complaint(s).find("by unit") != std::string::npos);
  s = good;
  s.charges.pop_back();
  CHECK(complaint(s) != "good");
  s = good;
  s.charges[2] = s.charges[1];
  CHECK(complaint(s).find("twice") != std::string::npos);
  s = good;
  s.charges[2].free_because.clear();
  CHECK(complaint(s) == "good");  // nothing used, nothing owed
  s.charges[3].project = "other";
  CHECK(complaint(s).find("is of city-lab/other") != std::string::npos);
  s = good;
  s.charges[3].ended = s.until;
  CHECK(complaint(s).find("belongs to 2026-12") != std::string::npos);
  StatementSeal open;
  CHECK_FALSE(statement_csv(s).has_value());
  CHECK_FALSE(statement_html(s, open, Language::en).has_value());
  CHECK_FALSE(statement_json(s, open).has_value());
}

TEST_CASE("sums that do not fit are refused") {
  std::vector<Charge> charges;
  for (int64_t id = 1; id <= 2; ++id) {
    charges.push_back(sample_charge(id, month_span("2026-11")->from,
                                    {{PriceUnit::tokens_million, 1, 1'000'000, Money::max(), {}}}));
  }
  auto s = make_statement("city-lab", "vision", "2026-11", charges, {});
  REQUIRE_FALSE(s.has_value());
  CHECK(s.error().message.find("more than an amount can be") != std::string::npos);
  CHECK_FALSE(
      line_amount(PriceUnit::tokens_million, std::numeric_limits<int64_t>::max(), Money::max())
          .has_value());
  CHECK_FALSE(make_statement("a", "b", "2026-13", {}, {}).has_value());
}

TEST_CASE("the order in which charges come does not matter") {
  CHECK(rc::check("shuffled", [] {
    std::vector<Charge> charges = sample_charges();
    for (size_t i = charges.size(); i > 1; --i) {
      std::swap(charges[i - 1], charges[*rc::gen::inRange<size_t>(0, i)]);
    }
    auto s = make_statement("city-lab", "vision", "2026-11", charges, sample_vouchers());
    RC_ASSERT(canonical_text(s.value()) == canonical_text(sample_statement().value()));
  }));
}

TEST_CASE("the canonical text reads back as the same statement") {
  Statement s = sample_statement().value();
  CHECK(from_json<Statement>(canonical_text(s)).value() == s);
}

TEST_CASE("as a table for spreadsheets") {
  std::string csv = statement_csv(sample_statement().value()).value();
  CHECK(
      csv.starts_with("\xEF\xBB\xBF"
                      "kind,charge,entry,job"));
  CHECK(csv.find("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"") != csv.npos);
  CHECK(csv.find(",-1.000000,\r\n") != csv.npos);
  CHECK(csv.find("put back by the centre") != csv.npos);
}

TEST_CASE("as a page: hostile names do nothing, and nothing is loaded") {
  for (Language language : {Language::en, Language::zh}) {
    std::string page = statement_html(sample_statement().value(),
                                      {"blake2b-256:00", Time{1'764'547'200'000}}, language)
                           .value();
    CHECK(page.find("<script") == page.npos);
    CHECK(page.find("&lt;script&gt;alert(1)&lt;/script&gt;") != page.npos);
    CHECK(page.find("GPU &amp; &quot;Co&quot;") != page.npos);
    for (const char* loads : {"src=", "href=", "url(", "@import", "<link", "<iframe"}) {
      CAPTURE(loads);
      CHECK(page.find(loads) == page.npos);
    }
    CHECK(page.find("default-src 'none'") != page.npos);
    CHECK(page.find("@media print") != page.npos);
    CHECK(page.find("blake2b-256:00") != page.npos);
  }
  CHECK(statement_html(sample_statement().value(), {}, Language::zh)->find("账单") !=
        std::string::npos);
}

}  // namespace
}  // namespace pentad::ledger
