#include "cli/front/lsf/report.h"

#include <fmt/format.h>

#include "cli/job_text.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr size_t kLineBytes = 79;
constexpr size_t kIndent = 21;  // of what is broken

// LSF breaks anywhere; readers join lines by cutting off the blanks.
std::string folded_text(std::string_view text, bool folded) {
  std::string out;
  size_t room = kLineBytes;
  while (folded && text.size() > room) {
    out.append(text.substr(0, room)).append("\n").append(kIndent, ' ');
    text.remove_prefix(room);
    room = kLineBytes - kIndent;
  }
  return out.append(text) + "\n";
}

void event(int64_t at_ms, const std::string& what, bool folded) {
  fmt::print("{}", folded_text(fmt::format("{}: {};", day_text(at_ms), printable(what)), folded));
}

// As LSF writes the parts of a name that differ from job to job.
std::string lsf_path(const std::string& path) {
  std::string out;
  for (size_t i = 0; i < path.size(); ++i) {
    out += path[i];
    if (path[i] != '%' || i + 1 == path.size()) continue;
    char token = path[++i];
    out += token == 'j' ? 'J' : token == 'a' ? 'I' : token == 'u' ? 'U' : token;
  }
  return out;
}

std::string files_of(const api::JobSubmission& request) {
  std::string out;
  auto add = [&](const char* name, const std::string& path) {
    if (!path.empty()) out += fmt::format(", {} <{}>", name, lsf_path(path));
  };
  add("Input File", request.stdin_path);
  add(request.append_output ? "Output File" : "Output File (overwrite)", request.stdout_path);
  add(request.append_output ? "Error File" : "Error File (overwrite)", request.stderr_path);
  return out;
}

std::string plain_hosts(const Element& e) {
  std::string out;
  for (const api::NodePart& part : e.attempt->nodes) out += fmt::format(" <{}>", part.node);
  return out;
}

std::string tasks_text(const Element& e) {
  return fmt::format("{} Task(s) on Host(s){}, Allocated {} Slot(s) on Host(s){}", slots_of(e),
                     plain_hosts(e), slots_of(e), plain_hosts(e));
}

std::string end_text(const Element& e) {
  double cpu_s = 0;
  if (e.attempt) {
    auto& usage = e.attempt->usage;
    cpu_s = static_cast<double>(usage.cpu_user_ms + usage.cpu_system_ms) / 1000;
  }
  std::string cpu = fmt::format("The CPU time used is {:.1f} seconds", cpu_s);
  if (e.state == JobState::completed) return "Done successfully. " + cpu;
  if (!e.attempt || (e.attempt->exit_code == 0 && e.attempt->signal == 0 &&
                     e.state != JobState::cancelled && e.state != JobState::timeout)) {
    return fmt::format("Exited; {}", e.job->message);
  }
  std::string reason = exit_reason_of(e);
  if (!reason.empty())
    return fmt::format("Exited with exit code {}; {}. {}", exit_code_of(e), reason, cpu);
  if (e.attempt->signal > 0) {
    return fmt::format("Exited by signal {}. {}", e.attempt->signal, cpu);
  }
  return fmt::format("Exited with exit code {}. {}", e.attempt->exit_code, cpu);
}

void print_start_and_end(const Element& e, bool folded, const std::string& where) {
  if (auto started = e.started_at_ms()) event(*started, where, folded);
  if (auto ended = e.ended_at_ms(); ended && is_final(e.state)) event(*ended, end_text(e), folded);
}

}  // namespace

void print_long(Cluster& cluster, const Element& e, bool folded) {
  const api::JobDetail& detail = cluster.detail(e.job->id);
  std::string head = fmt::format("Job <{}>", id_text(e));
  if (!e.job->name.empty()) head += fmt::format(", Job Name <{}>", name_text(e));
  head += fmt::format(", User <{}>, Project <{}>, Status <{}>, Queue <{}>, Command <{}>",
                      e.job->user, e.job->project.empty() ? "default" : e.job->project,
                      stat_text(stat_of(e)), cluster.queue_of(*e.job), cluster.command(e.job->id));
  fmt::print("\n{}", folded_text(printable(head), folded));
  std::string submitted =
      fmt::format("Submitted from host <{}>, CWD <{}>{}", cluster.from_host(e.job->id),
                  detail.request.workdir, files_of(detail.request));
  if (e.job->cores * e.job->nodes > 1) submitted += fmt::format(", {} Task(s)", slots_of(e));
  std::string dependency = dependency_text(detail.request.dependency);
  if (!dependency.empty()) submitted += fmt::format(", Dependency Condition <{}>", dependency);
  event(e.job->submitted_at_ms, submitted, folded);
  bool waits = stat_of(e) == Stat::pend || stat_of(e) == Stat::psusp;
  if (waits) {
    fmt::print(" {} REASONS:\n {};\n", stat_of(e) == Stat::pend ? "PENDING" : "SUSPENDING",
               printable(e.job->message.empty() ? "Waiting for scheduling" : e.job->message));
  }
  if (e.job->limit_s > 0) {
    fmt::print("\n RUNLIMIT\n {:.1f} min\n", static_cast<double>(e.job->limit_s) / 60);
  }
  if (e.job->memory_bytes > 0) {
    fmt::print("\n MEMLIMIT\n{:>7} M\n", e.job->memory_bytes >> 20);
  }
  if (e.attempt) {
    print_start_and_end(
        e, folded,
        fmt::format("Started {}, Execution CWD <{}>", tasks_text(e), detail.request.workdir));
  } else if (is_final(e.state)) {
    print_start_and_end(e, folded, "");
  }
  fmt::print("\n");
}

void print_history(Cluster& cluster, const Element& e, bool folded) {
  const api::JobDetail& detail = cluster.detail(e.job->id);
  std::string name = e.job->name.empty() ? "" : fmt::format(", Job Name <{}>", name_text(e));
  std::string head = fmt::format(
      "Job <{}>{}, User <{}>, Project <{}>, Command <{}>", id_text(e), name, e.job->user,
      e.job->project.empty() ? "default" : e.job->project, cluster.command(e.job->id));
  fmt::print("\n{}", folded_text(printable(head), folded));
  event(e.job->submitted_at_ms,
        fmt::format("Submitted from host <{}>, to Queue <{}>, CWD <{}>{}",
                    cluster.from_host(e.job->id), cluster.queue_of(*e.job), detail.request.workdir,
                    files_of(detail.request)),
        folded);
  if (e.attempt) {
    event(e.attempt->ordered_at_ms, fmt::format("Dispatched {}", tasks_text(e)), folded);
  }
  print_start_and_end(e, folded, "Starting");
  Spent spent = spent_by(e);
  fmt::print("\nSummary of time in seconds spent in various states by  {}\n",
             day_text(wall_clock().value));
  fmt::print("  PEND     PSUSP    RUN      USUSP    SSUSP    UNKWN    TOTAL\n");
  fmt::print("  {:<8} {:<8} {:<8} {:<8} {:<8} {:<8} {:<8}\n", spent.pend, spent.psusp, spent.run, 0,
             0, 0, spent.total());
}

Spent spent_by(const Element& e) {
  Spent spent;
  int64_t now_ms = wall_clock().value;
  int64_t ended_ms = e.ended_at_ms().value_or(now_ms);
  int64_t started_ms = e.started_at_ms().value_or(ended_ms);
  int64_t waited_s = std::max<int64_t>(0, started_ms - e.job->submitted_at_ms) / 1000;
  // How much of its waiting was a hold is not recorded: what is held now counts as held.
  (stat_of(e) == Stat::psusp ? spent.psusp : spent.pend) = waited_s;
  spent.run = std::max<int64_t>(0, ended_ms - started_ms) / 1000;
  return spent;
}

}  // namespace pentad::cli::front::lsf
