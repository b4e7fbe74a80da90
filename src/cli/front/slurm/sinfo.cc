// sinfo: partitions and nodes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/node_fields.h"
#include "cli/front/slurm/switches.h"
#include "cli/front/slurm/words.h"
#include "dialect/values.h"
#include "model/host_list.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kNothing = kLongOnly, kJson = kLongOnly + 1;

constexpr std::array kSwitches = {
    Switch{kNothing, "all", 'a', 0, "", "hidden partitions too: there are none"},
    Switch{'d', "dead", 'd', 0, "", "nodes that do not respond only"},
    Switch{kNothing, "exact", 'e', 0, "", "accepted: nodes of one line are always alike"},
    Switch{kNothing, "federation", 0, 0, "", "accepted: there is one centre"},
    Switch{'h', "noheader", 'h', 0, "", "no headers on output"},
    Switch{kNothing, "hide", 0, 0, "", "accepted: nothing is hidden"},
    Switch{'i', "iterate", 'i', '=', "seconds", "again after so many seconds"},
    Switch{kJson, "json", 0, 0, "", "refused: use pentad nodes --json"},
    Switch{kNothing, "local", 0, 0, "", "accepted: there is one centre"},
    Switch{'l', "long", 'l', 0, "", "long report"},
    Switch{kNothing, "clusters", 'M', '=', "names", "accepted: there is one centre"},
    Switch{'n', "nodes", 'n', '=', "NODES", "these nodes"},
    Switch{kNothing, "noconvert", 0, 0, "", "accepted"},
    Switch{'N', "Node", 'N', 0, "", "a line for each node"},
    Switch{'o', "format", 'o', '=', "format", "fields by letters"},
    Switch{'O', "Format", 'O', '=', "format", "fields by names"},
    Switch{'p', "partition", 'p', '=', "PARTITION", "these partitions"},
    Switch{'r', "responding", 'r', 0, "", "nodes that respond only"},
    Switch{'R', "list-reasons", 'R', 0, "", "why nodes are not in use"},
    Switch{'s', "summarize", 's', 0, "", "a line for each partition"},
    Switch{kNothing, "sort", 'S', '=', "fields", "accepted: partition and state"},
    Switch{'t', "states", 't', '=', "node_state", "nodes in these states"},
    Switch{kNothing, "reservation", 'T', 0, "", "accepted: see pentad reservations"},
    Switch{kNothing, "verbose", 'v', 0, "", "accepted"},
};

std::set<NodeUse> uses_named(const Call& call, const std::string& text) {
  std::set<NodeUse> out;
  for (const std::string& given : split_commas(text)) {
    std::string word = dialect::lower(given);
    using enum NodeUse;
    size_t before = out.size();
    bool known = true;
    if (word == "all")
      out.insert({idle, mixed, allocated, draining, drained, down});
    else if (word == "idle")
      out.insert(idle);
    else if (word == "mix" || word == "mixed")
      out.insert(mixed);
    else if (word == "alloc" || word == "allocated")
      out.insert(allocated);
    else if (word == "drain")
      out.insert({draining, drained});
    else if (word == "drng" || word == "draining")
      out.insert(draining);
    else if (word == "drained")
      out.insert(drained);
    else if (word == "down")
      out.insert(down);
    else
      known = out.size() > before;
    constexpr std::array<std::string_view, 16> kNeverHere = {
        "unknown",  "unk",   "future",     "no_respond", "reserved",      "resv",
        "perfctrs", "cloud", "completing", "comp",       "powering_down", "powered_down",
        "fail",     "maint", "reboot",     "planned"};
    known = known || std::ranges::find(kNeverHere, word) != kNeverHere.end();
    if (known) continue;
    complain(call, fmt::format("Bad state string: \"{}\"", given));
    throw failure(call,
                  "valid states: unknown,down,idle,allocated,?,mixed,future,drain,drained,draining,"
                  "no_respond,reserved,perfctrs,cloud,completing,powering_down,powered_down,"
                  "power_down,powering_up,fail,maint,reboot,reboot^,unknown");
  }
  return out;
}

constexpr const char* kUsual = "%9P %.5a %.10l %.6D %.6t %N";
constexpr const char* kLong = "%9P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N";
constexpr const char* kNodes = "%10N %.5D %.9P %6t";
constexpr const char* kNodesLong = "%10N %.5D %.9P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E";
constexpr const char* kSums = "%9P %.5a %.10l %.16F %N";
constexpr const char* kReasons = "%20E %9u %19H %N";
constexpr const char* kReasonsLong = "%20E %12U %19H %6t %N";

Layout layout_of(const Switches& words) {
  auto unknown = [&](std::string_view what) {
    fmt::print(stderr, "Invalid node format specification: {}\n", what);
  };
  std::string names = words.last('O'), letters = words.last('o');
  if (!words.has('O') && !words.has('o')) {
    names = variable("SINFO_FORMAT2");
    letters = variable("SINFO_FORMAT");
  }
  if (!names.empty()) return read_names(names, node_field_named, unknown);
  bool is_long = words.has('l');
  if (letters.empty()) {
    letters = words.has('R')   ? is_long ? kReasonsLong : kReasons
              : words.has('s') ? kSums
              : words.has('N') ? is_long ? kNodesLong : kNodes
              : is_long        ? kLong
                               : kUsual;
  }
  return read_letters(letters, all_node_letters(), node_field_of, unknown);
}

struct Wanted {
  std::set<std::string> partitions, nodes;
  std::set<NodeUse> uses;
  bool with_reason = false, dead = false, responding = false;

  bool takes(const api::NodeInfo& node) const {
    NodeUse use = use_of(node);
    if (!nodes.empty() && !nodes.contains(node.name)) return false;
    if (!uses.empty() && !uses.contains(use)) return false;
    if (with_reason && (node.reason.empty() || node.state == NodeState::up)) return false;
    if (dead && use != NodeUse::down) return false;
    return !responding || use != NodeUse::down;
  }
};

// Nodes of one partition that print alike stand on one line.
std::vector<NodeRow> rows_of(const Machine& machine, const Wanted& wanted, const Layout& layout,
                             bool each_node, bool is_sum) {
  std::vector<NodeRow> rows;
  for (const Partition& partition : machine.partitions) {
    if (!wanted.partitions.empty() && !wanted.partitions.contains(partition.name)) continue;
    size_t first = rows.size();
    for (const api::NodeInfo* node : partition.nodes) {
      if (!wanted.takes(*node)) continue;
      NodeRow alone{&partition, {node}};
      auto same = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                               [&](const NodeRow& row) {
                                 return !each_node && (is_sum || print_alike(row, alone, layout));
                               });
      if (same == rows.end()) {
        rows.push_back(alone);
      } else {
        same->nodes.push_back(node);
      }
    }
    if (rows.size() == first && !wanted.with_reason && !each_node) {
      rows.push_back({&partition, {}});
    }
    std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                     [](const NodeRow& a, const NodeRow& b) { return rank(a) > rank(b); });
  }
  if (each_node) {
    std::ranges::stable_sort(rows, {}, [](const NodeRow& r) { return r.nodes.front()->name; });
  }
  return rows;
}

int print(const Call& call, const Switches& words) {
  Wanted wanted;
  wanted.uses = uses_named(call, words.last('t'));
  bool no_state_fits = words.has('t') && wanted.uses.empty();
  std::vector<std::string> partitions =
      split_commas(words.has('p') ? words.last('p') : variable("SINFO_PARTITION"));
  wanted.partitions = {partitions.begin(), partitions.end()};
  auto nodes = expand_hosts(words.last('n'));
  if (!nodes) throw failure(call, nodes.error().message);
  wanted.nodes = {nodes->begin(), nodes->end()};
  wanted.with_reason = words.has('R');
  wanted.dead = words.has('d');
  wanted.responding = words.has('r');
  const Layout layout = layout_of(words);
  Session session(call.globals);
  Machine machine(session, call.globals);
  std::string out;
  if (!words.has('h')) {
    if (words.has('l')) out += date_line(now_ms()) + "\n";
    append_line(out, layout, [](size_t field) { return node_title(field); });
  }
  std::vector<NodeRow> rows;
  if (!no_state_fits) {
    rows = rows_of(machine, wanted, layout, words.has('N'), words.has('s'));
  }
  std::string before;
  for (const NodeRow& row : rows) {
    std::string line;
    append_line(line, layout, [&](size_t field) { return node_text(field, row); });
    // A partition that nothing tells apart from the one before.
    if (line != before || words.has('N')) out += line;
    before = std::move(line);
  }
  write_out(out, true);
  return kOk;
}

}  // namespace

int sinfo(const Call& call) {
  auto words = read_switches(call, kSwitches);
  if (!words) return kOk;
  if (words->has(kJson)) throw failure(call, "--json: use `pentad nodes --json`");
  return print_again_and_again(call, *words, print);
}

}  // namespace pentad::cli::front::slurm
