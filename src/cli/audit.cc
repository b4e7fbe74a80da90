// pentad audit: who did what, from where; by the API, except for `verify`, which the daemon's
// program does on the centre's own database.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "api/audit_types.h"
#include "base/json_reader.h"
#include "cli/centre_process.h"
#include "cli/job_text.h"
#include "cli/money_text.h"
#include "cli/table.h"
#include "cli/units.h"
#include "cli/verbs.h"

namespace pentad::cli {

namespace {

using Kind = VerbOption::Kind;

// A time, or how long ago; nothing when it was not given.
std::string time_text(const Values& values, const std::string& name) {
  if (!values.has(name)) return {};
  if (Result<Duration> ago = parse_duration(values.text(name))) {
    return std::to_string((wall_clock() - *ago).value);
  }
  return std::to_string(*values.time_ms(name));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

int list_audit(Session& session, const Values& values) {
  int64_t left = values.number("limit", 50, 1, 1'000'000);
  Table table({{"EVENT", Align::right},
               {"AT"},
               {"WHO", Align::left, 6},
               {"FROM", Align::left, 6},
               {"WHAT", Align::left, 20}});
  api::AuditPage all;
  std::string cursor;
  do {
    auto page = session.get<api::AuditPage>(
        "/audit" + query_of({{"actor", values.text("by")},
                             {"what", joined(values.list("what"))},
                             {"since_ms", time_text(values, "since")},
                             {"until_ms", time_text(values, "until")},
                             {"sort", values.has("oldest-first") ? "seq" : ""},
                             {"limit", std::to_string(std::min<int64_t>(left, 1000))},
                             {"cursor", cursor}}));
    left -= std::ssize(page.records);
    for (api::AuditRecordView& r : page.records) all.records.push_back(std::move(r));
    cursor = page.next.value_or("");
  } while (left > 0 && !cursor.empty());
  if (!cursor.empty()) all.next = cursor;
  if (print_json(session, all)) return kOk;
  for (const api::AuditRecordView& r : all.records) {
    table.add({std::to_string(r.seq), moment(r.at_ms), printable(r.actor), printable(r.from),
               printable(r.words)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

// Standard output, or a file that is there as a whole or not at all.
class Lines {
 public:
  explicit Lines(const std::string& path) : path_(path) {
    if (path.empty() || path == "-") return;
    file_.reset(std::fopen((path_ + ".part").c_str(), "wxe"));
    if (!file_) complain("make " + path_ + ".part");
  }
  ~Lines() {
    if (file_) std::remove((path_ + ".part").c_str());
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  void write(std::string_view text) {
    std::FILE* out = file_ ? file_.get() : stdout;
    if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) complain("write");
  }
  void finish() {
    if (!file_) {
      if (std::fflush(stdout) != 0) complain("write");
      return;
    }
    if (std::fclose(file_.release()) != 0) complain("write " + path_);
    if (std::rename((path_ + ".part").c_str(), path_.c_str()) != 0) complain("make " + path_);
  }

 private:
  [[noreturn]] static void complain(const std::string& what) {
    throw CommandError(kFailed, fmt::format("cannot {}: {}", what, std::strerror(errno)));
  }
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

struct RowNumber {
  int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(RowNumber, (), (seq))

// First where the chain begins, then each event with its value.
int export_audit(Session& session, const Values& values) {
  const auto head = session.get<api::AuditHead>("/audit/head");
  Lines out(values.text("out"));
  out.write(fmt::format("{{\"pentad_audit\":1,\"first\":{},\"start\":\"{}\"}}\n", head.first,
                        head.start));
  int64_t after = head.first - 1, rows = 0;
  // What comes in meanwhile is left for the next export.
  while (after < head.seq) {
    std::string text = session.call(
        net::Method::get,
        "/audit/rows" + query_of({{"after", std::to_string(after)}, {"limit", "1000"}}), {});
    for (std::string_view rest = text; !rest.empty() && after < head.seq; ++rows) {
      const size_t end = std::min(rest.find('\n'), rest.size() - 1);
      const std::string_view line = rest.substr(0, end + 1);
      after = session.parse<RowNumber>(std::string(line)).seq;
      out.write(line);
      rest.remove_prefix(end + 1);
    }
    if (text.empty()) throw CommandError(kFailed, "the centre's journal ended before its head");
  }
  out.finish();
  if (values.text("out").empty()) return kOk;
  if (session.json()) {
    fmt::print("{{\"file\":{},\"rows\":{},\"head\":\"{}\"}}\n", to_json(values.text("out")), rows,
               head.chain);
  } else {
    fmt::print("{} events written to {}; head: {}\n", rows, values.text("out"), head.chain);
  }
  return kOk;
}

int verify_audit(Session& session, const Values& values) {
  std::vector<std::string> words{"--audit-verify"};
  if (values.has("head")) words.insert(words.end(), {"--head", values.text("head")});
  if (values.has("file")) words.insert(words.end(), {"--audit-file", values.text("file")});
  become_daemon(session, std::move(words));
}

}  // namespace

std::vector<Verb> audit_verbs() {
  return {{"audit",
           "list",
           "Who did what, from where, newest first",
           list_audit,
           {{"--by", "This user only"},
            {"--what", "Types of events, such as submit; may be repeated", Kind::many},
            {"--since", "At or after: 2026-12-01, 7d (ago)"},
            {"--until", "Before"},
            {"--oldest-first", "The other way round", Kind::flag},
            {"--limit", "At most so many; default 50"}}},
          {"audit",
           "export",
           "Every event with its chain value as JSON lines, for others to check",
           export_audit,
           {{"--out", "A file; default: standard output"}}},
          {"audit",
           "verify",
           "Recompute the chain: is everything as it was written?",
           verify_audit,
           {{"--head", "A value that was kept: it must be in the chain"},
            {"--file", "Check an export instead of the centre's database"}}}};
}

}  // namespace pentad::cli
