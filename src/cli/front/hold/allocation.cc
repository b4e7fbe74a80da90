#include "cli/front/hold/allocation.h"

#include <fmt/format.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "api/job_views.h"
#include "cli/front/hold/channel.h"
#include "cli/front/words.h"
#include "cli/interrupt.h"

namespace pentad::cli::front::hold {

namespace {

std::string client_path(const std::string& folder) { return folder + "/client"; }

// The job as it is: this program, told to hold.
void make_it_hold(ForeignJob& job, const std::string& folder) {
  Payload& payload = job.request.payload;
  payload.script.clear();
  payload.script_args.clear();
  std::error_code error;
  payload.argv = {std::filesystem::read_symlink("/proc/self/exe", error).string(), "srun",
                  "--pentad-hold=" + folder};
  payload.stdout_path = payload.stderr_path = "/dev/null";
  payload.stdin_path.clear();
  if (payload.launch) payload.launch->report = LaunchReport::none;
  job.request.job.requeue.on_node_failure = false;
}

}  // namespace

Allocation::Allocation(Session& session, ForeignJob job, const Send& send, Sayings sayings)
    : session_(session), sayings_(std::move(sayings)) {
  std::string draft = "/tmp/pentad-hold.XXXXXX";
  if (!mkdtemp(draft.data())) throw failure(1, "cannot make a folder in /tmp");
  folder_ = draft;
  listener_ = listen_at(client_path(folder_));
  try {
    if (listener_ < 0) throw failure(1, "cannot listen in /tmp");
    make_it_hold(job, folder_);
    catch_interrupts();
    job_ = send(job);
  } catch (...) {
    if (listener_ >= 0) close(listener_);
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
  if (sayings_.ended) sayings_.ended(job_, page.jobs.front().message);
  return true;
}

void Allocation::cancel() {
  forget_interrupt();
  Session fresh(session_.globals());
  fresh.send<void>(net::Method::post, fmt::format("/jobs/{}/cancel", job_), api::CancelRequest{});
}

bool Allocation::wait_for_start(std::optional<Duration> patience) {
  using Clock = std::chrono::steady_clock;
  constexpr int kUntilToldMs = 300, kBetweenLooksMs = 1000;
  const auto begin = Clock::now();
  bool told = false;
  while (!interrupted()) {
    pollfd one{listener_, POLLIN, 0};
    int ready = poll(&one, 1, told ? kBetweenLooksMs : kUntilToldMs);
    if (ready > 0) {
      if (!accept_lifeline()) continue;
      if (told && sayings_.started) sayings_.started(job_);
      return true;
    }
    if (interrupted()) break;
    if (!told && sayings_.waits) sayings_.waits(job_);
    told = true;
    if (ended_before_start()) return false;
    if (!patience || Clock::now() - begin < std::chrono::milliseconds(patience->value)) continue;
    cancel();
    if (sayings_.not_at_all) sayings_.not_at_all(job_);
    return false;
  }
  if (sayings_.gives_up) sayings_.gives_up(job_);
  cancel();
  return false;
}

bool Allocation::is_held() const {
  if (lifeline_ < 0) return false;
  pollfd one{lifeline_, POLLIN | POLLRDHUP, 0};
  return poll(&one, 1, 0) == 0;
}

}  // namespace pentad::cli::front::hold
