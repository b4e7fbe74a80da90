// PBS's qselect: identifiers of the jobs that fit.
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "cli/front/pbs/pbs.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::pbs {

namespace {

constexpr std::array kWords = {
    Word{"-A", "ACCOUNT", "who pays"},
    Word{"-H", "", "ended jobs only"},
    Word{"-J", "", "arrays only"},
    Word{"-l", "RESOURCE[.OP.]VALUE", "walltime, ncpus, nodect or mem compared"},
    Word{"-N", "NAME", "of this name"},
    Word{"-p", "[.OP.]PRIORITY", "by priority"},
    Word{"-P", "PROJECT", "of this project"},
    Word{"-q", "QUEUE", "of this queue"},
    Word{"-s", "STATES", "letters of qstat's states"},
    Word{"-T", "", "elements of arrays too"},
    Word{"-u", "USER,...", "of these users"},
    Word{"-x", "", "ended jobs too"},
};
constexpr Manual kManual{"", kWords};

// "walltime.gt.01:00:00", "ncpus=4", ".ge.10": name, operator, value.
struct Comparison {
  std::string name, op = "eq", value;
};

Comparison read_comparison(const std::string& text) {
  Comparison c;
  size_t dot = text.find('.');
  size_t equals = text.find('=');
  if (dot != text.npos && text.size() >= dot + 4 && text[dot + 3] == '.') {
    c.name = text.substr(0, dot);
    c.op = text.substr(dot + 1, 2);
    c.value = text.substr(dot + 4);
  } else if (equals != text.npos) {
    c.name = text.substr(0, equals);
    c.value = text.substr(equals + 1);
  } else {
    c.value = text;
  }
  return c;
}

bool holds(int64_t left, const std::string& op, int64_t right) {
  if (op == "eq") return left == right;
  if (op == "ne") return left != right;
  if (op == "gt") return left > right;
  if (op == "ge") return left >= right;
  if (op == "lt") return left < right;
  return op == "le" && left <= right;
}

int64_t number_of(const std::string& text) {
  Result<dialect::TimeSpan> time = dialect::parse_clock_time(text, false);
  if (time && text.find(':') != text.npos) return time->duration_s;
  Result<Bytes> size = dialect::parse_pbs_size(text);
  if (size) return size->value;
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw failure(2, fmt::format("qselect: illegal -l value\n{}", printable(text)));
  }
  return value;
}

bool fits_resource(const api::JobSummary& job, const std::string& text) {
  Comparison c = read_comparison(text);
  int64_t have = 0;
  if (c.name == "walltime")
    have = job.limit_s;
  else if (c.name == "ncpus")
    have = int64_t{job.nodes} * job.cores;
  else if (c.name == "nodect" || c.name == "nodes")
    have = job.nodes;
  else if (c.name == "mem")
    have = job.memory_bytes * job.nodes;
  else
    throw failure(2, fmt::format("qselect: illegal -l value\n{} is not known", printable(c.name)));
  return holds(have, c.op, number_of(c.value));
}

class Filter {
 public:
  Filter(Server& server, const Words& words) : server_(server), words_(words) {}

  bool fits(const Row& row) const {
    const api::JobSummary& job = *row.job;
    auto is = [&](const char* option, const std::string& value) {
      return !words_.has(option) || words_.value(option) == value;
    };
    if (!is("-N", job.name) || !is("-A", job.project)) return false;
    if (words_.has("-J") && !job.array) return false;
    std::string queue = words_.value("-q");
    queue = queue.substr(0, queue.find('@'));
    if (!queue.empty() && server_.queue_of(job) != queue) return false;
    std::string states = words_.value("-s");
    if (!states.empty() && states.find(state_letter(server_, row)) == states.npos) return false;
    if (words_.has("-p")) {
      Comparison c = read_comparison(words_.value("-p"));
      if (!holds(job.priority, c.op, number_of(c.value))) return false;
    }
    for (const auto& [name, value] : words_.given) {
      if (name == "-l" && !fits_resource(job, value)) return false;
    }
    return is_user(job.user);
  }

 private:
  bool is_user(const std::string& user) const {
    std::string list = words_.value("-u");
    return list.empty() || ("," + list + ",").find("," + user + ",") != list.npos ||
           ("," + list).find("," + user + "@") != list.npos;
  }

  Server& server_;
  const Words& words_;
};

}  // namespace

int qselect(const Call& call) {
  Words words = read_letters(call, kManual);
  if (words.is_answered) return 0;
  if (!words.rest.empty()) throw failure(2, letters_usage("qselect", kManual));
  std::string states = words.value("-s");
  if (words.has("-s") &&
      (states.empty() || states.find_first_not_of("BCEFHMQRSTUWX") != states.npos)) {
    throw failure(2,
                  fmt::format("qselect: illegal -s value\n{}", letters_usage("qselect", kManual)));
  }
  Server server(call);
  Filter filter(server, words);
  const char* query = words.has("-H")   ? "state=finished&sort=id"
                      : words.has("-x") ? "sort=id"
                                        : "state=pending,active&sort=id";
  for (const api::JobSummary& job : list_jobs(server.session(), query)) {
    for (const Row& row : rows_of(server, job, {words.has("-T"), false})) {
      if (filter.fits(row)) fmt::print("{}\n", id_of(server, row));
    }
  }
  return 0;
}

}  // namespace pentad::cli::front::pbs
