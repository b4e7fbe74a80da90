// qdel, qhold, qrls and qalter of Grid Engine.
#include <fmt/format.h>

#include <array>

#include "cli/front/sge/sge.h"
#include "cli/table.h"
#include "dialect/tables.h"

namespace pentad::cli::front::sge {

namespace {

constexpr std::array kDeleteWords = {
    Word{"-f", "", "also when its node does not answer"},
    Word{"-t", "TASKS", "of the array before it: these tasks"},
    Word{"-u", "USER,...", "all jobs of these users"},
};
constexpr Manual kDelete{"job_task_list", kDeleteWords};
constexpr std::array kHoldWords = {
    Word{"-h", "HOLDS", "u, o, s: who holds"},
    Word{"-t", "TASKS", "of the array before it: these tasks"},
    Word{"-u", "USER,...", "all jobs of these users"},
};
constexpr Manual kHold{"job_task_list", kHoldWords};

constexpr std::string_view kUnfinished = "&state=pending,active";

[[noreturn]] void no_argument(const Call& call, const Manual& manual) {
  throw failure(1, words_usage(call.name, manual) + "ERROR! no option argument");
}

// -t keeps its place behind its job; -u becomes a question.
struct Targets {
  std::vector<Task> tasks;
  std::string users;
};

Targets targets_of(const Call& call, const Manual& manual, Words& words) {
  Targets out{{}, words.value("-u")};
  std::vector<std::string> list = words.rest;
  if (words.has("-t") && !list.empty()) {
    list.emplace_back("-t");
    list.push_back(words.value("-t"));
  }
  std::optional<std::vector<Task>> tasks = read_tasks(list);
  if (!tasks) {
    throw failure(1, fmt::format("{}ERROR! invalid task list", words_usage(call.name, manual)));
  }
  out.tasks = std::move(*tasks);
  if (out.tasks.empty() && out.users.empty()) no_argument(call, manual);
  return out;
}

std::vector<api::JobSummary> jobs_of_users(Desk& desk, std::string_view users) {
  std::vector<api::JobSummary> out;
  while (!users.empty()) {
    size_t comma = users.find(',');
    std::string user(users.substr(0, comma));
    users = comma == users.npos ? std::string_view{} : users.substr(comma + 1);
    std::string query = "sort=id&state=pending,active";
    if (user != "*") query += "&user=" + net::percent_encode(user);
    auto jobs = list_jobs(desk.session(), query);
    out.insert(out.end(), jobs.begin(), jobs.end());
  }
  return out;
}

void cancel(Desk& desk, const api::JobSummary& job, const std::optional<IndexSet>& tasks) {
  api::CancelRequest body;
  if (tasks) body.elements = tasks->to_string();
  desk.session().send<api::JobSummary>(net::Method::post, fmt::format("/jobs/{}/cancel", job.id),
                                       body);
}

// What one deletion prints; false when it was refused.
bool delete_job(Desk& desk, const api::JobSummary& job, const std::optional<IndexSet>& wanted) {
  if (job.state == JobState::ending && !job.array) {
    fmt::print("job {} is already in deletion\n", job.id);
    return true;
  }
  IndexSet running, waiting = waiting_of(job);
  if (wanted) waiting = waiting.intersection(*wanted);
  if (job.array && job.attempts > 0) {
    waiting = {};
    for (const Element& e : elements_of(desk.session(), job)) {
      if (is_final(e.state) || (wanted && !wanted->contains(e.index))) continue;
      (e.state <= JobState::queued ? waiting : running).insert(e.index);
    }
  }
  std::string why = why_not([&] { cancel(desk, job, job.array ? wanted : std::nullopt); });
  if (!why.empty()) {
    fmt::print("denied: job \"{}\": {}\n", job.id, why);
    return false;
  }
  if (!job.array) {
    bool waits = job.state <= JobState::queued;
    fmt::print("{} {} job {}{}\n", desk.user(), waits ? "has deleted" : "has registered the",
               job.id, waits ? "" : " for deletion");
    return true;
  }
  bool whole = !wanted && running.empty();
  if (whole) {
    fmt::print("{} has deleted job-array tasks {} of job {}\n", desk.user(), tasks_text(waiting),
               job.id);
    return true;
  }
  for (int64_t task : running.expand()) {
    fmt::print("{} has registered the job-array task {}.{} for deletion\n", desk.user(), job.id,
               task);
  }
  if (!waiting.empty()) {
    fmt::print("{} has deleted job-array task{} {} of job {}\n", desk.user(),
               waiting.size() == 1 ? "" : "s", tasks_text(waiting), job.id);
  }
  return true;
}

// Which kinds of holds -h names: u, o, s, or n for none (qalter). False: it is none.
bool are_holds(std::string_view holds) {
  return !holds.empty() && holds.find_first_not_of("uosUOSn") == holds.npos;
}

struct HoldChange {
  bool hold = true;
  bool by_operator = false;
};

bool change_hold(Desk& desk, const Task& task, const api::JobSummary& job, HoldChange change) {
  bool held_by_user = job.state == JobState::held && job.reason != PendingReason::held_by_operator;
  bool is_held = job.state == JobState::held || job.reason == PendingReason::held_by_user ||
                 job.reason == PendingReason::held_by_operator;
  if (change.hold && held_by_user && !change.by_operator) return true;  // nothing to say
  if (!change.hold && !is_held) return true;
  if (task.tasks) {
    fmt::print("denied: holds are of whole jobs here: leave out the tasks of {}\n", job.id);
    return false;
  }
  std::string why = why_not([&] {
    desk.session().send<api::JobSummary>(
        net::Method::post, fmt::format("/jobs/{}/{}", job.id, change.hold ? "hold" : "release"),
        api::HoldRequest{change.by_operator});
  });
  if (!why.empty()) {
    fmt::print("denied: job \"{}\": {}\n", job.id, why);
    return false;
  }
  if (!job.array) {
    fmt::print("modified hold of job {}\n", job.id);
    return true;
  }
  for (int64_t index : indices_of(job).expand()) {
    fmt::print("modified hold of job-array task {}.{}\n", job.id, index);
  }
  return true;
}

int hold_or_release(const Call& call) {
  Words words = read_words(call, kHold);
  if (words.is_answered) return 0;
  std::string holds = words.value("-h");
  if (words.has("-h") && !are_holds(holds)) {
    throw failure(7, fmt::format("qalter: Unknown hold list \"{}\" specified to -h option",
                                 printable(holds)));
  }
  Targets targets = targets_of(call, kHold, words);
  Desk desk(call);
  HoldChange change{call.name == "qhold", holds.find_first_of("osOS") != holds.npos};
  int code = 0;
  for (const Task& task : targets.tasks) {
    auto jobs = find_jobs(desk, task, kUnfinished);
    if (jobs.empty()) {
      fmt::print("denied: job \"{}\" does not exist\n", printable(task.text));
      code = 3;
    }
    for (const auto& job : jobs) code = change_hold(desk, task, job, change) ? code : 1;
  }
  for (const auto& job : jobs_of_users(desk, targets.users)) {
    code = change_hold(desk, {}, job, change) ? code : 1;
  }
  return code;
}

// One field of the job that qalter changes, and what the original says about it.
struct Change {
  const char* words;
  bool (*apply)(const ForeignJob& from, api::JobChange& to);
};

constexpr std::array kChanges = {
    Change{"job name",
           [](const ForeignJob& f, api::JobChange& to) {
             if (f.translation.job.name.origin.kind != dialect::OriginKind::command_line) {
               return false;
             }
             to.name = *f.translation.job.name;
             return true;
           }},
    Change{"hard resource list",
           [](const ForeignJob& f, api::JobChange& to) {
             bool any = false;
             if (f.translation.job.walltime) {
               to.limit_s = f.request.job.limit.value / 1000;
               any = true;
             }
             const dialect::Component& part = f.translation.job.components.front();
             if (part.memory || part.virtual_memory) {
               if (!to.resources) to.resources.emplace();
               to.resources->memory_bytes = f.request.job.resources.memory.value;
               any = true;
             }
             return any;
           }},
    Change{"parallel environment",
           [](const ForeignJob& f, api::JobChange& to) {
             if (!f.translation.job.components.front().tasks) return false;
             if (!to.resources) to.resources.emplace();
             to.resources->nodes = f.request.job.resources.nodes;
             to.resources->cores = f.request.job.resources.cores;
             return true;
           }},
    Change{"hard queue list",
           [](const ForeignJob& f, api::JobChange& to) {
             if (f.translation.job.queues.origin.kind != dialect::OriginKind::command_line) {
               return false;
             }
             if (!to.resources) to.resources.emplace();
             to.resources->pools = f.request.job.resources.pools;
             return true;
           }},
    Change{"project",
           [](const ForeignJob& f, api::JobChange& to) {
             if (!f.translation.job.account) return false;
             to.project = f.request.job.project;
             return true;
           }},
    Change{"at time",
           [](const ForeignJob& f, api::JobChange& to) {
             if (!f.request.job.begin) return false;
             to.begin_at_ms = f.request.job.begin->value;
             return true;
           }},
    Change{"task concurrency",
           [](const ForeignJob& f, api::JobChange& to) {
             if (f.translation.job.array.value.max_running == 0) return false;
             to.max_running = static_cast<int32_t>(f.translation.job.array.value.max_running);
             return true;
           }},
};

void fill_dependency(const ForeignJob& from, api::JobChange& to) {
  ForeignJob copy = from;
  to.dependency = to_submission(copy).dependency;
}

// Prints a line for each thing changed.
bool alter(Desk& desk, const api::JobSummary& job, const ForeignJob& from) {
  api::JobChange change;
  std::vector<std::string> said;
  for (const Change& one : kChanges) {
    if (!one.apply(from, change)) continue;
    said.push_back(fmt::format("modified {} of job {}", one.words, job.id));
    if (std::string_view(one.words) == "parallel environment") {
      said.push_back(fmt::format("modified slot range of job {}", job.id));
    }
  }
  if (from.translation.job.priority) {
    change.priority = from.request.job.priority;
    said.push_back(fmt::format("{}@{} sets scheduling priority of job {} to {}", desk.user(),
                               desk.host(), job.id, *change.priority));
  }
  if (from.request.job.dependency) {
    fill_dependency(from, change);
    said.push_back(fmt::format("modified job id hold list of job {}", job.id));
  }
  if (said.empty()) {
    fmt::print("denied: none of these can be changed in a job that exists\n");
    return false;
  }
  std::string why = why_not([&] {
    desk.session().send<api::JobSummary>(net::Method::patch, fmt::format("/jobs/{}", job.id),
                                         change);
  });
  if (!why.empty()) {
    fmt::print("denied: job \"{}\": {}\n", job.id, why);
    return false;
  }
  for (const std::string& line : said) fmt::print("{}\n", line);
  return true;
}

// qalter's -h takes a list, qsub's nothing.
std::string take_hold(std::vector<std::string>& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "-h") continue;
    std::string holds = words[i + 1];
    auto at = words.begin() + static_cast<ptrdiff_t>(i);
    words.erase(at, at + 2);
    if (are_holds(holds)) return holds;
    throw failure(7, fmt::format("qalter: Unknown hold list \"{}\" specified to -h option",
                                 printable(holds)));
  }
  return "";
}

std::vector<Word> alter_words() {
  std::vector<Word> words;
  for (const dialect::Option& o : dialect::sge_options()) {
    words.push_back({o.spellings, o.form, o.meaning});
  }
  return words;
}

int alter_jobs(const Call& call) {
  std::vector<Word> table = alter_words();
  Manual manual{"job_task_list", table};
  std::vector<std::string> words = call.words;
  if (words.empty()) no_argument(call, manual);
  if (words[0] == "-help" || words[0] == "--help") {
    fmt::print("{}", words_usage("qalter", manual));
    return 0;
  }
  std::string holds = take_hold(words);
  Order order = read_order(words, dialect::Dialect::sge);
  std::vector<std::string> list = order.args;
  if (!order.path.empty()) list.insert(list.begin(), order.path);
  order.path.clear();
  order.args.clear();
  Desk desk(call);
  ForeignJob from = translate_order(desk, order, ":\n", dialect::Dialect::sge);
  if (const dialect::Record* r = first_refusal(from)) {
    throw failure(2, fmt::format("qalter: invalid option argument \"{}\"\n{}", printable(r->text),
                                 why_refused(from)));
  }
  std::optional<std::vector<Task>> tasks = read_tasks(list);
  if (!tasks) throw failure(2, "qalter: invalid list of tasks");
  int code = 0;
  for (const Task& task : *tasks) {
    auto jobs = find_jobs(desk, task, kUnfinished);
    if (jobs.empty()) {
      fmt::print("denied: job \"{}\" does not exist\n", printable(task.text));
      code = 1;
    }
    for (const auto& job : jobs) {
      if (!order.options.empty() && !alter(desk, job, from)) code = 1;
      if (holds.empty()) continue;
      bool releases = holds.find_first_of("UOSn") != holds.npos;
      HoldChange change{!releases, holds.find_first_of("osOS") != holds.npos};
      if (!change_hold(desk, task, job, change)) code = 1;
    }
  }
  return code;
}

}  // namespace

int qdel(const Call& call) {
  Words words = read_words(call, kDelete);
  if (words.is_answered) return 0;
  Targets targets = targets_of(call, kDelete, words);
  Desk desk(call);
  int code = 0;
  for (const Task& task : targets.tasks) {
    auto jobs = find_jobs(desk, task, kUnfinished);
    if (jobs.empty() && task.job) {
      fmt::print("denied: job \"{}\" does not exist\n", printable(task.text));
      code = 1;
    } else if (jobs.empty()) {
      fmt::print("The job {} of user(s) {} does not exist\n", printable(task.text), desk.user());
      code = 1;
    }
    for (const auto& job : jobs) code = delete_job(desk, job, task.tasks) ? code : 1;
  }
  if (!targets.users.empty()) {
    auto jobs = jobs_of_users(desk, targets.users);
    if (jobs.empty()) {
      fmt::print("There is no job registered for the following users: {}\n",
                 printable(targets.users));
      code = 1;
    }
    for (const auto& job : jobs) code = delete_job(desk, job, {}) ? code : 1;
  }
  return code;
}

int qalter(const Call& call) {
  return call.name == "qalter" ? alter_jobs(call) : hold_or_release(call);
}

}  // namespace pentad::cli::front::sge
