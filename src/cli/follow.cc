// pentad logs, wait and run: what takes as long as a job takes.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/job_text.h"
#include "cli/submission.h"

namespace pentad::cli {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(120);  // for a centre that restarts

// Writes output of a job as it came: it may be anything.
bool write_out(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
         std::fflush(stdout) == 0;
}

void pause(int64_t ms) {
  timespec t{ms / 1000, ms % 1000 * 1'000'000};
  nanosleep(&t, nullptr);  // a signal cuts it short
}

// Streams one output until the attempt has ended, going on where it broke off when the centre
// restarts. Returns false when interrupted.
bool stream_log(Session& session, const std::string& target, bool follow) {
  int64_t written = 0;
  auto give_up = Clock::now() + kPatience;
  while (!interrupted()) {
    std::string from = follow && written > 0 ? fmt::format("&offset={}", written) : "";
    bool broken_pipe = false;
    auto answer = session.client().stream("/api/v1" + target + from, [&](std::string_view bytes) {
      written += static_cast<int64_t>(bytes.size());
      broken_pipe = !write_out(bytes);
      return !broken_pipe && !interrupted();
    });
    if (broken_pipe) return true;
    if (interrupted()) return false;
    if (answer) {
      session.check(answer);
      return true;
    }
    bool again = follow && Clock::now() < give_up &&
                 (written > 0 || answer.error().code == ErrorCode::failed);
    if (!again) session.fail_for(answer.error());
    pause(300);
  }
  return false;
}

// Asks until the job is final: often at first, ever less often later. Empty when interrupted.
std::optional<api::JobSummary> wait_for_end(Session& session, int64_t id) {
  std::string target = fmt::format("/api/v1/jobs?ids={}&limit=1", id);
  auto give_up = Clock::now() + kPatience;
  for (int64_t pause_ms = 10; !interrupted(); pause_ms = std::min<int64_t>(pause_ms * 3 / 2, 500)) {
    Result<net::Response> answer = session.client().get(target);
    if (answer) {
      session.check(answer);
      give_up = Clock::now() + kPatience;
      Result<api::JobPage> page = from_json<api::JobPage>(answer->body, ReadMode::lenient);
      if (page && page->jobs.empty())
        throw CommandError(kNotFound, fmt::format("there is no job {}", id));
      if (page && is_final(page->jobs[0].state)) return page->jobs[0];
    } else if (Clock::now() > give_up) {
      session.fail_for(answer.error());
    }
    pause(pause_ms);
  }
  return {};
}

std::string log_target(const LogOptions& o) {
  JobName job = parse_job(o.job);
  std::string target =
      fmt::format("/jobs/{}/logs?stream={}", job.job, o.errors ? "stderr" : "stdout");
  if (!job.element.empty()) target += "&element=" + job.element;
  if (o.attempt > 0) target += fmt::format("&attempt={}", o.attempt);
  if (o.tail >= 0) target += fmt::format("&tail={}", o.tail);
  if (o.follow) target += "&follow=true";
  return target;
}

void tell(const api::JobSummary& job) {
  std::string what = what_text(job);
  fmt::print(stderr, "job {} {}{}{}\n", job.id, state_name(job.state), what.empty() ? "" : ": ",
             printable(what));
}

}  // namespace

int logs(Session& session, const LogOptions& options) {
  catch_interrupts();
  bool done = stream_log(session, log_target(options), options.follow);
  // The centre also ends it when who watches may see it no more: then this throws.
  if (done && options.follow) {
    session.call(net::Method::get, fmt::format("/jobs/{}", parse_job(options.job).job), {});
  }
  return done ? kOk : 130;
}

int wait(Session& session, const std::vector<std::string>& names) {
  std::vector<int64_t> ids;
  for (const std::string& name : names) ids.push_back(parse_job(name).job);
  catch_interrupts();
  int code = kOk;
  std::string list;
  for (int64_t id : ids) {
    auto job = wait_for_end(session, id);
    if (!job) return 130;
    if (session.json()) {
      list += (list.empty() ? "" : ",\n") + to_json(*job);
    } else {
      tell(*job);
    }
    if (code == kOk) code = exit_code_of(*job);
  }
  if (session.json()) fmt::print("[{}]\n", list);
  return code;
}

int run(Session& session, const JobOptions& given) {
  JobOptions options = given;
  if (!options.array.empty())
    throw CommandError(kUsage, "run waits for one command; submit arrays");
  options.export_env = true;
  api::Submitted submitted = send_submission(session, to_submission(session, options), options.key);
  int64_t id = submitted.jobs.at(0);
  catch_interrupts();
  LogOptions log;
  log.job = std::to_string(id);
  log.follow = true;
  bool streamed = options.out.empty() ? stream_log(session, log_target(log), true) : true;
  std::optional<api::JobSummary> job;
  if (streamed) job = wait_for_end(session, id);
  if (!job) {
    forget_interrupt();
    fmt::print(stderr, "pentad: cancelling job {}\n", id);
    Session fresh(session.globals());  // the stream's connection is not usable any more
    try {
      fresh.send<void>(net::Method::post, fmt::format("/jobs/{}/cancel", id), api::CancelRequest{});
    } catch (const CommandError& error) {
      if (error.code == kUnreachable) throw;  // a refusal means that it has ended by itself
    }
    job = wait_for_end(fresh, id);
    if (job) tell(*job);
    return 130;
  }
  if (session.json()) {
    fmt::print(stderr, "{}\n", to_json(*job));
  } else if (job->state != JobState::completed) {
    tell(*job);
  }
  return exit_code_of(*job);
}

}  // namespace pentad::cli
