// The part of LocalWorker that deals with supervisors of its own: giving them attempts, hearing
// them, and what follows when one dies.
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/local_worker.h"

namespace pentad::engine {

namespace {

constexpr int kSlotRetryMs = 20;
constexpr int kSlotTries = 250;  // what is left then goes when the daemon starts again
constexpr std::chrono::seconds kIdleTime{30};
constexpr int kMaxEvents = 64;

enum Token : uint64_t { wake = 0, message = 1, ended = 2, foreign_ended = 3 };

}  // namespace

void LocalWorker::watch_fd(int fd, uint64_t token) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void LocalWorker::add_wake_fd(int wake_fd) { watch_fd(wake_fd, Token::wake); }

int LocalWorker::timeout_ms() const {
  if (!unsettled_.empty()) return settle_ms_;
  if (!spent_slots_.empty()) return kSlotRetryMs;
  if (idle_.size() <= static_cast<size_t>(std::max(config_.idle_supervisors, 0))) return -1;
  const auto due = supervisors_.at(idle_.front())->idle_since + kIdleTime - Clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(due).count() + 1;
  return static_cast<int>(std::clamp<int64_t>(ms, 1, 60'000));
}

void LocalWorker::wait() {
  epoll_event events[kMaxEvents];
  const int n = epoll_wait(epoll_.get(), events, kMaxEvents, timeout_ms());
  for (int i = 0; i < n; ++i) {
    const uint64_t key = events[i].data.u64 >> 2;
    switch (events[i].data.u64 & 3) {
      case Token::message:
        on_message(key);
        break;
      case Token::ended:
        on_supervisor_end(key);
        break;
      case Token::foreign_ended:
        on_foreign_end(key);
        break;
      default:
        break;
    }
  }
  look_again();
  remove_spent_slots();
  trim_idle();
}

uint64_t LocalWorker::add_supervisor(std::string& problem) {
  std::vector<std::string> groups;
  if (site_.any()) {
    groups = make_slot(site_, next_slot_++);
    if (groups.empty()) {
      problem = fmt::format("cannot make a control group: {}", std::strerror(errno));
      return 0;
    }
  }
  Result<SupervisorProcess> process = spawn_supervisor(config_.supervisor_path, dir_.fd(), groups);
  if (!process) {
    remove_slot(groups);
    problem = process.error().message;
    return 0;
  }
  const uint64_t key = next_key_++;
  watch_fd(process->socket.get(), key << 2 | Token::message);
  watch_fd(process->pidfd.get(), key << 2 | Token::ended);
  auto supervisor = std::make_unique<Supervisor>();
  supervisor->process = std::move(*process);
  supervisor->groups = std::move(groups);
  supervisors_[key] = std::move(supervisor);
  return key;
}

// An idle one that is bound to the same CPUs already, else the one used last, else a new one.
uint64_t LocalWorker::pick_supervisor(const std::string& cpus, std::string& problem) {
  if (idle_.empty()) return add_supervisor(problem);
  const auto same = [&](uint64_t key) { return supervisors_.at(key)->cpus == cpus; };
  auto it = std::find_if(idle_.rbegin(), idle_.rend(), same);
  if (it == idle_.rend()) it = idle_.rbegin();
  const uint64_t key = *it;
  idle_.erase(std::next(it).base());
  return key;
}

void LocalWorker::assign(const AttemptId& id, Attempt& attempt) {
  std::string problem;
  const uint64_t key = pick_supervisor(attempt.binding.cpus, problem);
  if (key == 0) {
    dir_.look(id);  // voids and removes the control file
    return not_started(id, attempt, problem);
  }
  Supervisor& supervisor = *supervisors_.at(key);
  attempt.phase = Phase::with_supervisor;
  attempt.supervisor = key;
  supervisor.attempt = id;
  supervisor.cpus = attempt.binding.cpus;
  // One that hears us no more is about to end: what follows is decided then.
  send_order(supervisor.process, ++supervisor.sequence, control_name(id));
  if (attempt.stop_wanted) {
    send_stop(supervisor.process.pidfd.get(), supervisor.sequence, *attempt.stop_wanted);
  }
}

void LocalWorker::release(uint64_t key) {
  Supervisor& supervisor = *supervisors_.at(key);
  supervisor.attempt.reset();
  if (supervisor.retiring) return;
  supervisor.idle_since = Clock::now();
  idle_.push_back(key);
}

void LocalWorker::on_message(uint64_t key) {
  char buffer[kMaxReply];
  for (;;) {
    const auto it = supervisors_.find(key);
    if (it == supervisors_.end()) return;
    const int socket = it->second->process.socket.get();
    const ssize_t n = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < static_cast<ssize_t>(sizeof(ReplyHead))) {
      const bool later = n < 0 && (errno == EAGAIN || errno == EINTR);
      // End of file: it is ending, the pidfd will tell.
      if (!later) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
      return;
    }
    ReplyHead head;
    std::memcpy(static_cast<void*>(&head), buffer, sizeof head);
    on_reply(key, head, {buffer + sizeof head, static_cast<size_t>(n) - sizeof head});
  }
}

void LocalWorker::on_reply(uint64_t key, const ReplyHead& head, std::string_view body) {
  Supervisor& supervisor = *supervisors_.at(key);
  if (!supervisor.attempt || head.sequence != supervisor.sequence) return;
  const AttemptId id = *supervisor.attempt;
  const auto it = attempts_.find(id);
  if (head.kind == ReplyKind::started) {
    it->second.order.reset();
    it->second.end.started_at = Time{head.started_ms};
    reports_.emplace_back(event::AttemptStarted{id, Time{head.started_ms}});
    return;
  }
  supervisor.retiring = head.retire;
  release(key);
  if (head.kind == ReplyKind::ended) {
    it->second.file_is_free = !head.retire;
    return finish(id, it->second, parse_end(body));
  }
  on_refusal(id);
}

// Another supervisor was faster, as can happen after a crash of the daemon.
void LocalWorker::on_refusal(const AttemptId& id) {
  take_over(id, attempts_.at(id), dir_.look(id));
}

void LocalWorker::on_supervisor_end(uint64_t key) {
  // What it said before it died counts.
  on_message(key);
  const auto it = supervisors_.find(key);
  if (it == supervisors_.end()) return;
  const std::string how = bury(it->second->process.pidfd.get());
  const std::optional<AttemptId> attempt = it->second->attempt;
  const std::vector<std::string> groups = std::move(it->second->groups);
  std::erase(idle_, key);
  supervisors_.erase(it);
  if (attempt) return after_supervisor_end(*attempt, how, groups);
  discard_slot(groups);
}

void LocalWorker::after_supervisor_end(const AttemptId& id, const std::string& how,
                                       const std::vector<std::string>& groups) {
  Attempt& attempt = attempts_.at(id);
  const AttemptsDir::Look look = dir_.look(id);
  if (look.state == AttemptsDir::State::dead) {
    attempt.owner = *look.file.owner;
    return lose(id, attempt, "its supervisor was killed " + how);
  }
  discard_slot(groups);
  if (look.state == AttemptsDir::State::ended) return finish(id, attempt, *look.file.end);
  const bool is_free =
      look.state == AttemptsDir::State::unstarted || look.state == AttemptsDir::State::missing;
  // Another one may have it, of an earlier daemon.
  if (!is_free) return take_over(id, attempt, look);
  start_again(id, attempt, "its supervisor ended before it could start the job, " + how);
}

// A directory may stay busy for a moment after its last process has gone.
void LocalWorker::discard_slot(std::vector<std::string> groups) {
  if (!remove_slot(groups)) spent_slots_.push_back({std::move(groups), 0});
}

void LocalWorker::remove_spent_slots() {
  std::erase_if(spent_slots_, [](SpentSlot& slot) {
    end_slot(slot.groups);
    return remove_slot(slot.groups) || ++slot.tries > kSlotTries;
  });
}

void LocalWorker::trim_idle() {
  const auto wanted = static_cast<size_t>(std::max(config_.idle_supervisors, 0));
  const Clock::time_point now = idle_.size() > wanted ? Clock::now() : Clock::time_point();
  while (idle_.size() > wanted) {
    Supervisor& supervisor = *supervisors_.at(idle_.front());
    if (now - supervisor.idle_since < kIdleTime) return;
    supervisor.retiring = true;
    supervisor.process.socket.reset();  // it ends; the pidfd tells when
    idle_.erase(idle_.begin());
  }
}

void LocalWorker::close() {
  for (const uint64_t key : idle_) {
    supervisors_.at(key)->retiring = true;
    supervisors_.at(key)->process.socket.reset();
  }
  idle_.clear();
  const auto retiring = [this] {
    return std::any_of(supervisors_.begin(), supervisors_.end(),
                       [](const auto& entry) { return entry.second->retiring; });
  };
  // They have nothing to do but to end; a machine that is very slow must not hold us up.
  const Clock::time_point give_up = Clock::now() + std::chrono::seconds(2);
  while (retiring() && Clock::now() < give_up) {
    epoll_event events[kMaxEvents];
    const int n = epoll_wait(epoll_.get(), events, kMaxEvents, kSlotRetryMs);
    for (int i = 0; i < n; ++i) {
      if ((events[i].data.u64 & 3) == Token::ended) on_supervisor_end(events[i].data.u64 >> 2);
    }
  }
  remove_spent_slots();
  remove_site(site_);
}

}  // namespace pentad::engine
