// bsub: a script on standard input, a command with its words, or a file of many.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/json_text.h"
#include "cli/front/hold/interactive.h"
#include "cli/front/lsf/jobs.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/submission.h"
#include "cli/front/lsf/words.h"
#include "cli/front/wait.h"
#include "cli/table.h"
#include "dialect/scanner.h"

namespace pentad::cli::front::lsf {

namespace {

bool is_set(const char* name, std::string_view value) {
  const char* is = std::getenv(name);
  return is && value == is;
}

std::string joined(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// A command as the name of its job: a name is one line, not too long, and has no slash here.
std::string name_of(std::span<const std::string> command) {
  constexpr size_t kMostBytes = 255;
  std::string name = command[0].substr(command[0].rfind('/') + 1);
  if (command.size() > 1) name += " " + joined(command.subspan(1));
  for (char& c : name) {
    if (c == '/') c = '_';
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (name.size() > kMostBytes) {
    name.resize(kMostBytes);
    while (!name.empty() && !is_utf8(name)) name.pop_back();
  }
  return name;
}

// What stands behind the options is a command for the shell, as LSF takes it.
void take_command(Order& order, std::span<const std::string> command) {
  order.name = name_of(command);
  std::error_code error;
  bool reads_file = is_set("LSB_BSUB_PARSE_SCRIPT", "Y") || is_set("LSB_BSUB_PARSE_SCRIPT", "y");
  if (reads_file && std::filesystem::is_regular_file(command[0], error)) {
    order.script = read_foreign_script(command[0]);
    order.arguments.assign(command.begin() + 1, command.end());
    // A program has no directives to read.
    if (order.script.find('\0') == std::string::npos) return;
    order.arguments.clear();
  }
  order.script = joined(command) + "\n";
}

void tell(const Sent& sent) {
  if (std::getenv("BSUB_QUIET")) return;
  std::FILE* to = std::getenv("BSUB_STDERR") ? stderr : stdout;
  fmt::print(to, "Job <{}> is submitted to {}queue <{}>.\n", sent.id,
             sent.is_default_queue ? "default " : "", sent.queue);
  std::fflush(to);
}

// -K: until the end, with the code of the job.
int stay(Cluster& cluster, int64_t id) {
  bool quiet = std::getenv("BSUB_QUIET") != nullptr;
  if (!quiet) fmt::print(stderr, "<<Waiting for dispatch ...>>\n");
  std::string host;
  auto started = wait_for(cluster.session(), id,
                          [](const api::JobSummary& job) { return job.started_at_ms.has_value(); });
  if (!started) return kInterrupted;
  for (const Element& e : cluster.elements(*started)) {
    if (host.empty() && e.attempt && !e.attempt->nodes.empty()) host = e.attempt->nodes[0].node;
  }
  if (!quiet && !host.empty()) fmt::print(stderr, "<<Starting on {}>>\n", host);
  auto ended = wait_for(cluster.session(), id, [](const api::JobSummary&) { return false; });
  if (!ended) return kInterrupted;
  if (!quiet) fmt::print(stderr, "<<Job is finished>>\n");
  int code = 0;
  for (const Element& e : cluster.elements(*ended)) code = std::max(code, exit_code_of(e));
  return code;
}

// -I and its like: until the end, with this terminal and the code of what ran.
int run_with_terminal(Cluster& cluster, Prepared prepared, const Order& order) {
  const bool quiet = std::getenv("BSUB_QUIET") != nullptr;
  auto send = [&](const ForeignJob& job) {
    prepared.sent.id = send_prepared(cluster, job);
    tell(prepared.sent);
    if (!quiet) fmt::print(stderr, "<<Waiting for dispatch ...>>\n");
    return prepared.sent.id;
  };
  hold::Sayings sayings;
  sayings.gives_up = [](int64_t id) { fmt::print(stderr, "Job <{}> is being terminated\n", id); };
  sayings.ended = [](int64_t id, const std::string& why) {
    fmt::print(stderr, "Job <{}> has ended: {}\n", id, printable(why));
  };
  hold::Interactive what;
  what.script = order.script;
  what.order.argv = order.arguments;
  if (const auto& launch = prepared.job.request.payload.launch; launch && !launch->shell.empty()) {
    what.shell = launch->shell.front();
  }
  what.ready = [&](int64_t, const hold::Variables& of_job) {
    auto hosts = of_job.find("LSB_HOSTS");
    if (quiet || hosts == of_job.end()) return;
    fmt::print(stderr, "<<Starting on {}>>\n", hosts->second.substr(0, hosts->second.find(' ')));
  };
  ForeignJob job = std::move(prepared.job);
  auto code = hold::run_interactive(cluster.session(), std::move(job), send, sayings, what);
  return code ? *code : kFailure;
}

int submit_one(Cluster& cluster, Order order) {
  Prepared prepared = prepare_order(cluster, order);
  if (prepared.sent.is_interactive) return run_with_terminal(cluster, std::move(prepared), order);
  Sent& sent = prepared.sent;
  sent.id = send_prepared(cluster, prepared.job);
  tell(sent);
  return sent.waits ? stay(cluster, sent.id) : 0;
}

// One submission a line, in the form of bsub's own command line.
int submit_pack(Cluster& cluster, const std::string& path) {
  std::ifstream in(path);
  if (!in) fail_with(fmt::format("{}: cannot be read. Job not submitted.\n", printable(path)));
  int done = 0, failed = 0;
  std::string line;
  while (std::getline(in, line)) {
    // Written as a directive would be: the same quotes and remarks.
    dialect::Scan scan = dialect::scan("#BSUB " + line + "\n", dialect::Dialect::lsf);
    if (scan.directives.empty() && scan.problems.empty()) continue;
    try {
      if (!scan.problems.empty()) {
        fail_with(scan.problems.front().reason + ". Job not submitted.\n");
      }
      Order order;
      split_words(scan.directives.front().words, order, take_command);
      if (order.script.empty()) fail_with("the line names no command. Job not submitted.\n");
      submit_one(cluster, std::move(order));
      ++done;
    } catch (const Finished& problem) {
      fmt::print(stderr, "{}", problem.text);
      ++failed;
    }
  }
  fmt::print("{} lines submitted, {} lines failed\n", done, failed);
  return failed == 0 ? 0 : kFailure;
}

}  // namespace

int bsub(const Call& call) {
  answer_help(call, submission_manual());
  auto pack = std::ranges::find(call.words, "-pack");
  Cluster cluster(call);
  if (pack != call.words.end() && pack + 1 != call.words.end()) {
    return submit_pack(cluster, *(pack + 1));
  }
  Order order;
  split_words(call.words, order, take_command);
  if (order.script.empty()) order.script = read_foreign_script("-");
  if (order.script.empty()) {
    fail_with("No command is specified. Job not submitted.\n");
  }
  return submit_one(cluster, std::move(order));
}

}  // namespace pentad::cli::front::lsf
