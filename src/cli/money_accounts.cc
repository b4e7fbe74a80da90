// pentad topup, balance, credit, budget, quota, voucher, ledger.
#include <fmt/format.h>

#include "cli/centre_process.h"
#include "cli/job_text.h"
#include "cli/money_text.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "net/client.h"

namespace pentad::cli {

namespace {

using Kind = VerbOption::Kind;

int top_up(Session& session, const Values& values) {
  api::TopUpRequest body;
  body.tenant = values.text("tenant");
  body.amount_ucny = values.money("amount").value;
  body.reference = values.text("reference");
  body.note = values.text("note");
  auto done = session.send<api::Recorded>(net::Method::post, "/topups", body);
  return report(session, done,
                fmt::format("{} CNY added to {}: entry {}", yuan(body.amount_ucny),
                            printable(body.tenant), done.record));
}

int balance(Session& session, const Values& values) {
  auto list =
      session.get<api::BalanceList>("/balances" + query_of({{"tenant", values.text("tenant")}}));
  if (print_json(session, list)) return kOk;
  if (list.balances.empty()) {
    fmt::print(
        "no tenant's money is yours to see; `pentad budget` says what your projects may "
        "spend\n");
    return kOk;
  }
  Table table({{"TENANT", Align::left, 8},
               {"BALANCE", Align::right},
               {"HELD", Align::right},
               {"CREDIT", Align::right},
               {"FREE", Align::right},
               {"VOUCHERS", Align::right},
               {"HELD BY JOBS", Align::right}});
  for (const api::BalanceView& b : list.balances) {
    table.add({printable(b.tenant), yuan(b.balance_ucny), yuan(b.held_ucny), yuan(b.credit_ucny),
               yuan(b.free_ucny), yuan(b.vouchers_ucny), yuan(b.vouchers_held_ucny)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int credit(Session& session, const Values& values) {
  api::CreditRequest body{values.text("tenant"), values.money("amount", true).value};
  session.send<api::Recorded>(net::Method::put, "/credit", body);
  return report(
      session, {},
      fmt::format("{} may go {} CNY below zero", printable(body.tenant), yuan(body.line_ucny)));
}

// "tenant/project"; the project empty without a slash.
std::pair<std::string, std::string> split(const std::string& full) {
  size_t slash = full.find('/');
  if (slash == full.npos) return {full, ""};
  return {full.substr(0, slash), full.substr(slash + 1)};
}

int list_budgets(Session& session, const Values& values) {
  auto list =
      session.get<api::BudgetList>("/budgets" + query_of({{"tenant", values.text("tenant")}}));
  if (print_json(session, list)) return kOk;
  Table table({{"PROJECT", Align::left, 8},
               {"BUDGET", Align::right},
               {"SPENT", Align::right},
               {"A MONTH", Align::right},
               {"THIS MONTH", Align::right},
               {"HELD", Align::right}});
  for (const api::BudgetView& b : list.budgets) {
    table.add({printable(b.tenant + "/" + b.project), yuan(b.total_ucny), yuan(b.spent_ucny),
               yuan(b.per_month_ucny), yuan(b.spent_this_month_ucny), yuan(b.held_ucny)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int set_budget(Session& session, const Values& values) {
  auto [tenant, project] = split(values.text("project"));
  api::BudgetRequest body{tenant, project, {}, {}};
  if (values.has("total")) body.total_ucny = values.money("total", true).value;
  if (values.has("per-month")) body.per_month_ucny = values.money("per-month", true).value;
  session.send<api::Recorded>(net::Method::put, "/budgets", body);
  auto at_most = [](const std::optional<int64_t>& amount_ucny) {
    return amount_ucny ? fmt::format("at most {} CNY", yuan(amount_ucny)) : std::string("any sum");
  };
  return report(session, {},
                fmt::format("{} may spend {} in all, {} a month", printable(values.text("project")),
                            at_most(body.total_ucny), at_most(body.per_month_ucny)));
}

int list_quotas(Session& session, const Values& values) {
  auto list =
      session.get<api::QuotaList>("/quotas" + query_of({{"tenant", values.text("tenant")}}));
  if (print_json(session, list)) return kOk;
  Table table({{"OF", Align::left, 8},
               {"RUNNING", Align::right},
               {"QUEUED", Align::right},
               {"CORES", Align::right},
               {"DEVICES", Align::right},
               {"DEVICE HOURS A MONTH", Align::right}});
  auto text = [](const std::optional<int64_t>& n) { return n ? std::to_string(*n) : "-"; };
  for (const api::QuotaView& q : list.quotas) {
    std::string of = !q.user.empty()      ? "user " + q.user
                     : !q.project.empty() ? q.tenant + "/" + q.project
                                          : q.tenant;
    table.add({printable(of), text(q.running_jobs), text(q.queued_jobs), text(q.cores),
               text(q.devices), text(q.device_hours_per_month)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int set_quota(Session& session, const Values& values) {
  api::QuotaView body;
  if (values.has("user")) {
    body.user = values.text("user");
  } else {
    std::tie(body.tenant, body.project) = split(values.text("of"));
    if (body.tenant.empty())
      throw CommandError(kUsage,
                         "say of whom: a tenant, tenant/project, "
                         "or --user NAME");
  }
  auto limit = [&](const char* name) -> std::optional<int64_t> {
    if (!values.has(name)) return {};
    return values.number(name, 0, 0, 1'000'000'000);
  };
  body.running_jobs = limit("running-jobs");
  body.queued_jobs = limit("queued-jobs");
  body.cores = limit("cores");
  body.devices = limit("devices");
  body.device_hours_per_month = limit("device-hours-per-month");
  session.send<api::Recorded>(net::Method::put, "/quotas", body);
  return report(session, {}, "the quota is set");
}

api::VoucherRequest voucher_of(const Values& values) {
  api::VoucherRequest body;
  body.funder = values.text("funder");
  std::tie(body.tenant, body.project) = split(values.text("to"));
  body.amount_ucny = values.money("amount").value;
  body.title = values.text("title");
  body.from_ms = values.time_ms("from");
  body.until_ms = values.time_ms("until").value_or(0);
  if (values.has("share")) body.share_milli = parse_share(values.text("share"), "--share");
  body.classes = parse_classes(values.list("class"));
  body.pools = values.list("pool");
  return body;
}

int issue_voucher(Session& session, const Values& values) {
  api::VoucherRequest body = voucher_of(values);
  auto done = session.send<api::Recorded>(net::Method::post, "/vouchers", body);
  return report(
      session, done,
      fmt::format("voucher {}: {} CNY of {} for {}, {} of each job's cost, until {}", done.record,
                  yuan(body.amount_ucny), printable(body.funder), printable(values.text("to")),
                  share_text(body.share_milli), moment(body.until_ms)));
}

int list_vouchers(Session& session, const Values& values) {
  auto list =
      session.get<api::VoucherList>("/vouchers" + query_of({{"tenant", values.text("tenant")},
                                                            {"funder", values.text("funder")}}));
  if (print_json(session, list)) return kOk;
  Table table({{"VOUCHER", Align::right},
               {"FUNDER", Align::left, 6},
               {"FOR", Align::left, 8},
               {"STATE"},
               {"ISSUED", Align::right},
               {"SPENT", Align::right},
               {"HELD", Align::right},
               {"LEFT", Align::right},
               {"SHARE", Align::right},
               {"UNTIL"}});
  for (const api::VoucherView& v : list.vouchers) {
    table.add({std::to_string(v.id), printable(v.funder),
               printable(v.project.empty() ? v.tenant : v.tenant + "/" + v.project), v.state,
               yuan(v.amount_ucny), yuan(v.spent_ucny), yuan(v.held_ucny), yuan(v.left_ucny),
               share_text(v.share_milli), moment(v.until_ms)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

void print_voucher(const api::VoucherView& v) {
  fmt::print("voucher {} of {}: {}\n", v.id, printable(v.funder), printable(v.title));
  fmt::print("  for     {}\n",
             printable(v.project.empty() ? v.tenant : v.tenant + "/" + v.project));
  fmt::print("  state   {}, {} to {}\n", v.state, moment(v.from_ms), moment(v.until_ms));
  std::string classes, pools;
  for (WorkloadClass c : v.classes) classes += fmt::format(" {}", enum_name(c));
  for (const std::string& pool : v.pools) pools += " " + printable(pool);
  fmt::print("  pays    {} of a job's cost, of{} in{}\n", share_text(v.share_milli),
             classes.empty() ? " every class" : classes, pools.empty() ? " every pool" : pools);
  fmt::print("  issued  {} CNY: {} spent, {} held, {} left\n", yuan(v.amount_ucny),
             yuan(v.spent_ucny), yuan(v.held_ucny), yuan(v.left_ucny));
}

int show_voucher(Session& session, const Values& values) {
  int64_t id = values.number("voucher", 0, 1, api::kMaxId);
  auto v = session.get<api::VoucherView>(fmt::format("/vouchers/{}", id));
  if (!print_json(session, v)) print_voucher(v);
  return kOk;
}

int cancel_voucher(Session& session, const Values& values) {
  int64_t id = values.number("voucher", 0, 1, api::kMaxId);
  auto done = session.send<api::Recorded>(net::Method::post, fmt::format("/vouchers/{}/cancel", id),
                                          api::VoucherCancel{values.text("reason")});
  return report(session, done,
                fmt::format("voucher {} is cancelled; what was left has gone back", id));
}

int report_voucher(Session& session, const Values& values) {
  int64_t id = values.number("voucher", 0, 1, api::kMaxId);
  auto r = session.get<api::VoucherReportView>(fmt::format("/vouchers/{}/report", id));
  if (print_json(session, r)) return kOk;
  print_voucher(r.voucher);
  fmt::print("  back    {} CNY to the funder\n\n", yuan(r.returned_ucny));
  Table table({{"MONTH"},
               {"PROJECT", Align::left, 8},
               {"CLASS"},
               {"CHARGES", Align::right},
               {"BY THE VOUCHER", Align::right},
               {"COST IN ALL", Align::right}});
  for (const api::VoucherUseView& use : r.uses) {
    table.add({use.month, printable(use.project), std::string(enum_name(use.workload_class)),
               std::to_string(use.charges), yuan(use.amount_ucny), yuan(use.total_ucny)});
  }
  fmt::print("{}", r.uses.empty() ? "nothing was spent yet\n"
                                  : table.render(session.width(), session.colour()));
  return kOk;
}

int list_entries(Session& session, const Values& values) {
  auto page = session.get<api::EntryPage>(
      "/ledger/entries" +
      query_of({{"account", values.text("account")},
                {"limit", std::to_string(values.number("limit", 50, 1, 1000))}}));
  if (print_json(session, page)) return kOk;
  Table table({{"ENTRY", Align::right},
               {"AT"},
               {"KIND"},
               {"CAUSE", Align::left, 12},
               {"BY", Align::left, 6},
               {"ACCOUNT"},
               {"CNY", Align::right}});
  for (const api::EntryView& e : page.entries) {
    bool first = true;
    for (const api::PostingView& p : e.postings) {
      table.add({first ? std::to_string(e.id) : "", first ? moment(e.at_ms) : "",
                 first ? std::string(enum_name(e.kind)) : "", first ? printable(e.cause) : "",
                 first ? printable(e.actor) : "", printable(p.account),
                 money_text_exact(Money{p.amount_ucny})});
      first = false;
    }
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int adjust(Session& session, const Values& values) {
  api::AdjustmentRequest body{values.text("from"), values.text("to"), values.money("amount").value,
                              values.text("reason")};
  auto done = session.send<api::Recorded>(net::Method::post, "/ledger/adjustments", body);
  return report(session, done,
                fmt::format("{} CNY from {} to {}: entry {}", yuan(body.amount_ucny),
                            printable(body.from), printable(body.to), done.record));
}

int verify_ledger(Session& session, const Values&) { become_daemon(session, {"--ledger-verify"}); }

std::vector<Verb> voucher_verbs() {
  return {{"voucher",
           "issue",
           "Give a tenant or project a computing voucher",
           issue_voucher,
           {{"to", "A tenant, or tenant/project", Kind::one, true},
            {"amount", "Yuan", Kind::one, true},
            {"--funder", "Who pays", Kind::one, true},
            {"--until", "Attempts that start before may use it", Kind::one, true},
            {"--from", "Default: now"},
            {"--share", "Of a job's cost: 60%; default: all"},
            {"--class", "simulation, training or inference only; may be repeated", Kind::many},
            {"--pool", "Only in this pool; may be repeated", Kind::many},
            {"--title", "For people"}}},
          {"voucher",
           "list",
           "Vouchers",
           list_vouchers,
           {{"--tenant", "Of this tenant"}, {"--funder", "Of this funder"}}},
          {"voucher", "show", "One voucher", show_voucher, {{"voucher", "", Kind::one, true}}},
          {"voucher",
           "cancel",
           "What is left goes back to the funder",
           cancel_voucher,
           {{"voucher", "", Kind::one, true}, {"--reason", "", Kind::one, true}}},
          {"voucher",
           "report",
           "For its funder: who spent what on what",
           report_voucher,
           {{"voucher", "", Kind::one, true}}}};
}

std::vector<Verb> limit_verbs() {
  return {{"budget",
           "list",
           "What projects may spend and have spent",
           list_budgets,
           {{"--tenant", "Of this tenant"}}},
          {"budget",
           "set",
           "Limit what a project spends; without limits: none",
           set_budget,
           {{"project", "tenant/project", Kind::one, true},
            {"--total", "Yuan, ever"},
            {"--per-month", "Yuan a calendar month"}}},
          {"quota",
           "list",
           "Limits of tenants, projects and users",
           list_quotas,
           {{"--tenant", "Of this tenant"}}},
          {"quota",
           "set",
           "Limit somebody; without limits: takes the quota away",
           set_quota,
           {{"of", "A tenant, or tenant/project"},
            {"--user", "Of a user instead"},
            {"--running-jobs", "Elements of arrays count one by one"},
            {"--queued-jobs", ""},
            {"--cores", "In use at once"},
            {"--devices", "In use at once"},
            {"--device-hours-per-month", ""}}}};
}

}  // namespace

std::vector<Verb> account_verbs() {
  std::vector<Verb> out = {
      {"topup",
       "",
       "Add money from outside to a tenant's account",
       top_up,
       {{"tenant", "", Kind::one, true},
        {"amount", "Yuan, up to six decimals", Kind::one, true},
        {"--reference", "Invoice or payment: may come once", Kind::one, true},
        {"--note", "For people"}}},
      {"balance",
       "",
       "What tenants have, hold and may spend",
       balance,
       {{"tenant", "Default: all that you may see"}}},
      {"credit",
       "",
       "How far below zero a tenant may go",
       credit,
       {{"tenant", "", Kind::one, true}, {"amount", "Yuan; 0: prepaid", Kind::one, true}}},
      {"ledger",
       "entries",
       "The ledger's entries, newest first",
       list_entries,
       {{"--account", "That move this account, such as tenant/NAME"},
        {"--limit", "At most so many; default 50"}}},
      {"ledger",
       "adjust",
       "A correction: an entry that says why",
       adjust,
       {{"from", "tenant/NAME, cash, revenue or write-off", Kind::one, true},
        {"to", "", Kind::one, true},
        {"amount", "Yuan", Kind::one, true},
        {"--reason", "", Kind::one, true}}},
      {"ledger", "verify", "Recompute everything from the journal and compare", verify_ledger}};
  for (auto more : {limit_verbs(), voucher_verbs()}) {
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace pentad::cli
