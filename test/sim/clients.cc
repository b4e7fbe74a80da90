#include "clients.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::sim {

namespace {

std::string actor_of(const event::What& what) {
  return std::holds_alternative<event::Submit>(what) ? "users" : "operators";
}

// The job a control command is about; none for the others.
std::optional<JobId> job_of(const event::What& what) {
  if (auto* e = std::get_if<event::Cancel>(&what)) return e->job;
  if (auto* e = std::get_if<event::Hold>(&what)) return e->job;
  if (auto* e = std::get_if<event::Release>(&what)) return e->job;
  if (auto* e = std::get_if<event::Requeue>(&what)) return e->job;
  if (auto* e = std::get_if<event::Modify>(&what)) return e->job;
  return {};
}

std::string node_of(const event::What& what) {
  if (auto* e = std::get_if<event::SetNodeState>(&what)) return e->node;
  if (auto* e = std::get_if<event::UpsertNode>(&what)) return e->node.name;
  return "";
}

}  // namespace

void Clients::call(event::What what, std::vector<Payload> payloads) {
  std::string name = fmt::format("c{}", next_call_++);
  if (auto job = job_of(what)) busy_jobs_.insert(*job);
  if (std::string node = node_of(what); !node.empty()) busy_nodes_.insert(node);
  auditor_.asked(name, what);
  calls_[name] = {std::move(what), std::move(payloads), State::sent, 0, false};
  send(name);
  if (random_.chance(40)) send(name);  // impatient
}

void Clients::send(const std::string& name) {
  Call& call = calls_.at(name);
  call.state = State::sent;
  ++call.copies;
  store::Command command;
  command.event.actor = actor_of(call.what);
  command.event.what = call.what;
  command.payloads = call.payloads;
  command.key = store::IdempotencyKey{name, name};
  daemon_.send(name, std::move(command));
}

Surroundings Clients::around(Time now) const {
  Surroundings around{&world_, now, {}, reservations_, 0};
  size_t lately = std::min<size_t>(jobs_.size(), 12);
  around.jobs.assign(jobs_.end() - static_cast<ptrdiff_t>(lately), jobs_.end());
  return around;
}

void Clients::submit(Time now) {
  event::Submit submit;
  std::vector<Payload> payloads;
  Surroundings around = this->around(now);
  int64_t count = random_.chance(250) ? random_.between(2, 6) : 1;
  if (count > 1) reached_(Rare::submission_of_many);
  std::string name = fmt::format("c{}", next_call_);
  for (around.place = 0; around.place < count; ++around.place) {
    submit.jobs.push_back(make_job(random_, scenario_, around));
    payloads.push_back(make_payload(name, around.place));
  }
  call(std::move(submit), std::move(payloads));
}

std::optional<JobId> Clients::pick_job() {
  if (random_.chance(30)) return JobId{random_.between(1, 300)};
  std::vector<JobId> free;
  for (JobId job : random_.chance(900) || done_.empty() ? unfinished_ : done_) {
    if (!busy_jobs_.count(job)) free.push_back(job);
  }
  if (free.empty()) return {};
  return random_.pick(free);
}

void Clients::control(Time now) {
  std::optional<JobId> job = pick_job();
  if (!job || busy_jobs_.count(*job)) return;
  call(draw_control(*job, now));
}

event::What Clients::draw_control(JobId job, Time now) {
  std::optional<IndexSet> elements;
  if (arrays_.count(job) && random_.chance(400)) {
    elements.emplace();
    for (int64_t i = 0, n = random_.between(1, 3); i < n; ++i) elements->insert(random_.below(8));
  }
  switch (random_.below(6)) {
    case 0:
      return event::Cancel{job, elements};
    case 1:
      return event::Hold{job, random_.chance(300)};
    case 2:
      return event::Release{job, random_.chance(600)};
    case 3: {
      const bool held = random_.chance(200);  // those are an operator's
      return event::Requeue{job, elements, held, held};
    }
    default:
      return draw_modify(job, now);
  }
}

event::Modify Clients::draw_modify(JobId job, Time now) {
  event::Modify modify;
  modify.job = job;
  Surroundings around = this->around(now);
  if (random_.chance(200)) modify.name = fmt::format("n{}", random_.below(4));
  if (random_.chance(200)) {
    modify.project = fmt::format("p{}", random_.below(3));
    if (scenario_.money > 0) modify.project = money_project(*modify.project);
  }
  if (random_.chance(150)) modify.qos = "high";
  if (random_.chance(250)) {
    modify.resources = make_resources(random_, scenario_.awkward, world_);
  }
  if (random_.chance(200)) modify.limit = random_.duration(seconds(1), seconds(60));
  if (random_.chance(200)) modify.priority = static_cast<int32_t>(random_.between(-3, 3));
  if (random_.chance(150)) modify.begin = now + random_.duration(Duration{}, seconds(30));
  if (random_.chance(100)) modify.clear_begin = true;
  if (random_.chance(50)) modify.deadline = now + random_.duration(seconds(40), seconds(120));
  if (random_.chance(250)) modify.dependency = make_dependency(random_, around, 1);
  if (random_.chance(150)) modify.clear_dependency = true;
  if (random_.chance(300)) modify.max_running = static_cast<int32_t>(random_.between(0, 4));
  if (random_.chance(200)) modify.wish = Wish::fastest;
  return modify;
}

void Clients::send_again() {
  for (auto it = calls_.begin(); it != calls_.end();) {
    auto current = it++;
    const auto& [name, call] = *current;
    if (call.state == State::sent) continue;
    bool is_submit = std::holds_alternative<event::Submit>(call.what);
    if (is_submit && random_.chance(150)) {
      // The user has gone home and will never know.
      if (call.state == State::lost) reached_(Rare::call_abandoned);
      calls_.erase(current);
      continue;
    }
    if (call.state == State::refused) auditor_.asked(name, call.what);
    send(name);
  }
}

void Clients::connection_lost() {
  for (auto& [name, call] : calls_) {
    if (call.state == State::sent) {
      call.state = State::lost;
      call.doubt = true;
    }
    call.copies = 0;
  }
}

void Clients::failed(const std::string& name, bool in_doubt) {
  auto it = calls_.find(name);
  if (it == calls_.end()) return;
  Call& call = it->second;
  call.doubt |= in_doubt;
  if (--call.copies > 0) return;
  call.state = call.doubt ? State::lost : State::refused;
  if (!call.doubt) auditor_.failed(name, call.what);
}

void Clients::answered(const std::string& name, const store::Applied& answer) {
  auto it = calls_.find(name);
  if (it == calls_.end()) return;  // abandoned meanwhile
  Call& call = it->second;
  expect(answer.handling != store::Handling::key_conflict, "a_key_stands_for_one_request", name);
  if (answer.handling == store::Handling::repeated) reached_(Rare::answer_repeated);
  const Reply& reply = answer.effects.reply;
  auditor_.answered(name, call.what, reply);
  if (std::holds_alternative<event::Configure>(call.what)) policy_busy_ = false;
  if (auto job = job_of(call.what)) busy_jobs_.erase(*job);
  if (std::string node = node_of(call.what); !node.empty()) busy_nodes_.erase(node);
  if (reply.accepted()) accepted(call.what, reply);
  calls_.erase(it);
}

std::string Clients::unanswered() const {
  std::string text;
  for (const auto& [name, call] : calls_) {
    text += fmt::format(" call {} ({} copies, state {})", name, call.copies,
                        static_cast<int>(call.state));
  }
  return text;
}

void Clients::accepted(const event::What& what, const Reply& reply) {
  mark(what);
  if (auto* submit = std::get_if<event::Submit>(&what)) {
    for (size_t i = 0; i < reply.jobs.size(); ++i) {
      JobId job = reply.jobs[i];
      jobs_.push_back(job);
      if (submit->jobs[i].array) arrays_.insert(job);
      strangers_.erase(job);
      if (!done_.count(job)) unfinished_.insert(job);
    }
  } else if (std::holds_alternative<event::CreateReservation>(what)) {
    reservations_.push_back(reply.reservation);
  } else if (auto* gone = std::get_if<event::DeleteReservation>(&what)) {
    std::erase(reservations_, gone->id);
  } else if (auto* node = std::get_if<event::SetNodeState>(&what)) {
    node_states_[node->node] = node->state;
  } else if (auto* changed = std::get_if<event::UpsertNode>(&what)) {
    for (Node& n : world_.nodes) {
      if (n.name == changed->node.name) n = changed->node;
    }
  }
}

void Clients::told(const JobStatus& status) {
  if (!is_final(status.state)) {
    if (!unfinished_.count(status.job)) strangers_.insert(status.job);
    return;
  }
  strangers_.erase(status.job);
  unfinished_.erase(status.job);
  done_.insert(status.job);
}

}  // namespace pentad::sim
