#include "cli/tenant_statement.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/people_types.h"
#include "api/statement_file.h"
#include "cli/job_text.h"
#include "cli/money_text.h"
#include "cli/table.h"
#include "ledger/calendar.h"

namespace pentad::cli {

namespace {

ProjectMonth project_month(Session& session, const std::string& project, const std::string& month) {
  Result<api::StatementFile> file = api::read_statement_file(session.call(
      net::Method::get, "/statement" + query_of({{"project", project}, {"month", month}}), {}));
  if (!file) throw CommandError(kFailed, file.error().message);
  const ledger::Statement& s = file->statement;
  return {project,      std::ssize(s.charges), s.total.value, s.by_vouchers.value,
          s.paid.value, file->digest};
}

// What is neither a hold nor a charge.
bool is_movement(EntryKind kind) {
  return kind == EntryKind::top_up || kind == EntryKind::adjustment || kind == EntryKind::write_off;
}

std::vector<MoneyMovement> movements(Session& session, const std::string& tenant,
                                     const ledger::MonthSpan& span) {
  const std::string account = "tenant/" + tenant;
  std::vector<MoneyMovement> found;
  std::string cursor;
  do {
    auto page = session.get<api::EntryPage>(
        "/ledger/entries" + query_of({{"account", account},
                                      {"from_ms", std::to_string(span.from.value)},
                                      {"until_ms", std::to_string(span.until.value)},
                                      {"limit", "1000"},
                                      {"cursor", cursor}}));
    for (const api::EntryView& e : page.entries) {
      if (!is_movement(e.kind)) continue;
      int64_t amount = 0;
      for (const api::PostingView& p : e.postings) {
        if (p.account == account) amount += p.amount_ucny;
      }
      found.push_back({e.id, e.at_ms, std::string(enum_name(e.kind)),
                       e.note.empty() ? e.cause : e.note, amount});
    }
    cursor = page.next.value_or("");
  } while (!cursor.empty());
  std::reverse(found.begin(), found.end());  // they come newest first
  return found;
}

std::string exact(int64_t ucny) { return money_text_exact(Money{ucny}); }

void print(const Session& session, const TenantMonth& m) {
  fmt::print("{} in {}: {} CNY charged, {} of it by vouchers, {} own money\n\n",
             printable(m.tenant), m.month, exact(m.total_ucny), exact(m.by_vouchers_ucny),
             exact(m.paid_ucny));
  Table projects({{"PROJECT", Align::left, 8},
                  {"CHARGES", Align::right},
                  {"CNY", Align::right},
                  {"BY VOUCHERS", Align::right},
                  {"OWN MONEY", Align::right},
                  {"DIGEST", Align::left, 12}});
  for (const ProjectMonth& p : m.projects) {
    projects.add({printable(p.project), std::to_string(p.charges), exact(p.total_ucny),
                  exact(p.by_vouchers_ucny), exact(p.paid_ucny),
                  p.digest.empty() ? "open" : p.digest});
  }
  fmt::print("{}", projects.render(session.width(), session.colour()));
  if (m.movements.empty()) return;
  Table moved(
      {{"ENTRY", Align::right}, {"AT"}, {"KIND"}, {"WHY", Align::left, 12}, {"CNY", Align::right}});
  for (const MoneyMovement& x : m.movements) {
    moved.add({std::to_string(x.entry), ledger::local_time_text(Time{x.at_ms}), x.kind,
               printable(x.note), exact(x.amount_ucny)});
  }
  fmt::print("\nMoney in and out, and corrections:\n{}",
             moved.render(session.width(), session.colour()));
}

}  // namespace

int tenant_statement(Session& session, const std::string& tenant, const std::string& month) {
  const auto span = ledger::month_span(month);
  if (!span) throw CommandError(kUsage, "--month: expected a month such as 2026-11");
  TenantMonth out;
  out.tenant = tenant;
  out.month = month;
  out.movements = movements(session, tenant, *span);
  const auto list = session.get<api::ProjectList>("/projects" + query_of({{"tenant", tenant}}));
  for (const api::ProjectView& p : list.projects) {
    if (p.tenant != tenant) continue;
    ProjectMonth one = project_month(session, p.full_name, month);
    out.total_ucny += one.total_ucny;
    out.by_vouchers_ucny += one.by_vouchers_ucny;
    out.paid_ucny += one.paid_ucny;
    out.projects.push_back(std::move(one));
  }
  if (!print_json(session, out)) print(session, out);
  return kOk;
}

}  // namespace pentad::cli
