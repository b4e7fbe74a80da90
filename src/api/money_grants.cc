// Grants: calls, applications, reviews, awards.
#include <fmt/format.h>

#include <utility>

#include "api/handlers.h"
#include "api/money_common.h"

namespace pentad::api {

namespace {

GrantCallView call_view(const ledger::GrantCall& c, const ledger::Grants& grants) {
  GrantCallView out;
  out.id = c.id;
  out.funder = c.funder;
  out.title = c.title;
  out.text = c.text;
  out.from_ms = c.from.value;
  out.until_ms = c.until.value;
  out.budget_ucny = c.budget.value;
  out.left_ucny = grants.left_of(c).value;
  out.most_each_ucny = c.most_each.value;
  out.vouchers_until_ms = c.vouchers_until.value;
  out.share_milli = c.share_milli;
  out.classes = c.classes;
  out.pools = c.pools;
  for (const ledger::GrantApplication& a : grants.rows().applications) {
    out.applications += a.call == c.id ? 1 : 0;
  }
  return out;
}

GrantApplicationView application_view(const ledger::GrantApplication& a, bool with_reviews) {
  GrantApplicationView out;
  out.id = a.id;
  out.call = a.call;
  out.tenant = a.tenant;
  out.project = a.project;
  out.applicant = a.applicant;
  out.title = a.title;
  out.text = a.text;
  out.asked_ucny = a.asked.value;
  out.submitted_at_ms = a.submitted.value;
  out.state = a.state;
  if (with_reviews) {
    for (const ledger::GrantReview& r : a.reviews) {
      out.reviews.push_back({r.reviewer, r.score, r.text, r.at.value});
    }
  }
  out.awarded_ucny = a.awarded.value;
  out.voucher = a.voucher;
  out.decided_by = a.decided_by;
  out.reason = a.reason;
  if (a.state != ledger::GrantState::submitted) out.decided_at_ms = a.decided.value;
  return out;
}

}  // namespace

void list_calls(const Services& services, Request, net::Responder responder) {
  services.core.ask([responder](CoreView& view) {
    const ledger::Grants& grants = view.centre().grants();
    GrantCallList out;
    for (const ledger::GrantCall& call : grants.rows().calls) {
      out.calls.push_back(call_view(call, grants));
    }
    responder.send(json_response(out));
  });
}

void open_call(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<GrantCallRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  ledger::GrantCall call;
  call.funder = body->funder;
  call.title = body->title;
  call.text = body->text;
  call.from = body->from_ms ? Time{*body->from_ms} : services.now();
  call.until = Time{body->until_ms};
  call.budget = Money{body->budget_ucny};
  call.most_each = Money{body->most_each_ucny};
  call.vouchers_until = Time{body->vouchers_until_ms};
  call.share_milli = body->share_milli;
  call.classes = body->classes;
  call.pools = body->pools;
  post_money(services, request, event::OpenCall{std::move(call)}, responder, 201);
}

void list_applications(const Services& services, Request request, net::Responder responder) {
  int64_t call = integer_parameter(request, "call").value_or(0);
  services.core.ask([caller = std::move(request.caller), call, responder](CoreView& view) {
    bool reviews = caller.may_everywhere(Permission::grant_review);
    GrantApplicationList out;
    for (const ledger::GrantApplication& a : view.centre().grants().rows().applications) {
      if (call != 0 && a.call != call) continue;
      bool is_own = caller.may(Permission::grant_apply, {a.tenant, a.project});
      if (reviews || is_own) out.applications.push_back(application_view(a, reviews));
    }
    responder.send(json_response(out));
  });
}

void apply_for_grant(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<GrantApplyRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (!request.caller.may(Permission::grant_apply, {body->tenant, body->project})) {
    return responder.send(problem_response(may_not("apply for this tenant or project")));
  }
  ledger::GrantApplication a;
  a.call = body->call;
  a.tenant = body->tenant;
  a.project = body->project;
  a.applicant = request.caller.user;
  a.title = body->title;
  a.text = body->text;
  a.asked = Money{body->asked_ucny};
  post_money(services, request, event::Apply{std::move(a)}, responder, 201);
}

void review_application(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  auto body = read_body<GrantReviewRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  ledger::GrantReview review{request.caller.user, body->score, body->text, {}};
  post_money(services, request, event::Review{*id, std::move(review)}, responder, 201);
}

void award_application(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  auto body = read_body<GrantAwardRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  event::Award what{*id, Money{body->amount_ucny}, request.caller.user, body->reason};
  post_money(services, request, std::move(what), responder, 201);
}

}  // namespace pentad::api
