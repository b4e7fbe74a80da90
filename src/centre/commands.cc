// What users and operators ask for.
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

namespace {

std::string no_such_job(JobId id) { return fmt::format("there is no unfinished job {}", id.value); }

template <class T>
void assign(T& to, const std::optional<T>& from) {
  if (from) to = *from;
}

template <class T>
void assign(std::optional<T>& to, const std::optional<T>& from, bool clear) {
  if (clear) to.reset();
  if (from) to = from;
}

JobRequest modified(JobRequest job, const event::Modify& e) {
  assign(job.name, e.name);
  assign(job.project, e.project);
  assign(job.qos, e.qos);
  assign(job.resources, e.resources);
  assign(job.limit, e.limit);
  assign(job.priority, e.priority);
  assign(job.wish, e.wish);
  assign(job.begin, e.begin, e.clear_begin);
  assign(job.deadline, e.deadline, e.clear_deadline);
  assign(job.dependency, e.dependency, e.clear_dependency);
  if (e.max_running && job.array) job.array->max_running = *e.max_running;
  return job;
}

}  // namespace

void Centre::State::on(const event::Submit& e) {
  PENTAD_ASSERT(e.first == next_job, "the ids of a submission are the next free ones");
  std::vector<JobRequest> accepted;
  if (auto refusal = check_submit(e, accepted)) {
    effects.reply.refusal = std::move(*refusal);
    return;
  }
  const auto known = std::ssize(to_refresh);
  for (JobRequest& request : accepted) {
    JobId id = next_job;
    ++next_job.value;
    JobRecord& job = jobs.add(id);
    job.submitted = now;
    set_request(job, std::move(request));
    job.held_by_user = job.request->hold;
    job.waiting = elements_of(*job.request);
    if (job.request->dependency) keep_known(job, e.known);
    index_job(job);
    touch(job);
    effects.reply.jobs.push_back(id);
    to_refresh.push_back(&job);
  }
  // Last first: settle() takes from the back, and jobs enter the queue in their order.
  std::reverse(to_refresh.begin() + known, to_refresh.end());
}

void Centre::State::on(const event::Cancel& e) {
  JobRecord* job = find(e.job);
  if (!job) return refuse(RefusalCode::not_found, "/job", no_such_job(e.job));
  IndexSet elements = e.elements.value_or(elements_of(*job->request));
  bool found = !job->waiting.intersection(elements).empty();
  for (AttemptRecord* attempt : attempts_of(*job)) {
    if (!elements.contains(attempt->id.index)) continue;
    found = true;
    if (!attempt->stopping || *attempt->stopping == StopHow::requeue) {
      stop(*attempt, StopHow::cancel);
    }
  }
  if (!found) {
    return refuse(RefusalCode::wrong_state, "/elements", "nothing of this waits or runs any more");
  }
  end_waiting(*job, elements, JobState::cancelled,
              actor.empty() ? "cancelled" : "cancelled by " + actor);
  effects.reply.jobs.push_back(e.job);
}

void Centre::State::on(const event::Hold& e) {
  JobRecord* job = find(e.job);
  if (!job) return refuse(RefusalCode::not_found, "/job", no_such_job(e.job));
  if (job->waiting.empty()) {
    return refuse(RefusalCode::too_late, "/job", "it has started; cancel or requeue it instead");
  }
  (e.by_operator ? job->held_by_operator : job->held_by_user) = true;
  to_refresh.push_back(job);
  effects.reply.jobs.push_back(e.job);
}

void Centre::State::on(const event::Release& e) {
  JobRecord* job = find(e.job);
  if (!job) return refuse(RefusalCode::not_found, "/job", no_such_job(e.job));
  if (job->held_by_operator && !e.by_operator) {
    return refuse(RefusalCode::wrong_state, "/job", "an operator holds it; ask them to release it");
  }
  job->held_by_user = false;
  if (e.by_operator) job->held_by_operator = false;
  to_refresh.push_back(job);
  effects.reply.jobs.push_back(e.job);
}

void Centre::State::on(const event::Requeue& e) {
  JobRecord* job = find(e.job);
  if (!job) return refuse(RefusalCode::not_found, "/job", no_such_job(e.job));
  bool found = false;
  for (AttemptRecord* attempt : attempts_of(*job)) {
    if (e.elements && !e.elements->contains(attempt->id.index)) continue;
    if (attempt->stopping) continue;
    found = true;
    attempt->by_operator = e.by_operator;
    stop(*attempt, StopHow::requeue);
  }
  if (!found) return refuse(RefusalCode::wrong_state, "/job", "nothing of it runs");
  if (e.hold) job->held_by_user = true;
  to_refresh.push_back(job);
  effects.reply.jobs.push_back(e.job);
}

void Centre::State::on(const event::Modify& e) {
  JobRecord* job = find(e.job);
  if (!job) return refuse(RefusalCode::not_found, "/job", no_such_job(e.job));
  JobRequest request = modified(request_of(*job), e);
  std::vector<Outcome> known = e.known;
  known.insert(known.end(), job->known.begin(), job->known.end());
  if (auto refusal = check_job(request, e.job, known)) {
    effects.reply.refusal = std::move(*refusal);
    return;
  }
  if (job->waiting.empty()) {
    return refuse(RefusalCode::too_late, "/job",
                  "it has started; only a waiting job can be modified");
  }
  set_queued(*job, 0);
  touch_namesakes(job->name_digest);
  unindex_job(*job);
  set_request(*job, std::move(request));
  if (e.dependency) keep_known(*job, known);
  index_job(*job);
  touch_namesakes(job->name_digest);
  touch(*job);
  to_refresh.push_back(job);
  effects.reply.jobs.push_back(e.job);
}

}  // namespace pentad
