#include "api/endpoints.h"

#include "api/audit_types.h"
#include "api/types.h"
#include "base/reflect_schema.h"

namespace pentad::api {

namespace {

using net::Method;

template <class T>
constexpr SchemaOf schema = [](SchemaSet& set) { return set.schema<T>(); };

// One job, or a batch of them.
std::string submission_schema(SchemaSet& set) {
  std::vector<std::string> forms{set.schema<JobSubmission>(), set.schema<BatchSubmission>()};
  return SchemaText().add("oneOf", reflect::json_list(forms)).text();
}

template <class T>
std::vector<AnswerForm> answers(std::string_view doc) {
  return {{200, schema<T>, "application/json", doc}};
}

template <class T>
AnswerForm shown(std::string_view doc) {
  return {200, schema<T>, "application/json", doc};
}
template <class T>
AnswerForm made(std::string_view doc) {
  return {201, schema<T>, "application/json", doc};
}

Parameter text(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc};
}
Parameter integer(std::string_view name, std::string_view doc, int64_t min, int64_t max) {
  return {name, ParameterType::integer, doc, min, max};
}
Parameter flag(std::string_view name, std::string_view doc) {
  return {name, ParameterType::boolean, doc};
}
Parameter choice(std::string_view name, std::string_view doc, std::vector<std::string_view> words) {
  return {name, ParameterType::text, doc, 0, 0, std::move(words)};
}
Parameter header(std::string_view name, std::string_view doc) {
  return {name, ParameterType::text, doc, 0, 0, {}, true};
}
Parameter page_limit() {
  return integer("limit", "Entries on a page, 100 unless told", 1, kMaxPage);
}
Parameter cursor() { return text("cursor", "`next` of the page before"); }

Endpoint query(Permission permission, std::string_view path, std::string_view id,
               std::string_view tag, std::string_view summary, Handler handler,
               std::vector<AnswerForm> answers, std::vector<Parameter> parameters = {}) {
  return {Method::get,
          path,
          id,
          tag,
          summary,
          handler,
          permission,
          std::move(parameters),
          nullptr,
          false,
          std::move(answers)};
}

Endpoint change(Permission permission, Method method, std::string_view path, std::string_view id,
                std::string_view tag, std::string_view summary, Handler handler, SchemaOf body,
                std::vector<AnswerForm> answers) {
  return {method, path, id, tag, summary, handler, permission, {}, body, false, std::move(answers)};
}

Endpoint action(std::string_view path, std::string_view id, std::string_view summary,
                Handler handler, SchemaOf body) {
  Endpoint out = change(Permission::job_control, Method::post, path, id, "jobs", summary, handler,
                        body, answers<JobSummary>("The job as it is now"));
  out.body_may_be_empty = true;
  return out;
}

Endpoint many(std::string_view path, std::string_view id, std::string_view summary,
              Handler handler) {
  return change(Permission::job_control, Method::post, path, id, "jobs", summary, handler,
                schema<ManyJobs>, answers<ManyDone>("What was done and what was refused"));
}

std::vector<Parameter> list_parameters() {
  return {text("state", "States, by commas; also pending, active (not final) and finished"),
          text("user", "Of this user"),
          text("project", "Of this project"),
          text("name", "Of exactly this name"),
          text("application", "Made from this application"),
          text("ids", "These jobs only, by commas"),
          integer("since_ms", "Submitted at or after this time", 0, kMaxTimeMs),
          integer("until_ms", "Submitted before this time", 0, kMaxTimeMs),
          choice("sort", "Order; with - descending; -id unless told",
                 {"id", "-id", "submitted", "-submitted", "ended", "-ended"}),
          flag("brief", "Leave out fields that are at their defaults"),
          page_limit(),
          cursor()};
}

std::vector<Parameter> log_parameters() {
  return {choice("stream", "Which output, stdout unless told", {"stdout", "stderr"}),
          integer("element", "Of this element of an array", 0, kMaxIndex),
          integer("attempt", "Number of the attempt, the last unless told", 1, INT32_MAX),
          integer("offset", "Skip this many bytes", 0, kMaxBytes),
          integer("tail", "Only this many bytes of the end", 0, kMaxBytes),
          flag("follow", "Go on until the attempt has ended")};
}

void add_job_queries(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::job_view, "/api/v1/jobs", "listJobs", "jobs", "List jobs",
                      list_jobs, answers<JobPage>("A page of jobs"), list_parameters()));
  out.push_back(query(Permission::job_view, "/api/v1/jobs/{id}", "getJob", "jobs", "Show a job",
                      get_job, answers<JobDetail>("The job")));
  out.push_back(query(Permission::job_content, "/api/v1/jobs/{id}/script", "getScript", "jobs",
                      "The script of a job, as it was submitted", get_script,
                      {{200, nullptr, "application/octet-stream", "The script's bytes"}}));
  out.push_back(query(
      Permission::job_view, "/api/v1/jobs/{id}/attempts", "listAttempts", "jobs",
      "List the attempts of a job, newest first", list_attempts,
      answers<AttemptPage>("A page of attempts"),
      {integer("index", "Of this element of an array", 0, kMaxIndex), page_limit(), cursor()}));
  out.push_back(query(Permission::job_view, "/api/v1/attempts", "listAllAttempts", "jobs",
                      "List the attempts of several jobs, by job, index and number; without the "
                      "paths of their output",
                      list_all_attempts, answers<AttemptPage>("A page of attempts"),
                      {text("ids", "Of these jobs, by commas"), page_limit(), cursor()}));
  out.push_back(query(
      Permission::job_content, "/api/v1/jobs/{id}/logs", "getLogs", "jobs", "Output of a job",
      get_logs, {{200, nullptr, "text/plain", "Bytes as the job wrote them"}}, log_parameters()));
}

Endpoint submission() {
  Endpoint out = change(Permission::job_submit, Method::post, "/api/v1/jobs", "submitJobs", "jobs",
                        "Submit one job or many", submit_jobs, submission_schema,
                        {{201, schema<Submitted>, "application/json", "Taken: durable from now on"},
                         {200, schema<DryRun>, "application/json", "Answer to a dry run"}});
  out.parameters = {
      flag("dry_run", "Only tell whether it would be taken, and when it would start"),
      header("Idempotency-Key", "The same key gives the same answer, carried out once")};
  return out;
}

void add_job_commands(std::vector<Endpoint>& out) {
  out.push_back(submission());
  out.push_back(change(Permission::job_control, Method::patch, "/api/v1/jobs/{id}", "modifyJob",
                       "jobs", "Change a job", modify_job, schema<JobChange>,
                       answers<JobSummary>("The job as it is now")));
  out.push_back(action("/api/v1/jobs/{id}/cancel", "cancelJob", "Cancel a job or elements of it",
                       cancel_job, schema<CancelRequest>));
  out.push_back(action("/api/v1/jobs/{id}/hold", "holdJob", "Keep a job from starting", hold_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/release", "releaseJob", "Lift a hold", release_job,
                       schema<HoldRequest>));
  out.push_back(action("/api/v1/jobs/{id}/requeue", "requeueJob",
                       "Stop what runs and put it back into the queue", requeue_job,
                       schema<RequeueJob>));
  out.push_back(change(Permission::job_control, Method::post, "/api/v1/jobs/{id}/signal",
                       "signalJob", "jobs", "Send a signal to what runs of a job", signal_job,
                       schema<SignalRequest>,
                       answers<SignalDone>("How many attempts were sent it")));
  out.push_back(many("/api/v1/jobs/cancel", "cancelJobs", "Cancel many jobs", cancel_jobs));
  out.push_back(many("/api/v1/jobs/hold", "holdJobs", "Hold many jobs", hold_jobs));
  out.push_back(many("/api/v1/jobs/release", "releaseJobs", "Release many jobs", release_jobs));
  out.push_back(many("/api/v1/jobs/requeue", "requeueJobs", "Requeue many jobs", requeue_jobs));
}

void add_nodes(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::centre_view, "/api/v1/nodes", "listNodes", "nodes", "List nodes",
                      list_nodes, answers<NodeList>("All nodes")));
  out.push_back(query(Permission::centre_view, "/api/v1/nodes/{name}", "getNode", "nodes",
                      "Show a node", get_node, answers<NodeInfo>("The node")));
  out.push_back(change(Permission::node_operate, Method::patch, "/api/v1/nodes/{name}",
                       "changeNode", "nodes", "Drain a node, take it down or resume it",
                       change_node, schema<NodeChange>,
                       answers<NodeInfo>("The node as it is now")));
  out.push_back(change(Permission::node_operate, Method::put, "/api/v1/nodes/{name}/calibration",
                       "calibrateNode", "nodes", "Store the throughput measured on a node",
                       calibrate_node, schema<Calibration>,
                       answers<DeviceModelList>("The device models as they are now")));
  out.push_back(query(Permission::centre_view, "/api/v1/pools", "listPools", "nodes",
                      "List pools of equal nodes", list_pools, answers<PoolList>("All pools")));
  out.push_back(query(Permission::centre_view, "/api/v1/devices", "listDevices", "nodes",
                      "List device models", list_devices,
                      answers<DeviceModelList>("All device models")));
}

void add_reservations(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::reservation_view, "/api/v1/reservations", "listReservations",
                      "reservations", "List advance reservations", list_reservations,
                      answers<ReservationList>("All reservations")));
  out.push_back(change(Permission::reservation_change, Method::post, "/api/v1/reservations",
                       "createReservation", "reservations",
                       "Reserve nodes for some users or projects", create_reservation,
                       schema<ReservationRequest>,
                       {{201, schema<ReservationView>, "application/json", "The reservation"}}));
  out.push_back(change(Permission::reservation_change, Method::delete_, "/api/v1/reservations/{id}",
                       "deleteReservation", "reservations", "Delete a reservation",
                       delete_reservation, nullptr, {{204, nullptr, "", "Gone"}}));
}

// What the table says of tenants, projects, users and roles.
void add_people(std::vector<Endpoint>& out) {
  auto get = [&](Permission permission, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, std::vector<AnswerForm> forms,
                 std::vector<Parameter> parameters = {}) {
    out.push_back(query(permission, path, id, "people", summary, handler, std::move(forms),
                        std::move(parameters)));
  };
  auto put = [&](Permission permission, Method method, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, SchemaOf body, AnswerForm form) {
    out.push_back(change(permission, method, path, id, "people", summary, handler, body, {form}));
  };
  const Parameter of_user = text("user", "Of this user");
  get(Permission::tenant_view, "/api/v1/tenants", "listTenants", "List tenants", list_tenants,
      answers<TenantList>("Those one may see"));
  put(Permission::tenant_change, Method::post, "/api/v1/tenants", "createTenant", "Make a tenant",
      create_tenant, schema<NewTenant>, made<TenantView>("The tenant"));
  put(Permission::tenant_change, Method::patch, "/api/v1/tenants/{name}", "changeTenant",
      "Freeze, thaw or close a tenant, change its title", change_tenant, schema<AccountChange>,
      shown<TenantView>("The tenant"));
  get(Permission::project_view, "/api/v1/projects", "listProjects", "List projects", list_projects,
      answers<ProjectList>("Those one may see"), {text("tenant", "Of this tenant")});
  put(Permission::project_change, Method::post, "/api/v1/projects", "createProject",
      "Make a project", create_project, schema<NewProject>, made<ProjectView>("The project"));
  put(Permission::project_change, Method::patch, "/api/v1/projects/{tenant}/{name}",
      "changeProject", "Freeze, thaw or close a project, change its title", change_project,
      schema<AccountChange>, shown<ProjectView>("The project"));
  get(Permission::user_view, "/api/v1/users", "listUsers", "List users", list_users,
      answers<UserList>("Those one may see"));
  get(Permission::user_view, "/api/v1/users/{name}", "getUser", "Show a user", get_user,
      answers<UserView>("The user"));
  put(Permission::user_change, Method::post, "/api/v1/users", "createUser", "Make a user",
      create_user, schema<NewUser>, made<UserMade>("The user"));
  put(Permission::user_change, Method::patch, "/api/v1/users/{name}", "changeUser",
      "Change, freeze, thaw or close a user", change_user, schema<UserChange>,
      shown<UserView>("The user"));
  put(Permission::user_change, Method::post, "/api/v1/users/{name}/password", "resetPassword",
      "Make a new first password; ends all their sessions", reset_password, schema<PasswordReset>,
      shown<PasswordMade>("The password, shown once"));
  out.back().body_may_be_empty = true;
  put(Permission::user_change, Method::post, "/api/v1/users/{name}/totp/reset", "resetTotp",
      "Remove a user's second factor", reset_totp, nullptr, {204, nullptr, "", "Done"});
  get(Permission::role_view, "/api/v1/roles", "listRoles", "Who has which role", list_roles,
      answers<RoleList>("Those one may see"), {of_user, text("tenant", "In this tenant")});
  put(Permission::role_change, Method::post, "/api/v1/roles", "grantRole", "Give a role",
      grant_role, schema<RoleGrant>, shown<RoleList>("The user's roles"));
  put(Permission::role_change, Method::post, "/api/v1/roles/revoke", "revokeRole",
      "Take a role away", revoke_role, schema<RoleGrant>, shown<RoleList>("The user's roles"));
}

// Signing in, and what belongs to one's own account.
void add_sessions(std::vector<Endpoint>& out) {
  auto get = [&](Permission permission, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, std::vector<AnswerForm> forms,
                 std::vector<Parameter> parameters = {}) {
    out.push_back(query(permission, path, id, "session", summary, handler, std::move(forms),
                        std::move(parameters)));
  };
  auto put = [&](Permission permission, Method method, std::string_view path, std::string_view id,
                 std::string_view summary, Handler handler, SchemaOf body, AnswerForm form) {
    out.push_back(change(permission, method, path, id, "session", summary, handler, body, {form}));
  };
  const AnswerForm gone{204, nullptr, "", "Done"};
  const AnswerForm sent_on{302, nullptr, "", "The browser is sent on"};
  const Parameter of_user = text("user", "Of this user, for who may see to it");
  put(Permission::open, Method::post, "/api/v1/session", "signIn", "Sign in", sign_in,
      schema<SignInForm>, made<SignedIn>("A session has begun"));
  put(Permission::own_view, Method::delete_, "/api/v1/session", "signOut",
      "Sign out: end this session or token", sign_out, nullptr, gone);
  get(Permission::own_view, "/api/v1/whoami", "whoAmI", "Who one is, with roles and projects",
      who_am_i, answers<WhoAmI>("The caller"));
  get(Permission::own_view, "/api/v1/sessions", "listSessions", "List sessions", list_sessions,
      answers<SessionList>("Those that last"), {of_user});
  put(Permission::own_change, Method::delete_, "/api/v1/sessions/{name}", "endSession",
      "End a session, by its id", end_session, nullptr, gone);
  out.back().parameters = {of_user};
  get(Permission::own_view, "/api/v1/tokens", "listTokens", "List API tokens", list_tokens,
      answers<TokenList>("Without their secrets"), {of_user});
  put(Permission::own_change, Method::post, "/api/v1/tokens", "createToken", "Make an API token",
      create_token, schema<TokenForm>, made<TokenView>("With its secret, shown once"));
  put(Permission::own_change, Method::delete_, "/api/v1/tokens/{name}", "endToken",
      "End an API token, by its id", end_session, nullptr, gone);
  out.back().parameters = {of_user};
  put(Permission::own_change, Method::put, "/api/v1/password", "changePassword",
      "Choose another password; ends all other sessions", change_password, schema<PasswordForm>,
      gone);
  put(Permission::own_change, Method::post, "/api/v1/totp", "startTotp",
      "Begin with a second factor", start_totp, nullptr,
      shown<TotpBegun>("For the application; confirm with a code"));
  put(Permission::own_change, Method::post, "/api/v1/totp/confirm", "confirmTotp",
      "Confirm the second factor with a code of it", confirm_totp, schema<CodeForm>,
      shown<RecoveryCodes>("Keep them"));
  put(Permission::own_change, Method::post, "/api/v1/totp/remove", "removeTotp",
      "Remove the second factor, with a code of it", remove_totp, schema<CodeForm>, gone);
  out.back().body_may_be_empty = true;
  get(Permission::open, "/api/v1/oidc/start", "startOidc",
      "Sign in with another provider: sends the browser there", start_oidc, {sent_on});
  get(Permission::open, "/api/v1/oidc/callback", "oidcCallback",
      "Where the provider sends the browser back to", oidc_callback, {sent_on},
      {text("state", "As the provider got it"), text("code", "For one token"),
       text("iss", "The provider"), text("session_state", "Not used"), text("scope", "Not used"),
       text("error", "Why the provider refused"), text("error_description", "In words")});
}

// The data of the events, so that their schemas are in the document.
std::string event_schema(SchemaSet& set) {
  std::vector<std::string> forms{set.schema<JobEvent>(), set.schema<AttemptEvent>(),
                                 set.schema<NodeEvent>(), set.schema<GapEvent>()};
  return SchemaText()
      .add_words("description", "Data of the events named job, attempt, node and gap")
      .add("oneOf", reflect::json_list(forms))
      .text();
}

void add_service(std::vector<Endpoint>& out) {
  out.push_back(query(Permission::centre_view, "/api/v1/apps", "listApps", "apps",
                      "List applications", list_apps, answers<AppList>("The catalogue")));
  out.push_back(query(Permission::centre_view, "/api/v1/apps/{name}", "getApp", "apps",
                      "Show an application", get_app, answers<AppInfo>("The application")));
  out.push_back(query(Permission::centre_view, "/api/v1/status", "getStatus", "service",
                      "State of the centre", get_status, answers<StatusView>("The state")));
  out.push_back(query(Permission::job_view, "/api/v1/events", "streamEvents", "service",
                      "What changes, as server-sent events", stream_events,
                      {{200, event_schema, "text/event-stream", "Events until the client goes"}},
                      {text("jobs", "Only about these jobs, by commas"),
                       header("Last-Event-ID", "Go on after this event")}));
  out.push_back(query(Permission::open, "/api/v1/openapi.json", "getOpenapi", "service",
                      "This document", get_openapi,
                      {{200, nullptr, "application/json", "An OpenAPI 3.1 document"}}));
  out.push_back(query(Permission::metrics_view, "/metrics", "getMetrics", "service",
                      "Figures for Prometheus", get_metrics,
                      {{200, nullptr, "text/plain", "Prometheus text format"}}));
  out.push_back(query(Permission::open, "/healthz", "getHealth", "service",
                      "Whether the centre takes new work", get_health,
                      {{200, nullptr, "text/plain", "It does"},
                       {503, nullptr, "text/plain", "It does not; the body says why"}}));
}

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

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> table = [] {
    std::vector<Endpoint> out;
    add_job_queries(out);
    add_job_commands(out);
    add_nodes(out);
    add_reservations(out);
    add_people(out);
    add_sessions(out);
    add_prices(out);
    add_accounts(out);
    add_vouchers(out);
    add_statements(out);
    add_audit(out);
    add_grants(out);
    add_service(out);
    return out;
  }();
  return table;
}

bool is_integer_path_parameter(std::string_view name) { return name == "id"; }

}  // namespace pentad::api
