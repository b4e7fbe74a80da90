// `pentad explain`: what a script of another scheduler becomes here, without submitting it.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "base/reflect.h"
#include "cli/commands.h"
#include "cli/site_profile.h"
#include "cli/table.h"
#include "dialect/describe.h"
#include "dialect/scanner.h"
#include "dialect/to_request.h"

namespace pentad::cli {

// The document of --json.
struct ExplainedValue {
  std::string field, value, origin;
};
BOOST_DESCRIBE_STRUCT(ExplainedValue, (), (field, value, origin))

struct ExplainedOption {
  std::string origin, text;
  dialect::Effect effect = dialect::Effect::exact;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ExplainedOption, (), (origin, text, effect, reason))

struct Explained {
  std::string script;
  dialect::Dialect dialect = dialect::Dialect::slurm;
  std::string why;
  bool accepted = false;
  std::vector<ExplainedValue> values;
  std::vector<ExplainedOption> options;     // every option as written
  std::vector<ExplainedOption> deviations;  // of what the centre would be asked for
  JobRequest request;
  std::string workdir, stdout_path, stderr_path, stdin_path;
};
BOOST_DESCRIBE_STRUCT(Explained, (),
                      (script, dialect, why, accepted, values, options, deviations, request,
                       workdir, stdout_path, stderr_path, stdin_path))

namespace {

// At most one byte more than a script may have: the rest would only be refused.
std::string script_bytes(const std::string& path) {
  std::string bytes(dialect::kMaxScriptBytes + 1, '\0');
  auto read = [&](std::istream& in) {
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<size_t>(in.gcount()));
  };
  if (path == "-") return read(std::cin), bytes;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw CommandError(kFailed, fmt::format("{} is a directory, not a script", printable(path)));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw CommandError(kFailed,
                       fmt::format("cannot read {}: {}", printable(path),
                                   std::error_code(errno, std::system_category()).message()));
  }
  return read(in), bytes;
}

dialect::Submitter this_submitter() {
  dialect::Submitter s;
  auto since = std::chrono::system_clock::now().time_since_epoch();
  s.now = Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  std::time_t now_s = s.now.value / 1000;
  std::tm local{};
  if (localtime_r(&now_s, &local)) s.utc_offset = seconds(local.tm_gmtoff);
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text(*entry);
    size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) continue;
    s.environment[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  s.home = s.environment.contains("HOME") ? s.environment["HOME"] : "/";
  s.user = s.environment.contains("USER") ? s.environment["USER"] : "";
  std::error_code error;
  s.directory = std::filesystem::current_path(error).string();
  return s;
}

dialect::Detection dialect_of(const std::string& as, const std::string& script,
                              const dialect::SiteProfile& site) {
  if (as.empty()) {
    dialect::Detection found = dialect::detect("", {}, script, site.default_dialect);
    if (found.dialect) return found;
    throw CommandError(
        kUsage, found.reason + ": say with --as slurm, pbspro, torque, lsf or sge what it is");
  }
  dialect::Dialect given{};
  std::string name = as == "pbs" ? "pbspro" : as;
  if (!boost::describe::enum_from_string(name.c_str(), given)) {
    throw CommandError(kUsage, fmt::format("--as: `{}` is none of slurm, pbspro, torque, lsf, sge",
                                           printable(as)));
  }
  return {given, "--as " + as};
}

ExplainedOption of_record(const dialect::Record& r) {
  return {dialect::to_text(r.origin), r.text, r.effect, r.reason};
}

void print_options(const std::vector<ExplainedOption>& options) {
  for (const ExplainedOption& o : options) {
    if (o.effect == dialect::Effect::exact) continue;
    fmt::print("  {}: {}: {}: {}\n", o.origin, printable(o.text),
               boost::describe::enum_to_string(o.effect, "?"), printable(o.reason));
  }
}

std::string needs(const JobRequest& job) {
  const ResourceRequest& r = job.resources;
  std::string text = fmt::format("{} node{} with {} core{}", r.nodes, r.nodes == 1 ? "" : "s",
                                 r.cores, r.cores == 1 ? "" : "s");
  if (r.devices.count > 0) text += fmt::format(", {} GPUs", r.devices.count);
  if (r.memory.value > 0) text += fmt::format(", {} MiB", (r.memory.value + (1 << 20) - 1) >> 20);
  if (r.exclusive) text += ", whole nodes";
  if (job.limit.value > 0) text += fmt::format(", for {} s", job.limit.value / 1000);
  return text;
}

void print_text(const Explained& e) {
  fmt::print("{}: {} ({}): {}\n", printable(e.script),
             boost::describe::enum_to_string(e.dialect, "?"), e.why,
             e.accepted ? "accepted" : "refused");
  for (const ExplainedValue& v : e.values) {
    fmt::print("  {:<27} {:<40} {}\n", v.field, printable(v.value), v.origin);
  }
  bool any = false;
  for (const auto* list : {&e.options, &e.deviations}) {
    for (const ExplainedOption& o : *list) any = any || o.effect != dialect::Effect::exact;
  }
  if (any) fmt::print("not exactly as written:\n");
  print_options(e.options);
  print_options(e.deviations);
  if (e.accepted) fmt::print("asks for {} in {}\n", needs(e.request), printable(e.workdir));
}

}  // namespace

int explain(Session& session, const std::string& path, const std::string& as,
            const std::string& site_file) {
  Result<dialect::SiteProfile> site = read_site_profile(site_file, session.globals().home);
  if (!site) throw CommandError(kFailed, printable(site.error().message));
  std::string script = script_bytes(path);
  dialect::Detection found = dialect_of(as, script, *site);
  dialect::Submitter submitter = this_submitter();
  dialect::Source source;
  source.script = script;
  source.environment = submitter.environment;
  if (path != "-") source.script_name = std::filesystem::path(path).filename().string();
  dialect::Translation translation = dialect::translate(source, *found.dialect, *site);
  dialect::Request request = dialect::to_request(translation, script, submitter, *site);

  Explained e;
  e.script = path;
  e.dialect = *found.dialect;
  e.why = found.reason;
  e.accepted = translation.is_accepted() && request.is_accepted();
  for (const dialect::ShownValue& v : dialect::shown_values(translation.job)) {
    e.values.push_back({v.field, v.value, dialect::to_text(v.origin)});
  }
  for (const dialect::Record& r : translation.records) e.options.push_back(of_record(r));
  for (const dialect::Record& r : request.deviations) e.deviations.push_back(of_record(r));
  e.request = std::move(request.job);
  e.workdir = request.payload.workdir;
  e.stdout_path = request.payload.stdout_path;
  e.stderr_path = request.payload.stderr_path;
  e.stdin_path = request.payload.stdin_path;
  if (session.json()) {
    fmt::print("{}\n", to_json(e));
  } else {
    print_text(e);
  }
  return e.accepted ? kOk : kFailed;
}

}  // namespace pentad::cli
