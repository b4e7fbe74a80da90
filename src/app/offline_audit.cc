#include <fmt/format.h>

#include <charconv>
#include <fstream>

#include "app/offline.h"
#include "base/reflect.h"
#include "store/audit.h"
#include "store/journal.h"

namespace pentad::app {

namespace {

struct AuditAnswer {
  bool good = false;
  int64_t first = 0;
  int64_t last = 0;
  std::string head;
  int64_t head_at_ms = 0;
  int64_t bad_event = 0;  // 0: none
  std::string fault;
};
BOOST_DESCRIBE_STRUCT(AuditAnswer, (), (good, first, last, head, head_at_ms, bad_event, fault))

int tell(const OfflineOptions& options, const AuditAnswer& a, bool had_head) {
  if (options.json) {
    fmt::print("{}\n", to_json(a));
  } else if (a.good) {
    fmt::print("the audit log is good: events {} to {} are as they were written{}\nhead: {}\n",
               a.first, a.last, had_head ? ", and the head that was kept is among them" : "",
               a.head);
  } else {
    fmt::print("the audit log is NOT good: event {}: {}\n", a.bad_event, a.fault);
  }
  return a.good ? 0 : 1;
}

// Lines of an export.
struct ExportStart {
  int64_t pentad_audit = 0;
  int64_t first = 0;
  std::string start;
};
BOOST_DESCRIBE_STRUCT(ExportStart, (), (pentad_audit, first, start))

struct ExportRow {
  int64_t seq = 0;
  int64_t batch = 0;
  int64_t at_ms = 0;
  int32_t core_version = 0;
  std::string digest;
  std::string chain;
  std::string event;
};
BOOST_DESCRIBE_STRUCT(ExportRow, (), (seq, batch, at_ms, core_version, digest, chain, event))

// What is wrong with a line behind `a.last`, whose chain value is `a.head`; empty: nothing.
std::string judge(const std::string& line, AuditAnswer& a) {
  Result<ExportRow> row = from_json<ExportRow>(line, ReadMode::lenient);
  if (!row) return "the line cannot be read: " + row.error().message;
  if (row->seq != a.last + 1) {
    return fmt::format("events {} to {} are missing", a.last + 1, row->seq - 1);
  }
  store::JournalEntry entry{row->seq,          row->batch, Time{row->at_ms},
                            row->core_version, 0,          std::move(row->event)};
  const char* end = row->digest.data() + row->digest.size();
  if (std::from_chars(row->digest.data(), end, entry.digest, 16).ptr != end) {
    return "its digest is no number";
  }
  a.head = store::next_chain(a.head, entry);
  if (a.head != row->chain) return "it is not what was written: its chain value does not fit";
  a.last = row->seq;
  a.head_at_ms = row->at_ms;
  return {};
}

}  // namespace

int verify_audit(const OfflineOptions& options, const std::string& head) {
  Result<store::Database> database = open_for_reading(options.home);
  if (!database) return complain(database.error());
  Result<store::JournalExtent> extent = store::journal_extent(*database);
  if (!extent) return complain(extent.error());
  Result<store::ChainReport> report = store::verify_chain(
      *database, head, [&](int64_t done) { show_progress("checked events:", done, extent->last); });
  end_progress();
  if (!report) return complain(report.error());
  AuditAnswer a{!report->fault,
                report->first,
                report->last,
                report->head.chain,
                report->head.at.value,
                0,
                ""};
  if (report->fault) {
    a.bad_event = report->fault->seq;
    a.fault = report->fault->what;
  }
  return tell(options, a, !head.empty());
}

int verify_audit_file(const OfflineOptions& options, const std::string& file,
                      const std::string& head) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  if (!std::getline(in, line)) {
    return complain({ErrorCode::not_found, "cannot be read, or is empty", file});
  }
  Result<ExportStart> start = from_json<ExportStart>(line, ReadMode::lenient);
  if (!start || start->pentad_audit != 1) {
    return complain({ErrorCode::invalid, "this is no export of an audit log", file});
  }
  AuditAnswer a{true, start->first, start->first - 1, start->start, 0, 0, ""};
  bool is_known = head.empty() || a.head == head;
  while (a.good && std::getline(in, line)) {
    a.fault = judge(line, a);
    a.good = a.fault.empty();
    if (!a.good) a.bad_event = a.last + 1;
    is_known = is_known || a.head == head;
  }
  if (a.good && !is_known) {
    a.good = false;
    a.bad_event = a.last;
    a.fault = "the value that was kept is not in the chain: it was cut short or written anew";
  }
  return tell(options, a, !head.empty());
}

}  // namespace pentad::app
