// pentad queue, show and status.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

constexpr int64_t kPage = 500;

std::string query_of(const QueueOptions& o) {
  std::string query = "?";
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += fmt::format("{}={}&", name, net::percent_encode(value));
  };
  std::string states;
  for (const std::string& s : o.state) states += (states.empty() ? "" : ",") + s;
  if (states.empty() && !o.all) states = "pending,active";
  add("state", states);
  add("user", o.user);
  add("project", o.project);
  add("name", o.name);
  add("application", o.app);
  add("sort", o.sort.empty() && !o.all ? "id" : o.sort);
  if (!o.since.empty()) {
    Result<Duration> back = parse_duration(o.since);
    if (!back) throw CommandError(kUsage, "--since: " + back.error().message);
    add("since_ms", std::to_string((wall_clock() - *back).value));
  }
  return query;
}

// Pages through the list, `limit` rows at most (0: all). `take` gets each page.
template <class Take>
void for_each_page(Session& session, const QueueOptions& o, int64_t limit, const Take& take) {
  std::string query = query_of(o);
  std::string cursor;
  int64_t left = limit;
  while (true) {
    int64_t page = limit == 0 ? kPage : std::min(left, kPage);
    auto rows = session.get<api::JobPage>(fmt::format("/jobs{}limit={}{}", query, page, cursor));
    left -= static_cast<int64_t>(rows.jobs.size());
    bool more = rows.next.has_value();
    take(rows.jobs, more);
    if (!more || (limit > 0 && left <= 0)) return;
    cursor = "&cursor=" + net::percent_encode(*rows.next);
  }
}

void print_json_list(Session& session, const QueueOptions& o) {
  fmt::print("[");
  bool first = true;
  for_each_page(session, o, o.limit, [&](const std::vector<api::JobSummary>& jobs, bool) {
    for (const api::JobSummary& job : jobs) {
      fmt::print("{}{}", first ? "" : ",\n", to_json(job));
      first = false;
    }
  });
  fmt::print("]\n");
}

void field(const char* name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<14}{}\n", name, printable(value));
}

void print_attempts(const Session& session, const api::JobDetail& detail) {
  if (detail.attempts.empty()) return;
  Table table({{"ATTEMPT"},
               {"STATE"},
               {"WHERE", Align::left, 8},
               {"STARTED"},
               {"RAN", Align::right},
               {"EXIT", Align::right},
               {"CPU", Align::right},
               {"MEMORY", Align::right},
               {"OUTPUT", Align::left, 10}});
  for (const api::AttemptView& a : detail.attempts) {
    std::string where;
    for (const api::NodePart& part : a.nodes) where += (where.empty() ? "" : ",") + part.node;
    Time started{a.started_at_ms.value_or(0)};
    Time ended{a.ended_at_ms.value_or(wall_clock().value)};
    table.add({a.id, state_cell(a.state), where, format_time(started, wall_clock()),
               a.started_at_ms ? format_duration(ended - started) : "-",
               exit_text(a.exit_code, a.signal, a.end.has_value()),
               format_duration(Duration{a.usage.cpu_user_ms + a.usage.cpu_system_ms}),
               format_bytes(Bytes{a.usage.peak_memory_bytes}), a.stdout_path});
  }
  fmt::print("\n{}", table.render(session.width(), session.colour()));
  for (const api::AttemptView& a : detail.attempts) {
    if (!a.message.empty()) fmt::print("{}: {}\n", a.id, printable(a.message));
  }
  if (detail.more_attempts) fmt::print("and earlier ones\n");
}

std::string resources_text(const api::JobSummary& job) {
  std::string text = fmt::format("{} core{}", job.cores, job.cores == 1 ? "" : "s");
  if (job.memory_bytes > 0) text += ", " + format_bytes(Bytes{job.memory_bytes});
  if (job.devices > 0)
    text += fmt::format(", {} device{}", job.devices, job.devices == 1 ? "" : "s");
  if (job.nodes > 1) text = fmt::format("{} nodes with {} each", job.nodes, text);
  return text;
}

}  // namespace

int queue(Session& session, const QueueOptions& o) {
  if (session.json()) {
    print_json_list(session, o);
    return kOk;
  }
  Table table({{"JOB", Align::right},
               {"NAME", Align::left, 8},
               {"USER", Align::left, 4},
               {"STATE"},
               {"WANTS", Align::left, 6},
               {"WAITED", Align::right},
               {"RAN", Align::right},
               {"WHAT", Align::left, 8}});
  bool more = false;
  for_each_page(session, o, o.limit == 0 ? 50 : o.limit,
                [&](const std::vector<api::JobSummary>& jobs, bool more_pages) {
                  more = more_pages;
                  for (const api::JobSummary& job : jobs) {
                    table.add({std::to_string(job.id), job.name, job.user, state_cell(job.state),
                               resources_text(job), format_duration(Duration{job.waited_ms}),
                               job.started_at_ms ? format_duration(Duration{running_ms(job)}) : "-",
                               what_text(job)});
                  }
                });
  if (table.empty()) {
    fmt::print("{}\n",
               o.all ? "no job matches" : "nothing waits or runs; --all lists ended jobs too");
    return kOk;
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  if (more) fmt::print("there are more; see them with --limit\n");
  return kOk;
}

int show(Session& session, const std::string& name) {
  JobName job = parse_job(name);
  std::string target = fmt::format("/jobs/{}", job.job);
  if (session.json()) {
    fmt::print("{}\n", session.call(net::Method::get, target, {}));
    return kOk;
  }
  auto detail = session.get<api::JobDetail>(target);
  const api::JobSummary& j = detail.job;
  Time now = wall_clock();
  field("job", fmt::format("{}  {}", j.id, j.name));
  field("state", state_name(j.state) + (j.message.empty() ? "" : ": " + j.message));
  if (j.position) field("position", fmt::format("{} in the queue", *j.position));
  if (j.expected_start_at_ms) {
    field("starts", fmt::format("{}, if what runs takes as long as its limits allow",
                                format_time(Time{*j.expected_start_at_ms}, now)));
  }
  field("user", j.user + (j.project.empty() ? "" : ", project " + j.project));
  field("application", j.application);
  field("wants", resources_text(j) + ", " + format_duration(seconds(j.limit_s)) + " at most");
  if (j.array) {
    field("array", fmt::format("{}: {} waiting, {} running, {} succeeded, {} not", *j.array,
                               j.pending, j.running, j.succeeded, j.unsuccessful));
  }
  field("submitted", format_time(Time{j.submitted_at_ms}, now));
  field("waited", format_duration(Duration{j.waited_ms}));
  if (j.started_at_ms) field("ran", format_duration(Duration{running_ms(j)}));
  if (is_final(j.state)) field("exit", exit_text(j.exit_code, j.signal, true));
  if (j.result && j.result->summary.count("en")) field("result", j.result->summary.at("en"));
  field("directory", detail.directory);
  print_attempts(session, detail);
  return kOk;
}

int status(Session& session) {
  auto s = session.get<api::StatusView>("/status");
  if (session.json()) {
    fmt::print("{}\n", to_json(s));
    return s.health == api::Health::ok ? kOk : kFailed;
  }
  field("centre", fmt::format("Pentad {}, process {}, up {}", s.version, s.pid,
                              format_duration(Duration{s.now_ms - s.started_at_ms})));
  field("health", s.health == api::Health::ok ? "ok" : "degraded: " + s.detail);
  field("home", s.home);
  field("listens", s.listen);
  field("nodes", fmt::format("{} up, {} draining, {} drained, {} down; {} of {} cores in use",
                             s.nodes.up, s.nodes.draining, s.nodes.drained, s.nodes.down,
                             s.nodes.cores_used, s.nodes.cores));
  field("jobs", fmt::format("{} unfinished: {} ready to start, {} held, {} attempts running",
                            s.jobs.unfinished, s.jobs.queued, s.jobs.held, s.jobs.attempts));
  return s.health == api::Health::ok ? kOk : kFailed;
}

}  // namespace pentad::cli
