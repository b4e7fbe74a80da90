#include "engine/local.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <variant>

#include "base/hash.h"
#include "engine/local_worker.h"

namespace pentad::engine {

namespace {

struct Stop {
  AttemptId attempt;
  StopHow how;
};
struct Signal {
  AttemptId attempt;
  int number;
  SignalScope to;
};
struct Adopt {
  StartAttempt start;
};
struct Forget {
  AttemptId attempt;
};
struct Quit {};

using Command = std::variant<Order, Adopt, Stop, Signal, Forget, Quit>;

// Users reach their jobs' directories through it and cannot list it.
Status make_dir(const std::string& path) {
  const bool is_there = mkdir(path.c_str(), 0711) == 0 || errno == EEXIST;
  if (is_there && chmod(path.c_str(), 0711) == 0) return {};
  return fail(ErrorCode::failed, fmt::format("cannot make {}: {}", path, std::strerror(errno)),
              path);
}

// Of the control groups: two centres on one machine must not meet.
std::string site_name(const std::string& home) {
  return fmt::format("pentad-{:016x}", Hasher().add(home).digest());
}

}  // namespace

// The thread that owns the worker, and the queue of what is asked of it.
struct LocalEngine::Thread {
  LocalConfig config;
  ReportSink sink;
  Descriptor wake;
  std::unique_ptr<LocalWorker> worker;
  std::mutex mutex;
  std::vector<Command> queue;
  std::thread thread;

  void push(Command command) {
    bool first = false;
    {
      const std::lock_guard lock(mutex);
      first = queue.empty();
      queue.push_back(std::move(command));
    }
    // Whoever finds the queue empty wakes the thread; the others ride along.
    if (first) eventfd_write(wake.get(), 1);
  }

  // False when asked to quit.
  bool execute(Command& command) {
    if (auto* order = std::get_if<Order>(&command)) worker->start(std::move(*order));
    if (auto* adopt = std::get_if<Adopt>(&command)) worker->adopt(adopt->start);
    if (auto* stop = std::get_if<Stop>(&command)) worker->stop(stop->attempt, stop->how);
    if (auto* s = std::get_if<Signal>(&command)) worker->signal(s->attempt, s->number, s->to);
    if (auto* forget = std::get_if<Forget>(&command)) worker->forget(forget->attempt);
    return !std::holds_alternative<Quit>(command);
  }

  bool execute_queue() {
    // Before the queue is taken: a command pushed after it leaves its own wake-up.
    eventfd_t ignored = 0;
    eventfd_read(wake.get(), &ignored);
    std::vector<Command> commands;
    {
      const std::lock_guard lock(mutex);
      commands.swap(queue);
    }
    for (Command& command : commands) {
      if (!execute(command)) return false;
    }
    return true;
  }

  void run() {
    worker->recover();
    while (execute_queue()) {
      deliver();
      worker->wait();
      deliver();
    }
    deliver();
    worker->close();
  }

  void deliver() {
    std::vector<Report> reports = worker->take_reports();
    if (!reports.empty()) sink(std::move(reports));
  }
};

LocalEngine::LocalEngine(std::unique_ptr<Thread> thread, std::vector<std::string> notes)
    : thread_(std::move(thread)), notes_(std::move(notes)) {}

LocalEngine::~LocalEngine() {
  thread_->push(Quit{});
  thread_->thread.join();
}

Result<std::unique_ptr<LocalEngine>> LocalEngine::open(LocalConfig config, ReportSink sink) {
  for (const std::string& path : {config.home, config.home + "/jobs"}) {
    if (Status made = make_dir(path); !made) return tl::unexpected(made.error());
  }
  if (access(config.supervisor_path.c_str(), X_OK) != 0) {
    return fail(ErrorCode::not_found, "there is no supervisor at " + config.supervisor_path,
                config.supervisor_path);
  }
  Result<AttemptsDir> dir = AttemptsDir::open(config.home);
  if (!dir) return tl::unexpected(dir.error());
  auto thread = std::make_unique<Thread>();
  thread->config = std::move(config);
  thread->sink = std::move(sink);
  thread->wake = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!thread->wake || !epoll) {
    return fail(ErrorCode::failed, fmt::format("cannot watch: {}", std::strerror(errno)));
  }
  GroupSite site = find_groups(thread->config.groups, site_name(thread->config.home));
  std::vector<std::string> notes = site.notes;
  thread->worker = std::make_unique<LocalWorker>(thread->config, std::move(*dir), std::move(site),
                                                 std::move(epoll));
  thread->worker->add_wake_fd(thread->wake.get());
  Thread* running = thread.get();
  thread->thread = std::thread([running] { running->run(); });
  return std::make_unique<LocalEngine>(std::move(thread), std::move(notes));
}

Result<std::vector<Node>> LocalEngine::inventory() {
  return std::vector<Node>{thread_->config.node};
}

void LocalEngine::start(Order order) { thread_->push(std::move(order)); }
void LocalEngine::adopt(const StartAttempt& start) { thread_->push(Adopt{start}); }
void LocalEngine::signal(const AttemptId& attempt, int number, SignalScope to) {
  thread_->push(Signal{attempt, number, to});
}
void LocalEngine::stop(const AttemptId& attempt, StopHow how) { thread_->push(Stop{attempt, how}); }
void LocalEngine::forget(const AttemptId& attempt) { thread_->push(Forget{attempt}); }

}  // namespace pentad::engine
