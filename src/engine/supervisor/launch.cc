#include "engine/supervisor/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "engine/supervisor/remove_tree.h"

namespace pentad::engine {

namespace {

enum class Step {
  none,
  group,
  limits,
  user,
  tmp,
  workdir,
  input,
  output,
  error_output,
  privileges,
  exec
};

// Shared with the child, which runs in our memory until its exec: it leaves here what went wrong.
struct Launch {
  const Job* job;
  const Group* group;
  pid_t supervisor;
  bool born_in_group;
  Step failed;
  int error;
  int resource;
};

[[noreturn]] void give_up(Launch& launch, Step step) {
  launch.error = errno;
  launch.failed = step;
  _exit(127);
}

// glibc's functions would change every thread of a process it believes to be alone in its memory.
bool become_user(const Job& job) {
  if (!job.switch_user) return true;
  return syscall(SYS_setgroups, job.group_count, job.groups) == 0 &&
         syscall(SYS_setresgid, job.gid, job.gid, job.gid) == 0 &&
         syscall(SYS_setresuid, job.uid, job.uid, job.uid) == 0;
}

// Opens `path` as descriptor `target`. Not blocking while it opens: a named pipe that nobody reads
// must not hold up the supervisor, which waits for us.
bool open_as(const char* path, int flags, int target) {
  if (path == nullptr) path = "/dev/null";
  const int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  fcntl(fd, F_SETFL, flags & O_APPEND);
  return dup2(fd, target) >= 0;
}

bool open_output(const Job& job, const char* path, int target) {
  return open_as(path, O_WRONLY | O_CREAT | (job.append ? O_APPEND : O_TRUNC), target);
}

void open_files(Launch& launch) {
  const Job& job = *launch.job;
  if (!open_as(job.stdin_path, O_RDONLY, 0)) give_up(launch, Step::input);
  const bool is_open =
      job.output_fd >= 0 ? dup2(job.output_fd, 1) >= 0 : open_output(job, job.stdout_path, 1);
  if (!is_open) give_up(launch, Step::output);
  if (job.stderr_path == nullptr) {
    if (dup2(1, 2) < 0) give_up(launch, Step::error_output);
  } else if (!open_output(job, job.stderr_path, 2)) {
    give_up(launch, Step::error_output);
  }
}

void set_limits(Launch& launch) {
  for (size_t i = 0; i < launch.job->limit_count; ++i) {
    const ResourceLimit& limit = launch.job->limits[i];
    const rlimit64 value{limit.soft, limit.hard};
    if (prlimit64(0, static_cast<__rlimit_resource>(limit.resource), &value, nullptr) == 0)
      continue;
    launch.resource = limit.resource;
    give_up(launch, Step::limits);
  }
}

// execve, patient with a script whose writer is only just closing it, and with files that are
// neither a program nor start with #!, which /bin/sh runs as it always has.
void try_exec(const Job& job, const char* path) {
  for (int i = 0; i < 100; ++i) {
    execve(path, job.argv, job.envp);
    if (errno != ETXTBSY) break;
    const timespec pause{0, 10'000'000};
    nanosleep(&pause, nullptr);
  }
  if (errno != ENOEXEC) return;
  char* const name = job.argv[0];
  job.argv[-1] = const_cast<char*>("/bin/sh");
  job.argv[0] = const_cast<char*>(path);
  execve("/bin/sh", job.argv - 1, job.envp);
  job.argv[0] = name;
  errno = ENOEXEC;
}

const char* search_path(const Job& job) {
  for (char** entry = job.envp; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

// Its name may be known to others, who could have made it first.
bool make_tmp(const char* path) {
  if (mkdir(path, 0700) == 0) return true;
  struct stat info;
  if (errno != EEXIST || lstat(path, &info) != 0) return false;
  const bool is_own = S_ISDIR(info.st_mode) && info.st_uid == geteuid();
  errno = EEXIST;
  return is_own;
}

void exec_job(const Job& job) {
  if (job.program != nullptr) return try_exec(job, job.program);
  const char* const name = job.argv[0];
  if (std::strchr(name, '/') != nullptr) return try_exec(job, name);
  int worst = ENOENT;
  for (const char* at = search_path(job); *at != 0;) {
    const char* const end = strchrnul(at, ':');
    Text<4096> path;
    path << std::string_view(at, static_cast<size_t>(end - at)) << (at == end ? "./" : "/") << name;
    try_exec(job, path.c_str());
    if (errno != ENOENT && errno != ENOTDIR) worst = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
    at = *end == 0 ? end : end + 1;
  }
  errno = worst;
}

// Runs as the child, in the supervisor's memory and on a stack of its own. Never returns.
void run_child(void* context) {
  Launch& launch = *static_cast<Launch*>(context);
  const Job& job = *launch.job;
  setsid();
  const int entry = launch.group->entry_fd();
  if (!launch.born_in_group && entry >= 0 && pwrite(entry, "0", 1, 0) != 1) {
    give_up(launch, Step::group);
  }
  set_limits(launch);
  if (!become_user(job)) give_up(launch, Step::user);
  // After the change of user, which clears it. A supervisor that dies takes the job's first process
  // along; the daemon finds the others.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launch.supervisor) _exit(127);
  if (job.tmp != nullptr && !make_tmp(job.tmp)) give_up(launch, Step::tmp);
  umask(job.umask);
  if (job.workdir != nullptr && chdir(job.workdir) != 0) give_up(launch, Step::workdir);
  open_files(launch);
  if (job.no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    give_up(launch, Step::privileges);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  exec_job(job);
  give_up(launch, Step::exec);
}

int run_child_for_clone(void* context) {
  run_child(context);
  return 127;
}

alignas(16) char child_stack[128 << 10];

#if defined(__x86_64__)
// clone3 with a stack and a function, which glibc does not offer. The child calls the function from
// within the assembly, so that it never returns into a frame it does not own.
long clone3_call(clone_args* args, void (*function)(void*), void* context) {
  long result = SYS_clone3;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %[context], %%rdi\n\t"
      "call *%[function]\n\t"
      "hlt\n"
      "1:"
      : "+a"(result)
      : "D"(args), "S"(sizeof *args), [function] "r"(function), [context] "r"(context)
      : "rcx", "r11", "memory", "cc");
  return result;
}

pid_t clone_into(const Group& group, void (*function)(void*), void* context) {
  clone_args args{};
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP;
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<uint64_t>(child_stack);
  args.stack_size = sizeof child_stack;
  args.cgroup = static_cast<uint64_t>(group.birth_fd());
  const long pid = clone3_call(&args, function, context);
  return pid > 0 ? static_cast<pid_t>(pid) : 0;
}
#else
// Elsewhere the child moves itself, which costs a little more.
pid_t clone_into(const Group&, void (*)(void*), void*) { return 0; }
#endif

pid_t make_child(Launch& launch) {
  if (launch.group->birth_fd() >= 0) {
    launch.born_in_group = true;
    const pid_t pid = clone_into(*launch.group, run_child, &launch);
    if (pid > 0) return pid;
  }
  launch.born_in_group = false;
  const int pid = clone(run_child_for_clone, child_stack + sizeof child_stack,
                        CLONE_VM | CLONE_VFORK | SIGCHLD, &launch);
  return pid > 0 ? pid : 0;
}

void describe_exec(const Job& job, int error, Sentence& why) {
  const char* const name = job.program != nullptr ? job.program : job.argv[0];
  struct stat info;
  const bool is_path = std::strchr(name, '/') != nullptr;
  const bool exists = is_path && stat(name, &info) == 0;
  if (error == ENOENT && exists) {
    why << "cannot run " << name << ": its #! line names a program that does not exist";
  } else if (error == ENOENT && !is_path) {
    why << "cannot run " << name << ": no such program in PATH";
  } else if (error == EACCES && exists && S_ISDIR(info.st_mode)) {
    why << "cannot run " << name << ": it is a directory";
  } else if (error == EACCES) {
    why << "cannot run " << name << ": not executable, or no permission to run it";
  } else if (error == E2BIG) {
    why << "cannot run " << name << ": arguments and environment are too large together";
  } else {
    why << "cannot run " << name << ": " << strerrordesc_np(error);
  }
}

const char* path_or_null_device(const char* path) { return path == nullptr ? "/dev/null" : path; }

void describe(const Launch& launch, Sentence& why) {
  const Job& job = *launch.job;
  switch (launch.failed) {
    case Step::none:
      break;
    case Step::exec:
      return describe_exec(job, launch.error, why);
    case Step::group:
      why << "cannot enter the job's control group";
      break;
    case Step::limits:
      why << "cannot set resource limit number " << launch.resource;
      break;
    case Step::user:
      why << "cannot become user " << job.uid;
      break;
    case Step::tmp:
      why << "cannot make the directory for temporary files " << job.tmp;
      break;
    case Step::workdir:
      why << "cannot enter the working directory " << job.workdir;
      break;
    case Step::input:
      why << "cannot open the input file " << path_or_null_device(job.stdin_path);
      break;
    case Step::output:
      why << "cannot open the output file " << path_or_null_device(job.stdout_path);
      break;
    case Step::error_output:
      why << "cannot open the error file " << path_or_null_device(job.stderr_path);
      break;
    case Step::privileges:
      why << "cannot give up the right to new privileges";
      break;
  }
  const char* reason = strerrordesc_np(launch.error);
  why << ": " << (reason != nullptr ? reason : "unknown error");
}

}  // namespace

bool can_be_born_into(const Group& group) {
  if (group.birth_fd() < 0) return false;
  const pid_t pid = clone_into(
      group, [](void*) { _exit(0); }, nullptr);
  int status = 0;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

pid_t launch(const Job& job, const Group& group, Sentence& why) {
  Launch launch{&job, &group, getpid(), false, Step::none, 0, 0};
  const pid_t pid = make_child(launch);
  if (pid == 0) {
    why << "cannot make a process: " << strerrordesc_np(errno);
    return 0;
  }
  if (launch.failed == Step::none) return pid;
  waitpid(pid, nullptr, 0);
  describe(launch, why);
  return 0;
}

void remove_tmp(const Job& job) {
  if (job.tmp == nullptr) return;
  const auto remove = [](void* context) {
    const Job& job = *static_cast<const Job*>(context);
    if (become_user(job)) remove_tree(job.tmp);
    _exit(0);
    return 0;
  };
  const int pid = clone(remove, child_stack + sizeof child_stack, CLONE_VM | CLONE_VFORK | SIGCHLD,
                        const_cast<Job*>(&job));
  if (pid > 0) waitpid(pid, nullptr, 0);
}

}  // namespace pentad::engine
