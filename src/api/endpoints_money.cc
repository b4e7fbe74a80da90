// Rows of the table of endpoints about money and its proofs.
#include "api/audit_types.h"
#include "api/endpoint_rows.h"
#include "api/types.h"

namespace pentad::api {

namespace {

using namespace rows;  // NOLINT

Endpoint recording(Permission permission, Method method, std::string_view path, std::string_view id,
                   std::string_view tag, std::string_view summary, Handler handler, SchemaOf body,
                   int status = 201) {
  return change(permission, method, path, id, tag, summary, handler, body,
                {{status, schema<Recorded>, "application/json", "The number of what was made"}});
}

Parameter of_tenant() { return text("tenant", "Of this tenant"); }

void add_prices(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::price_view, "/api/v1/prices", "listPrices", "money",
                      "List prices", list_prices, answers<PriceList>("Prices"),
                      {of_tenant(), flag("all", "Also past and coming ones")}));
  out.push_back(recording(Permission::price_change, Method::post, "/api/v1/prices", "putPrices",
                          "money", "Set prices, all or none", put_prices, schema<PricesRequest>));
  out.push_back(recording(Permission::price_change, Method::post, "/api/v1/prices/{id}/end",
                          "endPrice", "money", "End a price", end_price, schema<PriceEnd>, 200));
  out.back().body_may_be_empty = true;
  out.push_back(query(Permission::job_view, "/api/v1/jobs/{id}/cost", "getCost", "money",
                      "What a job may cost and has cost", get_cost, answers<CostView>("Its cost")));
}

void add_accounts(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::money_view, "/api/v1/balances", "listBalances", "money",
                      "What tenants have, hold and may spend", list_balances,
                      answers<BalanceList>("Those the caller may see"), {of_tenant()}));
  out.push_back(recording(Permission::money_change, Method::post, "/api/v1/topups", "topUp",
                          "money", "Add money from outside", top_up, schema<TopUpRequest>));
  out.push_back(recording(Permission::money_change, Method::put, "/api/v1/credit", "setCredit",
                          "money", "Set how far below zero a tenant may go", set_credit,
                          schema<CreditRequest>, 200));
  out.push_back(query(Permission::money_view, "/api/v1/budgets", "listBudgets", "money",
                      "What projects may spend and have spent", list_budgets,
                      answers<BudgetList>("Those the caller may see"), {of_tenant()}));
  out.push_back(recording(Permission::budget_change, Method::put, "/api/v1/budgets", "setBudget",
                          "money", "Limit what a project spends", set_budget, schema<BudgetRequest>,
                          200));
  out.push_back(query(Permission::quota_view, "/api/v1/quotas", "listQuotas", "money",
                      "List quotas", list_quotas, answers<QuotaList>("Those the caller may see"),
                      {of_tenant()}));
  out.push_back(recording(Permission::quota_change, Method::put, "/api/v1/quotas", "setQuota",
                          "money", "Limit a tenant, a project or a user", set_quota,
                          schema<QuotaView>, 200));
  out.push_back(query(Permission::money_view, "/api/v1/ledger/entries", "listEntries", "money",
                      "List the ledger's entries, newest first", list_entries,
                      answers<EntryPage>("A page of entries"),
                      {text("account", "That move this account, such as tenant/NAME"),
                       integer("from_ms", "At or after", 0, kMaxTimeMs),
                       integer("until_ms", "Before", 0, kMaxTimeMs), page_limit(), cursor()}));
  out.push_back(recording(Permission::money_change, Method::post, "/api/v1/ledger/adjustments",
                          "adjustLedger", "money", "Correct: an entry with a reason", adjust_ledger,
                          schema<AdjustmentRequest>));
}

void add_vouchers(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::voucher_view, "/api/v1/vouchers", "listVouchers", "money",
                      "List vouchers", list_vouchers, answers<VoucherList>("Vouchers"),
                      {of_tenant(), text("funder", "Of this funder")}));
  out.push_back(recording(Permission::voucher_change, Method::post, "/api/v1/vouchers",
                          "issueVoucher", "money", "Issue a voucher", issue_voucher,
                          schema<VoucherRequest>));
  out.push_back(query(Permission::voucher_view, "/api/v1/vouchers/{id}", "getVoucher", "money",
                      "Show a voucher", get_voucher, answers<VoucherView>("The voucher")));
  out.push_back(recording(Permission::voucher_change, Method::post, "/api/v1/vouchers/{id}/cancel",
                          "cancelVoucher", "money",
                          "Cancel a voucher: what is left goes back to the funder", cancel_voucher,
                          schema<VoucherCancel>, 200));
  out.push_back(query(Permission::voucher_view, "/api/v1/vouchers/{id}/report", "reportVoucher",
                      "money", "Who spent what of a voucher on what", report_voucher,
                      answers<VoucherReportView>("The report for its funder")));
}

void add_statements(std::vector<Endpoint>& out) {
  out.push_back(query(
      Permission::statement_view, "/api/v1/statement", "getStatement", "money",
      "The statement of a project and month; open ones change, closed ones never", get_statement,
      {{200, nullptr, "application/json", "As a file that proves itself, or in another format"}},
      {text("project", "In full: tenant/name; default: the caller's only one"),
       text("month", "2026-11, UTC+8; default: this one"),
       choice("format", "json unless told", {"json", "csv", "html", "focus"}),
       choice("lang", "Of html; en unless told", {"en", "zh"})}));
  out.push_back(query(Permission::statement_view, "/api/v1/statements", "listStatements", "money",
                      "List closed statements", list_statements,
                      answers<StatementList>("Those the caller may see"), {of_tenant()}));
  out.push_back(change(Permission::statement_close, Method::post, "/api/v1/statements",
                       "closeStatement", "money", "Close a month of a project", close_statement,
                       schema<StatementClose>,
                       {{201, schema<ClosedStatementView>, "application/json", "Closed"}}));
}

void add_audit(std::vector<Endpoint>& out) {
  out.push_back(
      query(Permission::audit_view, "/api/v1/audit", "listAudit", "audit",
            "Who did what, from where", list_audit_log, answers<AuditPage>("A page"),
            {integer("since_ms", "At or after", 0, kMaxTimeMs),
             integer("until_ms", "Before", 0, kMaxTimeMs), text("actor", "By this user"),
             text("what", "Types of events, by commas"),
             choice("sort", "-seq unless told", {"seq", "-seq"}), page_limit(), cursor()}));
  out.push_back(query(Permission::audit_view, "/api/v1/audit/head", "getAuditHead", "audit",
                      "Where the audit chain begins and ends", get_audit_head,
                      answers<AuditHead>("A value to keep")));
  out.push_back(query(Permission::audit_view, "/api/v1/audit/rows", "exportAudit", "audit",
                      "Every event with its chain value, oldest first", export_audit_log,
                      {{200, nullptr, "application/jsonl", "An object a line; none: the end"}},
                      {integer("after", "Behind this event", 0, kMaxId), page_limit()}));
}

void add_grants(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::centre_view, "/api/v1/grants/calls", "listCalls", "grants",
                      "List calls for applications", list_calls, answers<GrantCallList>("Calls")));
  out.push_back(recording(Permission::grant_review, Method::post, "/api/v1/grants/calls",
                          "openCall", "grants", "Call for applications", open_call,
                          schema<GrantCallRequest>));
  out.push_back(query(Permission::centre_view, "/api/v1/grants/applications", "listApplications",
                      "grants", "List applications that the caller may see", list_applications,
                      answers<GrantApplicationList>("Applications"),
                      {integer("call", "For this call", 1, kMaxId)}));
  out.push_back(recording(Permission::grant_apply, Method::post, "/api/v1/grants/applications",
                          "applyForGrant", "grants", "Apply", apply_for_grant,
                          schema<GrantApplyRequest>));
  out.push_back(recording(Permission::grant_review, Method::post,
                          "/api/v1/grants/applications/{id}/review", "reviewApplication", "grants",
                          "Judge an application", review_application, schema<GrantReviewRequest>));
  out.push_back(recording(Permission::grant_review, Method::post,
                          "/api/v1/grants/applications/{id}/award", "awardApplication", "grants",
                          "Decide: an amount issues a voucher, 0 declines", award_application,
                          schema<GrantAwardRequest>));
}

}  // namespace

void rows::add_money(std::vector<Endpoint>& out) {
  add_prices(out);
  add_accounts(out);
  add_vouchers(out);
  add_statements(out);
  add_audit(out);
  add_grants(out);
}

}  // namespace pentad::api
