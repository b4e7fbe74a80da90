// salloc: holds cores while a shell or a command runs.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/front/argv.h"
#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/own_job.h"
#include "cli/front/slurm/submit_words.h"
#include "cli/front/slurm/switches.h"

namespace pentad::cli::front::slurm {

namespace {

// What the command hears of the job, over what it has of its own.
std::vector<std::string> environment_for(const hold::Allocation& allocation) {
  hold::Variables all = this_submitter().environment;
  for (const auto& [name, value] : allocation.environment()) {
    // The command is no task of the job, and no batch script.
    bool of_task = name == "SLURM_PROCID" || name == "SLURM_LOCALID" || name == "SLURM_NODEID" ||
                   name == "SLURM_GTIDS" || name == "SLURM_TASK_PID";
    if (name.starts_with("SLURM") && !of_task) all[name] = value;
  }
  std::string job = fmt::to_string(allocation.job());
  for (const char* name : {"SLURM_JOB_ID", "SLURM_JOBID"}) all[name] = job;
  all[hold::kStepsVariable] = allocation.steps_path();
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

int end_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Waits for the command; ends it when the job is taken away.
int wait_for(const Call& call, pid_t pid, const hold::Allocation& allocation) {
  int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  int status = 0;
  bool revoked = false;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    pollfd waits[] = {{pidfd, POLLIN, 0}, {revoked ? -1 : allocation.lifeline(), POLLIN, 0}};
    poll(waits, 2, 1000);
    if (revoked || allocation.is_held()) continue;
    revoked = true;
    fmt::print(stderr, "{}: Job allocation {} has been revoked.\n", call.name, allocation.job());
    kill(pid, SIGHUP);
    kill(pid, SIGCONT);
  }
  if (pidfd >= 0) close(pidfd);
  return end_code(status);
}

int run_command(const Call& call, const hold::Allocation& allocation,
                std::vector<std::string> command) {
  std::vector<std::string> environment = environment_for(allocation);
  std::vector<char*> argv = pointers(command), envp = pointers(environment);
  // Ctrl-C is for the command; this process stays to let the job go.
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigfillset(&defaults);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  int failed = posix_spawnp(&pid, argv[0], nullptr, &attributes, argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    complain(call, fmt::format("Unable to exec command \"{}\": {}", command.front(),
                               std::generic_category().message(failed)));
    return 1;
  }
  return wait_for(call, pid, allocation);
}

}  // namespace

int salloc(const Call& call) {
  auto words = split_words(call, "[command [args...]]");
  if (!words) return kOk;
  std::vector<std::string> command = words->rest;
  if (command.empty()) {
    std::string shell = variable("SHELL");
    command = {shell.empty() ? "/bin/sh" : shell};
  }
  Session session(call.globals);
  hold::Allocation allocation = own_job(call, session, words->options, "interactive");
  if (!allocation.wait_for_start()) return 1;
  fmt::print(stderr, "salloc: Granted job allocation {}\n", allocation.job());
  int code = run_command(call, allocation, std::move(command));
  fmt::print(stderr, "salloc: Relinquishing job allocation {}\n", allocation.job());
  allocation.set_code(code);
  return code;
}

}  // namespace pentad::cli::front::slurm
