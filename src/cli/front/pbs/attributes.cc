#include "cli/front/pbs/attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "cli/front/local_time.h"
#include "cli/front/xml.h"
#include "cli/table.h"

namespace pentad::cli::front::pbs {

namespace {

// What the rows of the table look at.
struct Facts {
  Server& server;
  const Row& row;
  const api::JobDetail& detail;

  const api::JobSummary& job() const { return *row.job; }
  const api::JobSubmission& request() const { return detail.request; }
  bool torque() const { return server.is_torque(); }
  std::string submit_host() const {
    return request().launch ? request().launch->submit_host : server.host();
  }
};

int64_t cores_of(const api::JobSummary& job) { return int64_t{job.nodes} * job.cores; }

std::string path_text(const Facts& f, const std::string& pattern) {
  if (pattern.empty()) return "";
  std::string host = f.row.attempt && !f.row.attempt->nodes.empty()
                         ? f.row.attempt->nodes.front().node
                         : f.submit_host();
  std::string path = expand_path(pattern, f.job(), f.row.index, host);
  bool is_absolute = path.starts_with('/');
  return fmt::format("{}:{}{}", f.submit_host(), is_absolute ? "" : f.request().workdir + "/",
                     path);
}

std::string exec_host(const Facts& f) {
  if (!f.row.attempt) return "";
  std::string out;
  for (const api::NodePart& part : f.row.attempt->nodes) {
    int32_t cores = f.row.attempt->cores;
    std::string slots = !f.torque()  ? cores == 1 ? "/0" : fmt::format("/0*{}", cores)
                         : cores == 1 ? "/0"
                                     : fmt::format("/0-{}", cores - 1);
    out += (out.empty() ? "" : "+") + part.node + slots;
  }
  return out;
}

std::string chunk(const Facts& f) {
  std::string out = fmt::format("ncpus={}", f.job().cores);
  if (f.job().memory_bytes > 0) out += ":mem=" + size_text(f.job().memory_bytes);
  if (f.job().devices > 0) out += fmt::format(":ngpus={}", f.job().devices);
  return out;
}

std::string exec_vnode(const Facts& f) {
  if (!f.row.attempt) return "";
  std::string out;
  for (const api::NodePart& part : f.row.attempt->nodes) {
    out += fmt::format("{}({}:{})", out.empty() ? "" : "+", part.node, chunk(f));
  }
  return out;
}

std::string dependency_word(const Facts& f, DependencyKind kind) {
  switch (kind) {
    case DependencyKind::started:
      return "after";
    case DependencyKind::not_ok:
      return "afternotok";
    case DependencyKind::ended:
      return "afterany";
    default:
      return f.torque() && f.job().array ? "afterokarray" : "afterok";
  }
}

std::string dependency_text(const Facts& f, const api::JobDependency& d) {
  std::string out;
  for (const api::JobDependency& one : d.of) {
    out += (out.empty() ? "" : ",") + dependency_text(f, one);
  }
  if (!d.job) return out;
  std::string element = d.element ? fmt::format("[{}]", *d.element) : "";
  return fmt::format("{}:{}{}.{}", dependency_word(f, d.kind), *d.job, element, f.server.name());
}

std::string date(std::optional<int64_t> at_ms) {
  return at_ms && *at_ms > 0 ? date_line(*at_ms) : "";
}

std::optional<int64_t> started(const Facts& f) {
  return f.row.attempt ? f.row.attempt->started_at_ms : f.job().started_at_ms;
}

std::optional<int64_t> ended(const Facts& f) {
  return f.row.attempt ? f.row.attempt->ended_at_ms : f.job().ended_at_ms;
}

api::UsageView usage(const Facts& f) {
  return f.row.attempt ? f.row.attempt->usage : f.job().usage;
}

bool has_run(const Facts& f) { return started(f).has_value(); }

std::string if_run(const Facts& f, std::string text) { return has_run(f) ? std::move(text) : ""; }

std::string comment(const Facts& f) {
  if (f.row.is_done() || !started(f)) return f.job().message;
  return fmt::format("Job run at {} on {}", local_time(*started(f), "%a %b %d at %H:%M"),
                     exec_vnode(f));
}

std::string join(const Facts& f) { return f.request().stderr_path.empty() ? "oe" : "n"; }

std::string substate(const Facts& f) {
  if (f.row.is_done()) return f.row.state == JobState::completed ? "92" : "93";
  switch (state_letter(f.server, f.row)) {
    case 'R':
      return "42";
    case 'B':
      return "42";
    case 'E':
      return "50";
    case 'H':
      return "20";
    default:
      return "10";
  }
}

std::string array_counts(const Facts& f) {
  const api::JobSummary& j = f.job();
  return fmt::format("Queued:{} Running:{} Exiting:0 Expired:{} ", j.pending, j.running,
                     j.succeeded + j.unsuccessful);
}

std::string variables(const Facts& f) {
  std::string out;
  auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}{}=", out.empty() ? "" : ",", name);
    for (char c : value) {
      if (c == ',' || c == '\\') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
  };
  const api::JobSubmission& r = f.request();
  add("PBS_O_LOGNAME", f.job().user);
  if (r.launch) add("PBS_O_WORKDIR", r.launch->submit_directory);
  if (r.launch) add("PBS_O_HOST", r.launch->submit_host);
  add("PBS_O_QUEUE", f.server.queue_of(f.job()));
  for (const auto& [name, value] : r.environment) add(name, value);
  return out;
}

// One attribute. What PBS Pro and Torque call it; empty: that one has none. A row without a value
// is left out.
struct Line {
  std::string_view pro, torque, resource;
  std::string (*value)(const Facts&);
  bool is_number = false;
};

constexpr auto kSame = std::string_view("=");  // Torque's name is the same

const std::array kLines = {
    Line{"Job_Name", kSame, "", [](const Facts& f) { return f.job().name; }},
    Line{"Job_Owner", kSame, "",
         [](const Facts& f) { return f.job().user + "@" + f.submit_host(); }},
    Line{"resources_used", "", "cpupercent", [](const Facts& f) { return if_run(f, "0"); }, true},
    Line{"resources_used", kSame, "cput",
         [](const Facts& f) {
           return if_run(f,
                         clock_text((usage(f).cpu_user_ms + usage(f).cpu_system_ms) / 1000));
         }},
    Line{"resources_used", kSame, "mem",
         [](const Facts& f) { return if_run(f, size_text(usage(f).peak_memory_bytes)); }},
    Line{"resources_used", "", "ncpus",
         [](const Facts& f) { return if_run(f, std::to_string(cores_of(f.job()))); }, true},
    Line{"resources_used", kSame, "vmem",
         [](const Facts& f) { return if_run(f, size_text(usage(f).peak_memory_bytes)); }},
    Line{"resources_used", kSame, "walltime",
         [](const Facts& f) {
           return if_run(f, clock_text(elapsed_ms(f.server, f.row) / 1000));
         }},
    Line{"job_state", kSame, "",
         [](const Facts& f) { return std::string(1, state_letter(f.server, f.row)); }},
    Line{"queue", kSame, "", [](const Facts& f) { return f.server.queue_of(f.job()); }},
    Line{"server", kSame, "", [](const Facts& f) { return f.server.name(); }},
    Line{"Account_Name", kSame, "", [](const Facts& f) { return f.job().project; }},
    Line{"Checkpoint", kSame, "", [](const Facts&) { return std::string("u"); }},
    Line{"ctime", kSame, "", [](const Facts& f) { return date(f.job().submitted_at_ms); }},
    Line{"depend", kSame, "",
         [](const Facts& f) {
           return f.request().dependency ? dependency_text(f, *f.request().dependency) : "";
         }},
    Line{"Error_Path", kSame, "",
         [](const Facts& f) {
           const api::JobSubmission& r = f.request();
           return path_text(f, r.stderr_path.empty() ? r.stdout_path : r.stderr_path);
         }},
    Line{"exec_host", kSame, "", exec_host},
    Line{"exec_vnode", "", "", exec_vnode},
    Line{"Hold_Types", kSame, "",
         [](const Facts& f) {
           bool by_operator = f.job().reason == PendingReason::held_by_operator;
           bool by_system = f.job().reason == PendingReason::dependency ||
                            f.job().reason == PendingReason::dependency_never;
           bool held = state_letter(f.server, f.row) == 'H';
           return std::string(!held ? "n" : by_operator ? "o" : by_system ? "s" : "u");
         }},
    Line{"Join_Path", kSame, "", join},
    Line{"Keep_Files", kSame, "", [](const Facts&) { return std::string("n"); }},
    Line{"Mail_Points", kSame, "", [](const Facts&) { return std::string("n"); }},
    Line{"mtime", kSame, "",
         [](const Facts& f) {
           auto last = ended(f) ? ended(f) : started(f);
           return date(last ? last : f.job().submitted_at_ms);
         }},
    Line{"Output_Path", kSame, "",
         [](const Facts& f) { return path_text(f, f.request().stdout_path); }},
    Line{"Priority", kSame, "", [](const Facts& f) { return std::to_string(f.job().priority); },
         true},
    Line{"qtime", kSame, "", [](const Facts& f) { return date(f.job().submitted_at_ms); }},
    Line{"Rerunable", kSame, "",
         [](const Facts& f) {
           return std::string(f.request().requeue.on_node_failure ? "True" : "False");
         }},
    Line{"Resource_List", kSame, "mem",
         [](const Facts& f) {
           int64_t bytes = f.job().memory_bytes * f.job().nodes;
           return bytes > 0 ? size_text(bytes) : "";
         }},
    Line{"Resource_List", "", "ncpus",
         [](const Facts& f) { return std::to_string(cores_of(f.job())); }, true},
    Line{"Resource_List", "", "ngpus",
         [](const Facts& f) {
           int64_t devices = int64_t{f.job().devices} * f.job().nodes;
           return devices > 0 ? std::to_string(devices) : "";
         },
         true},
    Line{"Resource_List", "", "nodect",
         [](const Facts& f) { return std::to_string(f.job().nodes); }, true},
    Line{"", "Resource_List", "nodes",
         [](const Facts& f) {
           std::string gpus = f.job().devices > 0 ? fmt::format(":gpus={}", f.job().devices) : "";
           return fmt::format("{}:ppn={}{}", f.job().nodes, f.job().cores, gpus);
         }},
    Line{"", "Resource_List", "nodect",
         [](const Facts& f) { return std::to_string(f.job().nodes); }, true},
    Line{"Resource_List", "", "place",
         [](const Facts& f) {
           std::string place = f.job().nodes > 1 ? "scatter" : "pack";
           return place + (f.request().resources.exclusive.value_or(false) ? ":excl" : "");
         }},
    Line{"Resource_List", "", "select",
         [](const Facts& f) { return fmt::format("{}:{}", f.job().nodes, chunk(f)); }},
    Line{"Resource_List", kSame, "walltime",
         [](const Facts& f) { return f.job().limit_s > 0 ? clock_text(f.job().limit_s) : ""; }},
    Line{"stime", "start_time", "", [](const Facts& f) { return date(started(f)); }},
    Line{"obittime", "", "", [](const Facts& f) { return date(ended(f)); }},
    Line{"jobdir", "init_work_dir", "", [](const Facts& f) { return f.request().workdir; }},
    Line{"substate", "", "", substate, true},
    Line{"Variable_List", kSame, "", variables},
    Line{"comment", kSame, "", comment},
    Line{"etime", kSame, "", [](const Facts& f) { return date(f.job().submitted_at_ms); }},
    Line{"Execution_Time", kSame, "",
         [](const Facts& f) {
           bool waits = f.row.state <= JobState::queued;
           return waits ? date(f.request().begin_at_ms) : "";
         }},
    Line{"umask", kSame, "",
         [](const Facts& f) {
           return f.request().umask ? fmt::format("{:o}", *f.request().umask) : "";
         },
         true},
    Line{"run_count", "start_count", "",
         [](const Facts& f) {
           return f.row.attempt ? std::to_string(f.row.attempt->number) : "";
         },
         true},
    Line{"array", "", "",
         [](const Facts& f) { return std::string(f.row.is_array() ? "True" : ""); }},
    Line{"array_id", "job_array_id", "",
         [](const Facts& f) { return f.row.index ? f.server.id(f.job()) : ""; }},
    Line{"array_index", "job_array_index", "",
         [](const Facts& f) { return f.row.index ? std::to_string(*f.row.index) : ""; }, true},
    Line{"array_state_count", "", "",
         [](const Facts& f) { return f.row.is_array() ? array_counts(f) : ""; }},
    Line{"array_indices_submitted", "job_array_request", "",
         [](const Facts& f) { return f.row.is_array() ? f.job().array.value_or("") : ""; }},
    Line{"array_indices_remaining", "", "",
         [](const Facts& f) {
           if (!f.row.is_array()) return std::string();
           std::string left = f.job().waiting.value_or("");
           return left.empty() ? "-" : left;
         }},
    Line{"Exit_status", "exit_status", "",
         [](const Facts& f) {
           std::optional<int> code = exit_status(f.server, f.row);
           return code ? std::to_string(*code) : "";
         },
         true},
    Line{"history_timestamp", "", "",
         [](const Facts& f) {
           bool done = f.row.is_done() && ended(f);
           return done ? std::to_string(*ended(f) / 1000) : "";
         },
         true},
    Line{"", "comp_time", "",
         [](const Facts& f) { return f.row.is_done() ? date(ended(f)) : ""; }},
    Line{"", "Walltime", "Remaining",
         [](const Facts& f) {
           bool runs = has_run(f) && !f.row.is_done();
           int64_t left = f.job().limit_s - elapsed_ms(f.server, f.row) / 1000;
           return runs ? std::to_string(std::max<int64_t>(0, left)) : "";
         },
         true},
    Line{"project", "", "",
         [](const Facts&) { return std::string("_pbs_project_default"); }},
    Line{"", "submit_host", "", [](const Facts& f) { return f.submit_host(); }},
};

// --- printing ---

constexpr size_t kLineWidth = 79;

void append_wrapped(std::string& out, std::string_view value, size_t column, bool wraps) {
  bool first = true;
  while (true) {
    size_t comma = wraps ? value.find(',') : value.npos;
    std::string_view piece = value.substr(0, comma);
    bool more = comma != value.npos;
    if (wraps && !first && column + piece.size() >= kLineWidth) {
      out += "\n\t";
      column = 8;
    }
    for (char c : piece) {
      if (wraps && column > kLineWidth) {
        out += "\n\t";
        column = 8;
      }
      out += c;
      ++column;
    }
    if (!more) return;
    out += ',';
    ++column;
    value.remove_prefix(comma + 1);
    first = false;
  }
}

void append_value(std::string& out, const Attribute& a) {
  if (a.is_number) {
    out += a.value;
  } else {
    append_json_string(out, a.value);
  }
}

// Variables as members of their own: a comma behind a backslash belongs to the value.
void append_variables(std::string& out, std::string_view list, int indent) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '\\' && i + 1 < list.size()) {
      parts.back() += list[++i];
    } else if (list[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += list[i];
    }
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    size_t equals = std::min(parts[i].find('='), parts[i].size());
    out += (i > 0 ? ",\n" : "\n") + std::string(static_cast<size_t>(indent), ' ');
    append_json_string(out, std::string_view(parts[i]).substr(0, equals));
    out += ':';
    append_json_string(out,
                       std::string_view(parts[i]).substr(std::min(equals + 1, parts[i].size())));
  }
}

}  // namespace

std::string size_text(int64_t bytes) { return fmt::format("{}kb", (bytes + 1023) / 1024); }

int64_t elapsed_ms(Server& server, const Row& row) {
  if (row.attempt && row.attempt->started_at_ms) {
    return row.attempt->ended_at_ms.value_or(server.now_ms()) - *row.attempt->started_at_ms;
  }
  if (row.attempt || !row.job->started_at_ms) return 0;
  return row.job->ended_at_ms.value_or(server.now_ms()) - *row.job->started_at_ms;
}

Attributes attributes_of(Server& server, const Row& row) {
  Facts facts{server, row, server.detail(row.job->id)};
  Attributes out;
  for (const Line& line : kLines) {
    std::string_view name = !server.is_torque() || line.torque == kSame ? line.pro : line.torque;
    if (name.empty()) continue;
    std::string value = line.value(facts);
    if (value.empty()) continue;
    out.push_back(
        {std::string(name), std::string(line.resource), printable(value), line.is_number});
  }
  return out;
}

void append_lines(std::string& out, const Attributes& attributes, bool wraps) {
  for (const Attribute& a : attributes) {
    std::string name = a.resource.empty() ? a.name : a.name + "." + a.resource;
    out += fmt::format("    {} = ", name);
    append_wrapped(out, a.value, name.size() + 7, wraps);
    out += '\n';
  }
}

void append_members(std::string& out, const Attributes& attributes, int indent) {
  std::string blanks(static_cast<size_t>(indent), ' ');
  std::string inner(static_cast<size_t>(indent) + 4, ' ');
  for (size_t i = 0; i < attributes.size(); ++i) {
    const Attribute& a = attributes[i];
    out += (i > 0 ? ",\n" : "\n") + blanks;
    append_json_string(out, a.name);
    out += ':';
    if (a.name == "Variable_List") {
      out += '{';
      append_variables(out, a.value, indent + 4);
      out += "\n" + blanks + "}";
      continue;
    }
    if (a.resource.empty()) {
      append_value(out, a);
      continue;
    }
    out += '{';
    for (bool first = true; i < attributes.size() && attributes[i].name == a.name; ++i) {
      out += (first ? "\n" : ",\n") + inner;
      append_json_string(out, attributes[i].resource);
      out += ':';
      append_value(out, attributes[i]);
      first = false;
    }
    --i;
    out += "\n" + blanks + "}";
  }
}

void append_xml(std::string& out, const Attributes& attributes) {
  for (size_t i = 0; i < attributes.size(); ++i) {
    const Attribute& a = attributes[i];
    bool is_first = i == 0 || attributes[i - 1].name != a.name;
    bool is_last = i + 1 == attributes.size() || attributes[i + 1].name != a.name;
    if (is_first || a.resource.empty()) out += fmt::format("<{}>", a.name);
    if (!a.resource.empty()) out += fmt::format("<{0}>{1}</{0}>", a.resource, xml_text(a.value));
    if (a.resource.empty()) out += xml_text(a.value);
    if (is_last || a.resource.empty()) out += fmt::format("</{}>", a.name);
  }
}

}  // namespace pentad::cli::front::pbs
