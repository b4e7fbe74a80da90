// What goes over the wire about grants: calls, applications, reviews, awards. Units as in
// money_types.h.
#pragma once

#include "api/money_types.h"
#include "ledger/grants.h"

namespace pentad::api {

inline constexpr size_t kMaxGrantTextBytes = 20'000;

constexpr FieldNote long_text(std::string_view field) {
  return note(field).length(0, kMaxGrantTextBytes);
}

struct GrantCallRequest {
  std::string funder;
  std::string title;
  std::string text;
  std::optional<int64_t> from_ms;
  int64_t until_ms = 0;
  int64_t budget_ucny = 0;
  int64_t most_each_ucny = 0;
  int64_t vouchers_until_ms = 0;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;
  std::vector<std::string> pools;
};
BOOST_DESCRIBE_STRUCT(GrantCallRequest, (),
                      (funder, title, text, from_ms, until_ms, budget_ucny, most_each_ucny,
                       vouchers_until_ms, share_milli, classes, pools))
constexpr auto field_notes(const GrantCallRequest*) {
  return std::array{
      name_note("funder").required(),
      text_note("title").required(),
      long_text("text"),
      note("from_ms").doc("Applications from; left out: now").range(0, kMaxTimeMs),
      note("until_ms").doc("Applications until").required().range(0, kMaxTimeMs),
      note("budget_ucny").doc("All awards together").required().at_least(1),
      note("most_each_ucny").doc("0: no other limit").at_least(0),
      note("vouchers_until_ms").doc("Expiry of what is awarded").required().range(0, kMaxTimeMs),
      note("share_milli").range(1, 1000),
      note("classes").length(0, 3),
      note("pools").length(0, 1000)};
}

struct GrantCallView {
  int64_t id = 0;
  std::string funder;
  std::string title;
  std::string text;
  int64_t from_ms = 0;
  int64_t until_ms = 0;
  int64_t budget_ucny = 0;
  int64_t left_ucny = 0;
  int64_t most_each_ucny = 0;
  int64_t vouchers_until_ms = 0;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;
  std::vector<std::string> pools;
  int64_t applications = 0;
};
BOOST_DESCRIBE_STRUCT(GrantCallView, (),
                      (id, funder, title, text, from_ms, until_ms, budget_ucny, left_ucny,
                       most_each_ucny, vouchers_until_ms, share_milli, classes, pools,
                       applications))

struct GrantCallList {
  std::vector<GrantCallView> calls;
};
BOOST_DESCRIBE_STRUCT(GrantCallList, (), (calls))

struct GrantApplyRequest {
  int64_t call = 0;
  std::string tenant;
  std::string project;
  std::string title;
  std::string text;
  int64_t asked_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(GrantApplyRequest, (), (call, tenant, project, title, text, asked_ucny))
constexpr auto field_notes(const GrantApplyRequest*) {
  return std::array{note("call").required().range(1, kMaxId),
                    name_note("tenant").required(),
                    name_note("project").doc("Name within the tenant; empty: all of them"),
                    text_note("title").required(),
                    long_text("text"),
                    note("asked_ucny").required().at_least(1)};
}

struct GrantReviewRequest {
  int32_t score = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(GrantReviewRequest, (), (score, text))
constexpr auto field_notes(const GrantReviewRequest*) {
  return std::array{note("score").doc("1 to 5").required().range(1, 5), long_text("text")};
}

struct GrantAwardRequest {
  int64_t amount_ucny = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(GrantAwardRequest, (), (amount_ucny, reason))
constexpr auto field_notes(const GrantAwardRequest*) {
  return std::array{note("amount_ucny").doc("0 declines").required().at_least(0),
                    long_text("reason").doc("Needed when declined")};
}

struct GrantReviewView {
  std::string reviewer;
  int32_t score = 0;
  std::string text;
  int64_t at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(GrantReviewView, (), (reviewer, score, text, at_ms))

struct GrantApplicationView {
  int64_t id = 0;
  int64_t call = 0;
  std::string tenant;
  std::string project;
  std::string applicant;
  std::string title;
  std::string text;
  int64_t asked_ucny = 0;
  int64_t submitted_at_ms = 0;
  ledger::GrantState state = ledger::GrantState::submitted;
  std::vector<GrantReviewView> reviews;
  int64_t awarded_ucny = 0;
  int64_t voucher = 0;
  std::string decided_by;
  std::string reason;
  std::optional<int64_t> decided_at_ms;
};
BOOST_DESCRIBE_STRUCT(GrantApplicationView, (),
                      (id, call, tenant, project, applicant, title, text, asked_ucny,
                       submitted_at_ms, state, reviews, awarded_ucny, voucher, decided_by, reason,
                       decided_at_ms))
constexpr auto field_notes(const GrantApplicationView*) {
  return std::array{note("reviews").doc("Only shown to those who review"),
                    note("voucher").doc("That was issued; 0: none")};
}

struct GrantApplicationList {
  std::vector<GrantApplicationView> applications;
};
BOOST_DESCRIBE_STRUCT(GrantApplicationList, (), (applications))

}  // namespace pentad::api
