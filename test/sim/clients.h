// Users and operators: they send commands, wait for answers, and send again under the same key when
// the daemon died before it answered. One command about a job or a node is on its way at a time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auditor.h"
#include "daemon.h"
#include "random.h"
#include "reached.h"
#include "scenario.h"
#include "world.h"

namespace pentad::sim {

class Clients {
 public:
  Clients(Random random, const Scenario& scenario, World world, Daemon& daemon, Auditor& auditor,
          Reached& reached)
      : random_(random),
        scenario_(scenario),
        world_(std::move(world)),
        daemon_(daemon),
        auditor_(auditor),
        reached_(reached) {}

  // --- what they do next ---
  void set_up();  // policy, devices and nodes, as at every start of a daemon
  void submit(Time now);
  void control(Time now);  // cancel, hold, release, requeue, modify
  void operate(Time now);  // nodes, policy, reservations
  void send_again();       // what was never answered, and some of what was refused
  void set_node(const std::string& node, NodeState state);

  // --- what they hear ---
  void connection_lost();
  void answered(const std::string& call, const store::Applied& answer);
  void failed(const std::string& call, bool in_doubt);
  void told(const JobStatus& status);

  // --- at the end ---
  // Takes away what could keep a job from running: reservations, a power cap, nodes too small.
  void clear_the_way();
  // Brings nodes up, releases what is held, and cancels what can never run as it was asked for.
  // False: there is nothing people could do.
  bool help_along();
  bool all_answered() const { return calls_.empty(); }
  std::string unanswered() const;

  const World& world() const { return world_; }
  bool node_is_up(const std::string& node) const;
  const std::set<JobId>& unfinished() const { return unfinished_; }

 private:
  enum class State { sent, lost, refused };
  struct Call {
    event::What what;
    std::vector<Payload> payloads;
    State state = State::sent;
    int copies = 0;      // on their way
    bool doubt = false;  // an earlier copy was never answered: it may have been carried out
  };

  void call(event::What what, std::vector<Payload> payloads = {});
  void send(const std::string& name);
  std::optional<JobId> pick_job();
  event::What draw_control(JobId job, Time now);
  event::Modify draw_modify(JobId job, Time now);
  Surroundings around(Time now) const;
  void configure(const Policy& policy);
  void change_node();
  // --- financiers.cc ---
  void set_up_money();
  void operate_money(Time now);
  void clear_money_away();
  void top_up(const std::string& tenant, Money amount);
  void put_price(Time from);  // 0: now
  void change_price(Time now);
  void issue_voucher(Time now);
  void set_limits();
  void reserve(Time now);
  void accepted(const event::What& what, const Reply& reply);
  void mark(const event::What& what);

  Random random_;
  const Scenario& scenario_;
  World world_;
  Daemon& daemon_;
  Auditor& auditor_;
  Reached& reached_;
  int64_t next_call_ = 1;
  std::map<std::string, Call> calls_;  // not answered for good
  std::vector<JobId> jobs_;            // accepted, the latest last
  std::set<JobId> unfinished_;
  std::set<JobId> done_;
  std::set<JobId> strangers_;  // there, but nobody heard that they were accepted
  std::set<JobId> arrays_;
  std::set<JobId> busy_jobs_;
  std::set<std::string> busy_nodes_;
  bool policy_busy_ = false;
  int money_cleared_ = 0;
  std::map<std::string, NodeState> node_states_;
  std::vector<ReservationId> reservations_;
};

}  // namespace pentad::sim
