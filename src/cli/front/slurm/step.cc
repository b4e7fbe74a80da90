#include "cli/front/slurm/step.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <functional>
#include <memory>
#include <system_error>

#include "cli/front/hold/channel.h"
#include "cli/front/pmi/service.h"
#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/core_locks.h"
#include "cli/front/slurm/task_environment.h"
#include "cli/front/slurm/task_output.h"
#include "cli/front/steps/steps.h"
#include "dialect/values.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int64_t kSecondMs = 1000;

volatile sig_atomic_t g_interrupts = 0;
volatile sig_atomic_t g_signal = 0;

void on_interrupt(int) { g_interrupts = g_interrupts + 1; }
void on_signal(int number) { g_signal = number; }

void catch_signals() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  action.sa_handler = on_signal;
  for (int number : {SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM}) {
    sigaction(number, &action, nullptr);
  }
  signal(SIGPIPE, SIG_IGN);
}

void pause_ms(int64_t ms) {
  timespec pause{ms / 1000, ms % 1000 * 1'000'000};
  nanosleep(&pause, nullptr);
}

int64_t number_in(const char* name, int64_t otherwise) {
  auto number = dialect::parse_whole(variable(name));
  return number ? *number : otherwise;
}

// Names this start of the job on this machine.
std::string attempt_here() {
  size_t centre = std::hash<std::string>()(variable("PENTAD_JOB_DIR"));
  return fmt::format("{}.{}.{:x}", job_here(), variable("PENTAD_ARRAY_INDEX"), centre);
}

struct Task {
  int64_t rank = 0;
  const StepPart* part = nullptr;
  pid_t pid = 0;
  int pidfd = -1, out = -1, error = -1, in = -1;  // our ends
  int status = 0;
  bool running = false;
};

// Descriptors of a task: what it gets, and what we keep.
struct Ends {
  int task = -1, ours = -1;
};

class Step {
 public:
  Step(const Call& call, const StepPlan& plan) : call_(call), plan_(plan), locks_(attempt_here()) {}

  int run() {
    if (!check_size()) return kFailed;
    catch_signals();
    if (!take_cores()) return 128 + SIGINT;
    name_step();
    open_files();
    prepare_mpi();
    start_all();
    watch();
    return tell_ends();
  }

 private:
  std::string step_name() const { return fmt::format("{}.{}", facts_.job, facts_.step); }

  bool check_size() {
    int64_t nodes = number_in("SLURM_JOB_NUM_NODES", 1);
    if (plan_.nodes > nodes) {
      complain(call_, fmt::format("Only allocated {} nodes asked for {}", nodes, plan_.nodes));
      return false;
    }
    total_cores_ = number_in("SLURM_CPUS_ON_NODE", number_in("PENTAD_CORES", 1));
    facts_.job = job_here();
    if (plan_.cores() <= total_cores_ * nodes || plan_.overcommit) return true;
    complain(call_, fmt::format("Unable to create step for job {}: More processors requested than "
                                "permitted",
                                facts_.job));
    return false;
  }

  // Waits as long as other steps of the job have the cores.
  bool take_cores() {
    if (plan_.overlap || plan_.overcommit) return true;
    bool told = false;
    for (int64_t wait_ms = 10; !locks_.try_take(plan_.cores(), total_cores_);
         wait_ms = std::min<int64_t>(wait_ms * 2, 200)) {
      if (!told && !plan_.quiet && wait_ms >= 160) {
        fmt::print(stderr,
                   "srun: Job {} step creation temporarily disabled, retrying (Requested nodes are "
                   "busy)\n",
                   facts_.job);
        told = true;
      }
      if (g_interrupts > 0 || g_signal != 0) return false;
      pause_ms(wait_ms);
    }
    if (told) fmt::print(stderr, "srun: Step created for job {}\n", facts_.job);
    return true;
  }

  void name_step() {
    facts_.step = fmt::to_string(next_step_number(attempt_here()));
    facts_.host = variable("SLURMD_NODENAME");
    if (facts_.host.empty()) facts_.host = this_submitter().host;
    facts_.array_job = variable("SLURM_ARRAY_JOB_ID");
    if (facts_.array_job.empty()) facts_.array_job = facts_.job;
    facts_.array_task = variable("SLURM_ARRAY_TASK_ID");
    facts_.user = variable("USER");
    facts_.name = plan_.name.empty() ? plan_.parts.front().argv.front() : plan_.name;
  }

  int open_output(const std::string& pattern) {
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (plan_.append ? O_APPEND : O_TRUNC);
    std::string path = fill_pattern(pattern, facts_);
    int fd = open(path.c_str(), flags, 0666);
    if (fd >= 0) return fd;
    throw failure(call_, fmt::format("Could not open stdout file {}: {}", path,
                                     std::generic_category().message(errno)));
  }

  void open_files() {
    const bool is_out_file = !plan_.out.empty() && plan_.out != "all";
    const bool is_error_file = !plan_.error.empty() && plan_.error != "all";
    out_fd_ = is_out_file && !is_per_task(plan_.out) ? open_output(plan_.out) : STDOUT_FILENO;
    error_fd_ = is_error_file && !is_per_task(plan_.error) ? open_output(plan_.error)
                : is_out_file && !is_error_file            ? out_fd_
                                                           : STDERR_FILENO;
    int width = plan_.label ? static_cast<int>(fmt::to_string(plan_.tasks() - 1).size()) : 0;
    out_ = std::make_unique<MergedOutput>(out_fd_, width);
    errors_ = std::make_unique<MergedOutput>(error_fd_, width);
  }

  // Programs of MPI find each other; a PMIx server is started where one may ask for it.
  void prepare_mpi() {
    if (plan_.mpi == "none") return;
    mpi_ = std::make_unique<pmi::Service>(plan_.tasks());
    const bool asked = plan_.mpi == "pmix";
    const std::string& program = plan_.parts.front().argv.front();
    const bool may = plan_.mpi.empty() && (plan_.tasks() > 1 || steps::may_be_mpi(program));
    if (!asked && !may) return;
    Status started = mpi_->start_pmix("pentad." + step_name(), variable("PENTAD_JOB_DIR"));
    if (!started && asked) throw failure(call_, started.error().message);
  }

  bool is_file_of_task(const std::string& pattern) const {
    return !pattern.empty() && pattern != "all" && is_per_task(pattern);
  }

  // One task without labels writes for itself.
  bool is_direct() const { return plan_.tasks() == 1 && !plan_.label; }

  Ends output_ends(const std::string& pattern, int merged_fd) {
    if (is_file_of_task(pattern)) return {open_output(pattern), -1};
    if (is_direct()) return {fcntl(merged_fd, F_DUPFD_CLOEXEC, 3), -1};
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw failure(call_, "Cannot make a pipe");
    return {pipe_ends[1], pipe_ends[0]};
  }

  Ends input_ends(int64_t rank) {
    bool is_rank = !plan_.in.empty() && dialect::parse_whole(plan_.in);
    bool is_for_all = plan_.in.empty() || plan_.in == "all";
    if (is_rank && *dialect::parse_whole(plan_.in) != rank) return {null_input(), -1};
    if (plan_.in == "none") return {null_input(), -1};
    if (!is_rank && !is_for_all) {
      std::string path = fill_pattern(plan_.in, facts_);
      int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
      if (fd >= 0) return {fd, -1};
      throw failure(call_, fmt::format("Could not open stdin file {}: {}", path,
                                       std::generic_category().message(errno)));
    }
    if (plan_.tasks() == 1) return {fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), -1};
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw failure(call_, "Cannot make a pipe");
    return {pipe_ends[0], pipe_ends[1]};
  }

  static int null_input() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

  // The cores of a task: those that its step has locked, in order.
  void bind_to_cores(int64_t first_core, int64_t count) {
    if (!plan_.bind || locks_.taken().empty()) return;
    if (plan_.tasks() == 1 && std::ssize(locks_.taken()) == total_cores_) return;
    locks_.bind_thread(first_core, count, total_cores_, allowed_);
  }

  void start_all() {
    CPU_ZERO(&allowed_);
    sched_getaffinity(0, sizeof allowed_, &allowed_);
    int64_t rank = 0, core = 0;
    tasks_.reserve(static_cast<size_t>(plan_.tasks()));
    for (const StepPart& part : plan_.parts) {
      for (int64_t i = 0; i < part.tasks; ++i, core += part.cpus_per_task) {
        Task& task = tasks_.emplace_back();
        task.rank = rank++;
        task.part = &part;
        bind_to_cores(core, part.cpus_per_task);
        start(task);
        sched_setaffinity(0, sizeof allowed_, &allowed_);
      }
    }
  }

  void start(Task& task) {
    facts_.task = task.rank;
    Ends in = input_ends(task.rank), out = output_ends(plan_.out, out_fd_);
    bool joined = is_file_of_task(plan_.out) && plan_.error.empty();
    Ends error = joined ? Ends{fcntl(out.task, F_DUPFD_CLOEXEC, 3), -1}
                        : output_ends(plan_.error, error_fd_);
    std::vector<std::string> environment = task_environment(plan_, facts_, *task.part);
    if (mpi_) std::ranges::copy(mpi_->variables(task.rank), std::back_inserter(environment));
    std::vector<char*> argv, envp;
    for (const std::string& word : task.part->argv) argv.push_back(const_cast<char*>(word.c_str()));
    for (const std::string& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in.task, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.task, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error.task, STDERR_FILENO);
    if (int fd = mpi_ ? mpi_->program_end(task.rank) : -1; fd >= 0) {
      posix_spawn_file_actions_adddup2(&actions, fd, fd);  // so that it is inherited
    }
    if (!plan_.directory.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions, plan_.directory.c_str());
    }
    // Ctrl-C is for this process to hand on, but who has the terminal must stay in its group.
    bool has_terminal = plan_.terminal || (plan_.tasks() == 1 && isatty(STDIN_FILENO));
    short flags = POSIX_SPAWN_SETSIGDEF | (has_terminal ? 0 : POSIX_SPAWN_SETPGROUP);
    sigset_t defaults;
    sigfillset(&defaults);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, flags);
    int failed = posix_spawnp(&task.pid, argv[0], &actions, &attributes, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (int fd : {in.task, out.task, error.task}) close(fd);
    if (mpi_) mpi_->started(task.rank);
    task.in = in.ours;
    task.out = out.ours;
    task.error = error.ours;
    in_group_ = !has_terminal;
    if (failed != 0) return could_not_start(task, failed);
    task.running = true;
    task.pidfd = static_cast<int>(syscall(SYS_pidfd_open, task.pid, 0));
  }

  void could_not_start(Task& task, int error) {
    fmt::print(stderr, "slurmstepd-{}: error: execve(): {}: {}\n", facts_.host,
               task.part->argv.front(), std::generic_category().message(error));
    task.status = error << 8;
    for (int* fd : {&task.in, &task.out, &task.error}) {
      if (*fd >= 0) close(*fd);
      *fd = -1;
    }
  }

  void send_signal(int number) {
    for (const Task& task : tasks_) {
      if (task.running) kill(in_group_ ? -task.pid : task.pid, number);
    }
  }

  void handle_interrupts() {
    if (g_signal != 0) {
      int number = g_signal;
      g_signal = 0;
      send_signal(number);
      if (number == SIGTERM || number == SIGHUP || number == SIGQUIT) end_soon();
    }
    if (g_interrupts == handled_interrupts_) return;
    handled_interrupts_ = g_interrupts;
    bool again = now_ms() - last_interrupt_ms_ < kSecondMs;
    last_interrupt_ms_ = now_ms();
    if (!again && !plan_.end_at_interrupt && !in_group_) return;  // the task has had it already
    if (!again && !plan_.end_at_interrupt) {
      fmt::print(stderr, "srun: interrupt (one more within 1 sec to abort)\n");
      fmt::print(stderr, "srun: StepId={} {}: running\n", step_name(),
                 ranks_text([](const Task& t) { return t.running; }));
      return;
    }
    fmt::print(stderr, "srun: sending Ctrl-C to StepId={}\n", step_name());
    send_signal(SIGINT);
    end_soon();
  }

  void end_soon() {
    if (kill_at_ms_ == 0) kill_at_ms_ = now_ms() + 5 * kSecondMs;
  }

  void watch() {
    feed_ = plan_.tasks() > 1;
    while (is_busy()) {
      std::vector<pollfd> waits;
      auto add = [&](int fd, short what) {
        if (fd >= 0) waits.push_back({fd, what, 0});
      };
      for (const Task& task : tasks_) {
        add(task.running ? task.pidfd : -1, POLLIN);
        add(task.out, POLLIN);
        add(task.error, POLLIN);
      }
      if (mpi_) mpi_->add_to(waits);
      bool wants_input = feed_ && std::ranges::any_of(tasks_, [](auto& t) { return t.in >= 0; });
      bool is_full = wants_input && !all_take_input();
      wants_input = wants_input && !is_full;
      if (wants_input) add(STDIN_FILENO, POLLIN);
      poll(waits.data(), waits.size(), is_full ? 20 : 500);
      handle_interrupts();
      serve_mpi();
      if (kill_at_ms_ > 0 && now_ms() > kill_at_ms_) send_signal(SIGKILL);
      for (Task& task : tasks_) {
        drain(task, task.out, *out_);
        drain(task, task.error, *errors_);
        collect(task);
      }
      bool has_input = wants_input && (waits.back().revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      if (has_input) hand_on_input();
    }
  }

  // A rank that calls MPI_Abort ends all.
  void serve_mpi() {
    if (!mpi_) return;
    mpi_->serve();
    if (!mpi_->aborted() || ended_others_) return;
    ended_others_ = true;
    if (!plan_.quiet) {
      fmt::print(stderr, "srun: error: StepId={}: aborted by one of its ranks\n", step_name());
    }
    send_signal(SIGTERM);
    end_soon();
  }

  bool is_busy() const {
    return std::ranges::any_of(
        tasks_, [](const Task& t) { return t.running || t.out >= 0 || t.error >= 0; });
  }

  void drain(Task& task, int& fd, MergedOutput& to) {
    if (fd < 0) return;
    pollfd one{fd, POLLIN, 0};
    while (fd >= 0 && poll(&one, 1, 0) > 0) {
      std::array<char, 65536> bytes;
      ssize_t size = read(fd, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size > 0) {
        to.add(task.rank, {bytes.data(), static_cast<size_t>(size)});
        continue;
      }
      to.end(task.rank);
      close(fd);
      fd = -1;
    }
  }

  // A task that does not read must not hold up the output of the others.
  bool all_take_input() const {
    return std::ranges::all_of(tasks_, [](const Task& task) {
      pollfd one{task.in, POLLOUT, 0};
      return task.in < 0 || poll(&one, 1, 0) > 0;
    });
  }

  void hand_on_input() {
    std::array<char, PIPE_BUF> bytes;  // what a pipe that is not full takes at once
    ssize_t size = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) return;
    for (Task& task : tasks_) {
      if (task.in < 0) continue;
      bool fine = size > 0 && hold::write_all(task.in, {bytes.data(), static_cast<size_t>(size)});
      if (fine) continue;
      close(task.in);
      task.in = -1;
    }
    if (size <= 0) feed_ = false;
  }

  void collect(Task& task) {
    if (!task.running || waitpid(task.pid, &task.status, WNOHANG) != task.pid) return;
    task.running = false;
    if (task.pidfd >= 0) close(task.pidfd);
    if (task.in >= 0) close(task.in);
    task.in = task.pidfd = -1;
    bool failed = task.status != 0;
    if (!failed || !plan_.end_at_failure || ended_others_) return;
    ended_others_ = true;
    bool others = std::ranges::any_of(tasks_, [](const Task& t) { return t.running; });
    if (!others) return;
    fmt::print(stderr, "srun: launch/slurm: _step_signal: Terminating StepId={}\n", step_name());
    send_signal(SIGTERM);
    end_soon();
  }

  // "task 1", "tasks 0-1,3".
  template <class Which>
  std::string ranks_text(const Which& which) const {
    IndexSet ranks;
    for (const Task& task : tasks_) {
      if (which(task)) ranks.insert(task.rank);
    }
    return fmt::format("{} {}", ranks.size() == 1 ? "task" : "tasks", ranks.to_string());
  }

  int tell_ends() {
    int code = 0;
    bool signalled = false;
    std::vector<int> seen;
    for (const Task& task : tasks_) {
      int status = task.status;
      if (status == 0 || std::ranges::find(seen, status) != seen.end()) continue;
      seen.push_back(status);
      bool by_signal = WIFSIGNALED(status);
      signalled |= by_signal;
      std::string how = by_signal ? strsignal(WTERMSIG(status))
                                  : fmt::format("Exited with exit code {}", WEXITSTATUS(status));
      if (by_signal && WCOREDUMP(status)) how += " (core dumped)";
      if (!plan_.quiet) {
        fmt::print(stderr, "srun: error: {}: {}: {}\n", facts_.host,
                   ranks_text([&](const Task& t) { return t.status == status; }), how);
      }
      code = std::max(code, by_signal ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (signalled && !plan_.quiet) {
      fmt::print(stderr, "srun: Force Terminated StepId={}\n", step_name());
    }
    return code;
  }

  const Call& call_;
  const StepPlan& plan_;
  CoreLocks locks_;
  PatternFacts facts_;
  int64_t total_cores_ = 1;
  int out_fd_ = STDOUT_FILENO, error_fd_ = STDERR_FILENO;
  std::unique_ptr<MergedOutput> out_, errors_;
  std::unique_ptr<pmi::Service> mpi_;
  std::vector<Task> tasks_;
  cpu_set_t allowed_{};
  bool feed_ = false, in_group_ = true, ended_others_ = false;
  int handled_interrupts_ = 0;
  int64_t last_interrupt_ms_ = 0, kill_at_ms_ = 0;
};

}  // namespace

int run_step(const Call& call, const StepPlan& plan) { return Step(call, plan).run(); }

}  // namespace pentad::cli::front::slurm
