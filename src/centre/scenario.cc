#include "centre/scenario.h"

#include <fmt/format.h>

#include <map>
#include <sstream>
#include <stdexcept>

#include "centre/centre.h"
#include "centre/scenario_money.h"

namespace pentad {

namespace {

// A scenario's 0 s: times in the core are never 0.
constexpr Time kStart{1'000'000'000};

using Words = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

int64_t number(const std::string& text) { return std::stoll(text); }
Duration duration(const std::string& text) {
  return text.size() > 2 && text.ends_with("ms") ? milliseconds(number(text))
                                                 : seconds(number(text));
}

template <class E>
E enumerator(const std::string& name) {
  E value{};
  if (!boost::describe::enum_from_string(name.c_str(), value)) {
    throw std::runtime_error("unknown word " + name);
  }
  return value;
}

template <class E>
std::string name_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

class Player {
 public:
  std::string play(std::istream& in);

 private:
  void command(const std::string& line);
  void run(const std::string& verb, const std::string& subject, const Words& words);
  void send(event::What what);
  void move_to(Time t);
  void print(const Effects& effects);
  void check();
  event::What engine_report(const std::string& verb, const std::string& subject, const Words& w);
  void say(const std::string& line) { out_ += "> " + line + "\n"; }

  Centre centre_;
  Time now_ = kStart;
  bool more_ = false;                                      // of the command in progress
  std::map<std::pair<int64_t, int64_t>, int32_t> latest_;  // attempt number by job and element
  std::string out_;
};

std::string element_name(JobId job, int64_t index) {
  return index == 0 ? fmt::format("{}", job.value) : fmt::format("{}_{}", job.value, index);
}

std::pair<JobId, int64_t> element_from(const std::string& text) {
  auto parts = split(text, '_');
  return {JobId{number(parts[0])}, parts.size() > 1 ? number(parts[1]) : 0};
}

// "ok:1", "started:1+30s", "ok:1,ended:2" (all), "ok:1|ok:2" (any), "elementwise:1", "singleton".
Dependency dependency(const std::string& text) {
  for (char separator : {'|', ','}) {
    if (text.find(separator) == std::string::npos) continue;
    Dependency d;
    d.kind = separator == '|' ? DependencyKind::any : DependencyKind::all;
    for (const std::string& part : split(text, separator)) d.of.push_back(dependency(part));
    return d;
  }
  Dependency d;
  auto parts = split(text, ':');
  d.kind = enumerator<DependencyKind>(parts[0]);
  if (parts.size() < 2) return d;
  auto [job, delay] = std::make_pair(parts[1], std::string());
  if (auto plus = job.find('+'); plus != std::string::npos) {
    d.delay = duration(job.substr(plus + 1));
    job = job.substr(0, plus);
  }
  auto element = split(job, '_');
  d.job = JobId{number(element[0])};
  if (element.size() > 1) d.element = number(element[1]);
  return d;
}

void fill_resources(ResourceRequest& r, const Words& w) {
  auto has = [&](const char* key) { return w.count(key) > 0; };
  if (has("cores")) r.cores = static_cast<int32_t>(number(w.at("cores")));
  if (has("nodes")) r.nodes = static_cast<int32_t>(number(w.at("nodes")));
  if (has("memory")) r.memory = gibibytes(number(w.at("memory")));
  if (has("exclusive")) r.exclusive = true;
  if (has("pools")) r.pools = split(w.at("pools"), ',');
  if (has("features")) r.features = split(w.at("features"), ',');
  if (has("reservation")) r.reservation = ReservationId{number(w.at("reservation"))};
  if (has("gpu")) {
    r.devices.count = static_cast<int32_t>(number(w.at("gpu")));
    r.devices.kind = DeviceKind::gpu;
  }
  if (has("models")) r.devices.models = split(w.at("models"), ',');
  if (has("share")) r.devices.share_milli = static_cast<int32_t>(number(w.at("share")));
  if (has("licence")) r.licences.push_back({w.at("licence"), 1});
}

JobRequest job_request(const Words& w) {
  auto has = [&](const char* key) { return w.count(key) > 0; };
  auto text = [&](const char* key, std::string otherwise) {
    return has(key) ? w.at(key) : std::move(otherwise);
  };
  JobRequest job;
  job.name = text("name", "job");
  job.user = text("user", "u");
  job.project = text("project", "p");
  job.qos = text("qos", "");
  fill_resources(job.resources, w);
  job.limit = duration(text("limit", "60s"));
  if (has("priority")) job.priority = static_cast<int32_t>(number(w.at("priority")));
  if (has("begin")) job.begin = kStart + duration(w.at("begin"));
  if (has("deadline")) job.deadline = kStart + duration(w.at("deadline"));
  job.hold = has("hold");
  if (has("array")) {
    auto indices = IndexSet::parse(w.at("array"), 1'000'000);
    if (!indices) throw std::runtime_error(indices.error().message);
    job.array = ArrayRequest{*indices, static_cast<int32_t>(number(text("max_running", "0")))};
  }
  if (has("after")) job.dependency = dependency(w.at("after"));
  if (has("keep")) job.impossible_dependency = ImpossibleDependency::keep;
  if (has("hold_codes")) {
    for (auto& code : split(w.at("hold_codes"), ',')) {
      job.requeue.hold_exit_codes.push_back(static_cast<int32_t>(number(code)));
    }
  }
  if (has("requeue_codes")) {
    for (auto& code : split(w.at("requeue_codes"), ',')) {
      job.requeue.exit_codes.push_back(static_cast<int32_t>(number(code)));
    }
  }
  if (has("requeue_max")) job.requeue.max = static_cast<int32_t>(number(w.at("requeue_max")));
  if (has("no_requeue")) job.requeue.on_node_failure = false;
  if (has("wish")) job.wish = enumerator<Wish>(w.at("wish"));
  if (has("precision")) job.precision = enumerator<Precision>(w.at("precision"));
  return job;
}

event::What modify(JobId job, const Words& w, const JobRequest& old) {
  event::Modify m;
  m.job = job;
  ResourceRequest resources = old.resources;
  fill_resources(resources, w);
  if (!(resources == old.resources)) m.resources = resources;
  if (w.count("limit")) m.limit = duration(w.at("limit"));
  if (w.count("priority")) m.priority = static_cast<int32_t>(number(w.at("priority")));
  if (w.count("name")) m.name = w.at("name");
  if (w.count("project")) m.project = w.at("project");
  if (w.count("after")) m.dependency = dependency(w.at("after"));
  if (w.count("max_running")) m.max_running = static_cast<int32_t>(number(w.at("max_running")));
  m.clear_dependency = w.count("clear_dependency") > 0;
  return m;
}

event::What set_policy(Policy policy, const Words& w) {
  if (w.count("depth")) policy.reservation_depth = static_cast<int32_t>(number(w.at("depth")));
  if (w.count("cheap_hours")) {
    // "2-6": these hours of the day, counted from the scenario's 0 s, cost 1, the others 2.
    auto hour = split(w.at("cheap_hours"), '-');
    policy.shift_deadline_jobs.by_hour.assign(24, 2);
    policy.shift_deadline_jobs.utc_offset = Time{} - kStart;
    for (int64_t h = number(hour[0]); h < number(hour[1]); ++h) {
      policy.shift_deadline_jobs.by_hour[static_cast<size_t>(h)] = 1;
    }
  }
  if (w.count("delay")) policy.requeue_delay = duration(w.at("delay"));
  if (w.count("max_limit")) policy.max_limit = duration(w.at("max_limit"));
  if (w.count("max_array")) policy.max_array_size = number(w.at("max_array"));
  if (w.count("licences")) {
    for (auto& text : split(w.at("licences"), ',')) {
      auto parts = split(text, ':');
      policy.licences.push_back({parts[0], static_cast<int32_t>(number(parts[1]))});
    }
  }
  if (w.count("qos")) {
    auto parts = split(w.at("qos"), ':');
    policy.qos.push_back({parts[0], number(parts[1])});
  }
  return event::Configure{policy, {}};
}

event::What device(const std::string& name, const Words& w, const Policy& policy) {
  DeviceModel model;
  model.name = name;
  if (w.count("kind")) model.kind = enumerator<DeviceKind>(w.at("kind"));
  if (w.count("price")) model.price_per_hour = Money{number(w.at("price"))};
  if (w.count("watts")) model.full_power = Power{number(w.at("watts")) * 1000};
  if (w.count("fp64")) model.measured.fp64 = number(w.at("fp64"));
  if (w.count("bf16")) model.measured.bf16 = number(w.at("bf16"));
  return event::Configure{policy, {model}};
}

event::What node(const std::string& name, const Words& w) {
  Node n;
  n.name = name;
  n.pool = w.count("pool") ? w.at("pool") : "main";
  n.cores = static_cast<int32_t>(number(w.at("cores")));
  n.memory = gibibytes(w.count("memory") ? number(w.at("memory")) : 64);
  if (w.count("cpu")) n.cpu_model = w.at("cpu");
  if (w.count("features")) n.features = split(w.at("features"), ',');
  if (w.count("gpu")) {
    auto parts = split(w.at("gpu"), 'x');
    n.devices.push_back({parts[1], static_cast<int32_t>(number(parts[0]))});
  }
  return event::UpsertNode{n};
}

// A tenant, project or user; `key=` for the folded name when it is not the name.
event::What person(const std::string& verb, const std::string& subject, const Words& w) {
  const bool is_new = w.count("change") == 0;
  const AccountState state =
      w.count("state") ? enumerator<AccountState>(w.at("state")) : AccountState::active;
  auto key = [&](const std::string& name) { return w.count("key") ? w.at("key") : name; };
  if (verb == "tenant") return event::PutTenant{{subject, key(subject), "", state}, is_new};
  if (verb == "project") {
    auto [tenant, name] = split_full_name(subject).value();
    return event::PutProject{{tenant, name, key(name), "", state}, is_new};
  }
  const std::string unix_user = w.count("unix") ? w.at("unix") : "";
  return event::PutUser{{subject, key(subject), "", "", unix_user, state}, is_new};
}

// grant U ROLE[:T[/P]]: the role is the word that has no value.
event::What role(const std::string& verb, const std::string& subject, const Words& w) {
  RoleGrant grant;
  grant.user = subject;
  for (const auto& [word, value] : w) {
    auto parts = split(word, ':');
    grant.role = enumerator<Role>(parts[0]);
    if (parts.size() < 2) continue;
    auto scope = split(parts[1], '/');
    grant.tenant = scope[0];
    if (scope.size() > 1) grant.project = scope[1];
  }
  if (verb == "grant") return event::GrantRole{grant};
  return event::RevokeRole{grant};
}

event::What reserve(const Words& w) {
  AdvanceReservation r;
  r.name = "r";
  r.nodes = split(w.at("nodes"), ',');
  r.begin = kStart + duration(w.at("from"));
  r.end = kStart + duration(w.at("to"));
  if (w.count("users")) r.users = split(w.at("users"), ',');
  if (w.count("projects")) r.projects = split(w.at("projects"), ',');
  return event::CreateReservation{r};
}

event::What Player::engine_report(const std::string& verb, const std::string& subject,
                                  const Words& w) {
  auto [job, index] = element_from(subject);
  AttemptId id{job, index, latest_[{job.value, index}]};
  if (w.count("number")) id.number = static_cast<int32_t>(number(w.at("number")));
  if (verb == "start") return event::AttemptStarted{id, now_};
  AttemptEnd end;
  end.ended_at = w.count("at") ? kStart + duration(w.at("at")) : now_;
  if (w.count("exit")) end.exit_code = static_cast<int32_t>(number(w.at("exit")));
  if (w.count("kind")) end.kind = enumerator<EndKind>(w.at("kind"));
  if (w.count("signal")) {
    end.kind = EndKind::signalled;
    end.signal = static_cast<int32_t>(number(w.at("signal")));
  }
  return event::AttemptEnded{id, end};
}

void Player::run(const std::string& verb, const std::string& subject, const Words& w) {
  more_ = w.count("more") > 0;
  auto job = [&] { return JobId{number(subject)}; };
  auto elements = [&]() -> std::optional<IndexSet> {
    if (!w.count("elements")) return {};
    return IndexSet::parse(w.at("elements"), 1'000'000).value();
  };
  auto state = [&](NodeState s) {
    return event::SetNodeState{subject, s, w.count("reason") ? w.at("reason") : ""};
  };
  if (verb == "at") return move_to(kStart + duration(subject));
  if (verb == "policy") return send(set_policy(centre_.policy(), w));
  if (verb == "device") return send(device(subject, w, centre_.policy()));
  if (verb == "node") return send(node(subject, w));
  if (verb == "submit") return send(event::Submit{centre_.next_job_id(), {job_request(w)}, {}});
  if (verb == "start" || verb == "end") return send(engine_report(verb, subject, w));
  if (verb == "give_time") return send(event::GiveTime{duration(subject)});
  if (verb == "cancel") return send(event::Cancel{job(), elements()});
  if (verb == "hold") return send(event::Hold{job(), w.count("operator") > 0});
  if (verb == "release") return send(event::Release{job(), w.count("operator") > 0});
  if (verb == "requeue")
    return send(event::Requeue{job(), elements(), w.count("hold") > 0, w.count("operator") > 0});
  if (verb == "modify") return send(modify(job(), w, *centre_.job_request(job())));
  if (verb == "drain") return send(state(NodeState::draining));
  if (verb == "down") return send(state(NodeState::down));
  if (verb == "up") return send(state(NodeState::up));
  if (verb == "reserve") return send(reserve(w));
  if (verb == "unreserve") return send(event::DeleteReservation{ReservationId{number(subject)}});
  if (verb == "tenant" || verb == "project" || verb == "user") {
    return send(person(verb, subject, w));
  }
  if (verb == "grant" || verb == "revoke") return send(role(verb, subject, w));
  if (verb == "why") {
    Wait wait = centre_.why_waiting(job());
    return say(name_of(wait.reason) + ": " + wait.detail);
  }
  if (verb == "accounts") {
    for (const std::string& line : account_lines(centre_)) say(line);
    return;
  }
  if (verb == "quote") {
    for (const std::string& line : quote_lines(centre_.quote(job_request(w)))) say(line);
    return;
  }
  if (auto what = money_command(verb, subject, w, centre_.policy(), kStart)) {
    return send(std::move(*what));
  }
  throw std::runtime_error("unknown command " + verb);
}

void Player::move_to(Time t) {
  while (centre_.next_wake() <= t) {
    now_ = std::max(now_, centre_.next_wake());
    Time before = centre_.next_wake();
    send(event::Tick{});
    if (centre_.next_wake() <= before && before <= now_) {
      say("BROKEN next_wake does not advance");
      break;
    }
  }
  now_ = t;
}

void Player::send(event::What what) {
  Effects effects = centre_.step({now_, "", std::move(what), std::exchange(more_, false)});
  for (const StartAttempt& s : effects.starts) {
    latest_[{s.attempt.job.value, s.attempt.index}] = s.attempt.number;
  }
  print(effects);
  check();
}

void Player::print(const Effects& e) {
  const Refusal& r = e.reply.refusal;
  if (!e.reply.accepted())
    say(fmt::format("refused {} {}: {}", name_of(r.code), r.field, r.detail));
  for (const StopAttempt& s : e.stops) {
    say(fmt::format("stop {}.{} {}", element_name(s.attempt.job, s.attempt.index), s.attempt.number,
                    name_of(s.how)));
  }
  for (const StartAttempt& s : e.starts) {
    std::string where;
    for (const NodeShare& share : s.placement.nodes) {
      where += (where.empty() ? "" : ",") + share.node;
      for (int32_t d : share.devices) where += fmt::format(":{}", d);
    }
    say(fmt::format("t={}s start {}.{} on {}", (now_ - kStart).value / 1000,
                    element_name(s.attempt.job, s.attempt.index), s.attempt.number, where));
  }
  for (const AttemptStatus& a : e.attempts) {
    if (!is_final(a.state)) continue;
    say(fmt::format("attempt {}.{} {}", element_name(a.attempt.job, a.attempt.index),
                    a.attempt.number, name_of(a.state)));
  }
  for (const JobStatus& j : e.jobs) {
    std::string line = fmt::format("job {} {}", j.job.value, name_of(j.state));
    if (j.reason != PendingReason::none) line += " " + name_of(j.reason);
    if (is_final(j.state) && !j.message.empty()) line += " (" + j.message + ")";
    say(line);
  }
  for (const std::string& line : money_lines(e)) say(line);
}

void Player::check() {
  for (const std::string& broken : centre_.check_invariants()) say("BROKEN " + broken);
  std::string before = centre_.snapshot();
  Result<Centre> again = Centre::restore(before);
  if (!again) return say("BROKEN snapshot: " + again.error().message);
  if (again->snapshot() != before) say("BROKEN snapshot changes when restored");
  if (again->next_wake() != centre_.next_wake())
    say("BROKEN restored centre wakes at another time");
  for (const std::string& broken : again->check_invariants()) say("BROKEN restored " + broken);
  // Go on with the restored one: whatever it forgot shows in what follows.
  centre_ = std::move(*again);
}

void Player::command(const std::string& line) {
  std::vector<std::string> parts = split(line, ' ');
  Words words;
  std::string subject;
  for (size_t i = 1; i < parts.size(); ++i) {
    size_t equals = parts[i].find('=');
    if (equals == std::string::npos && i == 1 && parts[0] != "submit" && parts[0] != "policy" &&
        parts[0] != "quote") {
      subject = parts[i];
    } else {
      words[parts[i].substr(0, equals)] =
          equals == std::string::npos ? "" : parts[i].substr(equals + 1);
    }
  }
  run(parts[0], subject, words);
}

std::string Player::play(std::istream& in) {
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("> ")) continue;
    out_ += line + "\n";
    if (line.empty() || line[0] == '#') continue;
    command(line);
  }
  return out_;
}

}  // namespace

std::string play_scenario(std::istream& scenario) { return Player().play(scenario); }

}  // namespace pentad
