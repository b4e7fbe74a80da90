// Grid Engine's qacct: what ended jobs were and used.
#include <fmt/format.h>
#include <string.h>

#include <array>

#include "cli/front/local_time.h"
#include "cli/front/sge/sge.h"
#include "dialect/values.h"

namespace pentad::cli::front::sge {

namespace {

constexpr std::array kWords = {
    Word{"-j", "JOB", "of a job, by number, name or pattern; without: of all jobs"},
    Word{"-t", "TASKS", "of an array: these tasks only"},
    Word{"-o", "OWNER", "sums of a user; without: of each"},
    Word{"-P", "PROJECT", "of a project"},
    Word{"-d", "DAYS", "of the last days"},
    Word{"-b", "MMDDhhmm", "started after"},
    Word{"-e", "MMDDhhmm", "started before"},
};
constexpr Manual kManual{"", kWords};

// How an attempt ended, by the original's numbers.
struct Ending {
  int failed = 0;
  std::string why;
  int exit_status = 0;
};

Ending ending_of(const api::AttemptView& a) {
  switch (a.end.value_or(EndKind::exited)) {
    case EndKind::exited:
      return {0, "", a.exit_code};
    case EndKind::signalled:
      return {100, "assumedly after job", 128 + a.signal};
    case EndKind::stopped:
      return {100, "assumedly after job", 128 + (a.signal > 0 ? a.signal : 9)};
    case EndKind::out_of_memory:
      return {100, "assumedly after job", 137};
    case EndKind::timeout:
      return {37, "qmaster enforced h_rt, h_cpu, or h_vmem limit", 137};
    case EndKind::not_started:
      return {11, "before job", 0};
    case EndKind::lost:
      return {19, "before writing exit_status", 0};
  }
  return {};
}

std::string bytes_text(int64_t bytes) {
  constexpr std::array kUnits = {"B", "KB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.3f}{}", value, kUnits[unit]);
}

double seconds_of(int64_t ms) { return static_cast<double>(ms) / 1000; }

void print_record(Desk& desk, const api::JobSummary& job, const api::AttemptView& a) {
  const api::JobDetail& d = desk.detail(job.id);
  Ending end = ending_of(a);
  int64_t start = a.started_at_ms.value_or(0), stop = a.ended_at_ms.value_or(start);
  double user = seconds_of(a.usage.cpu_user_ms), system = seconds_of(a.usage.cpu_system_ms);
  fmt::print("{}\n", std::string(62, '='));
  auto wide = [](const char* name, const std::string& value) {
    fmt::print("{:<12} {:<20}\n", name, value);
  };
  auto line = [](const char* name, const std::string& value) {
    fmt::print("{:<12} {}\n", name, value);
  };
  std::string environment = d.request.launch ? d.request.launch->parallel_environment : "";
  wide("qname", desk.queue_of(job));
  wide("hostname", a.nodes.empty() ? "" : a.nodes.front().node);
  wide("group", job.user);
  wide("owner", job.user);
  wide("project", job.project.empty() ? "NONE" : job.project);
  wide("department", "defaultdepartment");
  wide("jobname", job.name);
  wide("jobnumber", std::to_string(job.id));
  if (job.array)
    wide("taskid", std::to_string(a.index));
  else
    line("taskid", "undefined");
  wide("account", "sge");
  wide("priority", std::to_string(job.priority));
  line("qsub_time", date_line(job.submitted_at_ms));
  line("start_time", start > 0 ? date_line(start) : "-/-");
  line("end_time", stop > 0 ? date_line(stop) : "-/-");
  wide("granted_pe", environment.empty() ? "NONE" : environment);
  wide("slots", std::to_string(slots_of(job)));
  line("failed", end.failed == 0 ? "0    " : fmt::format("{:<4}: {}", end.failed, end.why));
  const char* signal = end.exit_status > 128 ? strsignal(end.exit_status - 128) : nullptr;
  line("exit_status",
       fmt::format("{:<20}{}", end.exit_status, signal ? fmt::format(" ({})", signal) : ""));
  line("ru_wallclock", fmt::format("{}s", (stop - start) / 1000));
  line("ru_utime", fmt::format("{:.3f}s", user));
  line("ru_stime", fmt::format("{:.3f}s", system));
  line("ru_maxrss", bytes_text(a.usage.peak_memory_bytes));
  for (const char* name : {"ru_ixrss", "ru_ismrss", "ru_idrss", "ru_isrss"}) line(name, "0.000B");
  for (const char* name : {"ru_minflt", "ru_majflt", "ru_nswap", "ru_inblock", "ru_oublock",
                           "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"}) {
    wide(name, "0");
  }
  line("cpu", fmt::format("{:.3f}s", user + system));
  line("mem", "0.000Bs");
  line("io", bytes_text(a.usage.read_bytes + a.usage.written_bytes));
  line("iow", "0.000s");
  line("maxvmem", bytes_text(a.usage.peak_memory_bytes));
  line("arid", "undefined");
  line("ar_sub_time", "undefined");
  line("category", "NONE");
}

std::vector<api::AttemptView> ended_attempts(Desk& desk, const api::JobSummary& job) {
  std::vector<api::AttemptView> out;
  std::string cursor;
  do {
    auto page = desk.session().get<api::AttemptPage>(
        fmt::format("/jobs/{}/attempts?limit=1000{}", job.id, cursor));
    for (api::AttemptView& a : page.attempts) {
      if (a.ended_at_ms) out.insert(out.begin(), std::move(a));
    }
    cursor = page.next ? "&cursor=" + net::percent_encode(*page.next) : "";
  } while (!cursor.empty());
  return out;
}

int print_jobs(Desk& desk, const std::string& name, const std::optional<IndexSet>& tasks) {
  std::optional<std::vector<Task>> wanted = read_tasks({name.empty() ? "*" : name});
  Task task = wanted && !wanted->empty() ? wanted->front() : Task{name, {}, {}};
  if (tasks) task.tasks = tasks;
  bool any = false;
  for (const api::JobSummary& job : find_jobs(desk, task, "")) {
    if (job.attempts == 0) continue;
    for (const api::AttemptView& a : ended_attempts(desk, job)) {
      if (task.tasks && !task.tasks->contains(a.index)) continue;
      print_record(desk, job, a);
      any = true;
    }
  }
  if (any || name.empty()) return 0;
  throw failure(1, fmt::format("error: job {} {} not found", task.job ? "id" : "name", task.text));
}

struct Sums {
  double wall = 0, user = 0, system = 0;
  int64_t io = 0;
};

// The centre keeps sums of each job: no attempts are read for this.
int print_sums(Desk& desk, const Words& words) {
  std::string query = "state=finished&sort=id";
  std::string owner = words.value("-o");
  if (!owner.empty()) query += "&user=" + net::percent_encode(owner);
  if (words.has("-P")) query += "&project=" + net::percent_encode(words.value("-P"));
  if (words.has("-d")) {
    Result<int64_t> days = dialect::parse_whole(words.value("-d"));
    if (!days) throw failure(1, "error: -d takes a number of days");
    query += fmt::format("&since_ms={}", std::max<int64_t>(0, desk.now_ms() - *days * 86'400'000));
  }
  std::map<std::string, Sums> by_owner;
  Sums total;
  for (const api::JobSummary& job : list_jobs(desk.session(), query)) {
    for (Sums* sums : {&by_owner[job.user], &total}) {
      sums->wall += seconds_of(job.ran_ms);
      sums->user += seconds_of(job.usage.cpu_user_ms);
      sums->system += seconds_of(job.usage.cpu_system_ms);
      sums->io += job.usage.read_bytes + job.usage.written_bytes;
    }
  }
  auto cells = [](const Sums& s) {
    return fmt::format("{:>13.0f} {:>13.3f} {:>13.3f} {:>13.3f} {:>18.3f} {:>18.3f} {:>18.3f}",
                       s.wall, s.user, s.system, s.user + s.system, 0.0,
                       static_cast<double>(s.io) / (1 << 30), 0.0);
  };
  std::string head = fmt::format("{:>13} {:>13} {:>13} {:>13} {:>18} {:>18} {:>18}", "WALLCLOCK",
                                 "UTIME", "STIME", "CPU", "MEMORY", "IO", "IOW");
  if (!words.has("-o")) {
    fmt::print("Total System Usage\n{}\n{}\n{}\n", head, std::string(head.size(), '='),
               cells(total));
    return 0;
  }
  size_t width = 5;
  for (const auto& [name, sums] : by_owner) width = std::max(width, name.size());
  fmt::print("{:<{}} {}\n{}\n", "OWNER", width, head, std::string(width + 1 + head.size(), '='));
  for (const auto& [name, sums] : by_owner) fmt::print("{:<{}} {}\n", name, width, cells(sums));
  return 0;
}

}  // namespace

int qacct(const Call& call) {
  // -j and -o may stand without a value.
  Call with_values = call;
  for (size_t i = 0; i < with_values.words.size(); ++i) {
    std::vector<std::string>& words = with_values.words;
    bool may_stand_alone = words[i] == "-j" || words[i] == "-o";
    if (!may_stand_alone || (i + 1 < words.size() && !words[i + 1].starts_with('-'))) continue;
    words.insert(words.begin() + static_cast<ptrdiff_t>(i) + 1, "");
  }
  Words words = read_words(with_values, kManual);
  if (words.is_answered) return 0;
  Desk desk(call);
  if (!words.has("-j")) return print_sums(desk, words);
  std::optional<IndexSet> tasks;
  if (words.has("-t")) {
    Result<IndexSet> read = IndexSet::parse(words.value("-t"), 1 << 24);
    if (!read) throw failure(1, "error: invalid task id range: " + words.value("-t"));
    tasks = std::move(*read);
  }
  return print_jobs(desk, words.value("-j"), tasks);
}

}  // namespace pentad::cli::front::sge
