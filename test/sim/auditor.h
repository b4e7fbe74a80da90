// A second opinion. It knows only what clients and the engine see - what was asked and answered,
// what was ordered, began and ended - keeps its own few lines of truth about it, and shares no code
// with the core. The core's invariants can't notice a core that is consistently wrong; this does.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "centre/centre.h"
#include "centre/effects.h"
#include "centre/event.h"
#include "money_auditor.h"
#include "reached.h"

namespace pentad::sim {

// Something that must never happen has: `check` names the rule.
struct Broken : std::runtime_error {
  Broken(const std::string& check, const std::string& detail)
      : std::runtime_error(check + ": " + detail) {}
};
void expect(bool holds, const char* check, const std::string& detail);

class Auditor {
 public:
  explicit Auditor(Reached& reached) : reached_(reached) {}

  // --- what clients and operators say and hear ---
  // `call` names what was sent; until it is answered it may have been carried out or not.
  void asked(const std::string& call, const event::What& what);
  void answered(const std::string& call, const event::What& what, const Reply& reply);
  // An error was the answer: nothing of it may ever happen (unless it is sent again).
  void failed(const std::string& call, const event::What& what);
  // A job as clients are told it is (once a change), or as they find it when they look.
  void told(const JobStatus& status, const Outcome* outcome);
  void found(const JobStatus& status, const Outcome* outcome);
  // The centre calls this node lost: its attempts run, if they do, at nobody's orders.
  void node_given_up(const std::string& node);
  void daemon_died() { ++deaths_; }

  // --- what the engine sees ---
  void ordered(const StartAttempt& start, const std::string& submission, int64_t place, Time now);
  void began(const AttemptId& attempt);
  void ended(const AttemptId& attempt, const AttemptEnd& end);

  // Everything has come to rest: `stored` are all jobs that the centre knows, and which submission
  // each of them says it belongs to.
  struct Stored {
    JobStatus status;
    std::string submission;
  };
  void check_at_rest(const std::vector<Stored>& stored) const;

  bool is_given_up(const AttemptId& attempt) const;
  const MoneyAuditor& money() const { return money_; }

 private:
  struct Run {
    Placement placement;
    std::vector<LicenceRequest> licences;
    bool exclusive = false;
    bool began = false;
    bool ended = false;
    bool given_up = false;
    EndKind kind = EndKind::lost;
    int32_t exit_code = 0;
    bool live() const { return !ended && !given_up; }
    bool clean() const { return ended && kind == EndKind::exited && exit_code == 0; }
  };
  struct Job {
    JobRequest request;
    bool held = false;
    bool held_by_operator = false;
    IndexSet cancelled;
    std::map<int64_t, int64_t> deaths_at_order;  // by element
  };
  struct Submission {
    std::vector<JobRequest> jobs;
    bool may_exist = true;
    std::vector<JobId> ids;
  };

  Job& adopt(JobId id, JobRequest request, int64_t place);
  void carried_out(const event::What& what);
  void modify(Job& job, const event::Modify& e);
  void node_changed(const Node& node);
  bool in_flux(JobId job) const { return jobs_in_flux_.count(job) > 0; }
  void check_order(const Job& job, const StartAttempt& start, Time now);
  void check_room(const StartAttempt& start, bool exclusive) const;
  void check_licences(const std::vector<LicenceRequest>& asked) const;
  void check_outcome(const JobStatus& status, const Outcome& outcome) const;
  bool met(const Dependency& d, JobId id, const Job& job, int64_t element, Time now) const;
  const Run* last_run(JobId job, int64_t element) const;
  void settle(const event::What& what, int by);
  void mark_start(const Job& job, const StartAttempt& start);

  Reached& reached_;
  MoneyAuditor money_;
  int64_t deaths_ = 0;
  std::map<std::string, Submission> submissions_;
  std::map<JobId, Job> jobs_;
  std::set<JobId> released_early_;  // maybe before anybody knew what they were
  std::map<JobId, JobStatus> statuses_;
  std::map<AttemptId, Run> runs_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, NodeState> node_states_;
  std::map<std::string, int32_t> licences_;
  std::multiset<JobId> jobs_in_flux_;
  std::multiset<std::string> nodes_in_flux_;
  int policy_in_flux_ = 0;
};

}  // namespace pentad::sim
