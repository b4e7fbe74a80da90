// One function per endpoint of the table in endpoints*.cc. Each answers through its responder, at
// once or later, exactly once; none blocks the thread that calls it.
#pragma once

#include "api/caller.h"
#include "net/responder.h"

namespace pentad::api {

struct Services;

using Handler = void (*)(const Services&, Request, net::Responder);

// --- submit.cc ---
void submit_jobs(const Services&, Request, net::Responder);

// --- job_queries.cc ---
void list_jobs(const Services&, Request, net::Responder);
void get_job(const Services&, Request, net::Responder);
void get_script(const Services&, Request, net::Responder);
void signal_job(const Services&, Request, net::Responder);
void list_all_attempts(const Services&, Request, net::Responder);
void list_attempts(const Services&, Request, net::Responder);

// --- job_commands.cc ---
void modify_job(const Services&, Request, net::Responder);
void cancel_job(const Services&, Request, net::Responder);
void hold_job(const Services&, Request, net::Responder);
void release_job(const Services&, Request, net::Responder);
void requeue_job(const Services&, Request, net::Responder);

// --- many_jobs.cc ---
void cancel_jobs(const Services&, Request, net::Responder);
void hold_jobs(const Services&, Request, net::Responder);
void release_jobs(const Services&, Request, net::Responder);
void requeue_jobs(const Services&, Request, net::Responder);

// --- logs.cc ---
void get_logs(const Services&, Request, net::Responder);

// --- nodes.cc ---
void list_nodes(const Services&, Request, net::Responder);
void get_node(const Services&, Request, net::Responder);
void change_node(const Services&, Request, net::Responder);
void calibrate_node(const Services&, Request, net::Responder);
void list_pools(const Services&, Request, net::Responder);
void list_devices(const Services&, Request, net::Responder);

// --- reservations.cc ---
void list_reservations(const Services&, Request, net::Responder);
void create_reservation(const Services&, Request, net::Responder);
void delete_reservation(const Services&, Request, net::Responder);

// --- centre_queries.cc ---
void list_apps(const Services&, Request, net::Responder);
void get_app(const Services&, Request, net::Responder);
void get_status(const Services&, Request, net::Responder);
void get_openapi(const Services&, Request, net::Responder);
void get_metrics(const Services&, Request, net::Responder);
void get_health(const Services&, Request, net::Responder);

// --- people.cc ---
void list_tenants(const Services&, Request, net::Responder);
void create_tenant(const Services&, Request, net::Responder);
void change_tenant(const Services&, Request, net::Responder);
void list_projects(const Services&, Request, net::Responder);
void create_project(const Services&, Request, net::Responder);
void change_project(const Services&, Request, net::Responder);
void list_users(const Services&, Request, net::Responder);
void get_user(const Services&, Request, net::Responder);
void create_user(const Services&, Request, net::Responder);
void change_user(const Services&, Request, net::Responder);
void list_roles(const Services&, Request, net::Responder);
void grant_role(const Services&, Request, net::Responder);
void revoke_role(const Services&, Request, net::Responder);

// --- sign_in.cc, oidc.cc ---
void sign_in(const Services&, Request, net::Responder);
void sign_out(const Services&, Request, net::Responder);
void start_oidc(const Services&, Request, net::Responder);
void oidc_callback(const Services&, Request, net::Responder);

// --- sessions.cc, passwords.cc ---
void who_am_i(const Services&, Request, net::Responder);
void list_sessions(const Services&, Request, net::Responder);
void end_session(const Services&, Request, net::Responder);
void list_tokens(const Services&, Request, net::Responder);
void create_token(const Services&, Request, net::Responder);
void change_password(const Services&, Request, net::Responder);
void reset_password(const Services&, Request, net::Responder);
void start_totp(const Services&, Request, net::Responder);
void confirm_totp(const Services&, Request, net::Responder);
void remove_totp(const Services&, Request, net::Responder);
void reset_totp(const Services&, Request, net::Responder);

// --- event_stream.cc ---
void stream_events(const Services&, Request, net::Responder);

// --- money_prices.cc ---
void list_prices(const Services&, Request, net::Responder);
void put_prices(const Services&, Request, net::Responder);
void end_price(const Services&, Request, net::Responder);
void get_cost(const Services&, Request, net::Responder);

// --- money_accounts.cc ---
void list_balances(const Services&, Request, net::Responder);
void top_up(const Services&, Request, net::Responder);
void adjust_ledger(const Services&, Request, net::Responder);
void set_credit(const Services&, Request, net::Responder);
void list_budgets(const Services&, Request, net::Responder);
void set_budget(const Services&, Request, net::Responder);
void list_quotas(const Services&, Request, net::Responder);
void set_quota(const Services&, Request, net::Responder);
void list_entries(const Services&, Request, net::Responder);

// --- money_vouchers.cc ---
void list_vouchers(const Services&, Request, net::Responder);
void get_voucher(const Services&, Request, net::Responder);
void issue_voucher(const Services&, Request, net::Responder);
void cancel_voucher(const Services&, Request, net::Responder);
void report_voucher(const Services&, Request, net::Responder);

// --- money_statements.cc ---
void get_statement(const Services&, Request, net::Responder);
void close_statement(const Services&, Request, net::Responder);
void list_statements(const Services&, Request, net::Responder);

// --- audit.cc ---
void list_audit_log(const Services&, Request, net::Responder);
void get_audit_head(const Services&, Request, net::Responder);
void export_audit_log(const Services&, Request, net::Responder);

// --- money_grants.cc ---
void list_calls(const Services&, Request, net::Responder);
void open_call(const Services&, Request, net::Responder);
void list_applications(const Services&, Request, net::Responder);
void apply_for_grant(const Services&, Request, net::Responder);
void review_application(const Services&, Request, net::Responder);
void award_application(const Services&, Request, net::Responder);

}  // namespace pentad::api
