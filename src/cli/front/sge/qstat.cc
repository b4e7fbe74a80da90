// Grid Engine's qstat.
#include <fmt/format.h>

#include <array>

#include "cli/front/local_time.h"
#include "cli/front/sge/job_details.h"
#include "cli/front/sge/rows.h"
#include "cli/front/xml.h"

namespace pentad::cli::front::sge {

namespace {

constexpr std::array kWords = {
    Word{"-ext", "", "more columns"},
    Word{"-f", "", "by queues, then what waits"},
    Word{"-F", "RESOURCES", "by queues, with their free slots"},
    Word{"-explain", "a|c|A|E", "by queues, with reasons of their states"},
    Word{"-g", "c|d|t", "c: totals of queues, d: a line for each task, t: for each slave"},
    Word{"-j", "JOB_LIST", "all that is known about jobs"},
    Word{"-ne", "", "no queue without jobs"},
    Word{"-ncb", "", "nothing about bindings"},
    Word{"-pri", "", "how the priority came about"},
    Word{"-q", "QUEUE", "of this queue"},
    Word{"-r", "", "what jobs asked for"},
    Word{"-s", "p|r|s|z|hu|ho|hj|ha|h|a", "pending, running, suspended, finished, held"},
    Word{"-t", "", "a line for each slave"},
    Word{"-u", "USER,...", "of these users, \"*\" for all"},
    Word{"-urg", "", "how the urgency came about"},
    Word{"-xml", "", "as XML"},
};
constexpr Manual kManual{"", kWords};

constexpr std::string_view kJobHead =
    "job-ID  prior   name       user         state submit/start at     queue                    "
    "      slots ja-task-ID \n";
constexpr std::string_view kQueueHead =
    "queuename                      qtype resv/used/tot. load_avg arch          states\n";
constexpr std::string_view kTotalsHead =
    "CLUSTER QUEUE                   CQLOAD   USED    RES  AVAIL  TOTAL aoACDS  cdsuE  \n";
constexpr std::string_view kSchema =
    "http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat/qstat.xsd";

struct View {
  Desk& desk;
  const Words& words;
  bool has(std::string_view word) const { return words.has(word); }
};

std::string job_cells(const Row& row) {
  return fmt::format("{:>7} {:>7} {:<10.10} {:<12.12} {:<5.5} {}", row.job->id, row.priority(),
                     row.job->name, row.job->user, row.state,
                     local_time(row.shown_at_ms(), "%m/%d/%Y %H:%M:%S"));
}

std::string task_cell(const Row& row) {
  return row.job->array ? tasks_text(row.tasks) : std::string(7, ' ');
}

void print_requests(const View& view, const Row& row) {
  const api::JobDetail& detail = view.desk.detail(row.job->id);
  fmt::print("       Full jobname:     {}\n", row.job->name);
  if (row.attempt) {
    fmt::print("       Master Queue:     {}\n", queue_instance(view.desk, *row.job, &*row.attempt));
  }
  Asked asked = asked_of(detail);
  if (!asked.environment.empty()) {
    fmt::print("       Requested PE:     {} {}\n", asked.environment, asked.slots);
  }
  std::string lines;
  for (const auto& [name, value] : asked.resources) {
    lines +=
        fmt::format("{}{}={} (0.000000)\n", lines.empty() ? "" : std::string(25, ' '), name, value);
  }
  fmt::print("       Hard Resources:   {}", lines.empty() ? "\n" : lines);
  fmt::print("       Soft Resources:   \n");
  if (!asked.predecessors.empty()) {
    fmt::print("       Predecessor Jobs (request): {0}\n       Predecessor Jobs: {0}\n",
               asked.predecessors);
  }
  fmt::print("       Binding:          NONE\n");
}

void print_table(const View& view, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  fmt::print("{}{}\n", kJobHead, std::string(kJobHead.size() - 2, '-'));
  for (const Row& row : rows) {
    fmt::print("{} {:<30.30} {:>5} {}\n", job_cells(row),
               queue_instance(view.desk, *row.job, row.attempt ? &*row.attempt : nullptr),
               slots_of(*row.job), task_cell(row));
    if (view.has("-r")) print_requests(view, row);
  }
}

struct Instance {
  std::string queue;
  const api::NodeInfo* node;
  std::string name() const { return fmt::format("{}@{}", queue, node->name); }
};

// A queue stands on the nodes of its pool, one without a pool of its own on all.
std::vector<Instance> instances(Desk& desk, const std::string& pattern) {
  std::vector<Instance> out;
  for (const std::string& queue : desk.queues()) {
    auto rule = desk.site().queues.find(queue);
    std::string pool = rule == desk.site().queues.end() ? queue : rule->second.pool;
    bool has_pool = false;
    for (const api::NodeInfo& node : desk.nodes()) has_pool = has_pool || node.pool == pool;
    for (const api::NodeInfo& node : desk.nodes()) {
      if (has_pool && node.pool != pool) continue;
      Instance one{queue, &node};
      if (matches(pattern, queue) || matches(pattern, one.name())) out.push_back(one);
    }
  }
  return out;
}

std::string node_letters(const api::NodeInfo& node) {
  if (node.state == NodeState::up) return "";
  return node.state == NodeState::down ? "au" : "d";
}

void print_pending(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    if (row.is_running) continue;
    text += fmt::format("{} {:>5} {}\n", job_cells(row), slots_of(*row.job), task_cell(row));
  }
  if (text.empty()) return;
  std::string bar(76, '#');
  fmt::print("\n{}\n", bar);
  fmt::print(" - PENDING JOBS - PENDING JOBS - PENDING JOBS - PENDING JOBS - PENDING JOBS\n");
  fmt::print("{}\n{}", bar, text);
}

bool is_on(Desk& desk, const Row& row, const Instance& place) {
  return row.is_running && row.attempt &&
         queue_instance(desk, *row.job, &*row.attempt) == place.name();
}

void print_queues(const View& view, const std::vector<Row>& rows) {
  bool first = true;
  for (const Instance& place : instances(view.desk, view.words.value("-q"))) {
    std::string text;
    int64_t used = 0;
    for (const Row& row : rows) {
      if (!is_on(view.desk, row, place)) continue;
      used += slots_of(*row.job);
      text += fmt::format("{} {:>5} {}\n", job_cells(row), slots_of(*row.job), task_cell(row));
    }
    if (text.empty() && view.has("-ne")) continue;
    if (first) fmt::print("{}", kQueueHead);
    first = false;
    fmt::print("{}\n", std::string(kQueueHead.size() - 1, '-'));
    fmt::print("{:<30.30} BIP   {:<14} {:<8} {:<13} {}\n", place.name(),
               fmt::format("0/{}/{}", used, place.node->cores), "-NA-", "lx-amd64",
               node_letters(*place.node));
    if (view.has("-F")) fmt::print("\tqc:slots={}\n", place.node->cores - used);
    fmt::print("{}", text);
  }
  print_pending(rows);
}

void print_totals(Desk& desk, const std::string& pattern, const std::vector<Row>& rows) {
  fmt::print("{}{}\n", kTotalsHead, std::string(80, '-'));
  for (const std::string& queue : desk.queues()) {
    int64_t used = 0, total = 0, down = 0;
    for (const Instance& place : instances(desk, pattern.empty() ? queue : pattern)) {
      if (place.queue != queue) continue;
      total += place.node->cores;
      if (place.node->state != NodeState::up) down += place.node->cores;
    }
    for (const Row& row : rows) {
      if (row.is_running && desk.queue_of(*row.job) == queue) used += slots_of(*row.job);
    }
    if (total == 0) continue;
    fmt::print("{:<30} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} \n", queue, "-NA-", used, 0,
               std::max<int64_t>(0, total - used - down), total, 0, down);
  }
}

void xml_job(const View& view, const Row& row, const char* indent, bool with_queue) {
  const char* kind = row.is_running ? "running" : row.state == "z" ? "zombie" : "pending";
  auto line = [&](std::string_view tag, const std::string& text) {
    fmt::print("{}  <{}>{}</{}>\n", indent, tag, xml_text(text), tag);
  };
  fmt::print("{}<job_list state=\"{}\">\n", indent, kind);
  line("JB_job_number", std::to_string(row.job->id));
  line("JAT_prio", row.priority());
  line("JB_name", row.job->name);
  line("JB_owner", row.job->user);
  line("state", row.state);
  line(row.is_running ? "JAT_start_time" : "JB_submission_time",
       local_time(row.shown_at_ms(), "%Y-%m-%dT%H:%M:%S"));
  if (with_queue) {
    line("queue_name", queue_instance(view.desk, *row.job, row.attempt ? &*row.attempt : nullptr));
  }
  line("slots", std::to_string(slots_of(*row.job)));
  if (row.job->array) line("tasks", tasks_text(row.tasks));
  if (view.has("-r")) {
    Asked asked = asked_of(view.desk.detail(row.job->id));
    line("full_job_name", row.job->name);
    if (!asked.environment.empty()) {
      fmt::print("{}  <requested_pe name=\"{}\">{}</requested_pe>\n", indent,
                 xml_text(asked.environment), asked.slots);
    }
    for (const auto& [name, value] : asked.resources) {
      fmt::print(
          "{}  <hard_request name=\"{}\" resource_contribution=\"0.000000\">{}"
          "</hard_request>\n",
          indent, name, xml_text(value));
    }
    if (!asked.predecessors.empty()) line("predecessor_jobs", asked.predecessors);
    line("binding", "NONE");
  }
  fmt::print("{}</job_list>\n", indent);
}

void print_xml(const View& view, const std::vector<Row>& rows) {
  fmt::print("<?xml version='1.0'?>\n<job_info  xmlns:xsd=\"{}\">\n  <queue_info>\n", kSchema);
  bool by_queue = view.has("-f") || view.has("-F");
  if (by_queue) {
    for (const Instance& place : instances(view.desk, view.words.value("-q"))) {
      int64_t used = 0;
      for (const Row& row : rows) used += is_on(view.desk, row, place) ? slots_of(*row.job) : 0;
      fmt::print(
          "    <Queue-List>\n      <name>{}</name>\n      <qtype>BIP</qtype>\n"
          "      <slots_used>{}</slots_used>\n      <slots_resv>0</slots_resv>\n"
          "      <slots_total>{}</slots_total>\n      <arch>lx-amd64</arch>\n",
          xml_text(place.name()), used, place.node->cores);
      std::string letters = node_letters(*place.node);
      if (!letters.empty()) fmt::print("      <state>{}</state>\n", letters);
      for (const Row& row : rows) {
        if (is_on(view.desk, row, place)) xml_job(view, row, "      ", false);
      }
      fmt::print("    </Queue-List>\n");
    }
  } else {
    for (const Row& row : rows) {
      if (row.is_running) xml_job(view, row, "    ", true);
    }
  }
  fmt::print("  </queue_info>\n  <job_info>\n");
  for (const Row& row : rows) {
    if (!row.is_running) xml_job(view, row, "    ", !by_queue);
  }
  fmt::print("  </job_info>\n</job_info>\n");
}

bool is_state_list(std::string_view states) {
  return !states.empty() && states.find_first_not_of("prszahuojd") == states.npos;
}

}  // namespace

int qstat(const Call& call) {
  Words words = read_words(call, kManual);
  if (words.is_answered) return 0;
  if (!words.rest.empty()) {
    throw failure(1, fmt::format("{}ERROR! invalid option argument \"{}\"",
                                 words_usage("qstat", kManual), words.rest[0]));
  }
  Desk desk(call);
  if (words.has("-j")) return print_details(desk, words.value("-j"), words.has("-xml"));
  Choice choice;
  if (words.has("-u"))
    choice.users = words.value("-u");
  else
    choice.users = desk.user();
  if (words.has("-s")) choice.states = words.value("-s");
  if (!is_state_list(choice.states)) {
    throw failure(1, words_usage("qstat", kManual) + "ERROR! wrong argument to -s option");
  }
  choice.queue = words.value("-q");
  if (words.has("-q") && instances(desk, choice.queue).empty()) return 1;
  choice.splits_arrays = words.value("-g") == "d";
  std::deque<api::JobSummary> jobs;
  bool by_queue = words.has("-f") || words.has("-F") || words.has("-explain");
  bool totals = words.value("-g") == "c";
  if (by_queue || totals) choice.users = words.has("-u") ? choice.users : "*";
  std::vector<Row> rows = list_rows(desk, choice, jobs);
  View view{desk, words};
  if (words.has("-xml")) {
    print_xml(view, rows);
  } else if (totals) {
    print_totals(desk, choice.queue, rows);
  } else if (by_queue) {
    print_queues(view, rows);
  } else {
    print_table(view, rows);
  }
  return 0;
}

}  // namespace pentad::cli::front::sge
