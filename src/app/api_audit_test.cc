// The audit log over the API: who may read it, its filters, pages and rows.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "api/audit_types.h"
#include "app/test_city.h"

using namespace pentad;
using namespace pentad::app;

TEST_CASE("the audit log is read by operators and auditors of the whole centre") {
  City city;
  city.submit("member", R"(,"project":"vision")");
  const std::vector<std::pair<std::string, int>> answers = {
      {"boss", 200},    {"auditor", 200}, {"city-auditor", 403},  {"finance", 403}, {"admin", 403},
      {"manager", 403}, {"member", 403},  {"foreign-admin", 403}, {"nothing", 403},
  };
  for (const char* path : {"/api/v1/audit", "/api/v1/audit/head", "/api/v1/audit/rows"}) {
    for (const auto& [user, status] : answers) {
      CAPTURE(path);
      CAPTURE(user);
      CHECK(city.get(user, path).status == status);
    }
  }
  auto page = [&](const std::string& query) {
    const net::Response answer = city.get("auditor", "/api/v1/audit?" + query);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return *from_json<api::AuditPage>(answer.body);
  };
  CHECK(page("what=submit").records.size() == 1);
  CHECK(page("what=submit").records.at(0).actor == "member");
  CHECK(page("actor=member&what=submit,cancel").records.size() == 1);
  CHECK(page("actor=nobody").records.empty());
  CHECK(page("until_ms=1").records.empty());
  std::set<int64_t> seen;
  for (std::string next = "limit=3&sort=seq"; !next.empty();) {
    const api::AuditPage some = page(next);
    for (const auto& record : some.records) CHECK(seen.insert(record.seq).second);
    next = some.next ? "limit=3&sort=seq&cursor=" + *some.next : "";
  }
  CHECK(seen.size() == page("limit=1000").records.size());
  CHECK(city.get("auditor", "/api/v1/audit?cursor=x").status == 422);
  const auto head = *from_json<api::AuditHead>(city.get("auditor", "/api/v1/audit/head").body);
  const std::string rows =
      city.get("auditor", fmt::format("/api/v1/audit/rows?after={}", head.seq - 1)).body;
  CHECK(rows.find(head.chain) != std::string::npos);
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 1);
}
