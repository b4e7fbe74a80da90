// Balances, top-ups, corrections, credit, budgets, quotas, the ledger's entries.
#include <fmt/format.h>

#include <utility>

#include "api/handlers.h"
#include "api/money_common.h"

namespace pentad::api {

namespace {

BalanceView balance_view(const TenantBalance& b) {
  BalanceView out;
  out.tenant = b.tenant;
  out.balance_ucny = b.balance.value;
  out.held_ucny = b.held.value;
  out.credit_ucny = b.credit.value;
  out.free_ucny = b.balance.value + b.credit.value;
  out.vouchers_ucny = b.vouchers.value;
  out.vouchers_held_ucny = b.vouchers_held.value;
  return out;
}

std::optional<int64_t> optional_ucny(const std::optional<Money>& amount) {
  return amount ? std::optional(amount->value) : std::nullopt;
}

std::optional<Money> optional_money(const std::optional<int64_t>& ucny) {
  return ucny ? std::optional(Money{*ucny}) : std::nullopt;
}

BudgetView budget_view(const std::string& tenant, const ProjectSpending& p) {
  return {tenant,
          p.project,
          optional_ucny(p.budget.total),
          optional_ucny(p.budget.per_month),
          p.spent.value,
          p.spent_this_month.value,
          p.held.value};
}

constexpr int64_t kDevice = 1000;                     // thousandths
constexpr int64_t kDeviceHour = kDevice * 3'600'000;  // thousandths times milliseconds

QuotaView quota_view(const Quota& q) {
  QuotaView out;
  out.tenant = q.tenant;
  out.project = q.project;
  out.user = q.user;
  out.running_jobs = q.limits.running_jobs;
  out.queued_jobs = q.limits.queued_jobs;
  out.cores = q.limits.cores;
  if (q.limits.device_milli) out.devices = *q.limits.device_milli / kDevice;
  if (q.limits.device_milli_ms_per_month) {
    out.device_hours_per_month = *q.limits.device_milli_ms_per_month / kDeviceHour;
  }
  return out;
}

Quota quota_of(const QuotaView& q) {
  Quota out;
  out.tenant = q.tenant;
  out.project = q.project;
  out.user = q.user;
  out.limits.running_jobs = q.running_jobs;
  out.limits.queued_jobs = q.queued_jobs;
  out.limits.cores = q.cores;
  if (q.devices) out.limits.device_milli = *q.devices * kDevice;
  if (q.device_hours_per_month) {
    out.limits.device_milli_ms_per_month = *q.device_hours_per_month * kDeviceHour;
  }
  return out;
}

EntryView entry_view(const LedgerEntry& e) {
  EntryView out{e.id, e.at.value, e.kind, e.cause, e.actor, e.note, {}};
  for (const Posting& p : e.postings) out.postings.push_back({p.account, p.amount.value});
  return out;
}

// Who may not see all entries sees those of one of their tenants' accounts.
std::optional<Problem> check_account(const Caller& caller, const std::string& account) {
  if (caller.may_everywhere(Permission::money_view)) return {};
  for (std::string_view kind : {"tenant/", "hold/"}) {
    if (account.starts_with(kind) &&
        caller.may(Permission::money_view, {std::string_view(account).substr(kind.size())})) {
      return {};
    }
  }
  Problem p = may_not("see these entries");
  p.hint = "name your tenant's account: tenant/NAME (`--account`, or account= in the address)";
  return p;
}

}  // namespace

void list_balances(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  services.core.ask([caller = std::move(request.caller), tenant, responder](CoreView& view) {
    BalanceList out;
    for (const TenantBalance& b : view.centre().balances()) {
      if (!tenant.empty() && b.tenant != tenant) continue;
      if (caller.may(Permission::money_view, {b.tenant})) out.balances.push_back(balance_view(b));
    }
    if (!tenant.empty() && out.balances.empty()) {
      return responder.send(problem_response(
          problem("not-found", fmt::format("there is no tenant `{}` of yours", tenant), "tenant")));
    }
    responder.send(json_response(out));
  });
}

void top_up(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<TopUpRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  event::TopUp what{body->tenant, Money{body->amount_ucny}, body->reference, body->note};
  post_money(services, request, std::move(what), responder, 201);
}

void adjust_ledger(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<AdjustmentRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  event::Adjust what{body->from, body->to, Money{body->amount_ucny}, body->reason};
  post_money(services, request, std::move(what), responder, 201);
}

void set_credit(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<CreditRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  post_money(services, request, event::SetCredit{body->tenant, Money{body->line_ucny}}, responder);
}

void list_budgets(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  services.core.ask([caller = std::move(request.caller), tenant, responder](CoreView& view) {
    BudgetList out;
    for (const TenantBalance& b : view.centre().balances()) {
      if (!tenant.empty() && b.tenant != tenant) continue;
      for (const ProjectSpending& p : b.projects) {
        if (!caller.may(Permission::money_view, {b.tenant, p.project})) continue;
        out.budgets.push_back(budget_view(b.tenant, p));
      }
    }
    responder.send(json_response(out));
  });
}

void set_budget(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<BudgetRequest>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (!request.caller.may(Permission::budget_change, {body->tenant, body->project})) {
    return responder.send(problem_response(may_not("set this project's budget")));
  }
  Budget budget{optional_money(body->total_ucny), optional_money(body->per_month_ucny)};
  post_money(services, request, event::SetBudget{body->tenant, body->project, budget}, responder);
}

void list_quotas(const Services& services, Request request, net::Responder responder) {
  std::string tenant = text_parameter(request, "tenant").value_or("");
  services.core.ask([caller = std::move(request.caller), tenant, responder](CoreView& view) {
    QuotaList out;
    for (const pentad::QuotaView& q : view.centre().quotas()) {
      if (!tenant.empty() && q.quota.tenant != tenant) continue;
      Target target{q.quota.tenant, q.quota.project, q.quota.user};
      if (caller.may(Permission::quota_view, target)) out.quotas.push_back(quota_view(q.quota));
    }
    responder.send(json_response(out));
  });
}

void set_quota(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<QuotaView>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (body->user.empty() == body->tenant.empty()) {
    return responder.send(problem_response(problem(
        "invalid-value", "a quota is of a tenant, of one of its projects, or of a user", "/user")));
  }
  post_money(services, request, event::SetQuota{quota_of(*body)}, responder);
}

void list_entries(const Services& services, Request request, net::Responder responder) {
  std::string account = text_parameter(request, "account").value_or("");
  if (auto p = check_account(request.caller, account)) {
    return responder.send(problem_response(*p));
  }
  store::EntryListing listing;
  if (!account.empty()) listing.filter.account = account;
  if (auto from = integer_parameter(request, "from_ms")) listing.filter.from = Time{*from};
  if (auto until = integer_parameter(request, "until_ms")) listing.filter.until = Time{*until};
  listing.limit = static_cast<int32_t>(integer_parameter(request, "limit").value_or(100));
  listing.cursor = text_parameter(request, "cursor").value_or("");
  services.workers.post([listing, responder](store::JobQueries& queries) {
    auto page = store::MoneyQueries(queries.database()).entries(listing);
    if (!page) return responder.send(problem_response(problem_of(page.error())));
    EntryPage out;
    for (const LedgerEntry& entry : page->items) out.entries.push_back(entry_view(entry));
    if (!page->next.empty()) out.next = page->next;
    responder.send(json_response(out));
  });
}

}  // namespace pentad::api
