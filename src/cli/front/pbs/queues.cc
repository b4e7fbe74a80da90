#include "cli/front/pbs/queues.h"

#include <fmt/format.h>

#include <map>

#include "base/json_writer.h"
#include "cli/front/pbs/attributes.h"
#include "cli/table.h"

namespace pentad::cli::front::pbs {

namespace {

// How many jobs of a queue are in each state.
struct Counts {
  int64_t queued = 0, running = 0, held = 0, waiting = 0, exiting = 0, begun = 0;
  int64_t total() const { return queued + running + held + waiting + exiting + begun; }
};

std::map<std::string, Counts> count(Server& server) {
  std::map<std::string, Counts> out;
  for (const api::JobSummary& job : list_jobs(server.session(), "state=pending,active&sort=id")) {
    Counts& c = out[server.queue_of(job)];
    switch (state_letter(server, rows_of(server, job, {})[0])) {
      case 'R':
        ++c.running;
        break;
      case 'H':
        ++c.held;
        break;
      case 'W':
        ++c.waiting;
        break;
      case 'E':
        ++c.exiting;
        break;
      case 'B':
        ++c.begun;
        break;
      default:
        ++c.queued;
    }
  }
  return out;
}

std::string state_count(const Counts& c) {
  return fmt::format("Transit:0 Queued:{} Held:{} Waiting:{} Running:{} Exiting:{} Begun:{}",
                     c.queued, c.held, c.waiting, c.running, c.exiting, c.begun);
}

Attributes queue_attributes(const Counts& c) {
  return {{"queue_type", "", "Execution", false},
          {"total_jobs", "", std::to_string(c.total()), true},
          {"state_count", "", state_count(c), false},
          {"enabled", "", "True", false},
          {"started", "", "True", false}};
}

Attributes server_attributes(Server& server, const Counts& c) {
  return {{"server_state", "", "Active", false},
          {"server_host", "", server.host(), false},
          {"scheduling", "", "True", false},
          {"total_jobs", "", std::to_string(c.total()), true},
          {"state_count", "", state_count(c), false},
          {"default_queue", "", server.default_queue(), false},
          {"pbs_version", "", pbs_version(), false}};
}

using Named = std::vector<std::pair<std::string, Attributes>>;

void print_full(const Words& words, const Server& server, const char* title, const char* group,
                const Named& list) {
  std::string text;
  if (words.value("-F") != "json") {
    for (const auto& [name, attributes] : list) {
      text += fmt::format("{}: {}\n", title, name);
      append_lines(text, attributes, true);
      text += '\n';
    }
    fmt::print("{}", text);
    return;
  }
  text = json_head(server) + fmt::format(",\n    \"{}\":{{", group);
  for (size_t i = 0; i < list.size(); ++i) {
    text += i > 0 ? ",\n        " : "\n        ";
    append_json_string(text, list[i].first);
    text += ":{";
    append_members(text, list[i].second, 12);
    text += "\n        }";
  }
  fmt::print("{}\n    }}\n}}\n", text);
}

void print_server(Server& server, const Words& words) {
  Counts c;
  for (const auto& [queue, one] : count(server)) {
    c.queued += one.queued;
    c.running += one.running + one.begun;
    c.held += one.held;
    c.waiting += one.waiting;
    c.exiting += one.exiting;
  }
  if (words.has("-f")) {
    return print_full(words, server, "Server", "Server",
                      {{server.name(), server_attributes(server, c)}});
  }
  fmt::print("Server             Max   Tot   Que   Run   Hld   Wat   Trn   Ext Status\n");
  fmt::print("---------------- ----- ----- ----- ----- ----- ----- ----- ----- -----------\n");
  fmt::print("{:<16.16} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:<11}\n", server.name(), 0,
             c.total(), c.queued, c.running, c.held, c.waiting, 0, c.exiting, "Active");
}

void print_limits(Server& server, const std::vector<std::string>& names,
                  const std::map<std::string, Counts>& counts) {
  fmt::print("\nserver: {}\n\n", server.name());
  fmt::print("Queue            Memory CPU Time Walltime Node   Run   Que   Lm  State\n");
  fmt::print("---------------- ------ -------- -------- ---- ----- ----- ----  -----\n");
  int64_t running = 0, queued = 0;
  for (const std::string& name : names) {
    auto at = counts.find(name);
    Counts c = at == counts.end() ? Counts{} : at->second;
    auto rule = server.site().queues.find(name);
    int64_t limit_s = rule == server.site().queues.end() ? 0 : rule->second.max_limit.value / 1000;
    std::string limit = limit_s > 0 ? fmt::format("{:02}:{:02}:{:02}", limit_s / 3600,
                                                  limit_s / 60 % 60, limit_s % 60)
                                    : "--   ";
    int64_t runs = c.running + c.begun, waits = c.queued + c.held + c.waiting;
    fmt::print("{:<16.16} {:>6} {:>8} {:>8} {:>4} {:>5} {:>5} {:>4}   E R\n", name, "--  ", "--   ",
               limit, "--  ", runs, waits, "--");
    running += runs;
    queued += waits;
  }
  fmt::print("{0:>47}----- -----\n{0:>47}{1:>5} {2:>5}\n", "", running, queued);
}

}  // namespace

std::string json_head(const Server& server) {
  std::string text =
      fmt::format("{{\n    \"timestamp\":{},\n    \"pbs_version\":", server.now_ms() / 1000);
  append_json_string(text, pbs_version());
  text += ",\n    \"pbs_server\":";
  append_json_string(text, server.name());
  return text;
}

int print_centre(Server& server, const Words& words) {
  if (words.has("-B")) return print_server(server, words), 0;
  std::vector<std::string> names = words.rest.empty() ? server.queues() : words.rest;
  int code = 0;
  std::erase_if(names, [&](const std::string& name) {
    if (server.has_queue(name)) return false;
    fmt::print(stderr, "qstat: Unknown queue {}\n", printable(name));
    code = kUnknownQueue;
    return true;
  });
  if (names.empty()) return code;
  auto counts = count(server);
  if (words.has("-q")) return print_limits(server, names, counts), code;
  if (words.has("-f")) {
    Named list;
    for (const std::string& name : names) list.emplace_back(name, queue_attributes(counts[name]));
    return print_full(words, server, "Queue", "Queue", list), code;
  }
  fmt::print("Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type\n");
  fmt::print("---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- ----\n");
  for (const std::string& name : names) {
    const Counts& c = counts[name];
    fmt::print("{:<16.16} {:>5} {:>5} yes yes {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} Exec\n", name, 0,
               c.total(), c.queued, c.running + c.begun, c.held, c.waiting, 0, c.exiting);
  }
  return code;
}

}  // namespace pentad::cli::front::pbs
