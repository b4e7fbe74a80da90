// bqueues, bhosts, lshosts, lsid: what the centre is made of, as LSF shows it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "api/centre_types.h"
#include "cli/front/lsf/format.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/select.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr std::array kWords = {
    Word{"-w", "", "values in full", ""},
    Word{"-l", "", "everything about each", ""},
    Word{"-o", "FIELDS", "these fields, such as \"queue_name njobs\"", ""},
    Word{"-noheader", "", "without the line of titles", ""},
    Word{"-u", "USER", "queues that a user may use: here everybody may", ""},
    Word{"-m", "HOST", "queues of a host", "every host serves its pool: see bhosts -l"},
    Word{"-X", "", "hosts without abbreviation", ""},
    Word{"-a", "", "all hosts", ""},
    Word{"-T", "", "in the form of lshosts", "use lshosts"},
};
constexpr Manual kManual{"[name ...]", kWords};

// Slots by state, as LSF counts them.
struct Load {
  std::string name;
  int64_t pend = 0, run = 0, held = 0;
  int64_t total() const { return pend + run + held; }
};

std::vector<Load> queues_of(Cluster& cluster) {
  std::set<std::string> names;
  for (const auto& [name, rule] : cluster.site().queues) names.insert(name);
  if (names.empty()) {
    for (auto& pool : cluster.session().get<api::PoolList>("/pools").pools) names.insert(pool.name);
  }
  names.insert(cluster.default_queue());
  std::vector<Load> out;
  for (const std::string& name : names) out.push_back({name});
  for (const api::JobSummary* job : cluster.list("state=active")) {
    std::string queue = cluster.queue_of(*job);
    auto at = std::ranges::find(out, queue, &Load::name);
    if (at == out.end()) at = out.insert(out.end(), Load{queue});
    int64_t slots = int64_t{job->cores} * job->nodes;
    bool held = job->state == JobState::held;
    (held ? at->held : at->pend) += slots * job->pending;
    at->run += slots * job->running;
  }
  return out;
}

struct LoadField {
  std::string_view name, title;
  std::string (*text)(const Load&);
};
constexpr std::array kLoadFields = {
    LoadField{"queue_name", "QUEUE_NAME", [](const Load& q) { return q.name; }},
    LoadField{"prio", "PRIO", [](const Load&) { return std::string("1"); }},
    LoadField{"status", "STATUS", [](const Load&) { return std::string("Open:Active"); }},
    LoadField{"max", "MAX", [](const Load&) { return std::string("-"); }},
    LoadField{"njobs", "NJOBS", [](const Load& q) { return std::to_string(q.total()); }},
    LoadField{"pend", "PEND", [](const Load& q) { return std::to_string(q.pend); }},
    LoadField{"run", "RUN", [](const Load& q) { return std::to_string(q.run); }},
    LoadField{"susp", "SUSP", [](const Load& q) { return std::to_string(q.held); }},
};

void print_fields(const Words& words, const std::vector<Load>& queues) {
  Result<Format> format = read_format(words.value("-o"));
  if (!format) fail_with(fmt::format("bqueues: {}\n", format.error().message));
  auto print_line = [&](const auto& text) {
    std::string line;
    for (const Column& column : format->columns) {
      auto field = std::ranges::find(kLoadFields, column.field, &LoadField::name);
      if (field == kLoadFields.end()) {
        fail_with(fmt::format("bqueues: {}: Illegal field name\n", printable(column.field)));
      }
      if (&column != &format->columns.front()) line += format->delimiter.value_or(' ');
      std::string cell = text(*field);
      line += column.width > 0 ? fitted(cell, column.width, column.right, false) : cell;
    }
    fmt::print("{}\n", line);
  };
  if (!words.has("-noheader")) {
    print_line([](const LoadField& field) { return std::string(field.title); });
  }
  for (const Load& queue : queues) {
    print_line([&](const LoadField& field) { return field.text(queue); });
  }
}

std::string cut(const std::string& text, size_t width, bool wide) {
  return wide && text.size() > width ? text : fitted(text, width, false, false);
}

void print_queue(const Load& q, const Words& words, Cluster& cluster) {
  fmt::print("{} {:>4} {:<14} {:>4} {:>4} {:>4} {:>4} {:>5} {:>5} {:>5} {:>5}\n",
             cut(q.name, 15, words.has("-w")), 1, "Open:Active", "-", "-", "-", "-", q.total(),
             q.pend, q.run, q.held);
  if (!words.has("-l")) return;
  auto rule = cluster.site().queues.find(q.name);
  if (rule != cluster.site().queues.end() && rule->second.max_limit.value > 0) {
    fmt::print("\nMAXIMUM LIMITS:\n RUNLIMIT\n {:.1f} min\n",
               static_cast<double>(rule->second.max_limit.value) / 60'000);
  }
}

// Those named, in their order; fails for one that is not there.
template <class Row>
std::vector<Row> only(std::vector<Row> rows, const std::vector<std::string>& names,
                      const char* problem) {
  if (names.empty()) return rows;
  std::vector<Row> out;
  for (const std::string& name : names) {
    auto at = std::ranges::find(rows, name, &Row::name);
    if (at == rows.end()) fail_with(fmt::format("{}: {}\n", printable(name), problem));
    out.push_back(*at);
  }
  return out;
}

std::string status_of(const api::NodeInfo& node, bool full) {
  if (node.state == NodeState::down) return "unavail";
  if (node.state != NodeState::up) return full ? "closed_Adm" : "closed";
  if (node.cores_used >= node.cores) return full ? "closed_Full" : "closed";
  return "ok";
}

std::vector<api::NodeInfo> hosts_of(Cluster& cluster, const Words& words) {
  return only(cluster.session().get<api::NodeList>("/nodes").nodes, words.rest,
              "Bad host name, host group name or cluster name");
}

}  // namespace

int bqueues(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  std::vector<Load> queues = only(queues_of(cluster), words.rest, "No such queue");
  if (words.has("-o")) return print_fields(words, queues), 0;
  constexpr const char* kHeader =
      "QUEUE_NAME      PRIO STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN  SUSP \n";
  if (!words.has("-l") && !words.has("-noheader")) fmt::print("{}", kHeader);
  for (const Load& queue : queues) {
    if (words.has("-l")) {
      fmt::print("\nQUEUE: {}\n  -- {}\n\nPARAMETERS/STATISTICS\n", queue.name,
                 queue.name == cluster.default_queue() ? "This is the default queue."
                                                       : "No description provided.");
      fmt::print("{}", kHeader);
    }
    print_queue(queue, words, cluster);
  }
  return 0;
}

int bhosts(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  bool full = words.has("-w") || words.has("-l");
  std::vector<api::NodeInfo> hosts = hosts_of(cluster, words);
  constexpr const char* kHeader =
      "HOST_NAME          STATUS          JL/U    MAX  NJOBS    RUN  SSUSP  USUSP    RSV \n";
  if (!words.has("-l") && !words.has("-noheader")) fmt::print("{}", kHeader);
  for (const api::NodeInfo& node : hosts) {
    if (words.has("-l")) fmt::print("HOST  {}\n{}", node.name, kHeader);
    fmt::print("{} {:<14} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}\n",
               cut(node.name, 18, words.has("-w")), status_of(node, full), "-", node.cores,
               node.cores_used, node.cores_used, 0, 0, 0);
    if (words.has("-l")) {
      if (!node.reason.empty()) fmt::print(" ADMIN ACTION COMMENT: \"{}\"\n", node.reason);
      fmt::print("\n");
    }
  }
  return 0;
}

int lshosts(const Call& call) {
  Words words = read_words(call, kManual);
  Cluster cluster(call);
  std::vector<api::NodeInfo> hosts = hosts_of(cluster, words);
  fmt::print("HOST_NAME      type    model  cpuf ncpus maxmem maxswp server RESOURCES\n");
  for (const api::NodeInfo& node : hosts) {
    std::string features;
    for (const std::string& f : node.features) features += (features.empty() ? "" : " ") + f;
    std::string memory =
        node.memory_bytes >= (int64_t{1} << 30)
            ? fmt::format("{:.1f}G", static_cast<double>(node.memory_bytes) / (int64_t{1} << 30))
            : fmt::format("{}M", node.memory_bytes >> 20);
    fmt::print("{} {:<7} {} {:>4} {:>5} {:>6} {:>6} {:>6} ({})\n",
               cut(node.name, 14, words.has("-w")), "X86_64", cut(node.cpu_model, 8, false), "1.0",
               node.cores, memory, "-", "Yes", features);
  }
  return 0;
}

int lsid(const Call& call) {
  Words words = read_words(call, {"", {}});
  Cluster cluster(call);
  auto status = cluster.session().get<api::StatusView>("/status");
  auto nodes = cluster.session().get<api::NodeList>("/nodes").nodes;
  fmt::print(
      "Pentad {}, with the commands of IBM Spectrum LSF Standard 10.1.0.0\n\n"
      "My cluster name is pentad\nMy master name is {}\n",
      status.version, nodes.empty() ? "unknown" : nodes.front().name);
  return 0;
}

}  // namespace pentad::cli::front::lsf
