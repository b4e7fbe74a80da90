// qsub of PBS Pro and Torque.
#include <fmt/format.h>
#include <string.h>

#include <algorithm>

#include "cli/front/hold/interactive.h"
#include "cli/front/hold/terminal.h"
#include "cli/front/pbs/pbs.h"
#include "cli/front/wait.h"
#include "cli/table.h"
#include "dialect/tables.h"

namespace pentad::cli::front::pbs {

namespace {

using dialect::Dialect;

// Pro and Torque differ in a few options: the script and the words tell.
Dialect flavour(const Server& server, const Call& call, const std::string& script) {
  dialect::Detection found = dialect::detect(
      "qsub", call.words, script, server.is_torque() ? Dialect::torque : Dialect::pbspro);
  if (found.dialect == Dialect::torque || server.is_torque()) {
    return found.dialect == Dialect::pbspro ? Dialect::pbspro : Dialect::torque;
  }
  return Dialect::pbspro;
}

Manual manual(std::vector<Word>& words, Dialect dialect) {
  auto table = dialect == Dialect::torque ? dialect::torque_options() : dialect::pbspro_options();
  for (const dialect::Option& o : table) words.push_back({o.spellings, o.form, o.meaning});
  return {"[script_file | -- command [arguments]]", words};
}

// The original's own first line where it has one, then what is wrong.
[[noreturn]] void refuse(const dialect::Record& r, const std::string& all, Dialect dialect) {
  std::vector<Word> words;
  bool is_option = r.text.size() > 1 && r.text[0] == '-' && r.text[1] != '-';
  if (!is_option) throw failure(1, "qsub: " + all);
  char letter = r.text[1];
  if (r.reason.find("no such option") != r.reason.npos) {
    throw failure(2, fmt::format("qsub: invalid option -- '{}'\n{}\n{}",
                                 printable(std::string_view(&letter, 1)), all,
                                 letters_usage("qsub", manual(words, dialect))));
  }
  if (r.reason.starts_with("it needs a value")) {
    throw failure(2, fmt::format("qsub: option requires an argument -- '{}'\n{}", letter,
                                 letters_usage("qsub", manual(words, dialect))));
  }
  throw failure(letter == 'l' ? 1 : 2, fmt::format("qsub: illegal -{} value\n{}", letter, all));
}

bool asks_terminal(const Order& order) {
  return std::ranges::find(order.options, "-I") != order.options.end();
}

std::string script_of(const Server& server, const Call& call, const Order& order) {
  if (order.is_program) return "";
  if (order.path.empty()) return call.input ? *call.input : read_foreign_script("-");
  try {
    return read_foreign_script(order.path);
  } catch (const CommandError&) {
    const char* reason = strerror(errno ? errno : ENOENT);
    if (server.is_torque()) {
      throw failure(1, fmt::format("qsub: script file '{}' cannot be loaded - {}",
                                   printable(order.path), reason));
    }
    throw failure(1, fmt::format("qsub: script file:: {}", reason));
  }
}

void check_queue(Server& server, const dialect::Job& job) {
  if (!job.queues) return;
  for (const std::string& queue : *job.queues) {
    if (!server.has_queue(queue)) throw failure(kUnknownQueue, "qsub: Unknown queue");
  }
}

// Jobs that are waited for must exist, as in the original.
void check_dependency(Server& server, const dialect::Request& request) {
  if (!request.job.dependency) return;
  std::vector<Dependency> left{*request.job.dependency};
  while (!left.empty()) {
    Dependency one = left.back();
    left.pop_back();
    left.insert(left.end(), one.of.begin(), one.of.end());
    if (one.job.value <= 0) continue;
    auto found = list_jobs(server.session(), fmt::format("ids={}", one.job.value));
    if (!found.empty()) continue;
    throw failure(kUnknownJob,
                  fmt::format("qsub: Unknown Job Id {}.{}", one.job.value, server.name()));
  }
}

bool is_interactive(const dialect::Job& job) {
  return *job.interactive && job.interactive.origin.kind == dialect::OriginKind::command_line;
}

// -I: a login shell, or the program of the command line, with this terminal.
int run_with_terminal(Server& server, ForeignJob job, const Order& order,
                      const hold::Allocation::Send& send) {
  if (!hold::has_terminal()) {
    throw failure(1,
                  "qsub: standard input and output must be terminals for interactive job "
                  "submission");
  }
  auto say = [&](const char* what) {
    return [&server, what](int64_t id) {
      fmt::print(stderr, "qsub: {}\n",
                 fmt::format(fmt::runtime(what), fmt::format("{}.{}", id, server.name())));
    };
  };
  hold::Sayings sayings;
  sayings.waits = say("waiting for job {} to start");
  sayings.gives_up = say("job {} is deleted");
  sayings.ended = [&server](int64_t id, const std::string& why) {
    fmt::print(stderr, "qsub: job {}.{} ended: {}\n", id, server.name(), printable(why));
  };
  hold::Interactive what;
  what.order.argv =
      order.is_program ? order.args : std::vector<std::string>{hold::own_shell(), "-l"};
  what.ready = [&](int64_t id, const hold::Variables&) { say("job {} ready\n")(id); };
  int64_t id = 0;
  auto remember = [&](const ForeignJob& ready) { return id = send(ready); };
  auto code = hold::run_interactive(server.session(), std::move(job), remember, sayings, what);
  if (code) fmt::print(stderr, "\nqsub: job {}.{} completed\n", id, server.name());
  return code ? 0 : 1;
}

// -W block=true: ends with the code of the job.
int wait_for_end(Server& server, int64_t id) {
  std::fflush(stdout);
  auto never = [](const api::JobSummary&) { return false; };
  std::optional<api::JobSummary> end = wait_for(server.session(), id, never);
  if (!end) return kInterrupted;
  int code = 0;
  for (const Row& row : rows_of(server, *end, {true, true})) {
    int one = exit_status(server, row).value_or(1);
    if (one < 0) one = 1;
    if (one != 0) code = one > 255 ? 128 + one - 256 : one;
  }
  return code;
}

}  // namespace

int qsub(const Call& call) {
  std::vector<Word> words;
  if (!call.words.empty() && call.words[0] == "--version") {
    fmt::print("pbs_version = {}\n", pbs_version());
    return 0;
  }
  Server server(call);
  if (!call.words.empty() && call.words[0] == "--help") {
    fmt::print("{}", letters_usage("qsub", manual(words, flavour(server, call, ""))));
    return 0;
  }
  Dialect dialect = flavour(server, call, "");
  Order order = read_order(call.words, dialect);
  if (!order.refused.empty() && dialect == Dialect::pbspro) {
    Order other = read_order(call.words, Dialect::torque);
    if (other.refused.empty()) order = std::move(other), dialect = Dialect::torque;
  }
  if (!order.refused.empty()) {
    const dialect::Record& r = order.refused.front();
    refuse(r, fmt::format("{}: {}", printable(r.text), printable(r.reason)), dialect);
  }
  const bool has_script = !order.path.empty() || !asks_terminal(order);
  std::string script = has_script ? script_of(server, call, order) : ":\n";
  if (dialect == Dialect::pbspro) dialect = flavour(server, call, script);
  ForeignJob job = translate_order(server, order, script, dialect);
  if (const dialect::Record* r = first_refusal(job)) refuse(*r, why_refused(job), dialect);
  check_queue(server, job.translation.job);
  check_dependency(server, job.request);
  if (job.request.payload.launch) job.request.payload.launch->server = server.name();
  auto send = [&](const ForeignJob& ready) {
    api::Submitted sent;
    std::string why = why_not([&] { sent = send_foreign(server.session(), ready); });
    if (!why.empty()) throw failure(1, "qsub: " + why);
    tell_deviations(call, ready);
    return sent.jobs.at(0);
  };
  if (is_interactive(job.translation.job)) {
    return run_with_terminal(server, std::move(job), order, send);
  }
  const int64_t id = send(job);
  bool is_array = job.request.job.array.has_value();
  if (!*job.translation.job.quiet) {
    fmt::print("{}{}.{}\n", id, is_array ? "[]" : "", server.name());
  }
  return *job.translation.job.wait ? wait_for_end(server, id) : 0;
}

}  // namespace pentad::cli::front::pbs
