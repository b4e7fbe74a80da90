#include "cli/foreign.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "api/centre_types.h"
#include "api/submission.h"
#include "cli/named_jobs.h"
#include "cli/submission.h"
#include "cli/table.h"
#include "dialect/scanner.h"

namespace pentad::cli {

namespace {

// Tasks without nodes are spread by how many fit on one.
bool needs_node_size(const dialect::Job& job) {
  return std::ranges::any_of(job.components, [](const dialect::Component& part) {
    return part.tasks && part.tasks->min > 1 && !part.nodes && !part.tasks_per_node;
  });
}

int32_t largest_node(Session& session) {
  int32_t cores = 0;
  for (const api::NodeInfo& node : session.get<api::NodeList>("/nodes").nodes) {
    cores = std::max(cores, node.cores);
  }
  return cores;
}

// Output paths that are directories: the file in it then has a name of the dialect's.
void find_directories(const dialect::Job& job, dialect::Submitter& submitter) {
  for (const auto* given : {&job.stdout_path, &job.stderr_path}) {
    const std::string& text = **given;
    std::string path = text.starts_with("{home}") ? submitter.home + text.substr(6) : text;
    bool is_plain = !path.empty() && path.find('{') == path.npos;
    std::error_code error;
    if (!path.starts_with('/')) path = submitter.directory + '/' + path;
    if (is_plain && std::filesystem::is_directory(path, error)) submitter.directories.insert(text);
  }
}

}  // namespace

std::string read_foreign_script(const std::string& path) {
  std::string bytes;
  // Most scripts are small: memory for the largest would cost more than all the rest.
  auto read = [&](std::istream& in) {
    for (size_t room = 1 << 14; in && bytes.size() <= dialect::kMaxScriptBytes; room *= 4) {
      size_t had = bytes.size();
      bytes.resize(std::min(had + room, dialect::kMaxScriptBytes + 1));
      in.read(bytes.data() + had, static_cast<std::streamsize>(bytes.size() - had));
      bytes.resize(had + static_cast<size_t>(in.gcount()));
    }
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
  const passwd* user = getpwuid(geteuid());
  s.user = user ? user->pw_name : std::to_string(geteuid());
  s.home = s.environment.contains("HOME") ? s.environment["HOME"] : user ? user->pw_dir : "/";
  std::string host(256, '\0');
  if (gethostname(host.data(), host.size() - 1) == 0) s.host = host.c_str();
  s.sends_mail = s.environment.contains("PENTAD_SENDMAIL");
  for (const char* path : {"/usr/sbin/sendmail", "/usr/lib/sendmail", "/usr/bin/sendmail"}) {
    s.sends_mail = s.sends_mail || access(path, X_OK) == 0;
  }
  std::error_code error;
  s.directory = std::filesystem::current_path(error).string();
  return s;
}

ForeignJob translate_foreign(Session& session, const dialect::Source& source,
                             dialect::Dialect dialect, const dialect::SiteProfile& site,
                             bool keeps_terminal) {
  dialect::Submitter submitter = this_submitter();
  submitter.keeps_terminal = keeps_terminal;
  ForeignJob job{dialect::translate(source, dialect, site), {}};
  resolve_names(session, submitter.user, job.translation);
  if (needs_node_size(job.translation.job)) submitter.node_cores = largest_node(session);
  find_directories(job.translation.job, submitter);
  job.request = dialect::to_request(job.translation, source.script, submitter, site);
  return job;
}

api::JobSubmission to_submission(const ForeignJob& job) {
  api::JobSubmission out = api::to_api(job.request.job, job.request.payload);
  if (out.limit_s == 0) out.limit_s.reset();  // the centre's default
  const std::string& script = job.request.payload.script;
  if (!script.empty()) set_script(out, script);
  return out;
}

std::optional<dialect::Detection> foreign_dialect(const std::string& as, const std::string& script,
                                                  const dialect::SiteProfile& site) {
  if (as == "pentad") return {};
  if (as.empty()) {
    // A site's default says whose #PBS lines these are, not that a plain script is foreign.
    if (!dialect::detect("", {}, script).dialect) return {};
    return dialect::detect("", {}, script, site.default_dialect);
  }
  dialect::Dialect given{};
  std::string name = as == "pbs" ? "pbspro" : as;
  if (!boost::describe::enum_from_string(name.c_str(), given)) {
    throw CommandError(kUsage,
                       fmt::format("--as: `{}` is none of slurm, pbspro, torque, lsf, sge, pentad",
                                   printable(as)));
  }
  return dialect::Detection{given, "--as " + as};
}

api::JobSubmission submission_of_foreign(Session& session, const dialect::Source& source,
                                         const dialect::Detection& as,
                                         const dialect::SiteProfile& site) {
  ForeignJob job = translate_foreign(session, source, *as.dialect, site);
  fmt::print(stderr, "pentad: taken as a {} script ({})\n",
             boost::describe::enum_to_string(*as.dialect, "?"), as.reason);
  if (!job.is_accepted()) {
    throw CommandError(kRefused, why_refused(job) +
                                     "\n  pentad explain says what became of "
                                     "each option");
  }
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      if (r.effect == dialect::Effect::exact || r.quiet) continue;
      fmt::print(stderr, "pentad: {}: {}: {}: {}\n", dialect::to_text(r.origin), printable(r.text),
                 boost::describe::enum_to_string(r.effect, "?"), printable(r.reason));
    }
  }
  return to_submission(job);
}

std::string why_refused(const ForeignJob& job) {
  std::string text;
  for (const auto* records : {&job.translation.records, &job.request.deviations}) {
    for (const dialect::Record& r : *records) {
      if (r.effect != dialect::Effect::refused) continue;
      text += fmt::format("{}{}: {}: {}", text.empty() ? "" : "\n", dialect::to_text(r.origin),
                          printable(r.text), printable(r.reason));
    }
  }
  return text;
}

}  // namespace pentad::cli
