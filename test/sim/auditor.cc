#include "auditor.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::sim {

namespace {

std::string text(const AttemptId& id) {
  return fmt::format("attempt {}_{}.{}", id.job.value, id.index, id.number);
}

std::string text(JobId id) { return fmt::format("job {}", id.value); }

IndexSet elements(const JobRequest& job) {
  return job.array ? job.array->indices : IndexSet::single(0);
}

// The job a command is about; 0: none.
JobId subject(const event::What& what) {
  return std::visit(
      [](const auto& e) {
        if constexpr (requires { e.attempt; }) {
          return JobId{};
        } else if constexpr (requires { e.job; }) {
          return JobId{e.job};
        } else {
          return JobId{};
        }
      },
      what);
}

std::string node_of(const event::What& what) {
  if (auto* e = std::get_if<event::SetNodeState>(&what)) return e->node;
  if (auto* e = std::get_if<event::UpsertNode>(&what)) return e->node.name;
  return "";
}

}  // namespace

void expect(bool holds, const char* check, const std::string& detail) {
  if (!holds) throw Broken(check, detail);
}

// --- clients ---

void Auditor::settle(const event::What& what, int by) {
  auto count = [by](auto& set, const auto& key) {
    if (by > 0) {
      set.insert(key);
    } else {
      set.erase(set.find(key));
    }
  };
  if (JobId job = subject(what)) count(jobs_in_flux_, job);
  if (std::string node = node_of(what); !node.empty()) count(nodes_in_flux_, node);
  if (std::holds_alternative<event::Configure>(what)) policy_in_flux_ += by;
}

void Auditor::asked(const std::string& call, const event::What& what) {
  settle(what, 1);
  money_.asked(what);
  if (auto* submit = std::get_if<event::Submit>(&what)) {
    submissions_[call] = {submit->jobs, true, {}};
  }
}

void Auditor::failed(const std::string& call, const event::What& what) {
  settle(what, -1);
  if (std::holds_alternative<event::Submit>(what)) submissions_.at(call).may_exist = false;
}

void Auditor::answered(const std::string& call, const event::What& what, const Reply& reply) {
  if (!reply.accepted()) return failed(call, what);
  settle(what, -1);
  if (std::holds_alternative<event::Submit>(what)) {
    Submission& submission = submissions_.at(call);
    expect(reply.jobs.size() == submission.jobs.size(), "one_id_a_job", call);
    submission.ids = reply.jobs;
    for (size_t i = 0; i < reply.jobs.size(); ++i) {
      adopt(reply.jobs[i], submission.jobs[i], static_cast<int64_t>(i));
    }
  }
  carried_out(what);
}

Auditor::Job& Auditor::adopt(JobId id, JobRequest request, int64_t place) {
  auto [it, is_new] = jobs_.try_emplace(id);
  if (!is_new) return it->second;
  it->second.held = request.hold && !released_early_.count(id);
  it->second.request = std::move(request);
  // Jobs of the same submission are named by their place in it.
  struct Resolve {
    int64_t first;
    void operator()(Dependency& d) const {
      if (d.job.value < 0) d.job = JobId{first - 1 - d.job.value};
      for (Dependency& part : d.of) (*this)(part);
    }
  };
  if (it->second.request.dependency) Resolve{id.value - place}(*it->second.request.dependency);
  return it->second;
}

void Auditor::carried_out(const event::What& what) {
  auto job = jobs_.find(subject(what));
  if (auto* r = std::get_if<event::Release>(&what)) released_early_.insert(r->job);
  if (job != jobs_.end()) {
    Job& j = job->second;
    if (auto* e = std::get_if<event::Cancel>(&what)) {
      j.cancelled.insert_all(e->elements.value_or(elements(j.request)));
    } else if (auto* h = std::get_if<event::Hold>(&what)) {
      (h->by_operator ? j.held_by_operator : j.held) = true;
    } else if (auto* r = std::get_if<event::Release>(&what)) {
      j.held = false;
      if (r->by_operator) j.held_by_operator = false;
    } else if (auto* q = std::get_if<event::Requeue>(&what)) {
      j.held |= q->hold;
    } else if (auto* m = std::get_if<event::Modify>(&what)) {
      modify(j, *m);
    }
  }
  if (auto* e = std::get_if<event::UpsertNode>(&what)) node_changed(e->node);
  if (auto* e = std::get_if<event::SetNodeState>(&what)) node_states_[e->node] = e->state;
  if (auto* e = std::get_if<event::Configure>(&what)) {
    licences_.clear();
    for (const Licence& l : e->policy.licences) licences_[l.name] = l.count;
  }
}

void Auditor::node_changed(const Node& node) {
  nodes_[node.name] = node;
  // Who had the whole node has what it was then.
  for (auto& [id, run] : runs_) {
    for (const NodeShare& share : run.placement.nodes) {
      if (share.node == node.name) run.exclusive = false;
    }
  }
}

void Auditor::modify(Job& job, const event::Modify& e) {
  JobRequest& r = job.request;
  if (e.name) r.name = *e.name;
  if (e.resources) r.resources = *e.resources;
  if (e.max_running && r.array) r.array->max_running = *e.max_running;
  if (e.clear_begin) r.begin.reset();
  if (e.begin) r.begin = e.begin;
  if (e.clear_dependency) r.dependency.reset();
  if (e.dependency) r.dependency = e.dependency;
}

void Auditor::told(const JobStatus& status, const Outcome* outcome) {
  auto before = statuses_.find(status.job);
  expect(before == statuses_.end() || !is_final(before->second.state), "a_job_ends_once",
         text(status.job));
  found(status, outcome);
}

void Auditor::found(const JobStatus& status, const Outcome* outcome) {
  auto before = statuses_.find(status.job);
  if (before != statuses_.end() && is_final(before->second.state)) {
    expect(before->second == status, "a_final_state_stays", text(status.job));
    return;
  }
  statuses_[status.job] = status;
  if (!is_final(status.state)) return;
  expect(outcome != nullptr, "a_final_job_has_an_outcome", text(status.job));
  if (jobs_.count(status.job)) check_outcome(status, *outcome);
}

void Auditor::node_given_up(const std::string& node) {
  for (auto& [id, run] : runs_) {
    for (const NodeShare& share : run.placement.nodes) {
      if (share.node != node) continue;
      run.given_up = true;
      money_.given_up(id);
    }
  }
}

bool Auditor::is_given_up(const AttemptId& attempt) const {
  auto it = runs_.find(attempt);
  return it != runs_.end() && it->second.given_up;
}

// --- the engine ---

void Auditor::ordered(const StartAttempt& start, const std::string& submission, int64_t place,
                      Time now) {
  const AttemptId& id = start.attempt;
  auto from = submissions_.find(submission);
  expect(from != submissions_.end() && from->second.may_exist, "nothing_runs_that_was_refused",
         text(id) + " of " + submission);
  Job& job = adopt(id.job, from->second.jobs.at(static_cast<size_t>(place)), place);
  expect(!runs_.count(id), "an_attempt_starts_once", text(id));
  expect(elements(job.request).contains(id.index), "an_element_of_the_job", text(id));
  const Run* last = last_run(id.job, id.index);
  int32_t last_number = 0;
  for (const auto& [other, run] : runs_) {
    if (other.job != id.job || other.index != id.index) continue;
    last_number = std::max(last_number, other.number);
    expect(!run.live(), "an_element_runs_once_at_a_time", text(id) + " beside " + text(other));
    if (!run.ended) reached_(Rare::two_attempts_at_once);
  }
  // A start may stay unknown to the engine when the daemon died before it could say so and the
  // attempt was given up with its node meanwhile.
  bool may_skip = job.deaths_at_order[id.index] < deaths_;
  expect(id.number == last_number + 1 || (may_skip && id.number > last_number + 1),
         "attempts_are_numbered", fmt::format("{} after number {}", text(id), last_number));
  if (last) {
    if (last->given_up) reached_(Rare::requeued_after_node_loss);
    if (last->kind == EndKind::stopped) reached_(Rare::requeued_by_user);
    if (last->exit_code == 75) reached_(Rare::requeued_by_exit_code);
  }
  job.deaths_at_order[id.index] = deaths_;
  if (!in_flux(id.job)) check_order(job, start, now);
  Run run;
  run.placement = start.placement;
  if (!in_flux(id.job)) {
    run.licences = job.request.resources.licences;
    run.exclusive = job.request.resources.exclusive;
  }
  if (!in_flux(id.job)) {
    check_room(start, run.exclusive);
    mark_start(job, start);
  }
  check_licences(run.licences);
  runs_.emplace(id, std::move(run));
  money_.ordered(start);
}

void Auditor::check_order(const Job& job, const StartAttempt& start, Time now) {
  const AttemptId& id = start.attempt;
  const JobRequest& r = job.request;
  auto status = statuses_.find(id.job);
  expect(status == statuses_.end() || !is_final(status->second.state), "no_start_after_the_end",
         text(id));
  expect(!job.held && !job.held_by_operator, "held_jobs_wait", text(id));
  expect(!job.cancelled.contains(id.index), "cancelled_jobs_do_not_start", text(id));
  expect(!r.begin || now >= *r.begin, "begin_time_is_kept", text(id));
  expect(!r.dependency || met(*r.dependency, id.job, job, id.index, now), "dependencies_come_first",
         text(id));
  expect(static_cast<int32_t>(start.placement.nodes.size()) == r.resources.nodes,
         "as_many_nodes_as_asked", text(id));
  for (const NodeShare& share : start.placement.nodes) {
    auto state = node_states_.find(share.node);
    expect(nodes_in_flux_.count(share.node) || state == node_states_.end() ||
               state->second == NodeState::up,
           "only_nodes_that_are_up", text(id) + " on " + share.node);
  }
  if (!r.array || r.array->max_running == 0) return;
  int32_t running = 0;
  for (auto it = runs_.lower_bound({id.job, 0, 0}); it != runs_.end(); ++it) {
    if (it->first.job != id.job) break;
    running += it->second.live();
  }
  expect(running < r.array->max_running, "array_limit_is_kept", text(id));
}

void Auditor::check_room(const StartAttempt& start, bool exclusive) const {
  for (const NodeShare& share : start.placement.nodes) {
    auto node = nodes_.find(share.node);
    if (node == nodes_.end() || nodes_in_flux_.count(share.node)) continue;
    int64_t cores = start.placement.cores;
    int64_t memory = start.placement.memory.value;
    std::map<int32_t, int64_t> milli;
    for (int32_t device : share.devices) milli[device] += start.placement.share_milli;
    for (const auto& [id, run] : runs_) {
      if (!run.live()) continue;
      for (const NodeShare& other : run.placement.nodes) {
        if (other.node != share.node) continue;
        expect(!exclusive && !run.exclusive, "exclusive_means_alone", text(start.attempt));
        cores += run.placement.cores;
        memory += run.placement.memory.value;
        for (int32_t device : other.devices) milli[device] += run.placement.share_milli;
      }
    }
    if (exclusive) continue;  // has all there is, which may differ from node to node
    bool fits = cores <= node->second.cores && memory <= node->second.memory.value;
    for (auto [device, sum] : milli) fits = fits && sum <= 1000;
    expect(fits, "a_node_is_never_overcommitted",
           fmt::format("{} on {}: {} of {} cores, {} of {} bytes", text(start.attempt), share.node,
                       cores, node->second.cores, memory, node->second.memory.value));
  }
}

void Auditor::check_licences(const std::vector<LicenceRequest>& asked) const {
  for (const LicenceRequest& licence : asked) {
    int64_t used = licence.count;
    for (const auto& [id, run] : runs_) {
      for (const LicenceRequest& other : run.licences) {
        if (run.live() && other.name == licence.name) used += other.count;
      }
    }
    auto there = licences_.find(licence.name);
    expect(policy_in_flux_ > 0 || (there != licences_.end() && used <= there->second),
           "licences_are_never_overcommitted", fmt::format("{} of {}", used, licence.name));
  }
}

void Auditor::began(const AttemptId& id) {
  auto run = runs_.find(id);
  expect(run != runs_.end() && !run->second.began && !run->second.ended, "an_attempt_begins_once",
         text(id));
  run->second.began = true;
}

void Auditor::ended(const AttemptId& id, const AttemptEnd& end) {
  auto run = runs_.find(id);
  expect(run != runs_.end() && !run->second.ended, "an_attempt_ends_once", text(id));
  run->second.ended = true;
  run->second.kind = end.kind;
  money_.ended(id, end);
  run->second.exit_code = end.exit_code;
}

const Auditor::Run* Auditor::last_run(JobId job, int64_t element) const {
  auto it = runs_.lower_bound({job, element + 1, 0});
  if (it == runs_.begin()) return nullptr;
  --it;
  return it->first.job == job && it->first.index == element ? &it->second : nullptr;
}

// --- truth ---

// Whether it could be met: where a node was given up, both answers may be right.
bool Auditor::met(const Dependency& d, JobId id, const Job& job, int64_t element, Time now) const {
  auto part_is_met = [&](const Dependency& part) { return met(part, id, job, element, now); };
  if (d.kind == DependencyKind::all) return std::all_of(d.of.begin(), d.of.end(), part_is_met);
  if (d.kind == DependencyKind::any) return std::any_of(d.of.begin(), d.of.end(), part_is_met);
  if (d.kind == DependencyKind::singleton) {
    return std::none_of(jobs_.begin(), jobs_.lower_bound(id), [&](const auto& other) {
      const JobRequest& r = other.second.request;
      auto s = statuses_.find(other.first);
      bool unfinished = s != statuses_.end() && !is_final(s->second.state);
      return unfinished && !in_flux(other.first) && r.user == job.request.user &&
             r.name == job.request.name;
    });
  }
  auto found = statuses_.find(d.job);
  if (found == statuses_.end()) return false;
  const JobStatus& target = found->second;
  auto target_job = jobs_.find(d.job);
  if (d.kind == DependencyKind::started) {
    return target.started != Time{} && now >= target.started + d.delay;
  }
  bool by_element = d.kind == DependencyKind::elementwise && job.request.array &&
                    target_job != jobs_.end() && target_job->second.request.array;
  if (by_element || d.element) {
    const Run* run = last_run(d.job, by_element ? element : *d.element);
    if (run && run->given_up) return true;
    if (by_element || d.kind == DependencyKind::ok) return run && run->clean();
    if (d.kind == DependencyKind::elementwise) return run && run->clean();
    if (d.kind == DependencyKind::not_ok) return !run || (run->ended && !run->clean());
    return !run || run->ended;
  }
  if (!is_final(target.state)) return false;
  bool completed = target.state == JobState::completed;
  if (d.kind == DependencyKind::not_ok) return !completed;
  return d.kind == DependencyKind::ended || completed;
}

void Auditor::check_outcome(const JobStatus& status, const Outcome& outcome) const {
  const Job& job = jobs_.at(status.job);
  IndexSet all = outcome.succeeded;
  all.insert_all(outcome.unsuccessful);
  expect(
      all == elements(job.request) && outcome.succeeded.intersection(outcome.unsuccessful).empty(),
      "every_element_ends_once", text(status.job));
  expect((status.state == JobState::completed) == outcome.unsuccessful.empty(),
         "completed_means_all_of_it", text(status.job));
  for (int64_t element : all.expand()) {
    const Run* run = last_run(status.job, element);
    expect(!run || !run->live(), "no_end_while_it_runs", text(status.job));
    bool succeeded = outcome.succeeded.contains(element);
    expect(succeeded ? run && run->clean() : !run || run->given_up || !run->clean(),
           "a_job_ends_as_its_processes_did",
           fmt::format("{} element {}", text(status.job), element));
  }
}

void Auditor::check_at_rest(const std::vector<Stored>& stored) const {
  std::set<JobId> known;
  for (const auto& [status, submission] : stored) {
    known.insert(status.job);
    auto from = submissions_.find(submission);
    expect(from != submissions_.end() && from->second.may_exist,
           "nothing_is_there_that_was_refused", text(status.job) + " of " + submission);
    auto told = statuses_.find(status.job);
    expect(is_final(status.state), "every_job_ends", text(status.job));
    expect(told != statuses_.end() && told->second == status, "a_final_state_stays",
           text(status.job));
  }
  std::set<JobId> given;
  for (const auto& [call, submission] : submissions_) {
    for (JobId id : submission.ids) {
      expect(known.count(id) > 0, "no_acknowledged_job_is_lost", text(id));
      expect(given.insert(id).second, "an_id_is_given_once", text(id));
    }
  }
  for (const auto& [id, run] : runs_) expect(run.ended || run.given_up, "all_runs_end", text(id));
}

}  // namespace pentad::sim
