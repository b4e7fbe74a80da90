// PBS's qstat: jobs. Queues and servers are in queues.cc.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "cli/front/pbs/attributes.h"
#include "cli/front/pbs/queues.h"
#include "cli/table.h"

namespace pentad::cli::front::pbs {

namespace {

constexpr std::array kWords = {
    Word{"-a", "", "all jobs, with what they asked for"},
    Word{"-B", "", "the server"},
    Word{"-c", "", "as -a"},
    Word{"-e", "", "only of queues that run jobs"},
    Word{"-f", "", "all attributes"},
    Word{"-F", "FORMAT", "json or dsv, with -f"},
    Word{"-D", "CHARACTER", "between fields of dsv"},
    Word{"-G", "", "sizes in gigabytes"},
    Word{"-M", "", "sizes in megawords"},
    Word{"-H", "", "ended jobs"},
    Word{"-i", "", "jobs that do not run"},
    Word{"-J", "", "arrays only"},
    Word{"-n", "", "with the nodes they run on"},
    Word{"-p", "", "per cent done instead of the time used"},
    Word{"-q", "", "limits of queues"},
    Word{"-Q", "", "queues"},
    Word{"-r", "", "jobs that run"},
    Word{"-s", "", "with a remark on each"},
    Word{"-t", "", "elements of arrays too"},
    Word{"-T", "", "with the expected start"},
    Word{"-u", "USER,...", "of these users"},
    Word{"-w", "", "wide columns"},
    Word{"-x", "", "ended jobs too; Torque: as XML"},
    Word{"-1", "", "with -n and -f: on one line"},
};
constexpr Manual kManual{"[job_identifier... | destination...]", kWords};

constexpr int64_t kTorqueKeeps_ms = 300'000;  // keep_completed

std::string cut(const Server& server, std::string_view text, size_t width) {
  if (text.size() <= width) return std::string(text);
  if (server.is_torque()) return std::string(text.substr(0, width));
  return std::string(text.substr(0, width - 1)) + "*";
}

// --- the plain table ---

std::string time_used(Server& server, const Row& row) {
  if (!row.job->started_at_ms) return "0";
  int64_t cpu_ms = row.job->usage.cpu_user_ms + row.job->usage.cpu_system_ms;
  if (row.attempt) cpu_ms = row.attempt->usage.cpu_user_ms + row.attempt->usage.cpu_system_ms;
  (void)server;
  int64_t s = cpu_ms / 1000;
  return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

void print_plain(Server& server, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  bool torque = server.is_torque();
  std::array<size_t, 3> w =
      torque ? std::array<size_t, 3>{25, 16, 15} : std::array<size_t, 3>{17, 16, 16};
  fmt::print("{:<{}} {:<{}} {:<{}} {} S Queue\n", torque ? "Job ID" : "Job id", w[0], "Name", w[1],
             "User", w[2], torque ? "Time Use" : " Time Use");
  // PBS Pro writes two blanks behind its first and third column.
  std::string gap = torque ? " " : "  ";
  size_t first = torque ? w[0] : w[0] - 1;
  fmt::print("{}{}{} {}{}-------- - -----\n", std::string(first, '-'), gap, std::string(w[1], '-'),
             std::string(w[2], '-'), gap);
  for (const Row& row : rows) {
    fmt::print("{:<{}}{}{:<{}} {:<{}}{}{:>8} {} {:<15}\n", cut(server, id_of(server, row), first),
               first, gap, cut(server, printable(row.job->name), w[1]), w[1],
               cut(server, row.job->user, w[2]), w[2], gap, time_used(server, row),
               state_letter(server, row), cut(server, server.queue_of(*row.job), 15));
  }
}

// --- the table of -a and its like ---

struct Column {
  std::string_view above, title;
  bool is_right = false;
};
constexpr std::array kColumns = {
    Column{"", "Job ID"},    Column{"", "Username"},          Column{"", "Queue"},
    Column{"", "Jobname"},   Column{"", "SessID", true},      Column{"", "NDS", true},
    Column{"", "TSK", true}, Column{"Req'd", "Memory", true}, Column{"Req'd", "Time", true},
    Column{"", "S"},         Column{"Elap", "Time", true},
};
using Widths = std::array<size_t, kColumns.size()>;
constexpr Widths kNarrow = {15, 8, 8, 10, 6, 3, 3, 6, 5, 1, 5};
constexpr Widths kWide = {30, 15, 15, 15, 8, 4, 5, 6, 5, 1, 5};
constexpr Widths kTorque = {23, 11, 8, 16, 6, 5, 6, 9, 9, 1, 9};

std::string short_size(int64_t bytes) {
  if (bytes <= 0) return "--";
  constexpr std::array kUnits = {"kb", "mb", "gb", "tb"};
  int64_t value = (bytes + 1023) / 1024;
  size_t unit = 0;
  for (; value % 1024 == 0 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  while (value > 9999 && unit + 1 < kUnits.size()) value = (value + 1023) / 1024, ++unit;
  return fmt::format("{}{}", value, kUnits[unit]);
}

std::string hours(const Server& server, int64_t seconds) {
  if (seconds <= 0) return "--";
  std::string text = fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  return server.is_torque() ? fmt::format("{}:{:02}", text, seconds % 60) : text;
}

std::string nodes_of(const Row& row) {
  if (!row.attempt) return "--";
  std::string out;
  for (const api::NodePart& part : row.attempt->nodes) {
    std::string cores = row.attempt->cores > 1 ? fmt::format("*{}", row.attempt->cores) : "";
    out += fmt::format("{}{}/0{}", out.empty() ? "" : "+", part.node, cores);
  }
  return out.empty() ? "--" : out;
}

class LongTable {
 public:
  LongTable(Server& server, const Words& words)
      : server_(server),
        words_(words),
        widths_(server.is_torque() ? kTorque
                : words.has("-w")  ? kWide
                                   : kNarrow) {}

  void print(const std::vector<Row>& rows) {
    if (rows.empty()) return;
    fmt::print("\n{}: \n", server_.name());
    header([](const Column& c) { return c.above; });
    header([](const Column& c) { return c.title; });
    std::string dashes;
    for (size_t width : widths_) dashes += std::string(width, '-') + " ";
    dashes.pop_back();
    fmt::print("{}\n", dashes);
    for (const Row& row : rows) print_row(row);
  }

 private:
  template <class Text>
  void header(const Text& text) {
    std::string line;
    for (size_t i = 0; i < kColumns.size(); ++i) {
      line += fmt::format("{:<{}} ", text(kColumns[i]), widths_[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }

  void print_row(const Row& row) {
    const api::JobSummary& job = *row.job;
    std::string elapsed = hours(server_, 0);
    if (job.started_at_ms) {
      int64_t s = elapsed_ms(server_, row) / 1000;
      elapsed = server_.is_torque()
                    ? fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                    : fmt::format("{:02}:{:02}", s / 3600, s / 60 % 60);
    }
    std::array<std::string, kColumns.size()> cells = {
        id_of(server_, row),
        job.user,
        server_.queue_of(job),
        printable(job.name),
        "--",
        std::to_string(job.nodes),
        std::to_string(int64_t{job.nodes} * job.cores),
        short_size(job.memory_bytes * job.nodes),
        hours(server_, job.limit_s),
        std::string(1, state_letter(server_, row)),
        elapsed};
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string cell = cut(server_, cells[i], widths_[i]);
      line += kColumns[i].is_right ? fmt::format("{:>{}} ", cell, widths_[i])
                                   : fmt::format("{:<{}} ", cell, widths_[i]);
    }
    line.pop_back();
    if (words_.has("-n")) line += (words_.has("-1") ? " " : "\n   ") + nodes_of(row);
    fmt::print("{}\n", line);
    if (words_.has("-s"))
      fmt::print("   {}\n", printable(job.message.empty() ? "--" : job.message));
  }

  Server& server_;
  const Words& words_;
  const Widths& widths_;
};

// --- -f ---

void print_full(Server& server, const Words& words, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::string text = fmt::format("Job Id: {}\n", id_of(server, row));
    append_lines(text, attributes_of(server, row), !words.has("-w") && !words.has("-1"));
    fmt::print("{}\n", text);
  }
}

void print_dsv(Server& server, const Words& words, const std::vector<Row>& rows) {
  std::string between = words.has("-D") ? words.value("-D") : "|";
  for (const Row& row : rows) {
    std::string line = fmt::format("Job Id: {}", id_of(server, row));
    for (const Attribute& a : attributes_of(server, row)) {
      std::string name = a.resource.empty() ? a.name : a.name + "." + a.resource;
      line += fmt::format("{}{}={}", between, name, a.value);
    }
    fmt::print("{}\n", line);
  }
}

void print_json(Server& server, const std::vector<Row>& rows) {
  std::string text = json_head(server);
  text += ",\n    \"Jobs\":{";
  for (size_t i = 0; i < rows.size(); ++i) {
    text += i > 0 ? ",\n        " : "\n        ";
    append_json_string(text, id_of(server, rows[i]));
    text += ":{";
    append_members(text, attributes_of(server, rows[i]), 12);
    text += "\n        }";
  }
  fmt::print("{}\n    }}\n}}\n", text);
}

void print_xml(Server& server, const std::vector<Row>& rows) {
  std::string text = "<Data>";
  for (const Row& row : rows) {
    text += fmt::format("<Job><Job_Id>{}</Job_Id>", id_of(server, row));
    append_xml(text, attributes_of(server, row));
    text += "</Job>";
  }
  fmt::print("{}</Data>\n", text);
}

// --- which jobs ---

bool has_user(std::string_view list, const std::string& user) {
  while (!list.empty()) {
    size_t comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    if (one.substr(0, one.find('@')) == user) return true;
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

class Selection {
 public:
  Selection(Server& server, const Words& words, const Wanted& wanted)
      : server_(server), words_(words), wanted_(wanted) {
    bool torque = server.is_torque();
    shows_ended_ = words.has("-H") || (words.has("-x") && !torque);
  }

  // Complaints go to standard error; returns the exit code.
  int gather() {
    int code = 0;
    bool any_id = false;
    for (const std::string& word : words_.rest) {
      bool is_id = !word.empty() && word[0] >= '0' && word[0] <= '9';
      any_id = true;
      int one = is_id ? add_job(word) : add_queue(word);
      if (one != 0) code = one;
    }
    if (!any_id) add_all("");
    return code;
  }

  std::vector<Row> rows;

 private:
  int complain(int code, const std::string& sentence) {
    fmt::print(stderr, "qstat: {}\n", sentence);
    return code;
  }

  int add_job(const std::string& word) {
    std::optional<JobId> id = read_id(server_.name(), word);
    if (!id) {
      return complain(1, fmt::format("illegally formed job identifier: {}", printable(word)));
    }
    auto found = list_jobs(server_.session(), fmt::format("ids={}", id->job));
    if (found.empty()) {
      const char* word_of = server_.is_torque() ? "Unknown Job Id Error" : "Unknown Job Id";
      return complain(kUnknownJob, fmt::format("{} {}", word_of, printable(id->text)));
    }
    bool hidden = is_final(found[0].state) && !shows_ended_ && !server_.is_torque();
    if (hidden) {
      return complain(kHistory,
                      fmt::format("{} Job has finished, use -x or -H to obtain historical job "
                                  "information",
                                  server_.id(found[0])));
    }
    add(keep(std::move(found[0])), id->elements ? &*id->elements : nullptr);
    return 0;
  }

  int add_queue(const std::string& word) {
    std::string queue = word.substr(0, word.find('@'));
    if (!queue.empty() && !server_.has_queue(queue)) {
      return complain(kUnknownQueue, fmt::format("Unknown queue {}", printable(queue)));
    }
    add_all(queue);
    return 0;
  }

  void add_all(const std::string& queue) {
    std::string users = words_.value("-u");
    std::string query = "sort=id&state=";
    query += words_.has("-H") ? "finished"
             : shows_ended_   ? "pending,active,finished"
                              : "pending,active";
    bool one_user = !users.empty() && users.find_first_of(",@") == users.npos;
    if (one_user) query += "&user=" + net::percent_encode(users);
    std::vector<api::JobSummary> found;
    if (server_.is_torque()) found = lately_ended();
    auto live = list_jobs(server_.session(), query);
    found.insert(found.end(), live.begin(), live.end());
    for (api::JobSummary& job : found) {
      if (!users.empty() && !has_user(users, job.user)) continue;
      if (!queue.empty() && server_.queue_of(job) != queue) continue;
      add(keep(std::move(job)), nullptr);
    }
  }

  // Torque goes on to show them for a while.
  std::vector<api::JobSummary> lately_ended() {
    auto page = server_.session().get<api::JobPage>("/jobs?state=finished&sort=-ended&limit=1000");
    std::erase_if(page.jobs, [&](const api::JobSummary& job) {
      return !job.ended_at_ms || *job.ended_at_ms < server_.now_ms() - kTorqueKeeps_ms;
    });
    std::ranges::reverse(page.jobs);
    return std::move(page.jobs);
  }

  const api::JobSummary& keep(api::JobSummary job) { return jobs_.emplace_back(std::move(job)); }

  void add(const api::JobSummary& job, const IndexSet* only) {
    if (words_.has("-J") && !job.array) return;
    if (wanted_.elements && job.array && !only) rows.push_back({&job, {}, job.state, {}});
    for (Row& row : rows_of(server_, job, wanted_, only)) {
      bool runs = row.state == JobState::running || row.state == JobState::starting ||
                  row.state == JobState::ending || job.running > 0;
      if (words_.has("-r") && !runs) continue;
      if (words_.has("-i") && (runs || row.is_done())) continue;
      rows.push_back(std::move(row));
    }
  }

  Server& server_;
  const Words& words_;
  Wanted wanted_;
  bool shows_ended_ = false;
  std::deque<api::JobSummary> jobs_;
};

bool is_long_table(const Words& words) {
  constexpr std::array kLong = {"-a", "-c", "-i", "-n", "-r", "-s",
                                "-u", "-1", "-H", "-T", "-G", "-M"};
  return std::ranges::any_of(kLong, [&](const char* word) { return words.has(word); });
}

}  // namespace

int qstat(const Call& call) {
  Words words = read_letters(call, kManual);
  if (words.is_answered) return 0;
  Server server(call);
  if (words.has("-B") || words.has("-Q") || words.has("-q")) return print_centre(server, words);
  bool as_xml = words.has("-x") && server.is_torque();
  std::string format = words.value("-F");
  if (words.has("-F") && format != "json" && format != "dsv") {
    throw failure(2, fmt::format("qstat: illegal -F value\n{}", letters_usage("qstat", kManual)));
  }
  bool full = words.has("-f") || as_xml || words.has("-F");
  Wanted wanted{words.has("-t"), full || words.has("-n")};
  Selection selection(server, words, wanted);
  int code = selection.gather();
  const std::vector<Row>& rows = selection.rows;
  if (format == "json") {
    print_json(server, rows);
  } else if (format == "dsv") {
    print_dsv(server, words, rows);
  } else if (as_xml) {
    if (!rows.empty()) print_xml(server, rows);
  } else if (full) {
    print_full(server, words, rows);
  } else if (is_long_table(words)) {
    LongTable(server, words).print(rows);
  } else {
    print_plain(server, rows);
  }
  return code;
}

}  // namespace pentad::cli::front::pbs
