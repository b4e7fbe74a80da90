// `pentad explain`: what a script of another scheduler becomes here, without submitting it.
#include <fmt/format.h>

#include <filesystem>

#include "base/reflect.h"
#include "cli/commands.h"
#include "cli/foreign.h"
#include "cli/site_profile.h"
#include "cli/table.h"
#include "dialect/describe.h"
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
  std::string script = read_foreign_script(path);
  std::optional<dialect::Detection> found = foreign_dialect(as, script, *site);
  if (!found) {
    throw CommandError(kUsage,
                       "the script has no directives: say with --as slurm, pbspro, torque, lsf or "
                       "sge what it is");
  }
  dialect::Submitter submitter = this_submitter();
  dialect::Source source;
  source.script = script;
  source.environment = submitter.environment;
  if (path != "-") source.script_name = std::filesystem::path(path).filename().string();
  dialect::Translation translation = dialect::translate(source, *found->dialect, *site);
  dialect::Request request = dialect::to_request(translation, script, submitter, *site);

  Explained e;
  e.script = path;
  e.dialect = *found->dialect;
  e.why = found->reason;
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
