#include "cli/front/slurm/node_fields.h"

#include <fmt/format.h>

#include <array>

#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

bool is_used(NodeUse use) { return use == NodeUse::mixed || use == NodeUse::allocated; }

struct Sums {
  int64_t used = 0, idle = 0, other = 0;
  int64_t total() const { return used + idle + other; }
};

Sums node_sums(const NodeRow& row) {
  Sums out;
  for (const api::NodeInfo* node : row.nodes) {
    NodeUse use = use_of(*node);
    ++(is_used(use) || use == NodeUse::draining ? out.used
       : use == NodeUse::idle                   ? out.idle
                                                : out.other);
  }
  return out;
}

std::string core_sums(const NodeRow& row) {
  Sums out;
  for (const api::NodeInfo* node : row.nodes) {
    NodeUse use = use_of(*node);
    out.used += node->cores_used;
    bool takes = use == NodeUse::idle || is_used(use);
    (takes ? out.idle : out.other) += node->cores - node->cores_used;
  }
  return fmt::format("{}/{}/{}/{}", out.used, out.idle, out.other, out.total());
}

std::string host_names(const NodeRow& row) {
  std::vector<std::string> names;
  for (const api::NodeInfo* node : row.nodes) names.push_back(node->name);
  return compress_hosts(names);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out.empty() ? "(null)" : out;
}

std::string limit(int64_t limit_s) { return limit_s > 0 ? short_time(limit_s) : "infinite"; }

constexpr int64_t kMebi = 1 << 20;

using Text = std::string (*)(const NodeRow&);
struct Field {
  char letter;
  std::string_view name, title;
  bool adds_up;  // does not tell lines apart
  Text text;
};

#define PENTAD_ROW [](const NodeRow& row) -> std::string
#define PENTAD_NODE(value)                          \
  [](const NodeRow& row) -> std::string {           \
    if (row.nodes.empty()) return "0";              \
    const api::NodeInfo& node = *row.nodes.front(); \
    return value;                                   \
  }
#define PENTAD_FIXED(words) [](const NodeRow&) -> std::string { return words; }

constexpr std::array kFields = {
    Field{'a', "available", "AVAIL", false, PENTAD_FIXED("up")},
    Field{'A', "nodeai", "NODES(A/I)", true, PENTAD_ROW{Sums sums = node_sums(row);
return fmt::format("{}/{}", sums.used, sums.idle);
}  // namespace
}  // namespace pentad::cli::front::slurm
, Field{'b', "features_act", "ACTIVE_FEATURES", false, PENTAD_NODE(joined(node.features))},
    Field{'B', "maxcpuspernode", "MAX_CPUS_PER_NODE", false, PENTAD_FIXED("UNLIMITED")},
    Field{'c', "cpus", "CPUS", false, PENTAD_NODE(fmt::to_string(node.cores))},
    Field{'C', "cpusstate", "CPUS(A/I/O/T)", true, core_sums},
    Field{'d', "disk", "TMP_DISK", false, PENTAD_FIXED("0")},
    Field{'D', "nodes", "NODES", true, PENTAD_ROW{return fmt::to_string(row.nodes.size());
}
}
,
    Field{'e', "freemem", "FREE_MEM", false,
          PENTAD_NODE(fmt::to_string((node.memory_bytes - node.memory_used_bytes) / kMebi))},
    Field{'E', "reason", "REASON", false,
          PENTAD_NODE(node.reason.empty() || node.state == NodeState::up ? "none" : node.reason)},
    Field{'f', "features", "AVAIL_FEATURES", false, PENTAD_NODE(joined(node.features))},
    Field{'F', "nodeaiot", "NODES(A/I/O/T)", true, PENTAD_ROW{Sums s = node_sums(row);
return fmt::format("{}/{}/{}/{}", s.used, s.idle, s.other, s.total());
}
}
, Field{'g', "groups", "GROUPS", false, PENTAD_FIXED("all")},
    Field{'G', "gres", "GRES", false, PENTAD_NODE(gres_of(node))},
    Field{'h', "oversubscribe", "OVERSUBSCRIBE", false, PENTAD_FIXED("NO")},
    Field{'H', "timestamp", "TIMESTAMP", false, PENTAD_FIXED("Unknown")},
    Field{'I', "priorityjobfactor", "PRIO_JOB_FACTOR", false, PENTAD_FIXED("1")},
    Field{'l', "time", "TIMELIMIT", false, PENTAD_ROW{return limit(row.partition->max_limit_s);
}
}
, Field{'L', "defaulttime", "DEFAULTTIME", false,
        PENTAD_ROW{return row.partition->default_limit_s > 0
                              ? short_time(row.partition->default_limit_s)
                              : "n/a";
}
}
, Field{'m', "memory", "MEMORY", false, PENTAD_NODE(fmt::to_string(node.memory_bytes / kMebi))},
    Field{'M', "preemptmode", "PREEMPT_MODE", false, PENTAD_FIXED("OFF")},
    Field{'n', "nodehost", "HOSTNAMES", false, PENTAD_NODE(node.name)},
    Field{'N', "nodelist", "NODELIST", true, host_names},
    Field{'o', "nodeaddr", "NODE_ADDR", false, PENTAD_NODE(node.name)},
    Field{'O', "cpusload", "CPU_LOAD", false, PENTAD_FIXED("N/A")},
    Field{'p', "prioritytier", "PRIO_TIER", false, PENTAD_FIXED("1")},
    Field{'P', "partition", "PARTITION", false,
          PENTAD_ROW{return row.partition->name + (row.partition->is_default ? "*" : "");
}
}
, Field{'r', "root", "ROOT", false, PENTAD_FIXED("no")},
    Field{'R', "partitionname", "PARTITION", false, PENTAD_ROW{return row.partition->name;
}
}
, Field{'s', "size", "JOB_SIZE", false, PENTAD_FIXED("1-infinite")},
    Field{'S', "allocnodes", "ALLOCNODES", false, PENTAD_FIXED("all")},
    Field{'t', "statecompact", "STATE", false, PENTAD_ROW{if (row.nodes.empty()) return "n/a";
return std::string(short_use(use_of(*row.nodes.front())));
}
}
, Field{'T', "statelong", "STATE", false, PENTAD_ROW{if (row.nodes.empty()) return "n/a";
return std::string(long_use(use_of(*row.nodes.front())));
}
}
, Field{'u', "user", "USER", false, PENTAD_FIXED("Unknown")},
    Field{'U', "userlong", "USER", false, PENTAD_FIXED("Unknown")},
    Field{'v', "version", "VERSION", false,
          PENTAD_FIXED(std::string(kVersion.substr(kVersion.find(' ') + 1)))},
    Field{'w', "weight", "WEIGHT", false, PENTAD_FIXED("1")},
    Field{'X', "sockets", "SOCKETS", false, PENTAD_FIXED("1")},
    Field{'Y', "cores", "CORES", false, PENTAD_NODE(fmt::to_string(node.cores))},
    Field{'Z', "threads", "THREADS", false, PENTAD_FIXED("1")},
    Field{'z', "socketcorethread", "S:C:T", false, PENTAD_NODE(fmt::format("1:{}:1", node.cores))},
    Field{0, "allocmem", "ALLOCMEM", false,
          PENTAD_NODE(fmt::to_string(node.memory_used_bytes / kMebi))},
    Field{0, "cluster", "CLUSTER", false, PENTAD_FIXED("pentad")},
}
;

#undef PENTAD_ROW
#undef PENTAD_NODE
#undef PENTAD_FIXED

}  // namespace

std::string_view all_node_letters() {
  return "%a|%A|%b|%B|%c|%C|%d|%D|%e|%E|%f|%F|%g|%G|%h|%H|%I|%l|%L|%m|%M|%n|%N|%o|%O|%p|%P|%r|%R|%"
         "s|%S|"
         "%t|%T|%u|%U|%v|%w|%X|%Y|%Z|%z";
}

size_t node_field_of(char letter) {
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].letter == letter && letter != 0) return i;
  }
  return kNoField;
}

size_t node_field_named(std::string_view given) {
  std::string name = dialect::lower(given);
  if (name == "nodehosts" || name == "nodehostname") name = "nodehost";
  if (name == "state") name = "statelong";
  if (name == "share") name = "oversubscribe";
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (kFields[i].name == name) return i;
  }
  return kNoField;
}

std::string_view node_title(size_t field) { return kFields[field].title; }
std::string node_text(size_t field, const NodeRow& row) { return kFields[field].text(row); }

bool print_alike(const NodeRow& a, const NodeRow& b, const Layout& layout) {
  for (const Piece& piece : layout.pieces) {
    const Field& field = kFields[piece.field];
    if (!field.adds_up && field.text(a) != field.text(b)) return false;
  }
  return true;
}

int rank(const NodeRow& row) {
  constexpr std::array kOrder = {NodeUse::idle,     NodeUse::allocated, NodeUse::mixed,
                                 NodeUse::draining, NodeUse::drained,   NodeUse::down};
  if (row.nodes.empty()) return -1;
  NodeUse use = use_of(*row.nodes.front());
  for (size_t i = 0; i < kOrder.size(); ++i) {
    if (kOrder[i] == use) return static_cast<int>(i);
  }
  return 0;
}

}  // namespace pentad::cli::front::slurm
