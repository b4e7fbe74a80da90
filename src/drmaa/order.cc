// From a job template to a job of the centre: the native specification is read as a command line of
// the site's dialect, and the template's own attributes go over it.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "cli/foreign.h"
#include "cli/job_text.h"
#include "dialect/scanner.h"
#include "dialect/values.h"
#include "drmaa/agent.h"
#include "drmaa/drmaa.h"
#include "drmaa/values.h"

namespace pentad::drmaa {

namespace {

using dialect::Dialect;

struct Asked {
  std::map<std::string, std::string> values;
  std::map<std::string, Message> vectors;

  const std::string* find(const char* name) const {
    auto at = values.find(name);
    return at == values.end() ? nullptr : &at->second;
  }
  Message list(const char* name) const {
    auto at = vectors.find(name);
    return at == vectors.end() ? Message{} : at->second;
  }
};

Asked read(const Message& question) {
  Asked out;
  for (size_t i = 2; i < question.size(); ++i) {
    size_t equals = question[i].find('=');
    if (equals == std::string::npos) continue;
    std::string key = question[i].substr(0, equals), value = question[i].substr(equals + 1);
    bool is_vector = key.starts_with("drmaa_v_") || key == "caller";
    if (is_vector) {
      out.vectors[key].push_back(std::move(value));
    } else {
      out.values[key] = std::move(value);
    }
  }
  return out;
}

// The translation looks at the process it runs in: that is the caller's for now.
void become_caller(const Asked& asked) {
  clearenv();
  for (const std::string& entry : asked.list("caller")) {
    size_t equals = entry.find('=');
    setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
  }
  std::error_code error;
  if (const std::string* folder = asked.find("cwd")) {
    std::filesystem::current_path(*folder, error);
  }
}

Dialect dialect_of(const dialect::SiteProfile& site) {
  Dialect found = site.default_dialect.value_or(Dialect::sge);
  if (const char* name = std::getenv("PENTAD_DIALECT")) {
    boost::describe::enum_from_string(name, found);
  }
  return found;
}

// Words as a directive of that dialect has them: the same quotes.
std::vector<std::string> words_of(std::string text, Dialect dialect) {
  for (char& c : text) c = c == '\n' || c == '\r' ? ' ' : c;
  std::string script = fmt::format("#!/bin/sh\n{} {}\n", dialect::directive_prefix(dialect), text);
  dialect::Scan scan = dialect::scan(script, dialect);
  for (const dialect::Record& problem : scan.problems) {
    throw Refused{DRMAA_ERRNO_INVALID_ATTRIBUTE_VALUE,
                  fmt::format("{}: {}", DRMAA_NATIVE_SPECIFICATION, problem.reason)};
  }
  return scan.directives.empty() ? std::vector<std::string>{} : scan.directives.front().words;
}

// A program by its name, where the caller's PATH has it.
std::string program_path(const std::string& command) {
  if (command.find('/') != command.npos) {
    return std::filesystem::absolute(command).lexically_normal().string();
  }
  const char* path = std::getenv("PATH");
  for (std::string_view folder : dialect::split(path ? path : "/usr/bin:/bin", ':')) {
    std::string found = fmt::format("{}/{}", folder.empty() ? "." : folder, command);
    if (access(found.c_str(), X_OK) == 0) return std::filesystem::absolute(found).string();
  }
  return command;
}

std::string home() {
  const char* home = std::getenv("HOME");
  return home ? home : "/";
}

// [host]:path with the standard's placeholders as the tokens of this centre.
std::string file_of(const std::string& value, const api::JobSubmission& job, bool is_bulk) {
  size_t colon = value.starts_with('/') ? value.npos : value.find(':');
  std::string path = colon == value.npos ? value : value.substr(colon + 1);
  path = with_placeholders(path, home(), job.workdir);
  std::error_code error;
  if (path.ends_with('/') || std::filesystem::is_directory(path, error)) {
    path += path.ends_with('/') ? "%x.o%j" : "/%x.o%j";
    if (is_bulk) path += ".%a";
  }
  return path;
}

bool is_default(const dialect::Given<std::string>& path) {
  return path.origin.kind == dialect::OriginKind::dialect_default;
}

void take_files(const Asked& asked, const dialect::Job& defaults, api::JobSubmission& job) {
  bool is_bulk = job.array.has_value();
  if (const std::string* folder = asked.find(DRMAA_WD)) {
    job.workdir = with_placeholders(*folder, home(), "");
  }
  if (const std::string* path = asked.find(DRMAA_INPUT_PATH)) {
    job.stdin_path = file_of(*path, job, is_bulk);
  }
  // Without a word about it each element has a file of its own.
  if (is_bulk && is_default(defaults.stdout_path) && !job.stdout_path.empty())
    job.stdout_path += ".%a";
  if (is_bulk && is_default(defaults.stderr_path) && !job.stderr_path.empty())
    job.stderr_path += ".%a";
  if (const std::string* path = asked.find(DRMAA_OUTPUT_PATH)) {
    job.stdout_path = file_of(*path, job, is_bulk);
  }
  if (const std::string* path = asked.find(DRMAA_ERROR_PATH)) {
    job.stderr_path = file_of(*path, job, is_bulk);
  }
  const std::string* join = asked.find(DRMAA_JOIN_FILES);
  if (join && *join == "y") job.stderr_path.clear();
}

int64_t moment_ms(const std::string& value, const char* name) {
  dialect::Submitter here = cli::this_submitter();
  std::optional<Time> at = read_moment(value, here.now, here.utc_offset);
  if (!at) {
    throw Refused{DRMAA_ERRNO_INVALID_ATTRIBUTE_FORMAT,
                  fmt::format("{}: `{}` is no time", name, value)};
  }
  return at->value;
}

void take_times(const Asked& asked, api::JobSubmission& job) {
  if (auto* begin = asked.find(DRMAA_START_TIME)) {
    job.begin_at_ms = moment_ms(*begin, DRMAA_START_TIME);
  }
  if (auto* end = asked.find(DRMAA_DEADLINE_TIME)) {
    job.deadline_at_ms = moment_ms(*end, DRMAA_DEADLINE_TIME);
  }
  for (const char* name : {DRMAA_WCT_HLIMIT, DRMAA_DURATION_HLIMIT}) {
    if (auto* limit = asked.find(name)) job.limit_s = read_duration_s(*limit);
  }
  for (const char* name : {DRMAA_WCT_SLIMIT, DRMAA_DURATION_SLIMIT}) {
    auto* soft = asked.find(name);
    if (!soft) continue;
    int64_t soft_s = read_duration_s(*soft);
    // Alone it is the limit; below one it is when the job is warned.
    if (!job.limit_s || *job.limit_s <= soft_s) {
      job.limit_s = soft_s;
    } else {
      job.warning = api::JobWarning{SIGUSR1, *job.limit_s - soft_s};
    }
  }
}

void take_rest(const Asked& asked, api::JobSubmission& job) {
  if (auto* name = asked.find(DRMAA_JOB_NAME); name && !name->empty()) job.name = *name;
  if (auto* state = asked.find(DRMAA_JS_STATE)) job.hold = *state == DRMAA_SUBMISSION_STATE_HOLD;
  for (const std::string& entry : asked.list(DRMAA_V_ENV)) {
    size_t equals = entry.find('=');
    job.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  auto* category = asked.find(DRMAA_JOB_CATEGORY);
  if (category && !category->empty() && *category != "default") {
    throw Refused{DRMAA_ERRNO_DENIED_BY_DRM,
                  fmt::format("{}: this centre has no category {}: write its options into {}",
                              DRMAA_JOB_CATEGORY, *category, DRMAA_NATIVE_SPECIFICATION)};
  }
}

}  // namespace

Order order_of(cli::Session& session, const cli::Globals& globals, const Message& question) {
  Asked asked = read(question);
  become_caller(asked);
  dialect::SiteProfile site = cli::front::site_profile(globals);
  Dialect dialect = dialect_of(site);
  const std::string& command = asked.values.at(DRMAA_REMOTE_COMMAND);
  dialect::Source source;
  source.script = "#!/bin/sh\n:\n";
  source.script_name = std::filesystem::path(command).filename().string();
  if (auto* native = asked.find(DRMAA_NATIVE_SPECIFICATION)) {
    source.options = words_of(*native, dialect);
  }
  cli::ForeignJob job = cli::translate_foreign(session, source, dialect, site);
  if (!job.is_accepted()) throw Refused{DRMAA_ERRNO_DENIED_BY_DRM, cli::why_refused(job)};
  Order order;
  api::JobSubmission& out = order.submission;
  out = cli::to_submission(job);
  out.script.reset();
  out.script_base64.reset();
  out.args.clear();
  out.argv = asked.list(DRMAA_V_ARGV);
  out.argv.insert(out.argv.begin(), program_path(command));
  if (!question[1].empty()) {
    out.array = api::JobArray{question[1], 0};
    if (auto set = IndexSet::parse(question[1], 1'000'000)) order.elements = set->expand();
  }
  take_files(asked, job.translation.job, out);
  take_times(asked, out);
  take_rest(asked, out);
  return order;
}

}  // namespace pentad::drmaa
