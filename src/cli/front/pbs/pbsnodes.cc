// pbsnodes: the nodes of the centre.
#include <fmt/format.h>

#include <array>

#include "base/json_writer.h"
#include "cli/front/pbs/attributes.h"
#include "cli/front/pbs/queues.h"
#include "cli/table.h"

namespace pentad::cli::front::pbs {

namespace {

constexpr std::array kWords = {
    Word{"-a", "", "all nodes with all attributes"},
    Word{"-v", "", "as -a: virtual nodes are nodes here"},
    Word{"-l", "", "nodes that take no jobs"},
    Word{"-n", "", "with the remark on each"},
    Word{"-S", "", "one line a node"},
    Word{"-s", "SERVER", "of this server"},
    Word{"-j", "", "one line a node, by jobs"},
    Word{"-L", "", "wide lines"},
    Word{"-H", "", "of the hosts named"},
    Word{"-q", "", "say nothing about what is wrong"},
    Word{"-x", "", "as XML (Torque)"},
    Word{"-F", "FORMAT", "json"},
    Word{"-o", "NODES", "drain"},
    Word{"-r", "NODES", "resume"},
    Word{"-C", "REMARK", "with -o and -r"},
};
constexpr Manual kManual{"[node...]", kWords};

std::string state_of(const Server& server, const api::NodeInfo& n) {
  if (n.state == NodeState::down) return "down";
  if (n.state != NodeState::up) return "offline";
  bool full = n.cores_used >= n.cores;
  return !full ? "free" : server.is_torque() ? "job-exclusive" : "job-busy";
}

// The jobs on each node, as PBS lists them.
std::map<std::string, std::string> jobs_by_node(Server& server) {
  std::map<std::string, std::string> out;
  for (const api::JobSummary& job : list_jobs(server.session(), "state=active&sort=id")) {
    if (job.running == 0) continue;
    for (const Row& row : rows_of(server, job, {true, true})) {
      if (!row.attempt || row.is_done()) continue;
      for (const api::NodePart& part : row.attempt->nodes) {
        for (int32_t core = 0; core < row.attempt->cores; ++core) {
          std::string one = server.is_torque() ? fmt::format("{}/{}", core, id_of(server, row))
                                               : fmt::format("{}/{}", id_of(server, row), core);
          std::string& list = out[part.node];
          list += (list.empty() ? "" : ", ") + one;
        }
      }
    }
  }
  return out;
}

Attributes attributes_of(Server& server, const api::NodeInfo& n, const std::string& jobs) {
  auto kb = [](int64_t bytes) { return size_text(bytes); };
  std::string features;
  for (const std::string& one : n.features) features += (features.empty() ? "" : ",") + one;
  std::string gpus = std::to_string(n.devices.size());
  if (server.is_torque()) {
    Attributes out = {{"state", "", state_of(server, n), false},
                      {"power_state", "", "Running", false},
                      {"np", "", std::to_string(n.cores), true}};
    if (!features.empty()) out.push_back({"properties", "", features, false});
    out.push_back({"ntype", "", "cluster", false});
    if (!jobs.empty()) out.push_back({"jobs", "", jobs, false});
    out.push_back({"status", "",
                   fmt::format("state={},ncpus={},totmem={},availmem={},physmem={}",
                               state_of(server, n), n.cores, kb(n.memory_bytes),
                               kb(n.memory_bytes - n.memory_used_bytes), kb(n.memory_bytes)),
                   false});
    if (!n.reason.empty()) out.push_back({"note", "", printable(n.reason), false});
    out.push_back({"gpus", "", gpus, true});
    return out;
  }
  Attributes out = {{"Mom", "", n.name, false},
                    {"ntype", "", "PBS", false},
                    {"state", "", state_of(server, n), false},
                    {"pcpus", "", std::to_string(n.cores), true}};
  if (!jobs.empty()) out.push_back({"jobs", "", jobs, false});
  out.push_back({"resources_available", "arch", "linux", false});
  if (!features.empty()) out.push_back({"resources_available", "features", features, false});
  out.push_back({"resources_available", "host", n.name, false});
  out.push_back({"resources_available", "mem", kb(n.memory_bytes), false});
  out.push_back({"resources_available", "ncpus", std::to_string(n.cores), true});
  out.push_back({"resources_available", "ngpus", gpus, true});
  out.push_back({"resources_available", "vnode", n.name, false});
  int64_t used = 0;
  for (const api::DeviceView& device : n.devices) used += device.used_milli > 0 ? 1 : 0;
  out.push_back({"resources_assigned", "mem", kb(n.memory_used_bytes), false});
  out.push_back({"resources_assigned", "ncpus", std::to_string(n.cores_used), true});
  out.push_back({"resources_assigned", "ngpus", std::to_string(used), true});
  out.push_back({"resv_enable", "", "True", false});
  out.push_back({"sharing", "", "default_shared", false});
  if (!n.reason.empty()) out.push_back({"comment", "", printable(n.reason), false});
  return out;
}

void print_lines(Server& server, const std::vector<const api::NodeInfo*>& nodes) {
  fmt::print(
      "                                                        mem       ncpus   nmics"
      "   ngpus\n");
  fmt::print(
      "vnode           state           njobs   run   susp      f/t        f/t     f/t"
      "     f/t   jobs\n");
  fmt::print(
      "--------------- --------------- ------ ----- ------ ------------ ------- -------"
      " ------- -------\n");
  for (const api::NodeInfo* n : nodes) {
    auto gb = [](int64_t bytes) { return fmt::format("{}gb", bytes >> 30); };
    int64_t used = 0;
    for (const api::DeviceView& device : n->devices) used += device.used_milli > 0 ? 1 : 0;
    int64_t gpus = static_cast<int64_t>(n->devices.size());
    fmt::print(
        "{:<15} {:<15} {:>6} {:>5} {:>6} {:>12} {:>7} {:>7} {:>7} --\n", n->name,
        state_of(server, *n), n->attempts, n->attempts, 0,
        fmt::format("{}/{}", gb(n->memory_bytes - n->memory_used_bytes), gb(n->memory_bytes)),
        fmt::format("{}/{}", n->cores - n->cores_used, n->cores), "0/0",
        fmt::format("{}/{}", gpus - used, gpus));
  }
}

int change_nodes(const Call& call, Server& server, const Words& words) {
  bool drains = words.has("-o");
  std::vector<std::string> names = words.rest;
  names.insert(names.begin(), words.value(drains ? "-o" : "-r"));
  int code = 0;
  for (const std::string& name : names) {
    api::NodeChange change{drains ? NodeState::draining : NodeState::up, words.value("-C")};
    std::string why = why_not([&] {
      server.session().send<api::NodeInfo>(
          net::Method::patch, fmt::format("/nodes/{}", net::percent_encode(name)), change);
    });
    if (why.empty()) continue;
    fmt::print(stderr, "{}: {}: {}\n", call.name, printable(name), why);
    code = 1;
  }
  return code;
}

}  // namespace

int pbsnodes(const Call& call) {
  Words words = read_letters(call, kManual);
  if (words.is_answered) return 0;
  if (words.given.empty() && words.rest.empty()) {
    throw failure(2, letters_usage("pbsnodes", kManual));
  }
  if (words.has("-F") && words.value("-F") != "json")
    throw failure(2, "pbsnodes: illegal -F value");
  Server server(call);
  if (words.has("-o") || words.has("-r")) return change_nodes(call, server, words);
  std::vector<const api::NodeInfo*> nodes;
  int code = 0;
  for (const std::string& name : words.rest) {
    bool known = false;
    for (const api::NodeInfo& n : server.nodes()) {
      if (n.name != name) continue;
      known = true;
      nodes.push_back(&n);
    }
    if (known) continue;
    if (server.is_torque()) {
      fmt::print(stderr, "pbsnodes: Unknown node  MSG=cannot locate specified node: {}\n",
                 printable(name));
    } else {
      fmt::print(stderr, "Node: {},  Error: Unknown node \n", printable(name));
    }
    code = server.is_torque() ? kUnknownNode : 1;
  }
  if (words.rest.empty()) {
    for (const api::NodeInfo& n : server.nodes()) nodes.push_back(&n);
  }
  if (words.has("-l")) {
    for (const api::NodeInfo* n : nodes) {
      if (n->state == NodeState::up) continue;
      fmt::print("{:<20} {}{}\n", n->name, state_of(server, *n),
                 n->reason.empty() ? "" : " " + printable(n->reason));
    }
    return code;
  }
  if (words.has("-S") || words.has("-j")) return print_lines(server, nodes), code;
  auto jobs = jobs_by_node(server);
  std::string text;
  if (words.has("-F")) text = json_head(server) + ",\n    \"nodes\":{";
  if (words.has("-x")) text = "<Data>";
  for (size_t i = 0; i < nodes.size(); ++i) {
    Attributes attributes = attributes_of(server, *nodes[i], jobs[nodes[i]->name]);
    if (words.has("-F")) {
      text += i > 0 ? ",\n        " : "\n        ";
      append_json_string(text, nodes[i]->name);
      text += ":{";
      append_members(text, attributes, 12);
      text += "\n        }";
    } else if (words.has("-x")) {
      text += fmt::format("<Node><name>{}</name>", nodes[i]->name);
      append_xml(text, attributes);
      text += "</Node>";
    } else {
      text += nodes[i]->name + "\n";
      for (Attribute& a : attributes) {
        if (!a.resource.empty()) a.name += "." + std::exchange(a.resource, "");
        text += fmt::format("     {} = {}\n", a.name, a.value);
      }
      text += '\n';
    }
  }
  if (words.has("-F")) text += "\n    }\n}\n";
  if (words.has("-x")) text += "</Data>\n";
  fmt::print("{}", text);
  return code;
}

}  // namespace pentad::cli::front::pbs
