#include "dialect/run_end.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace pentad::dialect {

namespace {

constexpr int32_t kInt = 2, kKill = 9, kUser2 = 12, kTerm = 15;

bool is_pbs(Dialect dialect) { return dialect == Dialect::pbspro || dialect == Dialect::torque; }

std::vector<SignalAt> sge_signals(const Launch& launch) {
  if (!launch.notifies) return {{kKill, {}}};
  return {{kUser2, {}}, {kKill, seconds(60)}};
}

std::string local_time(Time time, Duration utc_offset) {
  std::chrono::sys_time<std::chrono::seconds> local{
      std::chrono::seconds((time + utc_offset).value / 1000)};
  return fmt::format("{:%a %b %e %H:%M:%S %Y}", local);
}

// Codes of PBS for what it did itself (its job.h: JOB_EXEC_*).
ForeignExit pbs_exit(Dialect dialect, const AttemptEnd& end) {
  bool is_pro = dialect == Dialect::pbspro;
  switch (end.kind) {
    case EndKind::exited:
      return {end.exit_code, 0};
    case EndKind::timeout:
      return {is_pro ? -29 : 256 + kTerm, 0};
    case EndKind::out_of_memory:
      return {is_pro ? -27 : 256 + kKill, 0};
    case EndKind::not_started:
      return {-1, 0};
    case EndKind::lost:
      return {-3, 0};
    case EndKind::signalled:
    case EndKind::stopped:
      break;
  }
  return {256 + (end.signal ? end.signal : kTerm), 0};
}

ForeignExit slurm_exit(const AttemptEnd& end) {
  switch (end.kind) {
    case EndKind::exited:
      return {end.exit_code, 0};
    case EndKind::signalled:
      return {0, end.signal};
    case EndKind::out_of_memory:
      return {0, 125};
    case EndKind::not_started:
      return {0, 53};
    case EndKind::timeout:
    case EndKind::stopped:
    case EndKind::lost:
      break;
  }
  return {0, 0};
}

bool is_good(const AttemptEnd& end) { return end.kind == EndKind::exited && end.exit_code == 0; }

std::string lsf_verdict(const AttemptEnd& end) {
  int32_t code = foreign_exit_code(Dialect::lsf, end).code;
  std::string exited = fmt::format("Exited with exit code {}.", code);
  switch (end.kind) {
    case EndKind::exited:
      return code == 0 ? "Successfully completed." : exited;
    case EndKind::signalled:
      return fmt::format("Exited with signal termination: {}.", end.signal);
    case EndKind::timeout:
      return "TERM_RUNLIMIT: job killed after reaching LSF run time limit.\n" + exited;
    case EndKind::out_of_memory:
      return "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.\n" + exited;
    case EndKind::stopped:
      return "TERM_OWNER: job killed by owner.\n" + exited;
    case EndKind::not_started:
    case EndKind::lost:
      break;
  }
  return "TERM_UNKNOWN: LSF cannot determine a termination reason.\n" + exited;
}

std::string usage_lines(const AttemptEnd& end) {
  double cpu_s = static_cast<double>((end.usage.cpu_user + end.usage.cpu_system).value) / 1000;
  int64_t ran_s = (end.ended_at - end.started_at).value / 1000;
  std::string out = "Resource usage summary:\n\n";
  auto line = [&](const char* name, const std::string& value) {
    out += fmt::format("    {:<45}{}\n", std::string(name) + " :", value);
  };
  line("CPU time", fmt::format("{:.2f} sec.", cpu_s));
  line("Max Memory", fmt::format("{} MB", end.usage.peak_memory.value >> 20));
  for (const char* name : {"Average Memory", "Total Requested Memory", "Delta Memory", "Max Swap",
                           "Max Processes", "Max Threads"}) {
    line(name, "-");
  }
  line("Run time", fmt::format("{} sec.", ran_s));
  return out;
}

std::string run_time(const AttemptEnd& end) {
  int64_t s = std::max<int64_t>((end.ended_at - end.started_at).value / 1000, 0);
  return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string slurm_subject(const AfterRun& run, const AttemptEnd& end) {
  ForeignExit exit = slurm_exit(end);
  const char* state = is_good(end)                         ? "COMPLETED"
                      : end.kind == EndKind::timeout       ? "TIMEOUT"
                      : end.kind == EndKind::out_of_memory ? "OUT_OF_MEMORY"
                      : end.kind == EndKind::stopped       ? "CANCELLED"
                                                           : "FAILED";
  return fmt::format("Slurm Job_id={} Name={} {}, Run time {}, {}, ExitCode {}", run.identifier,
                     run.job_name, is_good(end) ? "Ended" : "Failed", run_time(end), state,
                     exit.code);
}

}  // namespace

std::vector<SignalAt> limit_signals(const Launch& launch) {
  switch (launch.dialect) {
    case Dialect::slurm:
      return {};
    case Dialect::pbspro:
    case Dialect::torque:
      return {{kTerm, {}}, {kKill, seconds(10)}};
    case Dialect::lsf:
      return {{kUser2, {}}, {kInt, seconds(10)}, {kTerm, seconds(20)}, {kKill, seconds(30)}};
    case Dialect::sge:
      break;
  }
  return sge_signals(launch);
}

std::vector<SignalAt> stop_signals(const Launch& launch) {
  if (launch.dialect != Dialect::lsf) return limit_signals(launch);
  return {{kInt, {}}, {kTerm, seconds(10)}, {kKill, seconds(20)}};
}

ForeignExit foreign_exit_code(Dialect dialect, const AttemptEnd& end) {
  if (dialect == Dialect::slurm) return slurm_exit(end);
  if (is_pbs(dialect)) return pbs_exit(dialect, end);
  bool is_lsf = dialect == Dialect::lsf;
  switch (end.kind) {
    case EndKind::exited:
      return {end.exit_code, 0};
    case EndKind::timeout:
      return {128 + (is_lsf ? kUser2 : kKill), 0};
    case EndKind::stopped:
      return {128 + (is_lsf ? kInt : kKill), 0};
    case EndKind::out_of_memory:
      return {128 + kKill, 0};
    case EndKind::not_started:
    case EndKind::lost:
      return {is_lsf ? 255 : 1, 0};
    case EndKind::signalled:
      break;
  }
  return {128 + end.signal, 0};
}

namespace {

constexpr const char* kRule = "------------------------------------------------------------";

std::string lsf_summary(const AfterRun& run, const AttemptEnd& end, Duration utc_offset) {
  std::string out =
      fmt::format("Job <{}> was submitted from host <{}> by user <{}> in cluster <pentad>.\n",
                  run.job_name, run.submit_host, run.user);
  out += fmt::format(
      "Job was executed on host(s) <{}>, in queue <{}>, as user <{}> in cluster <pentad>.\n",
      run.host, run.queue, run.user);
  out += fmt::format("<{}> was used as the home directory.\n", run.home);
  out += fmt::format("<{}> was used as the working directory.\n", run.workdir);
  out += fmt::format("Started at {}\n", local_time(end.started_at, utc_offset));
  out += fmt::format("Terminated at {}\n", local_time(end.ended_at, utc_offset));
  out += fmt::format("Results reported at {}\n\n", local_time(end.ended_at, utc_offset));
  out += fmt::format("Your job looked like:\n\n{0}\n# LSBATCH: User input\n{1}{2}{0}\n\n", kRule,
                     run.command, run.command.ends_with('\n') ? "" : "\n");
  return out + lsf_verdict(end) + "\n\n" + usage_lines(end) + '\n';
}

std::string lsf_mail(const AfterRun& run, const AttemptEnd& end, Duration utc_offset,
                     std::string_view output) {
  std::string out = lsf_summary(run, end, utc_offset);
  const bool is_long = std::ssize(output) > kMostMailedBytes;
  out += "The output (if any) follows:\n\n";
  out += output.substr(0, kMostMailedBytes);
  if (is_long) out += fmt::format("\n\nThe output goes on in <{}>.\n", run.stdout_path);
  return out;
}

}  // namespace

std::string lsf_report(const AfterRun& run, const AttemptEnd& end, Duration utc_offset) {
  std::string out = fmt::format(
      "\n{}\nSender: LSF System <lsfadmin@{}>\nSubject: Job {}: <{}> in cluster <pentad> {}\n\n",
      kRule, run.host, run.identifier, run.job_name, is_good(end) ? "Done" : "Exited");
  out += lsf_summary(run, end, utc_offset);
  out += "The output (if any) is above this job summary.\n\n";
  if (!run.stderr_path.empty()) {
    out += fmt::format("\n\nPS:\n\nRead file <{}> for stderr output of this job.\n\n",
                       run.stderr_path);
  }
  return out;
}

std::optional<Mail> end_mail(const AfterRun& run, const AttemptEnd& end, Duration utc_offset,
                             std::string_view output) {
  auto wants = [&](const char* event) {
    return std::ranges::find(run.mail_events, event) != run.mail_events.end();
  };
  bool is_report = run.report == LaunchReport::mail;
  if (!is_report && !wants("END") && (is_good(end) || !wants("FAIL"))) return std::nullopt;
  Mail mail;
  mail.to = run.mail_users;
  if (mail.to.empty()) mail.to = {run.user};
  ForeignExit exit = foreign_exit_code(run.dialect, end);
  switch (run.dialect) {
    case Dialect::slurm:
      mail.subject = slurm_subject(run, end);
      break;
    case Dialect::lsf:
      mail.subject = fmt::format("Job {}: <{}> in cluster <pentad> {}", run.identifier,
                                 run.job_name, is_good(end) ? "Done" : "Exited");
      mail.body = run.report == LaunchReport::mail ? lsf_mail(run, end, utc_offset, output)
                                                   : lsf_summary(run, end, utc_offset);
      break;
    case Dialect::sge:
      mail.subject = fmt::format("Job {} ({}) {}", run.identifier, run.job_name,
                                 is_good(end) ? "Complete" : "Aborted");
      mail.body = fmt::format(
          "Job {} ({}) {}\n User             = {}\n Queue            = {}@{}\n"
          " Start Time       = {}\n End Time         = {}\n Exit Status      = {}\n",
          run.identifier, run.job_name, is_good(end) ? "Complete" : "Aborted", run.user, run.queue,
          run.host, local_time(end.started_at, utc_offset), local_time(end.ended_at, utc_offset),
          exit.code);
      break;
    case Dialect::pbspro:
    case Dialect::torque:
      mail.subject = fmt::format("PBS JOB {}", run.identifier);
      mail.body = fmt::format(
          "PBS Job Id: {}\nJob Name:   {}\nExecution terminated\n"
          "Exit_status={}\nresources_used.walltime={}\n",
          run.identifier, run.job_name, exit.code, run_time(end));
      break;
  }
  return mail;
}

}  // namespace pentad::dialect
