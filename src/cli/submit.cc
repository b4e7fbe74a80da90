// pentad submit, pentad modify.
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "api/job_types.h"
#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/money_text.h"
#include "cli/submission.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

// A key of our own, so that sending again after a broken connection never submits twice.
std::string fresh_key() {
  std::array<unsigned char, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::string text;
  for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string expected(const std::optional<int64_t>& at_ms) {
  if (!at_ms) return "";
  auto since = std::chrono::system_clock::now().time_since_epoch();
  Time now{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  if (Time{*at_ms} <= now + seconds(2)) return "starts at once";
  return fmt::format("expected to start in {}", format_duration(Time{*at_ms} - now));
}

// A job that submits too fast is slowed down before it is refused.
constexpr int64_t kLongestWaitS = 300;

// What a centre asks for that is only too busy for the moment; 0: nothing.
int64_t seconds_to_wait(const net::Response& answer) {
  const std::string* after = answer.headers.find("Retry-After");
  if (answer.status != 429 || !after) return 0;
  if (answer.body.find("jobs-submit-too-fast") == answer.body.npos) return 0;
  int64_t wait_s = 1;
  std::from_chars(after->data(), after->data() + after->size(), wait_s);
  return std::clamp<int64_t>(wait_s, 1, 60);
}

int dry_run(Session& session, const api::JobSubmission& submission) {
  auto answer = session.send<api::DryRun>(net::Method::post, "/jobs?dry_run=true", submission);
  if (session.json()) {
    fmt::print("{}\n", to_json(answer));
  } else if (answer.possible) {
    std::string when = expected(answer.expected_start_at_ms);
    std::string cost = answer.cost ? cost_text(*answer.cost) : "";
    fmt::print("would be accepted{}{}{}{}\n", when.empty() ? "" : ", ", when,
               cost.empty() ? "" : ", ", cost);
  } else {
    const Refusal& r = answer.refusal.value();
    fmt::print("would be refused: {} ({})\n", printable(r.detail), printable(r.field));
  }
  return answer.possible ? kOk : kRefused;
}

}  // namespace

api::Submitted send_submission(Session& session, const api::JobSubmission& submission,
                               const std::string& key) {
  net::Headers headers;
  headers.add("Idempotency-Key", key.empty() ? fresh_key() : key);
  const char* job = std::getenv("PENTAD_JOB_ID");
  if (job && *job) headers.add("Pentad-From-Job", job);
  const std::string body = to_json(submission, WriteMode::compact);
  for (int64_t waited_s = 0;;) {
    auto answer = session.ask(net::Method::post, "/jobs", body, headers);
    const int64_t wait_s = answer ? seconds_to_wait(*answer) : 0;
    if (wait_s == 0 || waited_s >= kLongestWaitS) {
      session.check(answer);
      return session.parse<api::Submitted>(answer->body);
    }
    if (waited_s == 0) {
      fmt::print(stderr, "pentad: jobs submit jobs faster than this centre takes: waiting\n");
    }
    waited_s += wait_s;
    sleep(static_cast<unsigned>(wait_s));
  }
}

int submit(Session& session, const JobOptions& options) {
  api::JobSubmission submission = to_submission(session, options);
  if (options.dry_run) return dry_run(session, submission);
  api::Submitted answer = send_submission(session, submission, options.key);
  if (session.json()) {
    fmt::print("{}\n", to_json(answer));
  } else if (terminal_width() == 0) {
    fmt::print("{}\n", answer.jobs.at(0));  // for scripts: the number alone
  } else {
    std::string when = expected(answer.expected_start_at_ms);
    std::string cost = answer.cost ? cost_text(*answer.cost) : "";
    fmt::print("job {}{}{}{}{}{}\n", answer.jobs.at(0),
               answer.repeated ? " (submitted before)" : "", when.empty() ? "" : ", ", when,
               cost.empty() ? "" : ", ", cost);
  }
  std::fflush(stdout);
  if (!options.wait) return kOk;
  return wait(session, {std::to_string(answer.jobs.at(0))});
}

int modify(Session& session, const std::string& name, const JobOptions& options) {
  JobName job = parse_job(name);
  if (!job.element.empty())
    throw CommandError(kUsage, "an array is modified as a whole: leave out _N");
  std::string target = fmt::format("/jobs/{}", job.job);
  auto detail = session.get<api::JobDetail>(target);
  api::JobChange change = to_change(options, detail.request.resources);
  if (to_json(change, WriteMode::compact) == "{}") {
    throw CommandError(kUsage, "nothing to change: see pentad modify --help");
  }
  auto after = session.send<api::JobSummary>(net::Method::patch, target, change);
  if (session.json()) {
    fmt::print("{}\n", to_json(after));
  } else {
    fmt::print("job {} modified\n", after.id);
  }
  return kOk;
}

}  // namespace pentad::cli
