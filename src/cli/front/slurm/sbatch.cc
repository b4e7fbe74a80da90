// sbatch: submits a script.
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>

#include "cli/commands.h"
#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/submit_words.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "cli/front/wait.h"
#include "cli/interrupt.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr std::string_view kWrapHead = "#!/bin/sh\n# This script was created by sbatch --wrap.\n\n";

// Finds a script as the original does: here, else in PATH.
std::string script_path(const Call& call, const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::is_directory(name, error)) throw failure(call, "Batch script is empty!");
  if (fs::exists(name, error) || name.find('/') != name.npos) return name;
  std::string path = variable("PATH");
  for (size_t from = 0; from < path.size();) {
    size_t colon = std::min(path.find(':', from), path.size());
    fs::path candidate = fs::path(path.substr(from, colon - from)) / name;
    from = colon + 1;
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return name;
}

std::string read_script(const Call& call, const std::string& path) {
  try {
    return read_foreign_script(path);
  } catch (const CommandError&) {
    throw failure(call, fmt::format("Unable to open file {}", path));
  }
}

int test_only(const Call& call, Session& session, const ForeignJob& job) {
  auto answer =
      session.send<api::DryRun>(net::Method::post, "/jobs?dry_run=true", to_submission(job));
  if (!answer.possible) {
    fmt::print(stderr, "allocation failure: Requested node configuration is not available\n");
    complain(call, answer.refusal ? answer.refusal->detail : "");
    return kFailed;
  }
  const ResourceRequest& asked = job.request.job.resources;
  fmt::print(stderr,
             "sbatch: Job {} to start at {} using {} processors on nodes {} in partition {}\n", 0,
             moment(answer.expected_start_at_ms.value_or(now_ms())),
             int64_t{asked.nodes} * asked.cores, "(any)",
             job.request.job.queue.empty() ? default_partition(session, call.globals)
                                           : job.request.job.queue);
  return kOk;
}

// The job's code; an array's is the largest of its elements'.
int wait_for_end(Session& session, int64_t id) {
  catch_interrupts();
  auto job = wait_for(session, id, [](const api::JobSummary&) { return false; });
  if (!job) return kInterrupted;
  if (!job->array) return code_of(*job);
  Question question;
  question.jobs = {{id, {}, ""}};
  question.places = Places::all;
  int code = kOk;
  const Jobs jobs(session, question);
  for (const Row& row : jobs.rows()) {
    int one = !row.attempt                       ? kFailed
              : row.attempt->signal != 0         ? 128 + row.attempt->signal
              : row.state != JobState::completed ? std::max(1, row.attempt->exit_code)
                                                 : row.attempt->exit_code;
    code = std::max(code, one);
  }
  return code;
}

}  // namespace

int sbatch(const Call& call) {
  auto words = split_words(call, "executable [args...]");
  if (!words) return kOk;
  dialect::SiteProfile site = site_profile(call.globals);
  dialect::Submitter here = this_submitter();
  dialect::Source source;
  source.options = words->options;
  source.environment = here.environment;
  // Whether there is a --wrap decides whether there is a script.
  dialect::Source probe = source;
  probe.script = "#!/bin/sh\n";
  const dialect::Job wrapped = dialect::translate(probe, dialect::Dialect::slurm, site).job;
  std::string script;
  if (wrapped.wrap) {
    if (!words->rest.empty()) {
      throw failure(call, "Script arguments not permitted with --wrap option");
    }
    script = fmt::format("{}{}\n", kWrapHead, *wrapped.wrap);
  } else if (words->rest.empty()) {
    script = read_script(call, "-");
  } else {
    std::string path = script_path(call, words->rest.front());
    script = read_script(call, path);
    source.script_name = std::filesystem::path(path).filename().string();
    source.script_args.assign(words->rest.begin() + 1, words->rest.end());
  }
  source.script = script;
  Session session(call.globals);
  ForeignJob job = translate_words(call, session, source, site);
  const dialect::Job& asked = job.translation.job;
  tell_deviations(call, job);
  if (asked.verify_only.value_or(false)) return test_only(call, session, job);
  int64_t id = send_job(call, session, job);
  bool parsable = asked.terse.value_or(false), quiet = asked.quiet.value_or(false);
  if (parsable) {
    fmt::print("{}\n", id);
  } else if (!quiet) {
    fmt::print("Submitted batch job {}\n", id);
  }
  std::fflush(stdout);
  return asked.wait.value_or(false) ? wait_for_end(session, id) : kOk;
}

}  // namespace pentad::cli::front::slurm
