#include "cli/front/slurm/allocation.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "cli/front/slurm/channel.h"
#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/submit_words.h"
#include "cli/interrupt.h"

namespace pentad::cli::front::slurm {

namespace {

std::string client_path(const std::string& folder) { return folder + "/client"; }

// The job: this program, told to hold.
ForeignJob holding_job(const Call& call, Session& session, const std::vector<std::string>& options,
                       const std::string& name, const std::string& folder) {
  dialect::Submitter here = this_submitter();
  dialect::Source source;
  source.options = options;
  source.script_name = name;
  source.script = "#!/bin/sh\n";
  dialect::SiteProfile site = site_profile(call.globals);
  ForeignJob job = translate_words(call, session, source, site);
  Payload& payload = job.request.payload;
  payload.script.clear();
  payload.script_args.clear();
  std::error_code error;
  payload.argv = {std::filesystem::read_symlink("/proc/self/exe", error).string(), "srun",
                  "--pentad-hold=" + folder};
  payload.environment = here.environment;
  payload.workdir = here.directory;
  payload.stdout_path = payload.stderr_path = "/dev/null";
  payload.stdin_path.clear();
  job.request.job.requeue.on_node_failure = false;
  return job;
}

}  // namespace

Allocation::Allocation(const Call& call, Session& session, const std::vector<std::string>& options,
                       const std::string& name)
    : call_(call), session_(session) {
  std::string draft = "/tmp/pentad-hold.XXXXXX";
  if (!mkdtemp(draft.data())) throw failure(call, "Cannot make a folder in /tmp");
  folder_ = draft;
  listener_ = listen_at(client_path(folder_));
  try {
    if (listener_ < 0) throw failure(call, "Cannot listen in /tmp");
    ForeignJob job = holding_job(call, session, options, name, folder_);
    tell_deviations(call, job);
    catch_interrupts();
    job_ = send_job(call, session, job);
  } catch (...) {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
    throw;
  }
}

Allocation::~Allocation() {
  if (lifeline_ >= 0) {
    send_message(lifeline_, fmt::to_string(code_));
    pollfd one{lifeline_, POLLIN, 0};  // until the job has heard it and ended
    poll(&one, 1, 2000);
    close(lifeline_);
  }
  if (listener_ >= 0) close(listener_);
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string Allocation::steps_path() const { return folder_ + "/steps"; }

bool Allocation::accept_lifeline() {
  int made = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (made < 0) return false;
  auto greeting = receive_message(made);
  if (!greeting) return close(made), false;
  for (const std::string& entry : unpack(greeting->bytes)) {
    size_t equals = entry.find('=');
    if (equals != entry.npos) environment_[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  lifeline_ = made;
  return true;
}

bool Allocation::ended_before_start() {
  auto page = session_.get<api::JobPage>(fmt::format("/jobs?ids={}&limit=1", job_));
  if (page.jobs.empty() || !is_final(page.jobs.front().state)) return false;
  complain(call_, fmt::format("Job {} ended before it held its cores: {}", job_,
                              page.jobs.front().message));
  return true;
}

bool Allocation::wait_for_start() {
  constexpr int kUntilToldMs = 300, kBetweenLooksMs = 1000;
  bool told = false;
  while (!interrupted()) {
    pollfd one{listener_, POLLIN, 0};
    int ready = poll(&one, 1, told ? kBetweenLooksMs : kUntilToldMs);
    if (ready > 0) {
      if (!accept_lifeline()) continue;
      if (told) fmt::print(stderr, "{}: job {} has been allocated resources\n", call_.name, job_);
      return true;
    }
    if (interrupted()) break;
    if (!told) {
      std::string_view pending =
          call_.name == "salloc" ? "salloc: Pending job allocation {}\n" : "";
      if (!pending.empty()) fmt::print(stderr, fmt::runtime(pending), job_);
      fmt::print(stderr, "{}: job {} queued and waiting for resources\n", call_.name, job_);
    }
    told = true;
    if (ended_before_start()) return false;
  }
  forget_interrupt();
  fmt::print(stderr, "{}: Job allocation {} has been revoked\n", call_.name, job_);
  Session fresh(call_.globals);
  fresh.send<void>(net::Method::post, fmt::format("/jobs/{}/cancel", job_), api::CancelRequest{});
  return false;
}

bool Allocation::is_held() const {
  if (lifeline_ < 0) return false;
  pollfd one{lifeline_, POLLIN | POLLRDHUP, 0};
  return poll(&one, 1, 0) == 0;
}

}  // namespace pentad::cli::front::slurm
