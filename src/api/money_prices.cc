// Prices, and what a job costs.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/handlers.h"
#include "api/job_store.h"
#include "api/money_common.h"

namespace pentad::api {

namespace {

PriceView price_view(const Price& p, Time now) {
  PriceView out;
  out.id = p.id;
  out.unit = p.unit;
  out.device_model = p.device_model;
  out.pool = p.pool;
  out.qos = p.qos;
  out.tenant = p.tenant;
  out.from_ms = p.from.value;
  if (p.until != Time::never()) out.until_ms = p.until.value;
  out.in_force = p.from <= now && now < p.until;
  for (const PriceStep& step : p.steps) out.steps.push_back({step.from_quantity, step.price.value});
  for (Money hour : p.kwh_by_hour) out.kwh_by_hour_ucny.push_back(hour.value);
  out.utc_offset_s = p.utc_offset.value / 1000;
  out.note = p.note;
  return out;
}

Price price_of(const PriceRequest& r) {
  Price p;
  p.unit = r.unit;
  p.device_model = r.device_model;
  p.pool = r.pool;
  p.qos = r.qos;
  p.tenant = r.tenant;
  if (r.from_ms) p.from = Time{*r.from_ms};  // else from when the event is taken
  if (r.until_ms) p.until = Time{*r.until_ms};
  for (const PriceStepView& step : r.steps) {
    p.steps.push_back({step.from_quantity, Money{step.price_ucny}});
  }
  for (int64_t hour : r.kwh_by_hour_ucny) p.kwh_by_hour.push_back(Money{hour});
  p.utc_offset = seconds(r.utc_offset_s);
  p.note = r.note;
  return p;
}

// What has been charged for a job so far.
Result<CostView> charged_so_far(store::JobQueries& queries, JobId job) {
  CostView out;
  store::MoneyQueries money(queries.database());
  store::ChargeFilter filter;
  filter.job = job;
  Result<store::ChargeSums> sums = money.sums(filter);
  if (!sums) return tl::unexpected(sums.error());
  if (sums->charges > 0) {
    out.charged_ucny = sums->total.value;
    out.paid_ucny = sums->paid.value;
  }
  out.elements = 0;
  return out;
}

// What the job may yet cost: of a job in memory all elements that have not ended.
void add_expected(CoreView& view, JobId job, CostView& out) {
  auto request = view.centre().job_request(job);
  if (!request) return;
  if (request->array) {
    IndexSet waiting = view.centre().waiting_elements(job);
    if (waiting.empty()) return;
    request->array->indices = std::move(waiting);
  } else if (view.centre().queue_position(job) == 0 &&
             view.centre().why_waiting(job).reason == PendingReason::none) {
    return;  // it runs: what it may cost is held already
  }
  auto cost = cost_of(view, {*request});
  if (!cost) return;
  out.elements = cost->elements;
  out.greatest_ucny = cost->greatest_ucny;
  out.expected_ucny = cost->expected_ucny;
  out.expected_energy_j = cost->expected_energy_j;
  if (auto start = view.expected_start(job)) out.expected_start_at_ms = start->value;
}

}  // namespace

void list_prices(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  bool all = flag_parameter(request, "all");
  services.core.ask([caller = std::move(request.caller), tenant, all, responder](CoreView& view) {
    PriceList out;
    for (const Price& p : view.centre().prices()) {
      if (!p.tenant.empty() && !caller.may(Permission::price_view, {p.tenant})) continue;
      if (!tenant.empty() && !p.tenant.empty() && p.tenant != tenant) continue;
      PriceView shown = price_view(p, view.now());
      if (all || shown.in_force) out.prices.push_back(std::move(shown));
    }
    responder.send(json_response(out));
  });
}

void put_prices(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<PricesRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  event::PutPrices what;
  for (const PriceRequest& price : body->prices) {
    what.prices.push_back(price_of(price));
  }
  post_money(services, request, std::move(what), responder, 201);
}

void end_price(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  auto body = read_optional_body<PriceEnd>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  const Time until{body->until_ms.value_or(0)};  // 0: when the event is taken
  post_money(services, request, event::EndPrice{*id, until}, responder);
}

void get_cost(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  services.workers.post([&services, caller = std::move(request.caller), job = JobId{*id},
                         responder](store::JobQueries& queries) {
    auto record = find_job(queries, job, caller);
    if (!record) return responder.send(problem_response(record.error()));
    auto charged = charged_so_far(queries, job);
    if (!charged) return responder.send(problem_response(problem_of(charged.error())));
    CostView out = *charged;
    out.project = record->request.project;
    if (auto parts = split_full_name(out.project)) out.tenant = parts->first;
    services.core.ask([out, job, responder](CoreView& view) mutable {
      add_expected(view, job, out);
      responder.send(json_response(out));
    });
  });
}

}  // namespace pentad::api
