#include "schedule/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <sstream>

#include "base/assert.h"

namespace pentad::scenario {
namespace {

// Short scenes cross this full hour at time 60.
constexpr int64_t hour_ms = 400'000 * 3'600'000LL;

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, by);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

template <class E>
E enum_of(const std::string& text) {
  E value{};
  const bool known = boost::describe::enum_from_string(text.c_str(), value);
  PENTAD_ASSERT(known, text.c_str());
  return value;
}

template <class E>
std::string text_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

// The words of a line; `key=value` words by key.
struct Words {
  std::vector<std::string> plain;
  std::map<std::string, std::string> named;
  std::string expected;  // behind " : "
  bool has_expected = false;

  explicit Words(const std::string& line) {
    const size_t colon = line.find(" :");
    has_expected = colon != line.npos;
    if (has_expected) expected = line.substr(colon + 2);
    for (const std::string& word : split(line.substr(0, colon), ' ')) {
      const size_t equals = word.find('=');
      if (equals == word.npos) {
        plain.push_back(word);
      } else {
        named[word.substr(0, equals)] = word.substr(equals + 1);
      }
    }
  }
  int64_t number(const std::string& key, int64_t otherwise) const {
    const auto it = named.find(key);
    return it == named.end() ? otherwise : std::stoll(it->second);
  }
  std::string text(const std::string& key, std::string otherwise) const {
    const auto it = named.find(key);
    return it == named.end() ? otherwise : it->second;
  }
  std::vector<std::string> list(const std::string& key) const { return split(text(key, ""), ','); }
};

// "name:3" as {"name", 3}; without a number 1.
std::pair<std::string, int32_t> counted(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == text.npos) return {text, 1};
  return {text.substr(0, colon), std::stoi(text.substr(colon + 1))};
}

Demand demand_of(const Words& words, int64_t unit_ms) {
  Demand demand;
  ResourceRequest& resources = demand.resources;
  resources.nodes = static_cast<int32_t>(words.number("n", 1));
  resources.cores = static_cast<int32_t>(words.number("c", 1));
  resources.memory = Bytes{words.number("mem", 0)};
  if (const std::string device = words.text("dev", ""); !device.empty()) {
    const auto [models, count] = counted(device);
    resources.devices.models = split(models, '|');
    resources.devices.count = count;
  }
  if (const std::string kind = words.text("kind", ""); !kind.empty()) {
    const auto [name, count] = counted(kind);
    resources.devices.kind = enum_of<DeviceKind>(name);
    resources.devices.count = count;
  }
  resources.devices.share_milli = static_cast<int32_t>(words.number("share", 1000));
  const auto& plain = words.plain;
  resources.exclusive = std::count(plain.begin(), plain.end(), "excl") > 0;
  resources.features = words.list("feat");
  resources.pools = words.list("pools");
  for (const std::string& licence : words.list("lic")) {
    const auto [name, count] = counted(licence);
    resources.licences.push_back({name, count});
  }
  if (words.named.count("resv")) resources.reservation = ReservationId{words.number("resv", 0)};
  demand.limit = Duration{words.number("limit", 10) * unit_ms};
  demand.wish = enum_of<Wish>(words.text("wish", "cheapest"));
  demand.precision = enum_of<Precision>(words.text("prec", "fp64"));
  return demand;
}

std::string text_of(const Start& start) {
  std::string text = fmt::format("{}@", start.job.value);
  for (const NodeShare& share : start.placement.nodes) {
    if (text.back() != '@') text += '+';
    text += share.node;
    if (!share.devices.empty()) text += fmt::format("[{}]", fmt::join(share.devices, ","));
  }
  return text;
}

std::string full_text(const std::vector<Start>& starts) {
  std::string text;
  for (const Start& start : starts) {
    const Placement& p = start.placement;
    text +=
        fmt::format(" {}(#{} {}/{} {} cores {} bytes {} milli)", text_of(start), start.allocation,
                    p.pool, p.device_model, p.cores, p.memory.value, p.share_milli);
  }
  return text.empty() ? " nothing" : text;
}

class Runner {
 public:
  explicit Runner(const Options& options) : options_(options) {
    world_.every_millisecond = options.every_millisecond;
  }

  // What is wrong after the line, or nothing.
  std::optional<std::string> line(const std::string& text) {
    const Words words(text);
    if (words.plain.empty() || words.plain[0][0] == '#') return {};
    const std::string& verb = words.plain[0];
    std::optional<std::string> wrong;
    if (!set_up(verb, words) && !queue(verb, words)) wrong = question(verb, words);
    if (wrong || !options_.check_always) return wrong;
    return check();
  }

  std::optional<std::string> check() {
    if (std::string broken = real_.check_invariants(); !broken.empty()) return broken;
    return {};
  }

 private:
  bool set_up(const std::string& verb, const Words& words);
  bool queue(const std::string& verb, const Words& words);
  std::optional<std::string> question(const std::string& verb, const Words& words);
  std::optional<std::string> pass(const Words& words);
  std::optional<std::string> forecast(const Words& words);
  std::optional<std::string> why(const Words& words);
  Time time_of(const std::string& text) const {
    return Time{hour_ms + (std::stoll(text) - 60) * options_.unit_ms};
  }
  std::string text_of(const std::vector<Scheduler::Expected>& all) const;
  void node(const Words& words);
  void model(const Words& words);
  void end(JobId job);
  void restart();
  oracle::Queued* find(JobId job);

  Options options_;
  Scheduler real_;
  oracle::World world_;
};

std::string Runner::text_of(const std::vector<Scheduler::Expected>& all) const {
  std::string text;
  for (const auto& expected : all) {
    const int64_t after = expected.start.value - time_of("0").value;
    const int64_t units = after / options_.unit_ms, rest = after % options_.unit_ms;
    text += fmt::format(" {}={}", expected.job.value, units);
    if (rest != 0) text += fmt::format("+{}ms", rest);
  }
  return text.empty() ? " nothing" : text;
}

void Runner::model(const Words& words) {
  DeviceModel model;
  model.name = words.plain[1];
  model.kind = enum_of<DeviceKind>(words.plain[2]);
  model.measured.fp64 = words.number("fp64", 0);
  model.measured.fp32 = words.number("fp32", 0);
  model.peak.fp64 = words.number("peak", 0);
  model.price_per_hour = Money{words.number("price", 0)};
  model.idle_power = Power{words.number("idle", 0)};
  model.full_power = Power{words.number("full", 0)};
  world_.models[model.name] = model;
  real_.upsert_device_model(model);
}

void Runner::node(const Words& words) {
  Node node;
  node.name = words.plain[1];
  node.pool = words.text("pool", "p");
  node.cores = static_cast<int32_t>(words.number("cores", 4));
  node.memory = Bytes{words.number("mem", 100)};
  node.cpu_model = words.text("cpu", "cpu");
  for (const std::string& device : words.list("dev")) {
    const auto [name, count] = counted(device);
    node.devices.push_back({name, count});
  }
  node.features = words.list("feat");
  const auto state = enum_of<NodeState>(words.text("state", "up"));
  world_.nodes[node.name] = {node, state};
  real_.upsert_node(node, state);
}

bool Runner::set_up(const std::string& verb, const Words& words) {
  Policy& policy = world_.policy;
  const auto& plain = words.plain;
  if (verb == "model") return model(words), true;
  if (verb == "node") return node(words), true;
  if (verb == "state") {
    const auto it = world_.nodes.find(plain[1]);
    if (it == world_.nodes.end()) return true;
    it->second.second = enum_of<NodeState>(plain[2]);
    real_.upsert_node(it->second.first, it->second.second);
  } else if (verb == "remove") {
    world_.nodes.erase(plain[1]);
    real_.remove_node(plain[1]);
  } else if (verb == "reserve") {
    AdvanceReservation reservation;
    reservation.id = ReservationId{std::stoll(plain[1])};
    reservation.name = "r" + plain[1];
    reservation.begin = time_of(plain[2]);
    reservation.end = time_of(plain[3]);
    reservation.nodes = split(plain[4], ',');
    world_.reservations[reservation.id] = reservation;
    real_.add_reservation(reservation);
  } else if (verb == "unreserve") {
    world_.reservations.erase(ReservationId{std::stoll(plain[1])});
    real_.remove_reservation(ReservationId{std::stoll(plain[1])});
  } else if (verb == "restart") {
    restart();
  } else if (verb == "depth" || verb == "licence" || verb == "cap") {
    if (verb == "depth") {
      policy.backfill = plain[1] != "fcfs";
      policy.reservation_depth = policy.backfill ? std::stoi(plain[1]) : 0;
    }
    if (verb == "licence") {
      std::erase_if(policy.licences, [&](const Licence& l) { return l.name == plain[1]; });
      policy.licences.push_back({plain[1], std::stoi(plain[2])});
    }
    if (verb == "cap") {
      policy.power_cap.by_hour.assign(24, Power{std::stoll(plain[2])});
      const auto hour = static_cast<size_t>((hour_ms - 1) / hours(1).value % 24);
      policy.power_cap.by_hour[hour] = Power{std::stoll(plain[1])};
    }
    real_.set_policy(policy);
  } else {
    return false;
  }
  return true;
}

oracle::Queued* Runner::find(JobId job) {
  for (oracle::Queued& queued : world_.queue) {
    if (queued.key.job == job) return &queued;
  }
  return nullptr;
}

void Runner::end(JobId job) {
  for (size_t i = 0; i < world_.running.size(); ++i) {
    if (world_.running[i].job != job) continue;
    real_.release(world_.running[i].allocation);
    world_.running.erase(world_.running.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void Runner::restart() {
  Scheduler fresh;
  fresh.set_policy(world_.policy);
  for (const auto& [name, model] : world_.models) fresh.upsert_device_model(model);
  for (const auto& running : world_.running) {
    fresh.restore_allocation(running.allocation, running.placement, running.licences,
                             running.ends_by);
  }
  for (const auto& [id, reservation] : world_.reservations) fresh.add_reservation(reservation);
  for (const auto& [name, entry] : world_.nodes) fresh.upsert_node(entry.first, entry.second);
  for (const auto& queued : world_.queue) fresh.enqueue(queued.key, queued.demand, queued.count);
  fresh.set_next_allocation(world_.next_allocation);
  real_ = std::move(fresh);
}

bool Runner::queue(const std::string& verb, const Words& words) {
  static const std::vector<std::string> verbs{"job", "count", "rekey", "drop", "end"};
  if (std::count(verbs.begin(), verbs.end(), verb) == 0) return false;
  const JobId job{std::stoll(words.plain[1])};
  oracle::Queued* queued = find(job);
  const auto forget = [&] {
    std::erase_if(world_.queue, [&](const oracle::Queued& q) { return q.key.job == job; });
  };
  if (verb == "job") {
    forget();
    const QueueKey key{words.number("prio", 0), time_of(words.text("at", "0")), job};
    const int64_t count = words.number("count", 1);
    if (count > 0) world_.queue.push_back({key, demand_of(words, options_.unit_ms), count});
    real_.enqueue(key, demand_of(words, options_.unit_ms), count);
  } else if (verb == "end") {
    end(job);
  } else if (verb == "drop") {
    forget();
    real_.dequeue(job);
  } else if (verb == "count") {
    const int64_t count = std::stoll(words.plain[2]);
    if (queued) queued->count = count;
    if (queued && count <= 0) forget();
    real_.set_count(job, count);
  } else {
    const int64_t priority = std::stoll(words.plain[2]);
    if (queued) queued->key.priority = priority;
    real_.rekey({{job, priority}});
  }
  return true;
}

std::optional<std::string> Runner::pass(const Words& words) {
  const Time now = time_of(words.plain[1]);
  const std::vector<Start> expected = oracle::pass(world_, now);
  const std::vector<Start> got = real_.pass(now);
  const std::string oracle_text = full_text(expected), real_text = full_text(got);
  if (oracle_text != real_text) {
    return fmt::format("the oracle starts{}, the scheduler{}", oracle_text, real_text);
  }
  if (!words.has_expected) return {};
  std::vector<std::string> started;
  for (const Start& start : got) started.push_back(scenario::text_of(start));
  std::vector<std::string> stated = split(words.expected, ' ');
  if (stated == std::vector<std::string>{"nothing"}) stated.clear();
  if (started == stated) return {};
  return fmt::format("starts{}", real_text);
}

std::optional<std::string> Runner::forecast(const Words& words) {
  const Time now = time_of(words.plain[1]);
  const auto count = static_cast<size_t>(std::stoull(words.plain[2]));
  const std::string expected = text_of(oracle::forecast(world_, now, count));
  const std::string got = text_of(real_.forecast(now, count));
  if (got != expected) {
    return fmt::format("the oracle foresees{}, the scheduler{}", expected, got);
  }
  if (!words.has_expected || words.expected == got) return {};
  return fmt::format("foresees{}", got);
}

std::optional<std::string> Runner::why(const Words& words) {
  const Wait wait = real_.why_waiting(JobId{std::stoll(words.plain[2])}, time_of(words.plain[1]));
  const std::string got = scenario::text_of(wait.reason) + " " + wait.detail;
  if (!words.has_expected) return wait.detail.empty() ? std::optional{got} : std::nullopt;
  const std::vector<std::string> stated = split(words.expected, '"');
  const std::string reason = split(stated[0], ' ')[0];
  if (reason != scenario::text_of(wait.reason)) return got;
  for (size_t i = 1; i < stated.size(); i += 2) {
    if (wait.detail.find(stated[i]) == std::string::npos) return got;
  }
  return {};
}

std::optional<std::string> Runner::question(const std::string& verb, const Words& words) {
  if (verb == "pass") return pass(words);
  if (verb == "forecast") return forecast(words);
  if (verb == "why") return why(words);
  PENTAD_ASSERT(verb == "position", verb.c_str());
  const int64_t got = real_.position(JobId{std::stoll(words.plain[1])});
  if (got == std::stoll(words.expected)) return {};
  return fmt::format("position {}", got);
}

}  // namespace

std::optional<std::string> run(const std::vector<std::string>& lines, const Options& options) {
  Runner runner(options);
  for (const std::string& line : lines) {
    if (auto wrong = runner.line(line)) return line + "\n    " + *wrong;
  }
  if (auto wrong = runner.check()) return "at the end\n    " + *wrong;
  return {};
}

std::optional<std::string> run(std::string_view text) {
  Options options;
  options.check_always = true;
  return run(split(text, '\n'), options);
}

std::string shrink(std::vector<std::string> lines, const Options& options) {
  const auto fails = [&](const std::vector<std::string>& some) {
    return run(some, options).has_value();
  };
  for (size_t chunk = std::max<size_t>(lines.size() / 2, 1);; chunk /= 2) {
    for (size_t at = 0; at < lines.size();) {
      std::vector<std::string> fewer = lines;
      const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(chunk, lines.size() - at)));
      if (fails(fewer)) {
        lines = fewer;
      } else {
        at += chunk;
      }
    }
    if (chunk == 1) break;
  }
  return fmt::format("{}\n  fails at: {}", fmt::join(lines, "\n"),
                     run(lines, options).value_or("(nothing)"));
}

}  // namespace pentad::scenario
