#include "store/money_table.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "base/reflect.h"
#include "store/session.h"
#include "store/write_statement.h"

namespace pentad::store {

std::string month_of(Time time) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::milliseconds> local(chrono::milliseconds((time + hours(8)).value));
  const chrono::year_month_day date(chrono::floor<chrono::days>(local));
  return fmt::format("{:04}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()));
}

struct MoneyTable::Statements {
  // What the statements are bound to.
  int64_t id = 0, at = 0, line = 0, amount = 0, entry = 0, job = 0, element = 0, number = 0;
  int64_t started = 0, ended = 0, total = 0, paid = 0, charges = 0;
  std::string kind, cause, actor, note, account, tenant, project, user, month, body, digest, text;
  WriteStatement add_entry;
  WriteStatement add_posting;
  WriteStatement add_charge;
  WriteStatement add_notice;
  WriteStatement close;

  explicit Statements(Database& d)
      : add_entry(d,
                  "INSERT INTO entries (id, at_ms, kind, cause, actor, note, postings) VALUES "
                  "(:id, :at, :kind, :cause, :actor, :note, :body)",
                  {{"id", &id},
                   {"at", &at},
                   {"kind", &kind},
                   {"cause", &cause},
                   {"actor", &actor},
                   {"note", &note},
                   {"body", &body}}),
        add_posting(d,
                    "INSERT INTO postings (account, entry, amount) VALUES (:account, :id, :amount)",
                    {{"account", &account}, {"id", &id}, {"amount", &amount}}),
        add_charge(d,
                   "INSERT INTO charges (id, entry, tenant, project, user_name, job_id, element, "
                   "number, month, started_ms, ended_ms, total, paid, body) VALUES (:id, :entry, "
                   ":tenant, :project, :user_name, :job, :element, :number, :month, :started, "
                   ":ended, :total, :paid, :body)",
                   {{"id", &id},
                    {"entry", &entry},
                    {"tenant", &tenant},
                    {"project", &project},
                    {"user_name", &user},
                    {"job", &job},
                    {"element", &element},
                    {"number", &number},
                    {"month", &month},
                    {"started", &started},
                    {"ended", &ended},
                    {"total", &total},
                    {"paid", &paid},
                    {"body", &body}}),
        add_notice(d,
                   "INSERT INTO notices (seq, place, at_ms, tenant, project, kind, body) VALUES "
                   "(:id, :line, :at, :tenant, :project, :kind, :text)",
                   {{"id", &id},
                    {"line", &line},
                    {"at", &at},
                    {"tenant", &tenant},
                    {"project", &project},
                    {"kind", &kind},
                    {"text", &text}}),
        close(d,
              "INSERT INTO statements (tenant, project, month, digest, total, charges, closed_ms, "
              "body) VALUES (:tenant, :project, :month, :digest, :total, :charges, :at, :body)",
              {{"tenant", &tenant},
               {"project", &project},
               {"month", &month},
               {"digest", &digest},
               {"total", &total},
               {"charges", &charges},
               {"at", &at},
               {"body", &body}}) {}
};

MoneyTable::MoneyTable(Database& database) : statements_(std::make_unique<Statements>(database)) {}
MoneyTable::~MoneyTable() = default;

void MoneyTable::record(int64_t seq, const Effects& effects) {
  entries_.insert(entries_.end(), effects.entries.begin(), effects.entries.end());
  charges_.insert(charges_.end(), effects.charges.begin(), effects.charges.end());
  for (size_t i = 0; i < effects.notices.size(); ++i) {
    notices_.push_back({seq, static_cast<int64_t>(i), effects.notices[i]});
  }
}

void MoneyTable::record(const event::CloseStatement& closed, Time at, std::string body) {
  closed_.push_back({closed, at, std::move(body)});
}

void MoneyTable::write(const LedgerEntry& entry) {
  Statements& s = *statements_;
  s.id = entry.id;
  s.at = entry.at.value;
  s.kind = enum_name(entry.kind);
  s.cause = entry.cause;
  s.actor = entry.actor;
  s.note = entry.note;
  s.body = to_json(entry.postings);
  s.add_entry.execute();
  // An account that has several postings in an entry gets one row with what they come to.
  std::map<std::string, int64_t> moved;
  for (const Posting& posting : entry.postings) moved[posting.account] += posting.amount.value;
  for (const auto& [name, amount] : moved) {
    s.account = name;
    s.amount = amount;
    s.add_posting.execute();
  }
}

void MoneyTable::write(const Charge& charge) {
  Statements& s = *statements_;
  s.id = charge.id;
  s.entry = charge.entry;
  s.tenant = charge.tenant;
  s.project = charge.project;
  s.user = charge.user;
  s.job = charge.attempt.job.value;
  s.element = charge.attempt.index;
  s.number = charge.attempt.number;
  s.month = month_of(charge.ended);
  s.started = charge.started.value;
  s.ended = charge.ended.value;
  s.total = charge.total.value;
  s.paid = charge.paid.value;
  s.body = to_json(charge, WriteMode::compact);
  s.add_charge.execute();
}

void MoneyTable::write() {
  Statements& s = *statements_;
  for (const LedgerEntry& entry : entries_) write(entry);
  for (const Charge& charge : charges_) write(charge);
  for (const Numbered& n : notices_) {
    s.id = n.seq;
    s.line = n.place;
    s.at = n.notice.at.value;
    s.tenant = n.notice.tenant;
    s.project = n.notice.project;
    s.kind = n.notice.kind;
    s.text = n.notice.text;
    s.add_notice.execute();
  }
  for (Closed& c : closed_) {
    s.tenant = c.statement.tenant;
    s.project = c.statement.project;
    s.month = c.statement.month;
    s.digest = c.statement.digest;
    s.total = c.statement.total.value;
    s.charges = c.statement.charges;
    s.at = c.at.value;
    s.body = c.body;
    s.close.execute();
  }
}

void MoneyTable::clear() {
  entries_.clear();
  charges_.clear();
  notices_.clear();
  closed_.clear();
}

}  // namespace pentad::store
