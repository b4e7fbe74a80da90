// Dependencies are evaluated for all waiting elements of a job at once: which may start now, which
// never will. A job without array is the set {0}.
#include <algorithm>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

namespace {

// Calls `visit` for each leaf of the expression.
template <class Visit>
void for_each_leaf(const Dependency& d, const Visit& visit) {
  if (d.kind != DependencyKind::all && d.kind != DependencyKind::any) return visit(d);
  for (const Dependency& part : d.of) for_each_leaf(part, visit);
}

// What is known about the job a leaf names, in memory or gone.
struct Target {
  bool final = false;
  JobState state = JobState::queued;
  Time started;
  bool is_array = false;
  const IndexSet* succeeded = nullptr;
  const IndexSet* unsuccessful = nullptr;
};

enum class Answer { wait, yes, never };

Answer of_element(const Target& t, const Dependency& d, int64_t element) {
  bool succeeded = t.succeeded->contains(element);
  bool unsuccessful = t.unsuccessful->contains(element);
  if (!succeeded && !unsuccessful) return t.final ? Answer::never : Answer::wait;
  if (d.kind == DependencyKind::not_ok) return unsuccessful ? Answer::yes : Answer::never;
  if (d.kind == DependencyKind::ended) return Answer::yes;
  return succeeded ? Answer::yes : Answer::never;
}

Answer of_job(const Target& t, const Dependency& d) {
  switch (d.kind) {
    case DependencyKind::ok:
    case DependencyKind::elementwise:
      if (!t.unsuccessful->empty()) return Answer::never;
      return t.final ? Answer::yes : Answer::wait;
    case DependencyKind::not_ok:
      if (!t.final) return Answer::wait;
      return t.state == JobState::completed ? Answer::never : Answer::yes;
    default:
      return t.final ? Answer::yes : Answer::wait;
  }
}

}  // namespace

bool waits_by_name(const Dependency& d) {
  bool found = false;
  for_each_leaf(d,
                [&](const Dependency& leaf) { found |= leaf.kind == DependencyKind::singleton; });
  return found;
}

Centre::State::Eligible Centre::State::evaluate(const JobRecord& job) const {
  if (!job.request->dependency) return {job.waiting, {}};
  return evaluate(job, *job.request->dependency, job.waiting);
}

Centre::State::Eligible Centre::State::evaluate(const JobRecord& job, const Dependency& d,
                                                const IndexSet& universe) const {
  if (d.kind != DependencyKind::all && d.kind != DependencyKind::any) {
    return evaluate_leaf(job, d, universe);
  }
  bool all = d.kind == DependencyKind::all;
  Eligible result;
  (all ? result.yes : result.never) = universe;
  for (const Dependency& part : d.of) {
    Eligible e = evaluate(job, part, universe);
    result.wake = std::min(result.wake, e.wake);
    IndexSet& intersected = all ? result.yes : result.never;
    IndexSet& united = all ? result.never : result.yes;
    intersected = intersected.intersection(all ? e.yes : e.never);
    united.insert_all(all ? e.never : e.yes);
  }
  return result;
}

Centre::State::Eligible Centre::State::evaluate_leaf(const JobRecord& job, const Dependency& d,
                                                     const IndexSet& universe) const {
  auto everything = [&](Answer a) {
    return Eligible{a == Answer::yes ? universe : IndexSet{},
                    a == Answer::never ? universe : IndexSet{}};
  };
  if (d.kind == DependencyKind::singleton) {
    const JobRecord* first = jobs.first_of_name(job.name_digest);
    PENTAD_ASSERT(first != nullptr, "a job that waits by name is listed by it");
    return everything(first == &job ? Answer::yes : Answer::wait);
  }

  Target t;
  if (auto known = std::find_if(job.known.begin(), job.known.end(),
                                [&](const Outcome& o) { return o.job == d.job; });
      known != job.known.end()) {
    t = {true,
         known->state,
         known->started,
         known->is_array,
         &known->succeeded,
         &known->unsuccessful};
  } else if (const JobRecord* target = find(d.job)) {
    t = {false,
         state_of(*target),
         target->started,
         target->request->array.has_value(),
         &target->succeeded,
         &target->unsuccessful};
  } else {
    return everything(Answer::never);  // a snapshot or journal that was tampered with
  }

  if (d.kind == DependencyKind::started) {
    const JobRecord* target = d.element ? find(d.job) : nullptr;
    if (target && target->waiting.contains(*d.element) && !restarts_of(*target, *d.element)) {
      return everything(Answer::wait);
    }
    if (t.started == Time{}) return everything(t.final ? Answer::never : Answer::wait);
    Time from = t.started + d.delay;
    if (from <= now) return everything(Answer::yes);
    Eligible e;
    e.wake = from;
    return e;
  }
  if (d.kind == DependencyKind::elementwise && t.is_array && job.request->array) {
    Eligible e{universe.intersection(*t.succeeded), universe};
    if (t.final) {
      e.never.erase_all(*t.succeeded);
    } else {
      e.never = universe.intersection(*t.unsuccessful);
    }
    return e;
  }
  return everything(d.element ? of_element(t, d, *d.element) : of_job(t, d));
}

void Centre::State::keep_known(JobRecord& job, const std::vector<Outcome>& known) const {
  job.known.clear();
  for_each_leaf(*job.request->dependency, [&](const Dependency& leaf) {
    auto same = [&](const Outcome& o) { return o.job == leaf.job; };
    if (std::any_of(job.known.begin(), job.known.end(), same)) return;
    auto it = std::find_if(known.begin(), known.end(), same);
    if (it != known.end()) job.known.push_back(*it);
  });
}

void Centre::State::link_dependencies(const JobRecord& job) {
  if (!job.request->dependency) return;
  for_each_leaf(*job.request->dependency, [&](const Dependency& leaf) {
    if (leaf.kind == DependencyKind::singleton) {
      singletons.insert({job.name_digest, job.id});
    } else if (find(leaf.job)) {
      std::vector<JobId>& list = dependents[leaf.job];
      if (list.empty() || list.back() != job.id) list.push_back(job.id);
    }
  });
}

void Centre::State::unlink_dependencies(const JobRecord& job) {
  if (!job.request->dependency) return;
  for_each_leaf(*job.request->dependency, [&](const Dependency& leaf) {
    if (leaf.kind == DependencyKind::singleton) {
      singletons.erase({job.name_digest, job.id});
    } else if (auto it = dependents.find(leaf.job); it != dependents.end()) {
      std::erase(it->second, job.id);
      if (it->second.empty()) dependents.erase(it);
    }
  });
}

bool Centre::State::waits_for_itself(const JobRequest& request, JobId target) const {
  struct Open {
    const Dependency* dependency;
    JobId owner;
    uint64_t name;
  };
  const uint64_t target_name = name_digest(request.user, request.name);
  std::set<JobId> seen;
  std::vector<Open> open{{&*request.dependency, target, target_name}};
  bool found = false;
  auto visit = [&](JobId id) {
    found |= id == target;
    const JobRecord* job = seen.insert(id).second ? find(id) : nullptr;
    if (job && job->request->dependency) {
      open.push_back({&*job->request->dependency, id, job->name_digest});
    }
  };
  while (!open.empty() && !found) {
    Open next = open.back();
    open.pop_back();
    for_each_leaf(*next.dependency, [&](const Dependency& leaf) {
      if (leaf.kind != DependencyKind::singleton) return visit(leaf.job);
      // Waits for all earlier jobs of its name, the target under its new one among them.
      found |= next.name == target_name && target < next.owner;
      for (const JobRecord* job = jobs.first_of_name(next.name); job && job->id < next.owner;
           job = jobs.next_of_name(*job)) {
        if (job->id != target) visit(job->id);
      }
    });
  }
  return found;
}

}  // namespace pentad
