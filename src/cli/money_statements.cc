// pentad statement.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "api/statement_file.h"
#include "cli/job_text.h"
#include "cli/money_text.h"
#include "cli/statement_text.h"
#include "cli/table.h"
#include "cli/tenant_statement.h"
#include "cli/verbs.h"
#include "ledger/calendar.h"

namespace pentad::cli {

namespace {

using Kind = VerbOption::Kind;

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw CommandError(kFailed, fmt::format("{} cannot be written", printable(path)));
}

api::StatementFile checked(const std::string& json) {
  Result<api::StatementFile> file = api::read_statement_file(json);
  if (file) return std::move(*file);
  throw CommandError(kFailed, file.error().message);
}

int statement(Session& session, const Values& values) {
  std::string format = values.text("format", session.json() ? "json" : "text");
  bool is_text = format == "text";
  std::string month = values.text("month", ledger::month_name(wall_clock()));
  if (values.has("tenant")) {
    if (values.has("project") || values.has("format") || values.has("out")) {
      throw CommandError(kUsage, "--tenant goes with --month and --json only");
    }
    return tenant_statement(session, values.text("tenant"), month);
  }
  std::string body = session.call(net::Method::get,
                                  "/statement" + query_of({{"project", values.text("project")},
                                                           {"month", month},
                                                           {"format", is_text ? "json" : format},
                                                           {"lang", values.text("lang")}}),
                                  {});
  // It was checked where it was made; a file that came over a wire is checked again.
  if (is_text || format == "json") {
    api::StatementFile file = checked(body);
    if (is_text)
      body = statement_text(file, values.has("out") ? 0 : session.width(),
                            session.colour() && !values.has("out"));
  }
  if (!values.has("out")) {
    fmt::print("{}", body);
    return kOk;
  }
  write_file(values.text("out"), body);
  fmt::print("written to {}\n", printable(values.text("out")));
  return kOk;
}

int close_statement(Session& session, const Values& values) {
  api::StatementClose body{values.text("project"), values.text("month")};
  auto done = session.send<api::ClosedStatementView>(net::Method::post, "/statements", body);
  if (print_json(session, done)) return kOk;
  fmt::print("{} of {} is closed: {} CNY in {} charges\n{}\n", done.month, printable(done.project),
             yuan(done.total_ucny), done.charges, done.digest);
  return kOk;
}

int list_statements(Session& session, const Values& values) {
  auto list = session.get<api::StatementList>("/statements" +
                                              query_of({{"tenant", values.text("tenant")}}));
  if (print_json(session, list)) return kOk;
  Table table({{"MONTH"},
               {"PROJECT", Align::left, 8},
               {"CHARGES", Align::right},
               {"CNY", Align::right},
               {"CLOSED"},
               {"DIGEST", Align::left, 24}});
  for (const api::ClosedStatementView& s : list.statements) {
    table.add({s.month, printable(s.project), std::to_string(s.charges), yuan(s.total_ucny),
               moment(s.closed_at_ms), s.digest});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int verify_statement(Session& session, const Values& values) {
  std::ifstream in(values.text("file"), std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    throw CommandError(kFailed, fmt::format("{} cannot be read", printable(values.text("file"))));
  }
  api::StatementFile file = checked(text.str());
  const ledger::Statement& s = file.statement;
  if (session.json()) {
    fmt::print("{{\"good\":true,\"closed\":{},\"digest\":{},\"total_ucny\":{}}}\n",
               !file.digest.empty(), to_json(file.digest), s.total.value);
    return kOk;
  }
  fmt::print("{} of {}/{}: {} charges add up to {} CNY{}\n", printable(s.month),
             printable(s.tenant), printable(s.project), s.charges.size(), money_text_exact(s.total),
             file.digest.empty() ? "; the month is open, there is no digest"
                                 : "; the digest is that of this text");
  return kOk;
}

}  // namespace

std::vector<Verb> statement_verbs() {
  return {
      {"statement",
       "",
       "What a project used in a month, line by line",
       statement,
       {{"--project", "tenant/project; default: your only one"},
        {"--tenant", "Instead: all its projects, with what came in and was corrected"},
        {"--month", "2026-11; default: this one"},
        {"--format", "text, csv, json, html or focus (FOCUS 1.2)"},
        {"--lang", "en or zh, of html"},
        {"--out", "A file; default: standard output"}}},
      {"statement",
       "close",
       "Close a month: it never changes again",
       close_statement,
       {{"--project", "tenant/project", Kind::one, true},
        {"--month", "That has ended", Kind::one, true}}},
      {"statement", "list", "Closed statements", list_statements, {{"--tenant", "Of this tenant"}}},
      {"statement",
       "verify",
       "Check the file of a statement (--format json)",
       verify_statement,
       {{"file", "", Kind::one, true}}}};
}

}  // namespace pentad::cli
