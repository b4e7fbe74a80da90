// The index of the audit log: a slim row for each event of the journal that somebody caused, by
// which the log is searched. The journal is what counts. Private to src/store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centre/event.h"
#include "store/database.h"
#include "store/journal.h"

namespace pentad::store {

struct AuditRow {
  int64_t seq = 0;
  int64_t at_ms = 0;
  std::string actor;
  std::string what;  // type name of the event
  bool operator==(const AuditRow&) const = default;
};

// The row of an event; none for reports of engines and ticks of the clock, which nobody caused.
std::optional<AuditRow> audit_row(const JournalEntry& entry, const Event& event);
// Likewise, of the entry's text; one that cannot be read has a row that says so.
std::optional<AuditRow> audit_row(const JournalEntry& entry);

class AuditTable {
 public:
  // Throws soci_error.
  explicit AuditTable(Database& database);
  ~AuditTable();

  void add(const JournalEntry& entry);
  void add(const JournalEntry& entry, const Event& event);
  // Inside a transaction; throws soci_error.
  void write();
  void clear() { rows_.clear(); }

 private:
  struct Statements;
  std::unique_ptr<Statements> statements_;
  std::vector<AuditRow> rows_;
};

}  // namespace pentad::store
