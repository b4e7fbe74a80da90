#include "store/audit_table.h"

#include "base/reflect.h"
#include "store/session.h"
#include "store/write_statement.h"

namespace pentad::store {

namespace {

bool is_caused(const event::What& what) {
  return !std::holds_alternative<event::AttemptStarted>(what) &&
         !std::holds_alternative<event::AttemptEnded>(what) &&
         !std::holds_alternative<event::Tick>(what) &&
         !std::holds_alternative<event::GiveTime>(what);
}

std::string_view type_name_of(const event::What& what) {
  return std::visit([](const auto& w) { return std::decay_t<decltype(w)>::type_name; }, what);
}

}  // namespace

std::optional<AuditRow> audit_row(const JournalEntry& entry, const Event& event) {
  if (!is_caused(event.what)) return std::nullopt;
  return AuditRow{entry.seq, entry.at.value, event.actor, std::string(type_name_of(event.what))};
}

std::optional<AuditRow> audit_row(const JournalEntry& entry) {
  Result<Event> event = from_json<Event>(entry.event, ReadMode::lenient);
  if (!event) return AuditRow{entry.seq, entry.at.value, "", "unreadable"};
  return audit_row(entry, *event);
}

struct AuditTable::Statements {
  AuditRow row;
  WriteStatement add;
  explicit Statements(Database& database)
      : add(database,
            "INSERT INTO audit (seq, at_ms, actor, what) VALUES (:seq, :at, :actor, :what)",
            {{"seq", &row.seq}, {"at", &row.at_ms}, {"actor", &row.actor}, {"what", &row.what}}) {}
};

AuditTable::AuditTable(Database& database) : statements_(std::make_unique<Statements>(database)) {}
AuditTable::~AuditTable() = default;

void AuditTable::add(const JournalEntry& entry) {
  if (auto row = audit_row(entry)) rows_.push_back(std::move(*row));
}

void AuditTable::add(const JournalEntry& entry, const Event& event) {
  if (auto row = audit_row(entry, event)) rows_.push_back(std::move(*row));
}

void AuditTable::write() {
  for (AuditRow& row : rows_) {
    statements_->row = std::move(row);
    statements_->add.execute();
  }
  rows_.clear();
}

}  // namespace pentad::store
