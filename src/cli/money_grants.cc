// pentad grant.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "api/grant_types.h"
#include "cli/money_text.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace pentad::cli {

namespace {

using Kind = VerbOption::Kind;

// A text, or with @ in front the file it stands in.
std::string text_or_file(const std::string& text) {
  if (!text.starts_with('@')) return text;
  std::ifstream in(text.substr(1), std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  if (!in) throw CommandError(kFailed, fmt::format("{} cannot be read", printable(text.substr(1))));
  return out.str();
}

int open_call(Session& session, const Values& values) {
  api::GrantCallRequest body;
  body.funder = values.text("funder");
  body.title = values.text("title");
  body.text = text_or_file(values.text("text"));
  body.from_ms = values.time_ms("from");
  body.until_ms = values.time_ms("until").value_or(0);
  body.vouchers_until_ms = values.time_ms("vouchers-until").value_or(0);
  body.budget_ucny = values.money("budget").value;
  if (values.has("most-each")) body.most_each_ucny = values.money("most-each").value;
  if (values.has("share")) body.share_milli = parse_share(values.text("share"), "--share");
  body.classes = parse_classes(values.list("class"));
  body.pools = values.list("pool");
  auto done = session.send<api::Recorded>(net::Method::post, "/grants/calls", body);
  return report(session, done,
                fmt::format("call {} is open until {}", done.record, moment(body.until_ms)));
}

int apply(Session& session, const Values& values) {
  api::GrantApplyRequest body;
  body.call = values.number("call", 0, 1, api::kMaxId);
  std::string full = values.text("for");
  size_t slash = full.find('/');
  body.tenant = full.substr(0, slash);
  if (slash != full.npos) body.project = full.substr(slash + 1);
  body.title = values.text("title");
  body.text = text_or_file(values.text("text"));
  body.asked_ucny = values.money("amount").value;
  auto done = session.send<api::Recorded>(net::Method::post, "/grants/applications", body);
  return report(session, done, fmt::format("application {} is in", done.record));
}

int review(Session& session, const Values& values) {
  int64_t id = values.number("application", 0, 1, api::kMaxId);
  api::GrantReviewRequest body;
  body.score = static_cast<int32_t>(values.number("score", 0, 1, 5));
  body.text = text_or_file(values.text("text"));
  session.send<api::Recorded>(net::Method::post, fmt::format("/grants/applications/{}/review", id),
                              body);
  return report(session, {}, "your review is in");
}

int award(Session& session, const Values& values) {
  int64_t id = values.number("application", 0, 1, api::kMaxId);
  api::GrantAwardRequest body;
  body.amount_ucny = values.money("amount", true).value;
  body.reason = values.text("reason");
  auto done = session.send<api::Recorded>(net::Method::post,
                                          fmt::format("/grants/applications/{}/award", id), body);
  return report(session, done,
                body.amount_ucny == 0 ? fmt::format("application {} is declined", id)
                                      : fmt::format("application {} is awarded {} CNY: voucher {}",
                                                    id, yuan(body.amount_ucny), done.record));
}

int list(Session& session, const Values& values) {
  auto calls = session.get<api::GrantCallList>("/grants/calls");
  auto applications = session.get<api::GrantApplicationList>(
      "/grants/applications" + query_of({{"call", values.text("call")}}));
  if (session.json()) {
    fmt::print("{{\"calls\":{},\"applications\":{}}}\n", to_json(calls.calls),
               to_json(applications.applications));
    return kOk;
  }
  Table table({{"CALL", Align::right},
               {"FUNDER", Align::left, 6},
               {"TITLE", Align::left, 8},
               {"UNTIL"},
               {"BUDGET", Align::right},
               {"LEFT", Align::right},
               {"APPLICATIONS", Align::right}});
  for (const api::GrantCallView& c : calls.calls) {
    table.add({std::to_string(c.id), printable(c.funder), printable(c.title), moment(c.until_ms),
               yuan(c.budget_ucny), yuan(c.left_ucny), std::to_string(c.applications)});
  }
  Table rows({{"APPLICATION", Align::right},
              {"CALL", Align::right},
              {"FOR", Align::left, 8},
              {"TITLE", Align::left, 8},
              {"STATE"},
              {"REVIEWS", Align::right},
              {"ASKED", Align::right},
              {"AWARDED", Align::right},
              {"VOUCHER", Align::right}});
  for (const api::GrantApplicationView& a : applications.applications) {
    rows.add({std::to_string(a.id), std::to_string(a.call),
              printable(a.project.empty() ? a.tenant : a.tenant + "/" + a.project),
              printable(a.title), std::string(enum_name(a.state)), std::to_string(a.reviews.size()),
              yuan(a.asked_ucny), yuan(a.awarded_ucny),
              a.voucher > 0 ? std::to_string(a.voucher) : "-"});
  }
  fmt::print("{}\n{}", table.render(session.width(), session.colour()),
             rows.render(session.width(), session.colour()));
  return kOk;
}

}  // namespace

std::vector<Verb> grant_verbs() {
  return {{"grant",
           "call",
           "Call for applications",
           open_call,
           {{"--funder", "Who pays", Kind::one, true},
            {"--title", "", Kind::one, true},
            {"--budget", "Yuan, all awards together", Kind::one, true},
            {"--until", "Last day of applications", Kind::one, true},
            {"--vouchers-until", "Expiry of what is awarded", Kind::one, true},
            {"--from", "Default: now"},
            {"--most-each", "Yuan"},
            {"--share", "Of a job's cost: 60%; default: all"},
            {"--class", "May be repeated", Kind::many},
            {"--pool", "May be repeated", Kind::many},
            {"--text", "What it is about, or @FILE"}}},
          {"grant",
           "apply",
           "Apply for a grant",
           apply,
           {{"call", "Its number", Kind::one, true},
            {"for", "A tenant, or tenant/project", Kind::one, true},
            {"amount", "Yuan", Kind::one, true},
            {"--title", "", Kind::one, true},
            {"--text", "Why, or @FILE"}}},
          {"grant",
           "review",
           "Judge an application",
           review,
           {{"application", "Its number", Kind::one, true},
            {"--score", "1 to 5", Kind::one, true},
            {"--text", "Why, or @FILE"}}},
          {"grant",
           "award",
           "Decide: an amount issues a voucher, 0 declines",
           award,
           {{"application", "Its number", Kind::one, true},
            {"amount", "Yuan", Kind::one, true},
            {"--reason", "Needed to decline"}}},
          {"grant", "list", "Calls and applications", list, {{"--call", "Of this call only"}}}};
}

}  // namespace pentad::cli
