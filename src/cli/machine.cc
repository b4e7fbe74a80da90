// pentad nodes, drain, resume, down-node, pools, devices, reservations.
#include <fmt/format.h>

#include "api/centre_types.h"
#include "cli/commands.h"
#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

std::string device_text(const std::vector<api::DeviceView>& devices) {
  std::map<std::string, std::pair<int, int>> by_model;  // count, thousandths used
  for (const api::DeviceView& d : devices) {
    ++by_model[d.model].first;
    by_model[d.model].second += d.used_milli;
  }
  std::string text;
  for (const auto& [model, sum] : by_model) {
    text += fmt::format("{}{} of {} {}", text.empty() ? "" : ", ", sum.second / 1000.0, sum.first,
                        model);
  }
  return text;
}

Cell node_state(NodeState state) {
  std::string_view colour = state == NodeState::up ? "32" : state == NodeState::down ? "31" : "33";
  return Cell(boost::describe::enum_to_string(state, "?"), colour);
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string speed(int64_t mops) {
  if (mops == 0) return "-";
  double g = static_cast<double>(mops) / 1000;
  return g < 10'000 ? fmt::format("{:.0f} G", g) : fmt::format("{:.1f} T", g / 1000);
}

}  // namespace

int nodes(Session& session) {
  auto list = session.get<api::NodeList>("/nodes");
  if (print_json(session, list)) return kOk;
  Table table({{"NODE"},
               {"POOL"},
               {"STATE"},
               {"CORES", Align::right},
               {"MEMORY", Align::right},
               {"DEVICES", Align::left, 8},
               {"JOBS", Align::right},
               {"REASON", Align::left, 8}});
  for (const api::NodeInfo& n : list.nodes) {
    table.add(
        {n.name, n.pool, node_state(n.state), fmt::format("{}/{}", n.cores_used, n.cores),
         format_bytes(Bytes{n.memory_used_bytes}) + " of " + format_bytes(Bytes{n.memory_bytes}),
         device_text(n.devices), std::to_string(n.attempts), n.reason});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int change_node(Session& session, const NodeOptions& o) {
  api::NodeChange change;
  boost::describe::enum_from_string(o.state.c_str(), change.state);
  change.reason = o.reason;
  auto n = session.send<api::NodeInfo>(net::Method::patch, "/nodes/" + net::percent_encode(o.node),
                                       change);
  if (print_json(session, n)) return kOk;
  fmt::print("node {} is {}\n", n.name, boost::describe::enum_to_string(n.state, "?"));
  return kOk;
}

int pools(Session& session) {
  auto list = session.get<api::PoolList>("/pools");
  if (print_json(session, list)) return kOk;
  Table table({{"POOL"},
               {"NODES UP", Align::right},
               {"CORES", Align::right},
               {"MEMORY", Align::right},
               {"CPU", Align::left, 8},
               {"DEVICES", Align::left, 8}});
  for (const api::PoolInfo& p : list.pools) {
    std::string devices;
    for (const auto& [model, count] : p.devices) {
      devices += fmt::format("{}{} {}", devices.empty() ? "" : ", ", count, model);
    }
    table.add({p.name, fmt::format("{}/{}", p.nodes_up, p.nodes),
               fmt::format("{}/{}", p.cores_used, p.cores), format_bytes(Bytes{p.memory_bytes}),
               p.cpu_model, devices});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int devices(Session& session) {
  auto list = session.get<api::DeviceModelList>("/devices");
  if (print_json(session, list)) return kOk;
  Table table({{"MODEL", Align::left, 8},
               {"KIND"},
               {"FP64", Align::right},
               {"FP32", Align::right},
               {"BF16", Align::right},
               {"INT8", Align::right},
               {"WATTS", Align::right},
               {"FIGURES"}});
  for (const api::DeviceModelInfo& m : list.models) {
    bool measured = to_json(m.measured_mops, WriteMode::compact) != "{}";
    const api::ThroughputView& t = measured ? m.measured_mops : m.peak_mops;
    table.add({m.name, boost::describe::enum_to_string(m.kind, "?"), speed(t.fp64), speed(t.fp32),
               speed(t.bf16), speed(t.int8),
               m.full_power_mw > 0 ? std::to_string(m.full_power_mw / 1000) : "-",
               measured ? "measured" : "catalogue"});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  if (!session.json()) fmt::print("operations per second; of a CPU model: one core\n");
  return kOk;
}

int reservations(Session& session) {
  auto list = session.get<api::ReservationList>("/reservations");
  if (print_json(session, list)) return kOk;
  if (list.reservations.empty()) {
    fmt::print("no reservation\n");
    return kOk;
  }
  Table table({{"ID", Align::right},
               {"NAME", Align::left, 6},
               {"FROM"},
               {"TO"},
               {"NODES", Align::left, 8},
               {"FOR", Align::left, 8}});
  for (const api::ReservationView& r : list.reservations) {
    std::string who = joined(r.users);
    if (!r.projects.empty()) who += (who.empty() ? "project " : "; project ") + joined(r.projects);
    table.add({std::to_string(r.id), r.name, format_time(Time{r.begin_at_ms}, wall_clock()),
               format_time(Time{r.end_at_ms}, wall_clock()), joined(r.nodes), who});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int reserve(Session& session, const ReservationOptions& o) {
  api::ReservationRequest request;
  request.name = o.name;
  request.nodes = o.nodes;
  request.users = o.users;
  request.projects = o.projects;
  Time now = wall_clock();
  Result<Time> begin = o.begin.empty() ? Result<Time>(now) : parse_time(o.begin, now);
  if (!begin) throw CommandError(kUsage, "--begin: " + begin.error().message);
  Result<Time> end = o.end.starts_with('+') ? parse_time(o.end, *begin) : parse_time(o.end, now);
  if (!end) throw CommandError(kUsage, "--end: " + end.error().message);
  request.begin_at_ms = begin->value;
  request.end_at_ms = end->value;
  auto r = session.send<api::ReservationView>(net::Method::post, "/reservations", request);
  if (print_json(session, r)) return kOk;
  fmt::print("reservation {}: use it with --reservation {}\n", r.id, r.id);
  return kOk;
}

int unreserve(Session& session, int64_t id) {
  session.call(net::Method::delete_, fmt::format("/reservations/{}", id), {});
  if (!session.json()) fmt::print("reservation {} removed\n", id);
  return kOk;
}

}  // namespace pentad::cli
