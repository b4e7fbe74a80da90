// qrsh and qlogin: a shell or a command in a job of its own, with this terminal; with -inherit a
// process of the job that this one is part of.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/front/argv.h"
#include "cli/front/hold/interactive.h"
#include "cli/front/hold/terminal.h"
#include "cli/front/sge/sge.h"
#include "cli/table.h"
#include "dialect/tables.h"

namespace pentad::cli::front::sge {

namespace {

// How long a request that is for now or never waits: a look of the original's scheduler.
constexpr Duration kNow = seconds(5);

// Options of qrsh alone; the others are qsub's.
struct Switches {
  bool inherit = false, verbose = false, no_shell = false, no_input = false, now = true;
  std::vector<std::string> others;
};

std::optional<bool> answer(const std::string& word) {
  if (word == "y" || word == "yes") return true;
  if (word == "n" || word == "no") return false;
  return {};
}

Switches read_switches(const Call& call) {
  Switches out;
  const std::array kFlags = {
      std::pair{"-inherit", &Switches::inherit}, std::pair{"-verbose", &Switches::verbose},
      std::pair{"-noshell", &Switches::no_shell}, std::pair{"-nostdin", &Switches::no_input}};
  for (size_t i = 0; i < call.words.size(); ++i) {
    const std::string& word = call.words[i];
    if (!word.starts_with('-')) {
      out.others.insert(out.others.end(), call.words.begin() + static_cast<ptrdiff_t>(i),
                        call.words.end());
      break;
    }
    auto flag = std::ranges::find_if(kFlags, [&](const auto& f) { return word == f.first; });
    if (flag != kFlags.end()) {
      out.*flag->second = true;
      continue;
    }
    const bool has_next = i + 1 < call.words.size();
    if (word == "-now" && has_next && answer(call.words[i + 1])) {
      out.now = *answer(call.words[++i]);
      continue;
    }
    out.others.push_back(word);
    const dialect::Option* option = dialect::find_option(dialect::sge_options(), word);
    size_t values = !option                                           ? 0
                    : option->argument == dialect::Argument::two      ? 2
                    : option->argument == dialect::Argument::required ? 1
                                                                      : 0;
    for (; values > 0 && i + 1 < call.words.size(); --values) {
      out.others.push_back(call.words[++i]);
    }
  }
  return out;
}

// What parallel programs use to start their daemons on the nodes of their own job.
int start_here(std::vector<std::string> words) {
  // The environment is here already.
  std::erase_if(words, [in_options = true](const std::string& word) mutable {
    in_options = in_options && word == "-V";
    return in_options;
  });
  if (!getenv("JOB_ID")) {
    throw failure(1,
                  "error: \"qrsh\" called with option \"-inherit\", but \"JOB_ID\" not set in "
                  "environment");
  }
  if (words.size() < 2) throw failure(1, "qrsh: write: qrsh -inherit HOST COMMAND ...");
  std::string host = words[0].substr(0, words[0].find('.'));
  std::string here = this_submitter().host;
  if (host != "localhost" && host != here.substr(0, here.find('.'))) {
    throw failure(1, fmt::format("qrsh: {} is not this node: jobs of several nodes do not start "
                                 "processes on the others yet",
                                 printable(words[0])));
  }
  std::vector<std::string> command(words.begin() + 1, words.end());
  std::vector<char*> argv = pointers(command);
  execvp(argv[0], argv.data());
  throw failure(1, fmt::format("qrsh: cannot run {}", printable(words[1])));
}

// A login shell; a command is the shell's, as if it was typed.
std::vector<std::string> words_to_run(const Order& order, bool is_login, bool no_shell) {
  if (is_login) return {hold::own_shell(), "-l"};
  std::vector<std::string> command{order.path};
  command.insert(command.end(), order.args.begin(), order.args.end());
  if (no_shell) return command;
  return {hold::own_shell(), "-c", fmt::format("{}", fmt::join(command, " "))};
}

hold::Sayings sayings_of(const std::string& name, bool verbose) {
  hold::Sayings say;
  say.gives_up = [name](int64_t) { fmt::print(stderr, "{}: the request is withdrawn\n", name); };
  say.not_at_all = [name](int64_t) {
    fmt::print(stderr, "Your \"{}\" request could not be scheduled, try again later.\n", name);
  };
  say.ended = [name](int64_t id, const std::string& why) {
    fmt::print(stderr, "{}: job {} ended: {}\n", name, id, printable(why));
  };
  if (!verbose) say.waits = nullptr;
  return say;
}

ForeignJob job_of(Desk& desk, Order order, const std::string& name) {
  if (order.path.empty()) order.path = name == "qlogin" ? "QLOGIN" : "QRLOGIN";
  order.args.clear();
  const std::string script = ":\n";
  ForeignJob job = translate_order(desk, order, script, dialect::Dialect::sge);
  if (first_refusal(job)) {
    throw failure(1, fmt::format("{}: {}", name, why_refused(job)));
  }
  if (job.request.job.array) throw failure(1, name + ": an interactive job is no array");
  return job;
}

int print_help(const std::string& name) {
  std::vector<Word> words = {{"-inherit", "", "a process of the job this is called in"},
                             {"-verbose", "", "say what is waited for"},
                             {"-noshell", "", "start the command without a shell"},
                             {"-nostdin", "", "the command reads nothing"},
                             {"-now", "y or n", "give up when it cannot start at once (y)"}};
  for (const dialect::Option& o : dialect::sge_options()) {
    if (o.spellings != "-now") words.push_back({o.spellings, o.form, o.meaning});
  }
  fmt::print("{}", words_usage(name, {"[command [arguments]]", words}));
  return 0;
}

}  // namespace

int qrsh(const Call& call) {
  Switches switches = read_switches(call);
  if (switches.inherit) return start_here(switches.others);
  if (!switches.others.empty() &&
      (switches.others[0] == "-help" || switches.others[0] == "--help")) {
    return print_help(call.name);
  }
  Desk desk(call);
  Order order = read_order(switches.others, dialect::Dialect::sge);
  if (!order.refused.empty()) {
    const dialect::Record& r = order.refused.front();
    throw failure(7, fmt::format("{}: {}: {}", call.name, printable(r.text), printable(r.reason)));
  }
  const bool is_login = order.path.empty();
  if (is_login && !hold::has_terminal()) {
    throw failure(1, call.name + ": a shell needs a terminal; name a command");
  }
  const bool verbose = switches.verbose || call.name == "qlogin";
  hold::Interactive what;
  what.order.argv = words_to_run(order, is_login, switches.no_shell);
  if (switches.no_input)
    what.order.argv.insert(what.order.argv.begin(),
                           {"/bin/sh", "-c", "exec \"$@\" </dev/null", "sh"});
  if (switches.now) what.patience = kNow;
  what.ready = [&](int64_t id, const hold::Variables&) {
    if (!verbose) return;
    fmt::print(stderr,
               "Your interactive job {} has been successfully scheduled.\n"
               "Establishing builtin session to host {} ...\n",
               id, this_submitter().host);
  };
  ForeignJob job = job_of(desk, order, call.name);
  const std::string name = *job.translation.job.name;
  auto send = [&](const ForeignJob& ready) {
    api::Submitted sent;
    std::string why = why_not([&] { sent = send_foreign(desk.session(), ready); });
    if (!why.empty()) throw failure(1, fmt::format("Unable to run job: {}\nExiting.", why));
    tell_deviations(call, ready);
    if (verbose) {
      fmt::print(stderr,
                 "Your job {} (\"{}\") has been submitted\n"
                 "waiting for interactive job to be scheduled ...\n",
                 sent.jobs.at(0), printable(name));
    }
    return sent.jobs.at(0);
  };
  auto code = hold::run_interactive(desk.session(), std::move(job), send,
                                    sayings_of(call.name, verbose), what);
  return code ? *code : 1;
}

}  // namespace pentad::cli::front::sge
