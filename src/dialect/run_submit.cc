#include "dialect/run_submit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pentad::dialect {

namespace {

int64_t mebibytes_of(Bytes bytes) { return (bytes.value + (1 << 20) - 1) >> 20; }

// Slurm's variables that repeat an option.
void slurm_variables(const Job& job, std::map<std::string, std::string>& to) {
  const Component& part = job.components.front();
  auto set = [&](const char* name, int64_t value) { to[name] = fmt::format("{}", value); };
  if (part.memory && part.memory->bytes.value > 0) {
    int64_t mib = mebibytes_of(part.memory->bytes);
    if (part.memory->scope == Scope::node) set("SLURM_MEM_PER_NODE", mib);
    if (part.memory->scope == Scope::cpu) set("SLURM_MEM_PER_CPU", mib);
    if (part.memory->scope == Scope::gpu) set("SLURM_MEM_PER_GPU", mib);
  }
  if (part.gpus) {
    for (const Gpus& g : *part.gpus) {
      std::string value = g.type.empty() ? "" : g.type + ":";
      value += fmt::format("{}", g.count);
      if (g.scope == Scope::job) to["SLURM_GPUS"] = value;
      if (g.scope == Scope::node) to["SLURM_GPUS_PER_NODE"] = value;
      if (g.scope == Scope::task) to["SLURM_GPUS_PER_TASK"] = value;
    }
  }
  if (part.cpus_per_gpu) set("SLURM_CPUS_PER_GPU", *part.cpus_per_gpu);
  if (part.threads_per_core) set("SLURM_THREADS_PER_CORE", *part.threads_per_core);
  if (part.distribution) to["SLURM_DISTRIBUTION"] = *part.distribution;
  if (job.reservation) to["SLURM_JOB_RESERVATION"] = *job.reservation;
  const Environment& e = *job.environment;
  if (job.environment.origin.kind == OriginKind::dialect_default) return;
  std::vector<std::string> words;
  if (e.mode == ExportMode::all) words.emplace_back("ALL");
  if (e.mode == ExportMode::none) words.emplace_back("NONE");
  words.insert(words.end(), e.names.begin(), e.names.end());
  for (const auto& [name, value] : e.set) words.push_back(name + '=' + value);
  to["SLURM_EXPORT_ENV"] = fmt::format("{}", fmt::join(words, ","));
  if (e.mode != ExportMode::all) to["SLURM_GET_USER_ENV"] = "1";
}

void shell(const Translation& t, const SiteProfile& site, Launch& launch) {
  const Job& job = t.job;
  bool is_line_one = job.shell.origin == Origin{OriginKind::script, 1};
  if (job.shell && !is_line_one) {
    launch.shell = *job.shell;
    launch.ignores_interpreter = t.dialect != Dialect::lsf;
  }
  launch.login_shell = job.login_shell && !is_line_one && *job.login_shell;
  if (t.dialect == Dialect::pbspro || t.dialect == Dialect::torque) launch.login_shell = true;
  // Grid Engine's queues name their shells as login shells.
  bool starts_script = site.sge_shell_start_mode == ShellStartMode::unix_behavior;
  if (t.dialect == Dialect::sge) launch.login_shell = !starts_script;
}

void output(const Translation& t, const Submitter& by, Launch& launch) {
  const Job& job = t.job;
  bool is_pbs = t.dialect == Dialect::pbspro || t.dialect == Dialect::torque;
  // -k d: written where it belongs at once; o and e: kept where the job runs.
  launch.delivers_at_end = is_pbs && (!job.keep_files || *job.keep_files == "n");
  if (t.dialect == Dialect::lsf) {
    bool mails = job.mail_events && std::ranges::count(*job.mail_events, "END") > 0;
    if (job.stdout_path && !mails) launch.report = LaunchReport::output_file;
    if (by.sends_mail && (mails || !job.stdout_path)) launch.report = LaunchReport::mail;
  }
  if (!by.sends_mail) return;
  launch.mail_events = *job.mail_events;
  launch.mail_users = *job.mail_users;
}

}  // namespace

Launch make_launch(const Translation& t, const Submitter& by, const SiteProfile& site) {
  const Job& job = t.job;
  const Component& part = job.components.front();
  Launch launch;
  launch.dialect = t.dialect;
  if (part.tasks) launch.tasks = part.tasks->min;
  if (part.tasks_per_node) launch.tasks_per_node = *part.tasks_per_node;
  if (part.cpus_per_task) launch.cpus_per_task = *part.cpus_per_task;
  launch.parallel_environment = *part.parallel_environment;
  std::string_view suffix = site.job_id_suffix;
  launch.server = suffix.starts_with('.') ? suffix.substr(1) : suffix;
  launch.submit_directory = by.directory;
  launch.submit_host = by.host;
  if (job.queues && !job.queues->empty()) launch.queue = job.queues->front();
  launch.account = job.account ? *job.account : *job.project;
  launch.qos = *job.qos;
  if (job.array && !job.array->indices.empty()) {
    const std::vector<IndexRange>& ranges = job.array->indices.ranges;
    launch.array = LaunchArray{job.array->indices.size(), ranges.front().first, ranges.back().last,
                               ranges.size() == 1 ? ranges.front().step : 1};
    for (const IndexRange& r : ranges) launch.array->last = std::max(launch.array->last, r.last);
  }
  for (const char* name : {"HOME", "LANG", "LOGNAME", "MAIL", "PATH", "SHELL", "TZ"}) {
    auto at = by.environment.find(name);
    if (at != by.environment.end()) launch.submitter[name] = at->second;
  }
  if (t.dialect == Dialect::slurm) slurm_variables(job, launch.variables);
  if (*job.interactive && by.keeps_terminal) {
    launch.variables =
        t.dialect == Dialect::lsf
            ? std::map<std::string, std::string>{{"LSB_INTERACTIVE", "Y"}}
            : std::map<std::string, std::string>{{"PBS_ENVIRONMENT", "PBS_INTERACTIVE"}};
  }
  shell(t, site, launch);
  output(t, by, launch);
  launch.notifies = job.notify && *job.notify;
  launch.warns_script_only = job.signal && job.signal->to == SignalTo::batch;
  return launch;
}

}  // namespace pentad::dialect
