// qdel, qhold, qrls, qsig, qrerun and qalter of PBS.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "cli/front/pbs/pbs.h"
#include "cli/table.h"
#include "dialect/tables.h"
#include "dialect/values.h"

namespace pentad::cli::front::pbs {

namespace {

constexpr std::array kDelete = {
    Word{"-W", "force|suppress_email=N|DELAY", "how"},
    Word{"-x", "", "also the record of an ended job, which is kept here"},
    Word{"-p", "", "also when its node does not answer"},
    Word{"-m", "MESSAGE", "a remark, which nobody is mailed"},
    Word{"-t", "ELEMENTS", "of arrays: these"},
    Word{"-a", "", "arrays as a whole"},
};
constexpr std::array kHolds = {
    Word{"-h", "u|o|s|n|p", "whose hold"},
    Word{"-t", "ELEMENTS", "of arrays: these"},
};
constexpr std::array kSignals = {
    Word{"-s", "SIGNAL", "its name or number; SIGTERM when none is given"},
    Word{"-a", "", "without waiting"},
};
constexpr std::array kRerun = {
    Word{"-W", "force", "also when its node does not answer"},
    Word{"-f", "", "also when its node does not answer"},
};

std::span<const Word> words_for(std::string_view command) {
  if (command == "qdel") return kDelete;
  if (command == "qsig") return kSignals;
  return command == "qrerun" ? std::span<const Word>(kRerun) : kHolds;
}

struct Found {
  api::JobSummary job;
  std::optional<IndexSet> elements;
  std::string id;  // as the original repeats it
};

int complain(const Call& call, int code, const std::string& sentence) {
  fmt::print(stderr, "{}: {}\n", call.name, sentence);
  return code;
}

// 0 and the job, or the exit code after a complaint.
int find(const Call& call, Server& server, const std::string& word, Found& found) {
  std::optional<JobId> id = read_id(server.name(), word);
  if (!id) {
    return complain(call, 2, fmt::format("illegally formed job identifier: {}", printable(word)));
  }
  auto jobs = list_jobs(server.session(), fmt::format("ids={}", id->job));
  if (jobs.empty()) {
    const char* words = server.is_torque() ? "Unknown Job Id Error" : "Unknown Job Id";
    return complain(call, kUnknownJob, fmt::format("{} {}", words, printable(id->text)));
  }
  found.job = std::move(jobs[0]);
  found.elements = std::move(id->elements);
  found.id = id->elements ? id->text : server.id(found.job);
  if (!is_final(found.job.state)) return 0;
  if (server.is_torque()) {
    return complain(call, kBadState,
                    fmt::format("Request invalid for state of job {}", printable(found.id)));
  }
  return complain(call, kHistory, fmt::format("Job has finished {}", printable(found.id)));
}

std::optional<std::string> text_of(const std::optional<IndexSet>& elements) {
  return elements ? std::optional(elements->to_string()) : std::nullopt;
}

int refused(const Call& call, const std::string& why, const Found& found) {
  return complain(call, kBadState,
                  fmt::format("Request invalid for state of job {}: {}", printable(found.id), why));
}

void post(Server& server, const Found& f, const char* action, const auto& body) {
  server.session().send<api::JobSummary>(net::Method::post,
                                         fmt::format("/jobs/{}/{}", f.job.id, action), body);
}

struct Hold {
  bool by_operator = false;
  bool is_none = false;  // -h n
};

int act(const Call& call, Server& server, const Found& f, const Hold& hold) {
  if (call.name == "qdel") {
    std::string why =
        why_not([&] { post(server, f, "cancel", api::CancelRequest{text_of(f.elements)}); });
    return why.empty() ? 0 : refused(call, why, f);
  }
  if (call.name == "qrerun") {
    std::string why = why_not([&] {
      post(server, f, "requeue", api::RequeueJob{text_of(f.elements), false});
    });
    return why.empty() ? 0 : refused(call, why, f);
  }
  bool is_held = f.job.state == JobState::held || f.job.reason == PendingReason::held_by_user ||
                 f.job.reason == PendingReason::held_by_operator;
  bool holds = call.name == "qhold" && !hold.is_none;
  if (holds == is_held && !hold.by_operator) return 0;
  if (f.elements) {
    return refused(call, "holds are of whole arrays here", f);
  }
  std::string why = why_not(
      [&] { post(server, f, holds ? "hold" : "release", api::HoldRequest{hold.by_operator}); });
  return why.empty() ? 0 : refused(call, why, f);
}

int send_signal(const Call& call, Server& server, const Found& f, const std::string& name) {
  std::string plain = name.starts_with("SIG") ? name.substr(3) : name;
  if (plain == "suspend" || plain == "admin-suspend") plain = "STOP";
  if (plain == "resume" || plain == "admin-resume") plain = "CONT";
  if (plain.empty() || plain == "NULL" || plain == "0") return 0;
  Result<int32_t> number = dialect::parse_signal(plain);
  if (!number) {
    return complain(call, kUnknownSignal,
                    fmt::format("Unknown or illegal signal {} {}", printable(name), f.id));
  }
  api::SignalRequest body;
  body.signal = *number;
  body.elements = text_of(f.elements);
  api::SignalDone done;
  std::string why = why_not([&] {
    done = server.session().send<api::SignalDone>(net::Method::post,
                                                  fmt::format("/jobs/{}/signal", f.job.id), body);
  });
  if (!why.empty()) return refused(call, why, f);
  if (done.attempts > 0) return 0;
  return complain(call, kBadState, fmt::format("Request invalid for state of job {}", f.id));
}

Hold hold_of(const Call& call, const Words& words) {
  std::string letters = words.has("-h") ? words.value("-h") : "u";
  if (letters.empty() || letters.find_first_not_of("uosnp") != letters.npos) {
    throw failure(2, fmt::format("{}: illegal -h value\n{}", call.name,
                                 letters_usage(call.name, {"job_identifier...", kHolds})));
  }
  return {letters.find_first_of("os") != letters.npos, letters == "n"};
}

}  // namespace

int control(const Call& call) {
  Manual manual{"job_identifier...", words_for(call.name)};
  Words words = read_letters(call, manual);
  if (words.is_answered) return 0;
  if (words.rest.empty()) throw failure(2, letters_usage(call.name, manual));
  Server server(call);
  bool is_hold = call.name == "qhold" || call.name == "qrls";
  Hold hold = is_hold ? hold_of(call, words) : Hold{};
  int code = 0;
  for (const std::string& word : words.rest) {
    Found found;
    int one = find(call, server, word, found);
    if (one == 0 && words.has("-t")) {
      Result<IndexSet> elements = IndexSet::parse(words.value("-t"), 1 << 24);
      if (!elements) throw failure(2, fmt::format("{}: illegal -t value", call.name));
      found.elements = std::move(*elements);
    }
    if (one == 0) {
      one = call.name == "qsig"
                ? send_signal(call, server, found, words.has("-s") ? words.value("-s") : "TERM")
                : act(call, server, found, hold);
    }
    if (one != 0) code = one;
  }
  return code;
}

namespace {

bool is_given(const dialect::Origin& origin) {
  return origin.kind == dialect::OriginKind::command_line;
}

// What of a job qalter can change.
api::JobChange change_of(const ForeignJob& from, const api::JobSummary& job) {
  const dialect::Job& asked = from.translation.job;
  const JobRequest& request = from.request.job;
  api::JobChange change;
  auto resources = [&]() -> api::Resources& {
    if (!change.resources) change.resources.emplace();
    return *change.resources;
  };
  if (is_given(asked.name.origin)) change.name = *asked.name;
  if (is_given(asked.account.origin)) change.project = request.project;
  if (asked.walltime) change.limit_s = request.limit.value / 1000;
  if (asked.priority) change.priority = request.priority;
  if (request.begin) change.begin_at_ms = request.begin->value;
  if (request.dependency) change.dependency = to_submission(from).dependency;
  if (is_given(asked.queues.origin)) resources().pools = request.resources.pools;
  const dialect::Component& part = asked.components.front();
  if (part.memory) resources().memory_bytes = request.resources.memory.value;
  if (part.nodes || part.tasks || part.cpus || part.cpus_per_task || part.tasks_per_node) {
    resources().nodes = request.resources.nodes;
    resources().cores = request.resources.cores;
  }
  if (asked.array.value.max_running > 0 && job.array) {
    change.max_running = static_cast<int32_t>(asked.array.value.max_running);
  }
  return change;
}

int alter(const Call& call, Server& server, const Found& found, const ForeignJob& from) {
  api::JobChange change = change_of(from, found.job);
  if (change.name || change.project || change.limit_s || change.priority || change.begin_at_ms ||
      change.dependency || change.resources || change.max_running) {
    std::string why = why_not([&] {
      server.session().send<api::JobSummary>(net::Method::patch,
                                             fmt::format("/jobs/{}", found.job.id), change);
    });
    return why.empty() ? 0 : refused(call, why, found);
  }
  return complain(call, 2, "none of these can be changed in a job that exists");
}

}  // namespace

int qalter(const Call& call) {
  std::vector<Word> table;
  for (const dialect::Option& o : dialect::pbspro_options()) {
    table.push_back({o.spellings, o.form, o.meaning});
  }
  Manual manual{"job_identifier...", table};
  Words words = read_letters(call, manual);
  if (words.is_answered) return 0;
  if (words.rest.empty()) throw failure(2, letters_usage("qalter", manual));
  Server server(call);
  Order order;
  std::string holds = words.value("-h");
  for (const auto& [name, value] : words.given) {
    if (name == "-h") continue;
    order.options.emplace_back(name);
    if (!value.empty()) order.options.push_back(value);
  }
  ForeignJob from = translate_order(server, order, ":\n", dialect::Dialect::pbspro);
  if (const dialect::Record* r = first_refusal(from)) {
    char letter = r->text.size() > 1 ? r->text[1] : '?';
    throw failure(2, fmt::format("qalter: illegal -{} value\n{}", letter, why_refused(from)));
  }
  int code = 0;
  for (const std::string& word : words.rest) {
    Found found;
    int one = find(call, server, word, found);
    if (one == 0 && !order.options.empty()) one = alter(call, server, found, from);
    if (one == 0 && words.has("-h")) {
      Call hold = call;
      hold.name = holds == "n" ? "qrls" : "qhold";
      bool by_operator = holds.find_first_of("os") != holds.npos;
      one = act(hold, server, found, {by_operator, false});
    }
    if (one != 0) code = one;
  }
  return code;
}

}  // namespace pentad::cli::front::pbs
