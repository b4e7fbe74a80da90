// scontrol show.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "api/centre_types.h"
#include "cli/front/slurm/partitions.h"
#include "cli/front/slurm/scontrol.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int64_t kMebi = 1 << 20;

// Lines of one entry, joined as the original joins them.
void print_entry(const Control& control, const std::vector<std::string>& lines) {
  std::string_view gap = control.one_line ? " " : "\n   ";
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : std::string(gap)) + line;
  fmt::print("{}{}", out, control.one_line ? "\n" : "\n\n");
}

std::string or_null(const std::string& text) { return text.empty() ? "(null)" : text; }

std::string joined(const std::vector<std::string>& words, std::string_view gap) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(gap)) + word;
  return or_null(out);
}

std::string head_of(const Row& row, const View& view) {
  const api::JobSummary& job = *row.job;
  std::string head = fmt::format("JobId={} ", job.id);
  if (job.array) {
    const auto& array = view.jobs.detail(job.id).request.array;
    int limit = array ? array->max_running : 0;
    std::string words = job_words(row, view.jobs);
    std::string task = words.substr(words.find('_') + 1);
    std::erase_if(task, [](char c) { return c == '[' || c == ']'; });
    head += fmt::format("ArrayJobId={} ArrayTaskId={} ", job.id, task);
    if (limit > 0) head += fmt::format("ArrayTaskThrottle={} ", limit);
  }
  return head + fmt::format("JobName={}", job.name);
}

// Files of this row's attempt, else as they were asked for.
struct Files {
  std::string out, error, in;
};
Files files_of(const Row& row, const api::JobDetail& detail) {
  const api::JobSubmission& asked = detail.request;
  Files files{asked.stdout_path, asked.stderr_path, asked.stdin_path};
  for (const api::AttemptView& attempt : detail.attempts) {
    if (!row.attempt || attempt.id != row.attempt->id) continue;
    files.out = attempt.stdout_path;
    files.error = attempt.stderr_path;
  }
  auto resolve = [&](std::string& path) {
    size_t at;
    while ((at = path.find("%j")) != path.npos) path.replace(at, 2, fmt::to_string(row.job->id));
    if (!path.empty() && path.front() != '/') path = asked.workdir + "/" + path;
  };
  resolve(files.out);
  resolve(files.error);
  if (files.error.empty()) files.error = files.out;
  if (files.in.empty()) files.in = "/dev/null";
  return files;
}

std::string reason_of(const Row& row) {
  api::JobSummary of_row = *row.job;
  of_row.state = row.state;
  if (row.attempt) of_row.signal = row.attempt->signal;
  return std::string(reason_word(of_row));
}

std::string code_words(const Row& row) {
  if (!is_final(row.state) || row.state == JobState::cancelled || row.state == JobState::timeout) {
    return "0:0";
  }
  if (row.attempt) return exit_words(row.attempt->exit_code, row.attempt->signal);
  return exit_words(row.job->exit_code, row.job->signal);
}

std::string limit_words(int64_t limit_s) { return limit_s > 0 ? clock_time(limit_s) : "UNLIMITED"; }

// Who, and how it stands.
std::vector<std::string> first_lines(const Control& control, const Row& row, const View& view) {
  const api::JobSummary& job = *row.job;
  const api::JobDetail& detail = view.jobs.detail(job.id);
  const View::UserIds& ids = view.ids_of(job.user);
  int restarts = row.attempt ? row.attempt->number - 1 : std::max(0, job.attempts - 1);
  std::vector<std::string> lines{
      head_of(row, view),
      fmt::format("UserId={}({}) GroupId={}({}) MCS_label=N/A", job.user, ids.uid, ids.group,
                  ids.gid),
      fmt::format("Priority={} Nice={} Account={} QOS={}", shown_priority(job),
                  std::max(0, -job.priority), or_null(job.project),
                  job.qos.empty() ? "normal" : job.qos),
      fmt::format("JobState={} Reason={} Dependency={}", long_state(row.state), reason_of(row),
                  dependency_words(detail)),
      fmt::format("Requeue={} Restarts={} BatchFlag=1 Reboot=0 ExitCode={}",
                  detail.request.requeue.on_node_failure ? 1 : 0, restarts, code_words(row))};
  if (control.detail) lines.push_back("DerivedExitCode=0:0");
  return lines;
}

void add_times(std::vector<std::string>& lines, const Row& row, const View& view) {
  const api::JobSummary& job = *row.job;
  const api::JobSubmission& asked = view.jobs.detail(job.id).request;
  std::optional<int64_t> start = row.waits() ? job.expected_start_at_ms : start_ms(row);
  std::optional<int64_t> end = end_ms(row);
  if (!end && start && job.limit_s > 0) end = *start + job.limit_s * 1000;
  bool is_eligible =
      job.reason != PendingReason::dependency && job.reason != PendingReason::dependency_never &&
      job.reason != PendingReason::held_by_user && job.reason != PendingReason::held_by_operator;
  std::string eligible =
      is_eligible ? moment(asked.begin_at_ms.value_or(job.submitted_at_ms)) : "Unknown";
  lines.push_back(fmt::format("RunTime={} TimeLimit={} TimeMin=N/A",
                              clock_time(elapsed_s(row, view.now_ms)), limit_words(job.limit_s)));
  lines.push_back(
      fmt::format("SubmitTime={} EligibleTime={}", moment(job.submitted_at_ms), eligible));
  lines.push_back(fmt::format("AccrueTime={}", eligible));
  lines.push_back(fmt::format("StartTime={} EndTime={} Deadline={}", moment(start, "Unknown"),
                              moment(end, "Unknown"), moment(asked.deadline_at_ms, "N/A")));
  lines.push_back(fmt::format("SuspendTime=None SecsPreSuspend=0 LastSchedEval={} Scheduler=Main",
                              moment(start && !row.waits() ? *start : view.now_ms)));
}

void add_places(std::vector<std::string>& lines, const Control& control, const Row& row,
                const View& view) {
  const api::JobSummary& job = *row.job;
  const api::JobSubmission& asked = view.jobs.detail(job.id).request;
  int64_t tasks = job.nodes, cores_per_task = 1;
  if (asked.launch) {
    cores_per_task = asked.launch->cpus_per_task.value_or(1);
    tasks = asked.launch->tasks.value_or(asked.launch->tasks_per_node.value_or(1) * job.nodes);
  }
  lines.push_back(fmt::format("Partition={} AllocNode:Sid={}:0", partition_of(row, view),
                              asked.launch ? asked.launch->submit_host : "localhost"));
  lines.push_back("ReqNodeList=(null) ExcNodeList=(null)");
  lines.push_back(fmt::format("NodeList={}", node_list(row)));
  if (row.attempt && !row.attempt->nodes.empty()) {
    lines.push_back(fmt::format("BatchHost={}", row.attempt->nodes.front().node));
  }
  lines.push_back(fmt::format("NumNodes={} NumCPUs={} NumTasks={} CPUs/Task={} ReqB:S:C:T=0:0:*:*",
                              job.nodes, all_cores(row), tasks, cores_per_task));
  lines.push_back(fmt::format("TRES={}", tres_words(row)));
  lines.push_back("Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*");
  if (control.detail && row.attempt) {
    lines.push_back("JOB_GRES=(null)");
    lines.push_back(fmt::format("  Nodes={} CPU_IDs=0-{} Mem={} GRES=", node_list(row),
                                row.attempt->cores - 1, row.attempt->memory_bytes / kMebi));
  }
  lines.push_back(fmt::format("MinCPUsNode={} MinMemoryNode={} MinTmpDiskNode=0", cores_per_task,
                              memory_text(job.memory_bytes)));
}

void print_job(const Control& control, const Row& row, const View& view) {
  const api::JobSummary& job = *row.job;
  const api::JobDetail& detail = view.jobs.detail(job.id);
  const api::JobSubmission& asked = detail.request;
  std::vector<std::string> lines = first_lines(control, row, view);
  add_times(lines, row, view);
  add_places(lines, control, row, view);
  std::vector<std::string> licences;
  for (const api::LicenceCount& one : asked.resources.licences) {
    licences.push_back(fmt::format("{}:{}", one.name, one.count));
  }
  Files files = files_of(row, detail);
  lines.push_back(
      fmt::format("Features={} DelayBoot=00:00:00", joined(asked.resources.features, "&")));
  lines.push_back(fmt::format("OverSubscribe={} Contiguous=0 Licenses={} Network=(null)",
                              asked.resources.exclusive.value_or(false) ? "NO" : "OK",
                              joined(licences, ",")));
  lines.push_back(fmt::format("Command={}", asked.argv.empty() ? "(null)" : asked.argv.front()));
  lines.push_back(fmt::format("WorkDir={}", asked.workdir));
  if (!job.comment.empty()) lines.push_back(fmt::format("Comment={}", job.comment));
  lines.push_back(fmt::format("StdErr={}", files.error));
  lines.push_back(fmt::format("StdIn={}", files.in));
  lines.push_back(fmt::format("StdOut={}", files.out));
  lines.push_back("Power=");
  if (job.devices > 0) lines.push_back(fmt::format("TresPerNode=gres:gpu:{}", job.devices));
  lines.push_back("");
  print_entry(control, lines);
}

int show_jobs(const Control& control) {
  Question question;
  question.places = Places::all;
  if (control.words.size() > 2) {
    auto terms = read_job_terms(control.words[2]);
    if (!terms) {
      throw CommandError(kFailed, fmt::format("slurm_load_jobs error: Invalid job id specified"));
    }
    question.jobs = std::move(*terms);
  } else {
    question.states = "active";
  }
  Jobs jobs(control.session, question);
  if (!question.jobs.empty() && jobs.rows().empty()) {
    if (control.quiet) return kFailed;
    throw CommandError(kFailed, "slurm_load_jobs error: Invalid job id specified");
  }
  if (jobs.rows().empty()) {
    fmt::print("No jobs in the system\n");
    return kOk;
  }
  View view{jobs, now_ms(), default_partition(control.session, control.call.globals), {}};
  for (const Row& row : jobs.rows()) print_job(control, row, view);
  return kOk;
}

std::string use_words(const api::NodeInfo& node) {
  switch (use_of(node)) {
    case NodeUse::draining:
      return node.cores_used >= node.cores ? "ALLOCATED+DRAIN" : "MIXED+DRAIN";
    case NodeUse::drained:
      return "IDLE+DRAIN";
    case NodeUse::down:
      return "DOWN";
    case NodeUse::idle:
      return "IDLE";
    case NodeUse::mixed:
      return "MIXED";
    case NodeUse::allocated:
      return "ALLOCATED";
  }
  return "UNKNOWN";
}

void print_node(const Control& control, const Machine& machine, const api::NodeInfo& node) {
  std::string gres = gres_of(node);
  size_t devices = node.devices.size();
  int64_t memory = node.memory_bytes / kMebi, used = node.memory_used_bytes / kMebi;
  std::string configured = fmt::format("cpu={},mem={}M,billing={}", node.cores, memory, node.cores);
  if (devices > 0) configured += fmt::format(",gres/gpu={}", devices);
  std::string given;
  if (node.cores_used > 0) given = fmt::format("cpu={},mem={}M", node.cores_used, used);
  std::vector<std::string> lines{
      fmt::format("NodeName={} Arch=x86_64 CoresPerSocket={} ", node.name, node.cores),
      fmt::format("CPUAlloc={} CPUEfctv={} CPUTot={} CPULoad=N/A", node.cores_used, node.cores,
                  node.cores),
      fmt::format("AvailableFeatures={}", joined(node.features, ",")),
      fmt::format("ActiveFeatures={}", joined(node.features, ",")),
      fmt::format("Gres={}", gres),
      fmt::format("NodeAddr={} NodeHostName={} Version={}", node.name, node.name,
                  kVersion.substr(kVersion.find(' ') + 1)),
      "OS=Linux ",
      fmt::format("RealMemory={} AllocMem={} FreeMem={} Sockets=1 Boards=1", memory, used,
                  memory - used),
      fmt::format("State={} ThreadsPerCore=1 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A",
                  use_words(node)),
      fmt::format("Partitions={} ", machine.partitions_of(node)),
      fmt::format("CfgTRES={}", configured),
      fmt::format("AllocTRES={}", given),
      "CapWatts=n/a"};
  if (!node.reason.empty()) lines.push_back(fmt::format("Reason={}", node.reason));
  print_entry(control, lines);
}

int show_nodes(const Control& control) {
  Machine machine(control.session, control.call.globals);
  if (control.words.size() < 3) {
    for (const api::NodeInfo& node : machine.nodes.nodes) print_node(control, machine, node);
    return kOk;
  }
  auto names = expand_hosts(control.words[2]);
  if (!names) throw CommandError(kFailed, names.error().message);
  int code = kOk;
  for (const std::string& name : *names) {
    auto found = std::ranges::find(machine.nodes.nodes, name, &api::NodeInfo::name);
    if (found == machine.nodes.nodes.end()) {
      fmt::print("Node {} not found\n", name);
      code = kFailed;
    } else {
      print_node(control, machine, *found);
    }
  }
  return code;
}

void print_partition(const Control& control, const Partition& one) {
  std::vector<std::string> names;
  int64_t cores = 0, memory = 0, devices = 0;
  for (const api::NodeInfo* node : one.nodes) {
    names.push_back(node->name);
    cores += node->cores;
    memory += node->memory_bytes;
    devices += static_cast<int64_t>(node->devices.size());
  }
  std::string tres = fmt::format("cpu={},mem={},node={},billing={}", cores, memory_text(memory),
                                 names.size(), cores);
  if (devices > 0) tres += fmt::format(",gres/gpu={}", devices);
  print_entry(
      control,
      {fmt::format("PartitionName={}", one.name), "AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL",
       fmt::format("AllocNodes=ALL Default={} QoS=N/A", one.is_default ? "YES" : "NO"),
       fmt::format("DefaultTime={} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO",
                   one.default_limit_s > 0 ? clock_time(one.default_limit_s) : "NONE"),
       fmt::format("MaxNodes=UNLIMITED MaxTime={} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED",
                   limit_words(one.max_limit_s)),
       fmt::format("Nodes={}", compress_hosts(names)),
       "PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO",
       "OverTimeLimit=NONE PreemptMode=OFF",
       fmt::format("State=UP TotalCPUs={} TotalNodes={} SelectTypeParameters=NONE", cores,
                   names.size()),
       "JobDefaults=(null)", "DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED",
       fmt::format("TRES={}", tres)});
}

int show_partitions(const Control& control) {
  Machine machine(control.session, control.call.globals);
  bool found = control.words.size() < 3;
  for (const Partition& one : machine.partitions) {
    if (control.words.size() > 2 && one.name != control.words[2]) continue;
    found = true;
    print_partition(control, one);
  }
  if (!found) fmt::print("Partition {} not found\n", control.words[2]);
  return found ? kOk : kFailed;
}

// Without a list the job's own, as inside of a job.
std::string hosts_given(const Control& control) {
  if (control.words.size() > 2) return control.words[2];
  std::string hosts = variable("SLURM_JOB_NODELIST");
  if (hosts.empty()) hosts = variable("SLURM_NODELIST");
  if (hosts.empty()) throw CommandError(kFailed, "SLURM_NODELIST is not set");
  return hosts;
}

int show_hosts(const Control& control, std::string_view how) {
  auto hosts = expand_hosts(hosts_given(control));
  if (!hosts) throw CommandError(kFailed, fmt::format("Invalid hostlist: {}", control.words[2]));
  if (how == "hostnames") {
    for (const std::string& host : *hosts) fmt::print("{}\n", host);
    return kOk;
  }
  if (how == "hostlistsorted") {
    std::ranges::sort(*hosts, [](const std::string& a, const std::string& b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
  }
  fmt::print("{}\n", compress_hosts(*hosts));
  return kOk;
}

int show_config(const Control& control) {
  auto status = control.session.get<api::StatusView>("/status");
  fmt::print("Configuration data as of {}\n", moment(now_ms()));
  auto line = [](std::string_view name, std::string_view value) {
    fmt::print("{:<23} = {}\n", name, value);
  };
  line("AccountingStorageType", "accounting_storage/pentad");
  line("ClusterName", "pentad");
  line("MaxArraySize", "1000001");
  line("SLURM_VERSION", kVersion.substr(kVersion.find(' ') + 1));
  line("SlurmctldHost[0]", this_submitter().host);
  line("StateSaveLocation", status.home);
  return kOk;
}

}  // namespace

int show(const Control& control) {
  if (control.words.size() < 2) {
    throw CommandError(kFailed, "too few arguments for keyword:show");
  }
  const std::string what = dialect::lower(control.words[1]);
  auto begins = [&](std::string_view full, size_t least) {
    return what.size() >= least && full.starts_with(what);
  };
  if (begins("jobs", 1) || begins("jobid", 1)) return show_jobs(control);
  if (begins("nodes", 1)) return show_nodes(control);
  if (begins("partitions", 1)) return show_partitions(control);
  if (begins("hostnames", 5)) return show_hosts(control, "hostnames");
  if (begins("hostlistsorted", 9)) return show_hosts(control, "hostlistsorted");
  if (begins("hostlist", 5)) return show_hosts(control, "hostlist");
  if (begins("config", 1)) return show_config(control);
  throw CommandError(kFailed, fmt::format("invalid entity:{} for keyword:show ", control.words[1]));
}

}  // namespace pentad::cli::front::slurm
