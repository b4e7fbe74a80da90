// qhost, qconf, qselect and qrsh: what Grid Engine says about hosts, queues and environments.
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>

#include "cli/front/local_time.h"
#include "cli/front/sge/rows.h"
#include "cli/front/xml.h"
#include "cli/table.h"

namespace pentad::cli::front::sge {

namespace {

constexpr std::array kHostWords = {
    Word{"-F", "RESOURCES", "what it has of these, or of all"},
    Word{"-h", "HOSTS", "only these"},
    Word{"-j", "", "with the jobs on it"},
    Word{"-l", "RESOURCES", "only hosts with these"},
    Word{"-ncb", "", "nothing about sockets and threads"},
    Word{"-q", "", "with the queues on it"},
    Word{"-u", "USERS", "only jobs of these users"},
    Word{"-xml", "", "as XML"},
};
constexpr Manual kHost{"", kHostWords};

constexpr std::string_view kHostHead =
    "HOSTNAME                ARCH         NCPU NSOC NCOR NTHR  LOAD  MEMTOT  MEMUSE  SWAPTO  "
    "SWAPUS\n";
constexpr std::string_view kHostJobHead =
    "   job-ID  prior   name       user         state submit/start at     queue      master "
    "ja-task-ID \n";

using Values = std::vector<std::pair<std::string, std::string>>;

// A cell of the table is the value of the same place in the XML.
Values host_values(const api::NodeInfo& n) {
  std::string cores = std::to_string(n.cores);
  return {{"arch_string", "lx-amd64"},
          {"num_proc", cores},
          {"m_socket", "1"},
          {"m_core", cores},
          {"m_thread", cores},
          {"load_avg", fmt::format("{:.2f}", static_cast<double>(n.cores_used))},
          {"mem_total", size_text(n.memory_bytes)},
          {"mem_used", size_text(n.memory_used_bytes)},
          {"swap_total", "0.0"},
          {"swap_used", "0.0"}};
}

Values global_values() {
  Values values = host_values({});
  for (auto& [name, value] : values) value = "-";
  return values;
}

void print_host(const std::string& name, const Values& v) {
  fmt::print("{:<23.23} {:<13.13}{:>4} {:>4} {:>4} {:>4} {:>5} {:>7} {:>7} {:>7} {:>7}\n", name,
             v[0].second, v[1].second, v[2].second, v[3].second, v[4].second, v[5].second,
             v[6].second, v[7].second, v[8].second, v[9].second);
}

// All free and total amounts by the names that -F of the original uses.
Values resources_of(const api::NodeInfo& n) {
  auto bytes = [](int64_t b) { return fmt::format("{:.3f}G", static_cast<double>(b) / (1 << 30)); };
  Values out = {{"arch", "lx-amd64"},
                {"num_proc", fmt::format("{:.6f}", static_cast<double>(n.cores))},
                {"mem_free", bytes(n.memory_bytes - n.memory_used_bytes)},
                {"mem_total", bytes(n.memory_bytes)},
                {"mem_used", bytes(n.memory_used_bytes)},
                {"virtual_free", bytes(n.memory_bytes - n.memory_used_bytes)},
                {"virtual_total", bytes(n.memory_bytes)}};
  if (!n.devices.empty()) out.emplace_back("gpu", std::to_string(n.devices.size()));
  return out;
}

void print_resources(const api::NodeInfo& node, const std::string& wanted) {
  std::string line;
  for (const auto& [name, value] : resources_of(node)) {
    if (wanted.empty()) {
      fmt::print("   hl:{}={}\n", name, value);
    } else if (("," + wanted + ",").find("," + name + ",") != std::string::npos) {
      line += fmt::format("      hl:{}={}\n", name, value);
    }
  }
  if (!line.empty()) fmt::print("    Host Resource(s):{}", line);
}

bool runs_on(const Row& row, const api::NodeInfo& node) {
  return row.is_running && row.attempt && !row.attempt->nodes.empty() &&
         row.attempt->nodes.front().node == node.name;
}

class Hosts {
 public:
  Hosts(Desk& desk, const Words& words) : desk_(desk), words_(words) {
    Choice choice;
    if (words.has("-u")) choice.users = words.value("-u");
    if (words.has("-j") || words.has("-q")) rows_ = list_rows(desk, choice, jobs_);
  }

  void print_text() {
    fmt::print("{}{}\n", kHostHead, std::string(kHostHead.size() - 1, '-'));
    print_host("global", global_values());
    for (const api::NodeInfo& node : desk_.nodes()) {
      if (!is_wanted(node)) continue;
      print_host(node.name, host_values(node));
      if (words_.has("-F")) print_resources(node, words_.value("-F"));
      if (words_.has("-q")) print_queues(node);
      if (words_.has("-j")) print_jobs(node);
    }
  }

  void print_xml() {
    fmt::print(
        "<?xml version='1.0'?>\n<qhost xmlns:xsd=\"http://arc.liv.ac.uk/repos/darcs/sge/"
        "source/dist/util/resources/schemas/qhost/qhost.xsd\">\n");
    xml_host("global", global_values());
    fmt::print(" </host>\n");
    for (const api::NodeInfo& node : desk_.nodes()) {
      if (!is_wanted(node)) continue;
      xml_host(node.name, host_values(node));
      if (words_.has("-q")) xml_queues(node);
      if (words_.has("-j")) xml_jobs(node);
      fmt::print(" </host>\n");
    }
    fmt::print("</qhost>\n");
  }

  bool knows(const std::string& host) {
    for (const api::NodeInfo& node : desk_.nodes()) {
      if (matches(host, node.name)) return true;
    }
    return false;
  }

 private:
  bool is_wanted(const api::NodeInfo& node) const { return matches(words_.value("-h"), node.name); }

  int64_t used(const std::string& queue, const api::NodeInfo& node) {
    int64_t slots = 0;
    for (const Row& row : rows_) {
      if (runs_on(row, node) && desk_.queue_of(*row.job) == queue) slots += slots_of(*row.job);
    }
    return slots;
  }

  void print_queues(const api::NodeInfo& node) {
    for (const std::string& queue : desk_.queues()) {
      fmt::print("   {:<20} BIP   {:<14}\n", queue,
                 fmt::format("0/{}/{}", used(queue, node), node.cores));
    }
  }

  void print_jobs(const api::NodeInfo& node) {
    bool first = true;
    for (const Row& row : rows_) {
      if (!runs_on(row, node)) continue;
      if (first) fmt::print("{}   {}\n", kHostJobHead, std::string(kHostJobHead.size() - 5, '-'));
      first = false;
      fmt::print("   {:>7} {:>7} {:<10.10} {:<12.12} {:<5.5} {} {:<10.10} MASTER {}\n", row.job->id,
                 row.priority(), row.job->name, row.job->user, row.state,
                 local_time(row.shown_at_ms(), "%m/%d/%Y %H:%M:%S"),
                 queue_instance(desk_, *row.job, &*row.attempt),
                 row.job->array ? tasks_text(row.tasks) : std::string(7, ' '));
    }
  }

  static void xml_host(const std::string& name, const Values& values) {
    fmt::print(" <host name='{}'>\n", xml_text(name));
    for (const auto& [key, value] : values) {
      fmt::print("   <hostvalue name='{}'>{}</hostvalue>\n", key, value);
    }
  }

  void xml_queues(const api::NodeInfo& node) {
    for (const std::string& queue : desk_.queues()) {
      std::string name = xml_text(queue);
      Values values = {{"qtype_string", "BIP"},
                       {"slots_used", std::to_string(used(queue, node))},
                       {"slots", std::to_string(node.cores)},
                       {"slots_resv", "0"},
                       {"state_string", ""}};
      fmt::print(" <queue name='{}'>\n", name);
      for (const auto& [key, value] : values) {
        fmt::print("   <queuevalue qname='{}' name='{}'>{}</queuevalue>\n", name, key, value);
      }
      fmt::print(" </queue>\n");
    }
  }

  void xml_jobs(const api::NodeInfo& node) {
    for (const Row& row : rows_) {
      if (!runs_on(row, node)) continue;
      Values values = {{"priority", fmt::format("'{}0'", row.priority())},
                       {"qinstance_name", queue_instance(desk_, *row.job, &*row.attempt)},
                       {"job_name", row.job->name},
                       {"job_owner", row.job->user},
                       {"job_state", row.state},
                       {"start_time", std::to_string(row.shown_at_ms() / 1000)},
                       {"pe_master", "MASTER"}};
      if (row.job->array) values.emplace_back("taskid", tasks_text(row.tasks));
      fmt::print(" <job name='{}'>\n", row.job->id);
      for (const auto& [key, value] : values) {
        fmt::print("   <jobvalue jobid='{}' name='{}'>{}</jobvalue>\n", row.job->id, key,
                   xml_text(value));
      }
      fmt::print(" </job>\n");
    }
  }

  Desk& desk_;
  const Words& words_;
  std::deque<api::JobSummary> jobs_;
  std::vector<Row> rows_;
};

// --- qconf ---

void line(const char* name, const std::string& value, int width) {
  fmt::print("{:<{}}{}\n", name, width, value);
}

void show_queue(Desk& desk, const std::string& queue) {
  auto rule = desk.site().queues.find(queue);
  bool has_rule = rule != desk.site().queues.end();
  int64_t limit_s = has_rule ? rule->second.max_limit.value / 1000 : 0;
  int32_t slots = 0;
  std::string hosts, names;
  std::string pool = has_rule && !rule->second.pool.empty() ? rule->second.pool : queue;
  for (const api::NodeInfo& node : desk.nodes()) {
    if (node.pool != pool && !has_rule) continue;
    slots = std::max(slots, node.cores);
    hosts += (hosts.empty() ? "" : " ") + node.name;
  }
  for (const std::string& name : environments(desk)) names += (names.empty() ? "" : " ") + name;
  using dialect::ShellStartMode;
  bool posix = desk.site().sge_shell_start_mode == ShellStartMode::posix_compliant;
  line("qname", queue, 22);
  line("hostlist", hosts.empty() ? "NONE" : hosts, 22);
  line("seq_no", "0", 22);
  line("qtype", "BATCH INTERACTIVE", 22);
  line("pe_list", names, 22);
  line("rerun", "FALSE", 22);
  line("slots", std::to_string(slots), 22);
  line("tmpdir", "/tmp", 22);
  line("shell", desk.site().sge_shell, 22);
  line("shell_start_mode", posix ? "posix_compliant" : "unix_behavior", 22);
  line("h_rt", limit_s > 0 ? clock_text(limit_s) : "INFINITY", 22);
  line("h_vmem", "INFINITY", 22);
}

std::string allocation_rule(Desk& desk, const std::string& name) {
  auto kind = desk.site().sge_pe_kinds.find(name);
  if (kind == desk.site().sge_pe_kinds.end()) {
    return name == "smp" || name == "openmp" ? "$pe_slots" : "$fill_up";
  }
  if (kind->second == "node") return "$pe_slots";
  return kind->second == "spread" ? "$fill_up" : kind->second;
}

void show_environment(Desk& desk, const std::string& name) {
  line("pe_name", name, 19);
  line("slots", "999", 19);
  line("user_lists", "NONE", 19);
  line("xuser_lists", "NONE", 19);
  line("start_proc_args", "NONE", 19);
  line("stop_proc_args", "NONE", 19);
  line("allocation_rule", allocation_rule(desk, name), 19);
  line("control_slaves", "TRUE", 19);
  line("job_is_first_task", "TRUE", 19);
  line("urgency_slots", "min", 19);
  line("accounting_summary", "FALSE", 19);
  line("qsort_args", "NONE", 19);
}

struct Complex {
  const char *name, *shortcut, *type;
};
constexpr std::array kComplexes = {
    Complex{"arch", "a", "STRING"},
    Complex{"exclusive", "excl", "BOOL"},
    Complex{"gpu", "gpu", "INT"},
    Complex{"h_rt", "h_rt", "TIME"},
    Complex{"h_vmem", "h_vmem", "MEMORY"},
    Complex{"hostname", "h", "HOST"},
    Complex{"mem_free", "mf", "MEMORY"},
    Complex{"num_proc", "p", "INT"},
    Complex{"qname", "q", "STRING"},
    Complex{"s_rt", "s_rt", "TIME"},
    Complex{"s_vmem", "s_vmem", "MEMORY"},
    Complex{"slots", "s", "INT"},
    Complex{"virtual_free", "vf", "MEMORY"},
};

void show_complexes() {
  fmt::print("{:<19} {:<10} {:<9} {:<5} {:<11} {:<10} {:<8} {}\n#{}\n", "#name", "shortcut", "type",
             "relop", "requestable", "consumable", "default", "urgency ", std::string(86, '-'));
  for (const Complex& c : kComplexes) {
    std::string_view type(c.type);
    const char* relation = type == "STRING" || type == "BOOL" || type == "HOST" ? "==" : "<=";
    const char* nothing = type == "STRING" || type == "HOST" ? "NONE"
                          : type == "TIME"                   ? "0:0:0"
                                                             : "0";
    fmt::print("{:<19} {:<10} {:<9} {:<5} {:<11} {:<10} {:<8} 0\n", c.name, c.shortcut, c.type,
               relation, "YES", "NO", nothing);
  }
}

void print_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) fmt::print("{}\n", name);
}

std::vector<std::string> node_names(Desk& desk) {
  std::vector<std::string> names;
  for (const api::NodeInfo& node : desk.nodes()) names.push_back(node.name);
  return names;
}

int show_one(Desk& desk, const std::string& what, const std::string& name) {
  if (what == "-sq") {
    if (!desk.has_queue(name)) {
      throw failure(1, fmt::format("No cluster queue or queue instance matches the phrase \"{}\"",
                                   printable(name)));
    }
    return show_queue(desk, name), 0;
  }
  std::vector<std::string> known = environments(desk);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw failure(1, fmt::format("{} is not a parallel environment", printable(name)));
  }
  return show_environment(desk, name), 0;
}

}  // namespace

int qhost(const Call& call) {
  Call with_value = call;  // -F may stand alone
  std::vector<std::string>& list = with_value.words;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] != "-F" || (i + 1 < list.size() && !list[i + 1].starts_with('-'))) continue;
    list.insert(list.begin() + static_cast<ptrdiff_t>(i) + 1, "");
  }
  Words words = read_words(with_value, kHost);
  if (words.is_answered) return 0;
  Desk desk(call);
  Hosts hosts(desk, words);
  std::string wanted = words.value("-h");
  if (!wanted.empty() && !hosts.knows(wanted)) {
    throw failure(1, fmt::format("{}error: can't resolve hostname \"{}\"",
                                 words_usage("qhost", kHost), printable(wanted)));
  }
  words.has("-xml") ? hosts.print_xml() : hosts.print_text();
  return 0;
}

int qconf(const Call& call) {
  std::string what = call.words.empty() ? "-help" : call.words[0];
  std::string name = call.words.size() > 1 ? call.words[1] : "";
  if (what == "-help" || what == "--help") {
    fmt::print(
        "{}\nusage: qconf -sql | -spl | -sq QUEUE | -sp PE | -sc | -sel | -sh | -ss | -sm\n"
        "The centre is changed with `pentad`, not here.\n",
        kSgeVersion);
    return 0;
  }
  Desk desk(call);
  if (what == "-sql") return print_names(desk.queues()), 0;
  if (what == "-spl") return print_names(environments(desk)), 0;
  if (what == "-sel" || what == "-sh" || what == "-ss") return print_names(node_names(desk)), 0;
  if (what == "-sm") return print_names({desk.user()}), 0;
  if (what == "-sc") return show_complexes(), 0;
  if ((what == "-sq" || what == "-sp") && !name.empty()) return show_one(desk, what, name);
  throw failure(
      1, fmt::format("error: invalid option argument \"{}\"\nUsage: qconf -help", printable(what)));
}

int qselect(const Call& call) {
  constexpr std::array kWordsOf = {Word{"-q", "QUEUE", "of this name"},
                                   Word{"-l", "RESOURCES", "with these"},
                                   Word{"-pe", "PE", "with this parallel environment"},
                                   Word{"-U", "USERS", "that these may use"}};
  Words words = read_words(call, {"", kWordsOf});
  if (words.is_answered) return 0;
  Desk desk(call);
  std::string pattern = words.value("-q");
  bool any = false;
  for (const std::string& queue : desk.queues()) {
    for (const api::NodeInfo& node : desk.nodes()) {
      std::string instance = fmt::format("{}@{}", queue, node.name);
      if (!matches(pattern, queue) && !matches(pattern, instance)) continue;
      fmt::print("{}\n", instance);
      any = true;
    }
  }
  return any ? 0 : 1;
}

}  // namespace pentad::cli::front::sge
