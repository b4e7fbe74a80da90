// Grid Engine's qsub.
#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/front/sge/sge.h"
#include "cli/front/wait.h"
#include "cli/table.h"
#include "dialect/tables.h"

namespace pentad::cli::front::sge {

namespace {

using dialect::Dialect;
using dialect::OriginKind;

constexpr size_t kMostFiles = 100;  // of -@, also inside of each other

[[noreturn]] void rejected(const std::string& why) {
  throw failure(1, fmt::format("Unable to run job: {}\nExiting.", why));
}

[[noreturn]] void unreadable(int code, const std::string& why) {
  throw failure(code, fmt::format("Unable to read script file because of error: {}", why));
}

// Words of an option file: blanks between them, quotes around them, # to the end of the line.
std::vector<std::string> words_of_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) unreadable(1, fmt::format("error opening {}: {}", printable(path), strerror(errno)));
  std::stringstream text;
  text << in.rdbuf();
  std::string line;
  std::vector<std::string> out;
  while (std::getline(text, line)) {
    std::string word;
    bool has_word = false;
    char quote = 0;
    for (char c : line) {
      if (quote ? c == quote : c == '"' || c == '\'') {
        quote = quote ? 0 : c;
        has_word = true;
      } else if (!quote && (c == ' ' || c == '\t' || c == '\r')) {
        if (has_word) out.push_back(std::exchange(word, ""));
        has_word = false;
      } else if (!quote && c == '#' && !has_word) {
        break;
      } else {
        word += c;
        has_word = true;
      }
    }
    if (has_word) out.push_back(word);
  }
  return out;
}

// Options of `-@ file` in its place, as far as options go.
std::vector<std::string> with_files(std::vector<std::string> words) {
  size_t files = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-@" && i + 1 < words.size()) {
      if (++files > kMostFiles) rejected("option files name each other without an end");
      std::vector<std::string> inner = words_of_file(words[i + 1]);
      auto at = words.erase(words.begin() + static_cast<ptrdiff_t>(i),
                            words.begin() + static_cast<ptrdiff_t>(i) + 2);
      words.insert(at, inner.begin(), inner.end());
      --i;
      continue;
    }
    if (!words[i].starts_with('-')) return words;  // the script: what follows is its own
    const dialect::Option* option = dialect::find_option(dialect::sge_options(), words[i]);
    if (!option) continue;
    i += option->argument == dialect::Argument::two        ? 2
         : option->argument == dialect::Argument::required ? 1
                                                           : 0;
  }
  return words;
}

bool says_program(const std::vector<std::string>& options) {
  bool yes = false;
  for (size_t i = 0; i + 1 < options.size(); ++i) {
    if (options[i] == "-b") yes = options[i + 1] == "y" || options[i + 1] == "yes";
  }
  return yes;
}

// The original's own sentence where it has one.
[[noreturn]] void refuse(const dialect::Record& r, const std::string& all) {
  bool in_script = r.origin.kind == OriginKind::script;
  std::string word = r.text.substr(0, r.text.find(' '));
  bool is_option = dialect::find_option(dialect::sge_options(), word) != nullptr;
  if (word.starts_with('-') && (!is_option || r.reason.starts_with("it needs a value"))) {
    std::string what = is_option ? fmt::format("{} option must have argument", printable(word))
                                 : fmt::format("invalid option argument \"{}\"", printable(word));
    if (in_script) unreadable(2, fmt::format("{}\n{}", what, all));
    throw failure(2, fmt::format("qsub: {}\n{}", what, all));
  }
  if (is_option && word != "-l" && word != "-N") {
    throw failure(7,
                  fmt::format("qsub: invalid option argument \"{}\"\n{}", printable(r.text), all));
  }
  rejected(all);
}

void check_queues(Desk& desk, const dialect::Job& job) {
  if (!job.queues) return;
  for (const std::string& one : *job.queues) {
    std::string queue = one.substr(0, one.find('@'));
    if (queue.find_first_of("*?[") != queue.npos || desk.has_queue(queue)) continue;
    rejected(
        fmt::format("Job was rejected because job requests unknown queue \"{}\"", printable(one)));
  }
}

// Numbers of -hold_jid that no job has hold nothing.
void drop_unknown_jobs(Desk& desk, dialect::Request& request) {
  std::optional<Dependency>& dependency = request.job.dependency;
  if (!dependency) return;
  std::vector<Dependency> parts{*dependency};
  if (dependency->kind == DependencyKind::all) parts = std::vector<Dependency>(dependency->of);
  std::string ids;
  for (const Dependency& one : parts) {
    if (one.job.value > 0) ids += fmt::format("{}{}", ids.empty() ? "" : ",", one.job.value);
  }
  if (ids.empty()) return;
  auto known = list_jobs(desk.session(), "ids=" + ids);
  std::erase_if(parts, [&](const Dependency& one) {
    return one.of.empty() &&
           std::ranges::find(known, one.job.value, &api::JobSummary::id) == known.end();
  });
  if (parts.empty()) return dependency.reset();
  Dependency all;
  all.kind = DependencyKind::all;
  all.of = std::move(parts);
  dependency = all.of.size() == 1 ? Dependency(all.of.front()) : std::move(all);
}

std::string submitted_text(const ForeignJob& job, int64_t id) {
  const dialect::Job& asked = job.translation.job;
  bool is_array = asked.array && !asked.array->indices.empty();
  std::string number = std::to_string(id);
  if (is_array) number += "." + range_text(asked.array->indices);
  if (*asked.terse) return number + "\n";
  return fmt::format("Your job{} {} (\"{}\") has been submitted\n", is_array ? "-array" : "",
                     number, printable(*asked.name));
}

// How an element ended, as `qsub -sync y` tells and exits.
int tell_end(const Element& e) {
  std::string id = std::to_string(e.job->id);
  if (e.is_array()) id += fmt::format(".{}", e.index);
  bool ran = e.attempt && e.attempt->end;
  if (ran && *e.attempt->end == EndKind::exited) {
    int code = e.attempt->exit_code;
    fmt::print(code == 0 ? stdout : stderr, "Job {} exited with exit code {}.\n", id, code);
    return code;
  }
  if (ran && e.attempt->signal > 0 && e.state != JobState::cancelled) {
    const char* name = sigabbrev_np(e.attempt->signal);
    fmt::print(stderr, "Job {} exited because of signal SIG{}\n", id, name ? name : "?");
    return 1;
  }
  fmt::print(stderr, "Unable to run job {}\n", id);
  return 1;
}

int wait_for_end(Desk& desk, int64_t id) {
  std::fflush(stdout);
  auto never = [](const api::JobSummary&) { return false; };
  std::optional<api::JobSummary> end = wait_for(desk.session(), id, never);
  if (!end) return kInterrupted;
  int code = 0;
  for (const Element& e : elements_of(desk.session(), *end)) {
    int one = tell_end(e);
    if (one != 0) code = one;
  }
  return code;
}

std::string script_of(const Call& call, const Order& order) {
  if (order.is_program) return "";
  if (order.path.empty()) {
    std::string text = call.input ? *call.input : read_foreign_script("-");
    if (text.empty()) unreadable(4, "no input read from stdin");
    return text;
  }
  std::string text;
  try {
    text = read_foreign_script(order.path);
  } catch (const CommandError&) {
    int reason = errno;
    unreadable(14, fmt::format("error opening {}: {}", printable(order.path),
                               strerror(reason ? reason : ENOENT)));
  }
  if (text.empty()) rejected("job rejected: no script in your request");
  return text;
}

int print_help() {
  std::vector<Word> words;
  for (const dialect::Option& o : dialect::sge_options()) {
    words.push_back({o.spellings, o.form, o.meaning});
  }
  fmt::print("{}", words_usage("qsub", {"[{script|-} [script_args]]", words}));
  return 0;
}

}  // namespace

int qsub(const Call& call) {
  std::vector<std::string> words = with_files(call.words);
  if (!words.empty() && (words[0] == "-help" || words[0] == "--help" || words[0] == "--version")) {
    return print_help();
  }
  Desk desk(call);
  Order order = read_order(words, Dialect::sge);
  order.is_program = says_program(order.options);
  if (order.is_program) {
    if (order.path.empty()) throw failure(2, "qsub: command required for a binary job");
    order.args.insert(order.args.begin(), order.path);
  }
  if (!order.refused.empty()) {
    const dialect::Record& r = order.refused.front();
    refuse(r, fmt::format("{}: {}", printable(r.text), printable(r.reason)));
  }
  std::string script = script_of(call, order);
  ForeignJob job = translate_order(desk, order, script, Dialect::sge);
  if (const dialect::Record* r = first_refusal(job)) refuse(*r, why_refused(job));
  check_queues(desk, job.translation.job);
  drop_unknown_jobs(desk, job.request);
  if (*job.translation.job.verify_only) {
    auto check = [&] {
      auto answer = desk.session().send<api::DryRun>(net::Method::post, "/jobs?dry_run=true",
                                                     to_submission(job));
      if (answer.refusal) throw failure(1, printable(answer.refusal->detail));
    };
    if (std::string why = why_not(check); !why.empty()) rejected(why);
    fmt::print("verification: found suitable queue(s)\n");
    return 0;
  }
  api::Submitted sent;
  std::string why = why_not([&] { sent = send_foreign(desk.session(), job); });
  if (!why.empty()) rejected(why);
  tell_deviations(call, job);
  int64_t id = sent.jobs.at(0);
  fmt::print("{}", submitted_text(job, id));
  return *job.translation.job.wait ? wait_for_end(desk, id) : 0;
}

}  // namespace pentad::cli::front::sge
