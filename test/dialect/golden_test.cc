// Scripts in the shape that computing centres publish, each beside what it becomes.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>
#include <set>
#include <vector>

#include "dialect/describe.h"
#include "dialect/scanner.h"
#include "dialect/to_request.h"
#include "dialect/values.h"
#include "files.h"

namespace pentad::dialect {

namespace {

namespace fs = std::filesystem;

const fs::path kHere = fs::path(PENTAD_SOURCE_DIR) / "test/dialect";

Submitter submitter() {
  Submitter s;
  s.now = Time{1'795'344'000'000};  // 2026-11-22 10:40:00 UTC
  s.utc_offset = hours(8);
  s.user = "mei";
  s.home = "/data/mei";
  s.directory = "/data/mei/run";
  s.environment = {{"LANG", "C"}, {"MY_CASE", "wing"}};
  return s;
}

std::string resources_text(const JobRequest& job) {
  const ResourceRequest& r = job.resources;
  std::string out = fmt::format("{} x {} cores", r.nodes, r.cores);
  if (r.memory.value != 0) out += ", " + size_text(r.memory);
  if (r.devices.count != 0) out += fmt::format(", {} GPUs", r.devices.count);
  if (!r.devices.models.empty()) out += " of " + r.devices.models[0];
  if (r.exclusive) out += ", whole nodes";
  for (const std::string& f : r.features) out += ", feature " + f;
  if (job.limit.value != 0) out += ", " + time_text(job.limit.value / 1000);
  if (job.begin) out += fmt::format(", begin {}", job.begin->value / 1000);
  return out;
}

std::string request_text(const Request& request) {
  const Payload& p = request.payload;
  std::string out = fmt::format("{} by the centre\n", request.is_accepted() ? "taken" : "refused");
  out += fmt::format("  resources  {}\n  workdir    {}\n  stdout     {}\n  stderr     {}\n",
                     resources_text(request.job), p.workdir, p.stdout_path, p.stderr_path);
  std::string names;
  for (const auto& [name, value] : p.environment) names += ' ' + name + '=' + value;
  out += "  variables " + names + '\n';
  for (const Record& r : request.deviations) {
    out += fmt::format("{}: {}: {}: {}\n", boost::describe::enum_to_string(r.effect, "?"),
                       to_text(r.origin), r.text, r.reason);
  }
  return out;
}

std::string without_trailing_blanks(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') out.erase(out.find_last_not_of(' ') + 1);
    out += c;
  }
  return out;
}

// Every line that scans as a directive has a record: nothing is dropped in silence.
void check_nothing_dropped(const std::string& script, const Translation& t) {
  std::set<int32_t> recorded;
  for (const Record& r : t.records) recorded.insert(r.origin.line);
  for (const Directive& d : scan(script, t.dialect).directives) {
    CAPTURE(d.text);
    CHECK(recorded.contains(d.line));
  }
}

std::vector<fs::path> scripts(const std::string& dialect) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(kHere / dialect)) {
    if (entry.path().extension() == ".sh") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("scripts become what their golden files say") {
  size_t count = 0;
  for (Dialect d : {Dialect::slurm, Dialect::pbspro, Dialect::torque, Dialect::lsf, Dialect::sge}) {
    for (const fs::path& path : scripts(boost::describe::enum_to_string(d, "?"))) {
      CAPTURE(path.string());
      std::string script = read_file(path);
      Source source;
      source.script = script;
      source.script_name = path.filename().string();
      Translation t = translate(source, d);
      std::string now = describe(t);
      if (t.is_accepted()) now += request_text(to_request(t, script, submitter()));
      now = without_trailing_blanks(now);
      fs::path expected = path;
      expected.replace_extension(".golden");
      INFO("PENTAD_UPDATE_GOLDEN=1 rewrites it");
      CHECK(golden(expected, now) == now);
      check_nothing_dropped(script, t);
      ++count;
    }
  }
  CHECK(count >= 200);
}

TEST_CASE("the dialect of every script is found by its directives") {
  for (Dialect d : {Dialect::slurm, Dialect::pbspro, Dialect::torque, Dialect::lsf, Dialect::sge}) {
    for (const fs::path& path : scripts(boost::describe::enum_to_string(d, "?"))) {
      std::string script = read_file(path);
      if (path.filename().string().starts_with("odd_")) continue;
      CAPTURE(path.string());
      Detection found = detect("", {}, script, d);
      CHECK(found.dialect == d);
    }
  }
}

}  // namespace pentad::dialect
