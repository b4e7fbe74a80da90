// Spreads what changes to those who watch: server-sent events, with a bounded memory of the last
// ones so that a client that comes back misses nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "api/event_types.h"
#include "base/ids.h"
#include "base/units.h"
#include "model/job_status.h"
#include "net/events.h"

namespace pentad::api {

struct NodeChanged {
  std::string node;
  NodeState state = NodeState::up;
  std::string reason;
};

// One change with its number. Numbers grow by one.
struct Change {
  int64_t id = 0;
  Time at;
  std::variant<JobStatus, AttemptStatus, NodeChanged> what;
};

// As it goes over the wire.
net::ServerEvent to_event(const Change& change);

class EventHub {
 public:
  // `first_id` must be above every id of an earlier run (microseconds since 1970 are), so that an
  // old Last-Event-ID is recognised. `capacity` changes are remembered.
  EventHub(int64_t first_id, size_t capacity);
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  // Called by one thread; costs little where nobody watches.
  void publish(Time at, std::vector<JobStatus> jobs, std::vector<AttemptStatus> attempts,
               std::vector<NodeChanged> nodes);

  struct Filter {
    std::set<int64_t> jobs;  // empty: everything
    // Which jobs the subscriber may know of, by user and project; null: all.
    std::function<bool(std::string_view user, std::string_view project)> may_see = nullptr;
    // Asked about once a second, on the hub's thread: no ends the stream. Null: it may.
    std::function<bool()> may_stay = nullptr;
  };
  struct Owner {
    std::string user;
    std::string project;
  };
  // Tells whose a job is; called on the hub's thread, once for each job while it is remembered, and
  // only when somebody watches who may not see all. Before the first subscription.
  using FindOwner = std::function<std::optional<Owner>(JobId)>;
  void set_find_owner(FindOwner find) { find_owner_ = std::move(find); }
  // Sends changes from now on, or those after `last_id` first; a gap event when some of them are
  // gone.
  void subscribe(net::EventStream stream, Filter filter, std::optional<int64_t> last_id);

  // Calls `listener` for each change, on the hub's thread, until remove(). It must be quick and
  // must not call the hub.
  using Listener = std::function<void(const Change&)>;
  int64_t add_listener(Listener listener);
  // The listener is not running and will not be called when this returns.
  void remove_listener(int64_t handle);

  size_t subscriber_count() const;
  // Ends all streams and the thread.
  void stop();

 private:
  using ChangePtr = std::shared_ptr<const Change>;
  struct Subscriber {
    net::EventStream stream;
    Filter filter;
    int64_t next = 0;                  // id of the first change not yet sent
    std::optional<GapEvent> gap = {};  // to be told first
  };

  void run();
  static bool tell_gap(Subscriber& subscriber);
  static void end_unwelcome(std::list<Subscriber>& of);
  void deliver(const std::vector<ChangePtr>& changes, std::list<Subscriber>& to);
  std::vector<ChangePtr> changes_from(int64_t id) const;

  bool wants(const Subscriber& subscriber, int64_t job);

  FindOwner find_owner_;
  std::unordered_map<int64_t, std::optional<Owner>> owners_;  // of the thread; emptied when large

  const size_t capacity_;
  mutable std::mutex mutex_;  // of all that stands below
  std::condition_variable wake_;
  std::deque<ChangePtr> ring_;
  int64_t next_id_;
  std::list<Subscriber> arrived_;  // not yet seen by the thread
  size_t subscribers_ = 0;
  bool stopping_ = false;
  int64_t delivered_ = 0;  // id of the first change that listeners have not seen

  std::mutex listeners_mutex_;
  std::vector<std::pair<int64_t, Listener>> listeners_;
  int64_t next_listener_ = 1;
  std::thread thread_;
};

}  // namespace pentad::api
