// What goes over the wire about money: prices, balances, vouchers, quotas, budgets, the ledger's
// entries, statements. Amounts end in _ucny: millionths of a yuan, integers. Times in milliseconds
// since 1970 UTC. A project is named in full, "tenant/name".
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/limits.h"
#include "base/reflect_note.h"
#include "model/money.h"

namespace pentad::api {

inline constexpr size_t kMaxTextBytes = 1000;  // of notes, reasons, titles

constexpr FieldNote name_note(std::string_view field) {
  return note(field).single_line().length(0, kMaxNameBytes);
}
constexpr FieldNote text_note(std::string_view field) {
  return note(field).single_line().length(0, kMaxTextBytes);
}

// --- prices ---

struct PriceStepView {
  int64_t from_quantity = 0;
  int64_t price_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(PriceStepView, (), (from_quantity, price_ucny))
constexpr auto field_notes(const PriceStepView*) {
  return std::array{
      note("from_quantity")
          .doc("From this much of the tenant's use in the month upwards, in fine units: "
               "core-milliseconds, MiB-milliseconds, thousandths of a device times milliseconds, "
               "joules, MiB-days, tokens")
          .at_least(0),
      note("price_ucny").doc("Of one whole unit (hour, kWh, day, million)").at_least(0)};
}

struct PriceRequest {
  PriceUnit unit = PriceUnit::core_hour;
  std::string device_model;
  std::string pool;
  std::string qos;
  std::string tenant;
  std::optional<int64_t> from_ms;
  std::optional<int64_t> until_ms;
  std::vector<PriceStepView> steps;
  std::vector<int64_t> kwh_by_hour_ucny;
  int64_t utc_offset_s = 28'800;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(PriceRequest, (),
                      (unit, device_model, pool, qos, tenant, from_ms, until_ms, steps,
                       kwh_by_hour_ucny, utc_offset_s, note))
constexpr auto field_notes(const PriceRequest*) {
  return std::array{
      note("unit").required(),
      name_note("device_model").doc("Only for devices of this model; empty: any"),
      name_note("pool").doc("Only in this pool; empty: any"),
      name_note("qos").doc("Only in this class of service; empty: any"),
      name_note("tenant").doc("Only for this tenant; empty: any"),
      note("from_ms").doc("In force from here; left out: from now").range(0, kMaxTimeMs),
      note("until_ms").doc("Until here; left out: until it is ended").range(0, kMaxTimeMs),
      note("steps").doc("The first begins at 0; a price of 0 there is a free tier").length(0, 100),
      note("kwh_by_hour_ucny").doc("Energy: 24 prices by the hour of the local day instead"),
      note("utc_offset_s").doc("Of that local day").range(-64'800, 64'800),
      text_note("note").doc("For people")};
}

// All or none.
struct PricesRequest {
  std::vector<PriceRequest> prices;
};
BOOST_DESCRIBE_STRUCT(PricesRequest, (), (prices))
constexpr auto field_notes(const PricesRequest*) {
  return std::array{note("prices").required().length(1, 1000)};
}

struct PriceView {
  int64_t id = 0;
  PriceUnit unit = PriceUnit::core_hour;
  std::string device_model;
  std::string pool;
  std::string qos;
  std::string tenant;
  int64_t from_ms = 0;
  std::optional<int64_t> until_ms;
  bool in_force = false;
  std::vector<PriceStepView> steps;
  std::vector<int64_t> kwh_by_hour_ucny;
  int64_t utc_offset_s = 0;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(PriceView, (),
                      (id, unit, device_model, pool, qos, tenant, from_ms, until_ms, in_force,
                       steps, kwh_by_hour_ucny, utc_offset_s, note))
constexpr auto field_notes(const PriceView*) { return std::array{note("in_force").doc("Now")}; }

struct PriceList {
  std::vector<PriceView> prices;
};
BOOST_DESCRIBE_STRUCT(PriceList, (), (prices))

struct PriceEnd {
  std::optional<int64_t> until_ms;
};
BOOST_DESCRIBE_STRUCT(PriceEnd, (), (until_ms))
constexpr auto field_notes(const PriceEnd*) {
  return std::array{note("until_ms").doc("Left out: now").range(0, kMaxTimeMs)};
}

// What a job may and is expected to cost. Amounts are unset where nothing is charged.
struct CostView {
  std::string tenant;
  std::string project;
  int64_t elements = 1;
  std::optional<int64_t> greatest_ucny;
  std::optional<int64_t> expected_ucny;
  std::optional<int64_t> expected_start_at_ms;
  std::optional<int64_t> expected_energy_j;
  std::optional<int64_t> charged_ucny;
  std::optional<int64_t> paid_ucny;
};
BOOST_DESCRIBE_STRUCT(CostView, (),
                      (tenant, project, elements, greatest_ucny, expected_ucny,
                       expected_start_at_ms, expected_energy_j, charged_ucny, paid_ucny))
constexpr auto field_notes(const CostView*) {
  return std::array{note("elements").doc("That are to run yet; the costs are of all of them"),
                    note("greatest_ucny").doc("If every element runs up to its limit"),
                    note("expected_ucny").doc("If each element runs for half of its limit"),
                    note("charged_ucny").doc("For attempts that have ended"),
                    note("paid_ucny").doc("Of that the tenant's own money")};
}

// --- accounts ---

// The number of the entry, price, voucher, call or application that was made.
struct Recorded {
  int64_t record = 0;
};
BOOST_DESCRIBE_STRUCT(Recorded, (), (record))

struct TopUpRequest {
  std::string tenant;
  int64_t amount_ucny = 0;
  std::string reference;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(TopUpRequest, (), (tenant, amount_ucny, reference, note))
constexpr auto field_notes(const TopUpRequest*) {
  return std::array{name_note("tenant").required(), note("amount_ucny").required().at_least(1),
                    name_note("reference").doc("An invoice or payment: may come once").required(),
                    text_note("note")};
}

struct AdjustmentRequest {
  std::string from;
  std::string to;
  int64_t amount_ucny = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(AdjustmentRequest, (), (from, to, amount_ucny, reason))
constexpr auto field_notes(const AdjustmentRequest*) {
  return std::array{name_note("from").doc("tenant/NAME, cash, revenue or write-off").required(),
                    name_note("to").required(), note("amount_ucny").required().at_least(1),
                    text_note("reason").required()};
}

struct CreditRequest {
  std::string tenant;
  int64_t line_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(CreditRequest, (), (tenant, line_ucny))
constexpr auto field_notes(const CreditRequest*) {
  return std::array{
      name_note("tenant").required(),
      note("line_ucny").doc("How far below zero it may go; 0: prepaid").required().at_least(0)};
}

struct BalanceView {
  std::string tenant;
  int64_t balance_ucny = 0;
  int64_t held_ucny = 0;
  int64_t credit_ucny = 0;
  int64_t free_ucny = 0;
  int64_t vouchers_ucny = 0;
  int64_t vouchers_held_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(BalanceView, (),
                      (tenant, balance_ucny, held_ucny, credit_ucny, free_ucny, vouchers_ucny,
                       vouchers_held_ucny))
constexpr auto field_notes(const BalanceView*) {
  return std::array{note("balance_ucny").doc("Own money that nothing holds"),
                    note("held_ucny").doc("Own money that running attempts may still cost"),
                    note("free_ucny").doc("Balance and credit: what may be held yet"),
                    note("vouchers_ucny").doc("Left of vouchers that are in force"),
                    note("vouchers_held_ucny").doc("Of vouchers, by running attempts")};
}

struct BalanceList {
  std::vector<BalanceView> balances;
};
BOOST_DESCRIBE_STRUCT(BalanceList, (), (balances))

struct PostingView {
  std::string account;
  int64_t amount_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(PostingView, (), (account, amount_ucny))

struct EntryView {
  int64_t id = 0;
  int64_t at_ms = 0;
  EntryKind kind = EntryKind::top_up;
  std::string cause;
  std::string actor;
  std::string note;
  std::vector<PostingView> postings;
};
BOOST_DESCRIBE_STRUCT(EntryView, (), (id, at_ms, kind, cause, actor, note, postings))

struct EntryPage {
  std::vector<EntryView> entries;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(EntryPage, (), (entries, next))

// --- vouchers ---

struct VoucherRequest {
  std::string funder;
  std::string tenant;
  std::string project;
  std::string title;
  int64_t amount_ucny = 0;
  std::optional<int64_t> from_ms;
  int64_t until_ms = 0;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;
  std::vector<std::string> pools;
};
BOOST_DESCRIBE_STRUCT(VoucherRequest, (),
                      (funder, tenant, project, title, amount_ucny, from_ms, until_ms, share_milli,
                       classes, pools))
constexpr auto field_notes(const VoucherRequest*) {
  return std::array{
      name_note("funder").doc("Who pays").required(),
      name_note("tenant").required(),
      name_note("project").doc("Name within the tenant; empty: all of its projects"),
      text_note("title"),
      note("amount_ucny").required().at_least(1),
      note("from_ms").doc("Left out: now").range(0, kMaxTimeMs),
      note("until_ms").doc("Attempts that start before may use it").required().range(0, kMaxTimeMs),
      note("share_milli").doc("Of a job's cost, in thousandths").range(1, 1000),
      note("classes").doc("Of work it pays for; empty: all").length(0, 3),
      note("pools").doc("Empty: all").length(0, 1000)};
}

struct VoucherView {
  int64_t id = 0;
  std::string funder;
  std::string tenant;
  std::string project;
  std::string title;
  std::string state;
  int64_t amount_ucny = 0;
  int64_t left_ucny = 0;
  int64_t held_ucny = 0;
  int64_t spent_ucny = 0;
  int64_t from_ms = 0;
  int64_t until_ms = 0;
  int32_t share_milli = 1000;
  std::vector<WorkloadClass> classes;
  std::vector<std::string> pools;
  int64_t application = 0;
};
BOOST_DESCRIBE_STRUCT(VoucherView, (),
                      (id, funder, tenant, project, title, state, amount_ucny, left_ucny, held_ucny,
                       spent_ucny, from_ms, until_ms, share_milli, classes, pools, application))
constexpr auto field_notes(const VoucherView*) {
  return std::array{note("state").doc("in_force, not_begun, expired, cancelled or used_up"),
                    note("application").doc("Of a grant; 0: none")};
}

struct VoucherList {
  std::vector<VoucherView> vouchers;
};
BOOST_DESCRIBE_STRUCT(VoucherList, (), (vouchers))

struct VoucherCancel {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(VoucherCancel, (), (reason))
constexpr auto field_notes(const VoucherCancel*) {
  return std::array{text_note("reason").required()};
}

struct VoucherUseView {
  std::string project;
  WorkloadClass workload_class = WorkloadClass::simulation;
  std::string month;
  int64_t charges = 0;
  int64_t amount_ucny = 0;
  int64_t total_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(VoucherUseView, (),
                      (project, workload_class, month, charges, amount_ucny, total_ucny))
constexpr auto field_notes(const VoucherUseView*) {
  return std::array{note("amount_ucny").doc("By the voucher"),
                    note("total_ucny").doc("What those charges cost in all")};
}

struct VoucherReportView {
  VoucherView voucher;
  int64_t returned_ucny = 0;
  std::vector<VoucherUseView> uses;
};
BOOST_DESCRIBE_STRUCT(VoucherReportView, (), (voucher, returned_ucny, uses))
constexpr auto field_notes(const VoucherReportView*) {
  return std::array{note("returned_ucny").doc("To the funder: expired or cancelled")};
}

// --- quotas and budgets ---

// Unset: no limit.
struct QuotaView {
  std::string tenant;
  std::string project;
  std::string user;
  std::optional<int64_t> running_jobs;
  std::optional<int64_t> queued_jobs;
  std::optional<int64_t> cores;
  std::optional<int64_t> devices;
  std::optional<int64_t> device_hours_per_month;
};
BOOST_DESCRIBE_STRUCT(QuotaView, (),
                      (tenant, project, user, running_jobs, queued_jobs, cores, devices,
                       device_hours_per_month))
constexpr auto field_notes(const QuotaView*) {
  constexpr int64_t most = 1'000'000'000;
  return std::array{
      name_note("tenant").doc("Of a tenant, or with `project` of one of its projects"),
      name_note("project").doc("Name within the tenant"),
      name_note("user").doc("Of a user; then tenant and project are empty"),
      note("running_jobs").doc("Elements of arrays count one by one").range(0, most),
      note("queued_jobs").range(0, most),
      note("cores").range(0, most),
      note("devices").range(0, 1'000'000),
      note("device_hours_per_month").doc("Calendar month, UTC+8").range(0, 1'000'000)};
}

struct QuotaList {
  std::vector<QuotaView> quotas;
};
BOOST_DESCRIBE_STRUCT(QuotaList, (), (quotas))

struct BudgetRequest {
  std::string tenant;
  std::string project;
  std::optional<int64_t> total_ucny;
  std::optional<int64_t> per_month_ucny;
};
BOOST_DESCRIBE_STRUCT(BudgetRequest, (), (tenant, project, total_ucny, per_month_ucny))
constexpr auto field_notes(const BudgetRequest*) {
  return std::array{name_note("tenant").required(),
                    name_note("project").doc("Name within the tenant").required(),
                    note("total_ucny").doc("Ever; left out: no limit").at_least(0),
                    note("per_month_ucny").doc("Calendar month, UTC+8").at_least(0)};
}

struct BudgetView {
  std::string tenant;
  std::string project;
  std::optional<int64_t> total_ucny;
  std::optional<int64_t> per_month_ucny;
  int64_t spent_ucny = 0;
  int64_t spent_this_month_ucny = 0;
  int64_t held_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(BudgetView, (),
                      (tenant, project, total_ucny, per_month_ucny, spent_ucny,
                       spent_this_month_ucny, held_ucny))

struct BudgetList {
  std::vector<BudgetView> budgets;
};
BOOST_DESCRIBE_STRUCT(BudgetList, (), (budgets))

// --- statements ---

struct StatementClose {
  std::string project;
  std::string month;
};
BOOST_DESCRIBE_STRUCT(StatementClose, (), (project, month))
constexpr auto field_notes(const StatementClose*) {
  return std::array{name_note("project").doc("In full: tenant/name").required(),
                    name_note("month").doc("2026-11, UTC+8; it has ended").required()};
}

struct ClosedStatementView {
  std::string project;
  std::string month;
  int64_t total_ucny = 0;
  int64_t charges = 0;
  std::string digest;
  int64_t closed_at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ClosedStatementView, (),
                      (project, month, total_ucny, charges, digest, closed_at_ms))

struct StatementList {
  std::vector<ClosedStatementView> statements;
};
BOOST_DESCRIBE_STRUCT(StatementList, (), (statements))

}  // namespace pentad::api
