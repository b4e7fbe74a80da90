// The audit log: who did what, from where. It is a view of the journal, whose rows are chained by a
// cryptographic value: a row that was changed, added or taken away afterwards is found and named,
// and so is a chain that was made anew, by who has kept one of its values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "centre/event.h"
#include "store/chain.h"
#include "store/database.h"

namespace pentad::store {

struct AuditFilter {
  std::optional<Time> since;         // inclusive
  std::optional<Time> until;         // exclusive
  std::optional<std::string> actor;  // exactly
  std::vector<std::string> what;     // types of events, any of them; empty: all
};

struct AuditListing {
  AuditFilter filter;
  bool descending = true;
  int32_t limit = 100;
  std::string cursor;  // AuditPage::next of the page before; empty: the first
};

// One event that somebody caused. `words` says what was done, for people.
struct AuditRecord {
  int64_t seq = 0;
  Time at;
  std::string actor;
  std::string from;
  std::string what;
  std::string words;
  std::string event;  // as it stands in the journal
  std::string chain;
};

struct AuditPage {
  std::vector<AuditRecord> records;
  std::string next;  // empty: this was the last page
};

// What an event asks for, in words: "submits 3 jobs", "cancels job 17".
std::string describe(const event::What& what);

// Errors: invalid for a cursor of another listing; those of the database.
Result<AuditPage> list_audit(Database& database, const AuditListing& listing);

struct ChainReport {
  int64_t first = 0;  // events that were checked; 0: none
  int64_t last = 0;
  ChainHead head;  // of the rows that are good
  // The first row that is not as it was written, and what is wrong with it.
  struct Fault {
    int64_t seq = 0;
    std::string what;
  };
  std::optional<Fault> fault;
};

// Goes through the whole chain. `known`: a value that was kept (a head printed earlier), which must
// be in it; empty: none. Errors: those of reading.
Result<ChainReport> verify_chain(Database& database, const std::string& known = {},
                                 const std::function<void(int64_t)>& progress = {});

// Rows of the journal with their chain values, as JSON objects, one a call, so that others can
// check the chain as docs/audit.md says: those behind event `after`, at most `count`.
Status export_audit(Database& database, int64_t after, int64_t count,
                    const std::function<Status(const std::string&)>& use);

// What the chain begins with: the value before the oldest event that is there.
Result<std::string> chain_start(Database& database);

}  // namespace pentad::store
