// Vouchers, and their funders' reports.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/handlers.h"
#include "api/money_common.h"
#include "ledger/voucher_report.h"

namespace pentad::api {

namespace {

bool may_see(const Caller& caller, const Voucher& v) {
  return caller.may(Permission::voucher_view, {v.tenant, v.project});
}

// Theirs to see, or nothing.
std::optional<pentad::VoucherView> find_voucher(CoreView& view, const Caller& caller, int64_t id) {
  for (pentad::VoucherView& v : view.centre().vouchers()) {
    if (v.voucher.id == id && may_see(caller, v.voucher)) return std::move(v);
  }
  return {};
}

Problem no_such_voucher(int64_t id) {
  return problem("not-found", fmt::format("there is no voucher {}", id));
}

Result<std::vector<Charge>> charges_of(store::JobQueries& queries, const Voucher& voucher) {
  std::vector<Charge> out;
  store::ChargeFilter filter;
  filter.tenant = voucher.tenant;
  Status read =
      store::MoneyQueries(queries.database())
          .for_each_charge(filter, [&](const Charge& charge) -> Status {
            bool paid = std::any_of(charge.vouchers.begin(), charge.vouchers.end(),
                                    [&](const VoucherPart& p) { return p.voucher == voucher.id; });
            if (paid) out.push_back(charge);
            return {};
          });
  if (!read) return tl::unexpected(read.error());
  return out;
}

VoucherReportView report_view(const ledger::VoucherReport& report, VoucherView voucher) {
  VoucherReportView out;
  out.voucher = std::move(voucher);
  out.voucher.spent_ucny = report.spent.value;
  out.returned_ucny = report.returned.value;
  for (const ledger::VoucherUse& use : report.uses) {
    out.uses.push_back({full_name(report.voucher.tenant, use.project), use.workload_class,
                        use.month, use.charges, use.amount.value, use.total.value});
  }
  return out;
}

// The core and the tables are asked one after the other: what ended between shows in one only, and
// then both are asked again.
void send_report(const Services& services, Caller caller, int64_t id, int tries,
                 net::Responder responder) {
  services.core.ask([&services, caller = std::move(caller), id, tries, responder](CoreView& view) {
    auto voucher = find_voucher(view, caller, id);
    if (!voucher) return responder.send(problem_response(no_such_voucher(id)));
    services.workers.post([&services, caller, v = *voucher, now = view.now(), tries,
                           responder](store::JobQueries& queries) {
      auto charges = charges_of(queries, v.voucher);
      if (!charges) return responder.send(problem_response(problem_of(charges.error())));
      auto report = ledger::voucher_report(v.voucher, v.held, v.left, *charges);
      if (tries > 0 && (!report || report->spent != v.spent)) {
        return send_report(services, caller, v.voucher.id, tries - 1, responder);
      }
      if (!report) return responder.send(problem_response(problem_of(report.error())));
      responder.send(json_response(report_view(*report, voucher_view(v, now))));
    });
  });
}

}  // namespace

void list_vouchers(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  std::string funder = text_parameter(request, "funder").value_or("");
  services.core.ask(
      [caller = std::move(request.caller), tenant, funder, responder](CoreView& view) {
        VoucherList out;
        for (const pentad::VoucherView& v : view.centre().vouchers()) {
          if (!tenant.empty() && v.voucher.tenant != tenant) continue;
          if (!funder.empty() && v.voucher.funder != funder) continue;
          if (may_see(caller, v.voucher)) out.vouchers.push_back(voucher_view(v, view.now()));
        }
        responder.send(json_response(out));
      });
}

void get_voucher(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  services.core.ask([caller = std::move(request.caller), id = *id, responder](CoreView& view) {
    auto voucher = find_voucher(view, caller, id);
    if (!voucher) return responder.send(problem_response(no_such_voucher(id)));
    responder.send(json_response(voucher_view(*voucher, view.now())));
  });
}

void issue_voucher(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<VoucherRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  Voucher v;
  v.funder = body->funder;
  v.tenant = body->tenant;
  v.project = body->project;
  v.title = body->title;
  v.amount = Money{body->amount_ucny};
  v.from = body->from_ms ? Time{*body->from_ms} : services.now();
  v.until = Time{body->until_ms};
  v.share_milli = body->share_milli;
  v.classes = body->classes;
  v.pools = body->pools;
  post_money(services, request, event::IssueVoucher{std::move(v)}, responder, 201);
}

void cancel_voucher(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  auto body = read_body<VoucherCancel>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  post_money(services, request, event::CancelVoucher{*id, body->reason}, responder);
}

void report_voucher(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  send_report(services, std::move(request.caller), *id, 5, responder);
}

}  // namespace pentad::api
