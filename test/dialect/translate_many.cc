// What many scripts become, for the tests that compare it with what others read in them.
//
//   translate_many [NOW_S] < LIST     a line of LIST: dialect (? to look for it), tab, path of the
//   script
//
// One line of JSON for each.
#include <fmt/format.h>

#include <iostream>
#include <string>

#include "base/reflect.h"
#include "dialect/describe.h"
#include "dialect/to_request.h"
#include "dialect/write_slurm.h"
#include "files.h"

namespace pentad::dialect {

struct Line {
  std::string origin, text, reason;
  Effect effect = Effect::exact;
};
BOOST_DESCRIBE_STRUCT(Line, (), (origin, text, reason, effect))

struct Value {
  std::string field, value, origin;
};
BOOST_DESCRIBE_STRUCT(Value, (), (field, value, origin))

struct Translated {
  std::string path;
  Dialect dialect = Dialect::slurm;
  bool accepted = false;  // as a script of its dialect
  bool taken = false;     // by the centre
  std::vector<Line> records, deviations;
  std::vector<Value> values;
  std::string slurm;  // #SBATCH lines
};
BOOST_DESCRIBE_STRUCT(Translated, (),
                      (path, dialect, accepted, taken, records, deviations, values, slurm))

namespace {

std::vector<Line> lines_of(const std::vector<Record>& records) {
  std::vector<Line> out;
  for (const Record& r : records) out.push_back({to_text(r.origin), r.text, r.reason, r.effect});
  return out;
}

// False: nothing says which dialect it is.
bool translate_one(const std::string& dialect, const std::string& path, Time now) {
  std::string script = read_file(path);
  Translated out;
  out.path = path;
  if (!boost::describe::enum_from_string(dialect.c_str(), out.dialect)) {
    Detection found = detect("", {}, script);
    if (!found.dialect) return false;
    out.dialect = *found.dialect;
  }
  Source source;
  source.script = script;
  source.script_name = std::filesystem::path(path).filename().string();
  Translation t = translate(source, out.dialect);
  Submitter submitter;
  submitter.now = now;
  submitter.user = "mei";
  submitter.home = "/data/mei";
  submitter.directory = "/data/mei/run";
  Request request = to_request(t, script, submitter);
  out.accepted = t.is_accepted();
  out.taken = out.accepted && request.is_accepted();
  out.records = lines_of(t.records);
  out.deviations = lines_of(request.deviations);
  for (const ShownValue& v : shown_values(t.job)) {
    out.values.push_back({v.field, v.value, to_text(v.origin)});
  }
  out.slurm = write_slurm(t.job, out.dialect);
  std::cout << to_json(out, WriteMode::compact) << '\n';
  return true;
}

}  // namespace

}  // namespace pentad::dialect

int main(int argc, char** argv) {
  pentad::Time now{1'795'344'000'000};  // 2026-11-22
  if (argc > 1) now = pentad::Time{std::stoll(argv[1]) * 1000};
  std::string line;
  while (std::getline(std::cin, line)) {
    size_t tab = line.find('\t');
    if (tab == line.npos) return 2;
    if (!pentad::dialect::translate_one(line.substr(0, tab), line.substr(tab + 1), now)) {
      std::cout << "null\n";
    }
  }
  return 0;
}
