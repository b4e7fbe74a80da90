#include "api/event_hub.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/views.h"
#include "base/reflect.h"

namespace pentad::api {

namespace {

int64_t job_of(const Change& change) {
  struct {
    int64_t operator()(const JobStatus& s) const { return s.job.value; }
    int64_t operator()(const AttemptStatus& s) const { return s.attempt.job.value; }
    int64_t operator()(const NodeChanged&) const { return 0; }
  } job;
  return std::visit(job, change.what);
}

// How many changes one round copies at most: bounds the memory of a client that comes back.
constexpr size_t kRound = 1024;
constexpr size_t kOwners = 50'000;  // of jobs, remembered
using Clock = std::chrono::steady_clock;
constexpr Clock::duration kLook = std::chrono::seconds(1);

}  // namespace

net::ServerEvent to_event(const Change& change) {
  net::ServerEvent out;
  out.id = std::to_string(change.id);
  if (const auto* job = std::get_if<JobStatus>(&change.what)) {
    out.name = "job";
    out.data = to_json(job_event(*job, change.at));
  } else if (const auto* attempt = std::get_if<AttemptStatus>(&change.what)) {
    out.name = "attempt";
    out.data = to_json(attempt_event(*attempt, change.at));
  } else {
    const auto& node = std::get<NodeChanged>(change.what);
    out.name = "node";
    out.data = to_json(NodeEvent{node.node, node.state, node.reason, change.at.value});
  }
  return out;
}

EventHub::EventHub(int64_t first_id, size_t capacity)
    : capacity_(capacity), next_id_(first_id), delivered_(first_id), thread_([this] { run(); }) {}

EventHub::~EventHub() { stop(); }

void EventHub::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EventHub::publish(Time at, std::vector<JobStatus> jobs, std::vector<AttemptStatus> attempts,
                       std::vector<NodeChanged> nodes) {
  bool watched = false;
  {
    std::lock_guard lock(mutex_);
    auto add = [&](auto&& what) {
      ring_.push_back(std::make_shared<Change>(Change{next_id_++, at, std::move(what)}));
    };
    // Attempts first: who waits for a job then knows its attempts.
    for (AttemptStatus& attempt : attempts) add(std::move(attempt));
    for (JobStatus& job : jobs) add(std::move(job));
    for (NodeChanged& node : nodes) add(std::move(node));
    while (ring_.size() > capacity_) ring_.pop_front();
    watched = subscribers_ > 0;
  }
  if (watched) wake_.notify_one();
}

void EventHub::subscribe(net::EventStream stream, Filter filter, std::optional<int64_t> last_id) {
  {
    std::lock_guard lock(mutex_);
    Subscriber subscriber{std::move(stream), std::move(filter), next_id_};
    int64_t oldest = ring_.empty() ? next_id_ : ring_.front()->id;
    if (last_id && (*last_id + 1 < oldest || *last_id >= next_id_)) {
      // Too long ago, or of a run of the daemon that this one knows nothing of.
      subscriber.gap = GapEvent{*last_id + 1, oldest - 1};
      subscriber.next = oldest;
    } else if (last_id) {
      subscriber.next = *last_id + 1;
    }
    arrived_.push_back(std::move(subscriber));
    ++subscribers_;
  }
  wake_.notify_one();
}

int64_t EventHub::add_listener(Listener listener) {
  std::scoped_lock lock(mutex_, listeners_mutex_);
  if (listeners_.empty()) delivered_ = next_id_;
  listeners_.emplace_back(next_listener_, std::move(listener));
  ++subscribers_;
  return next_listener_++;
}

void EventHub::remove_listener(int64_t handle) {
  std::scoped_lock lock(mutex_, listeners_mutex_);
  subscribers_ -= std::erase_if(listeners_, [&](const auto& l) { return l.first == handle; });
}

size_t EventHub::subscriber_count() const {
  std::lock_guard lock(mutex_);
  return subscribers_;
}

std::vector<EventHub::ChangePtr> EventHub::changes_from(int64_t id) const {
  if (ring_.empty() || id >= next_id_) return {};
  int64_t skip = std::max<int64_t>(0, id - ring_.front()->id);
  auto first = ring_.begin() + skip;
  auto last = ring_.end() - first > static_cast<ptrdiff_t>(kRound) ? first + kRound : ring_.end();
  return {first, last};
}

bool EventHub::tell_gap(Subscriber& subscriber) {
  if (!subscriber.gap) return true;
  GapEvent gap = *std::exchange(subscriber.gap, std::nullopt);
  return subscriber.stream.send({"", "gap", to_json(gap)});
}

// Nodes (job 0) are everybody's. A job that nobody can name is nobody's.
bool EventHub::wants(const Subscriber& subscriber, int64_t job) {
  const Filter& filter = subscriber.filter;
  if (!filter.jobs.empty() && !filter.jobs.contains(job)) return false;
  if (!filter.may_see || job == 0) return true;
  if (owners_.size() > kOwners) owners_.clear();
  auto found = owners_.find(job);
  if (found == owners_.end()) {
    auto owner = find_owner_ ? find_owner_(JobId{job}) : std::nullopt;
    found = owners_.emplace(job, std::move(owner)).first;
  }
  return found->second && filter.may_see(found->second->user, found->second->project);
}

void EventHub::deliver(const std::vector<ChangePtr>& changes, std::list<Subscriber>& to) {
  for (auto s = to.begin(); s != to.end();) {
    bool open = s->stream.is_open();
    if (open && s->next < changes.front()->id) {
      s->gap = GapEvent{s->next, changes.front()->id - 1};
      s->next = changes.front()->id;
      open = tell_gap(*s);
    }
    s = open ? std::next(s) : to.erase(s);
  }
  for (const ChangePtr& change : changes) {
    std::optional<net::ServerEvent> event;
    int64_t job = job_of(*change);
    for (auto s = to.begin(); s != to.end();) {
      bool open = true;
      if (s->next == change->id) {
        s->next = change->id + 1;
        if (wants(*s, job)) {
          if (!event) event = to_event(*change);
          open = s->stream.send(*event);
        }
      }
      s = open ? std::next(s) : to.erase(s);
    }
  }
}

// Those whose sign-in has ended, and those who went.
void EventHub::end_unwelcome(std::list<Subscriber>& of) {
  for (auto s = of.begin(); s != of.end();) {
    const bool may_stay = !s->filter.may_stay || s->filter.may_stay();
    if (!may_stay) s->stream.end();
    s = may_stay && s->stream.is_open() ? std::next(s) : of.erase(s);
  }
}

void EventHub::run() {
  std::list<Subscriber> subscribers;
  Clock::time_point next_look = Clock::now() + kLook;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!subscribers.empty() && Clock::now() >= next_look) {
      const size_t before = subscribers.size();
      lock.unlock();
      end_unwelcome(subscribers);
      lock.lock();
      subscribers_ -= before - subscribers.size();
      next_look = Clock::now() + kLook;
    }
    while (!arrived_.empty()) {
      subscribers.splice(subscribers.end(), arrived_, arrived_.begin());
      lock.unlock();
      bool open = tell_gap(subscribers.back());
      lock.lock();
      if (open) continue;
      subscribers.pop_back();
      --subscribers_;
    }
    int64_t from = next_id_;
    if (!listeners_.empty()) from = std::min(from, delivered_);
    for (const Subscriber& s : subscribers) from = std::min(from, s.next);
    std::vector<ChangePtr> changes = changes_from(from);
    if (changes.empty()) {
      if (stopping_) break;
      if (subscribers.empty()) {
        wake_.wait(lock);
      } else {
        wake_.wait_until(lock, next_look);
      }
      continue;
    }
    lock.unlock();
    size_t before = subscribers.size();
    deliver(changes, subscribers);
    {
      std::lock_guard listening(listeners_mutex_);
      for (const ChangePtr& change : changes) {
        if (change->id < delivered_) continue;
        for (auto& [handle, listener] : listeners_) listener(*change);
        delivered_ = change->id + 1;
      }
    }
    lock.lock();
    subscribers_ -= before - subscribers.size();
  }
  for (Subscriber& s : subscribers) s.stream.end();
}

}  // namespace pentad::api
