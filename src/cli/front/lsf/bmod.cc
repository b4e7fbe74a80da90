// bmod: what can still be changed of a job that was submitted.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/submission.h"
#include "cli/front/lsf/lsf.h"
#include "cli/front/lsf/submission.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

// What is asked for, as the job would be if it were new.
struct Wanted {
  const dialect::Job& job;
  const api::JobSubmission& submission;
};

using Apply = void (*)(const Wanted&, api::JobChange&, api::Resources&);

struct Change {
  std::string_view option;
  Apply apply;
};

void clear(api::JobChange& change, api::Clearable what) { change.clear.push_back(what); }

void slots(const Wanted& w, api::JobChange&, api::Resources& r) {
  r.nodes = w.submission.resources.nodes;
  r.cores = w.submission.resources.cores;
}

void memory(const Wanted& w, api::JobChange&, api::Resources& r) {
  r.memory_bytes = w.submission.resources.memory_bytes;
}

// -R may be about all of them: what it says counts.
void requirements(const Wanted& w, api::JobChange& change, api::Resources& r) {
  const dialect::Component& part = w.job.components.front();
  if (part.memory) memory(w, change, r);
  if (part.gpus) r.devices = w.submission.resources.devices;
  if (part.constraint) r.features = w.submission.resources.features;
  if (part.nodes || part.tasks || part.tasks_per_node || part.cpus_per_task) slots(w, change, r);
}

constexpr std::array kChanges = {
    Change{"-W", [](const Wanted& w, api::JobChange& c,
                    api::Resources&) { c.limit_s = w.submission.limit_s; }},
    Change{"-J",
           [](const Wanted& w, api::JobChange& c, api::Resources&) { c.name = w.submission.name; }},
    Change{"-P", [](const Wanted& w, api::JobChange& c,
                    api::Resources&) { c.project = w.submission.project; }},
    Change{"-sla",
           [](const Wanted& w, api::JobChange& c, api::Resources&) { c.qos = w.submission.qos; }},
    Change{"-sp", [](const Wanted& w, api::JobChange& c,
                     api::Resources&) { c.priority = w.submission.priority; }},
    Change{"-b", [](const Wanted& w, api::JobChange& c,
                    api::Resources&) { c.begin_at_ms = w.submission.begin_at_ms; }},
    Change{"-t", [](const Wanted& w, api::JobChange& c,
                    api::Resources&) { c.deadline_at_ms = w.submission.deadline_at_ms; }},
    Change{"-w", [](const Wanted& w, api::JobChange& c,
                    api::Resources&) { c.dependency = w.submission.dependency; }},
    Change{"-q", [](const Wanted& w, api::JobChange&,
                    api::Resources& r) { r.pools = w.submission.resources.pools; }},
    Change{"-n", slots},
    Change{"-nnodes", slots},
    Change{"-M", memory},
    Change{"-R", requirements},
    Change{"-gpu", [](const Wanted& w, api::JobChange&,
                      api::Resources& r) { r.devices = w.submission.resources.devices; }},
    Change{"-x", [](const Wanted& w, api::JobChange&,
                    api::Resources& r) { r.exclusive = w.submission.resources.exclusive; }},
};

struct Removal {
  std::string_view option;
  void (*apply)(api::JobChange&);
};
constexpr std::array kRemovals = {
    Removal{"-bn", [](api::JobChange& c) { clear(c, api::Clearable::begin); }},
    Removal{"-tn", [](api::JobChange& c) { clear(c, api::Clearable::deadline); }},
    Removal{"-wn", [](api::JobChange& c) { clear(c, api::Clearable::dependency); }},
    Removal{"-spn", [](api::JobChange& c) { c.priority = 0; }},
};

[[noreturn]] void unchanged(const std::string& why) {
  fail_with(why + ". Parameters not changed.\n");
}

// Takes what only bmod knows out of `options`: removals, and -J "%N".
void take_own(std::vector<std::string>& options, api::JobChange& change) {
  for (size_t i = 0; i < options.size();) {
    auto removal = std::ranges::find(kRemovals, options[i], &Removal::option);
    if (removal != kRemovals.end()) {
      removal->apply(change);
      options.erase(options.begin() + static_cast<ptrdiff_t>(i));
      continue;
    }
    bool limits = options[i] == "-J" && i + 1 < options.size() && options[i + 1].starts_with('%');
    if (!limits) {
      ++i;
      continue;
    }
    const std::string& text = options[i + 1];
    int32_t at_once = 0;
    auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), at_once);
    if (error != std::errc() || end != text.data() + text.size() || at_once < 0) {
      unchanged(fmt::format("-J {}: it is no limit", printable(text)));
    }
    change.max_running = at_once;
    options.erase(options.begin() + static_cast<ptrdiff_t>(i),
                  options.begin() + static_cast<ptrdiff_t>(i) + 2);
  }
}

void take_options(Cluster& cluster, const std::vector<std::string>& options, api::JobChange& change,
                  api::Resources& resources) {
  ForeignJob job = translate_options(cluster, options);
  api::JobSubmission submission = to_submission(job);
  Wanted wanted{job.translation.job, submission};
  for (const dialect::Record& record : job.translation.records) {
    if (record.origin.kind != dialect::OriginKind::command_line) continue;
    std::string option = record.text.substr(0, record.text.find(' '));
    auto known = std::ranges::find(kChanges, option, &Change::option);
    if (known == kChanges.end()) {
      unchanged(fmt::format("{}: it cannot be changed any more: bkill the job and bsub it again",
                            printable(record.text)));
    }
    known->apply(wanted, change, resources);
  }
}

}  // namespace

int bmod(const Call& call) {
  Manual manual = submission_manual();
  manual.operands = "job_ID";
  answer_help(call, manual);
  if (call.words.empty()) fail_with("bmod: Job ID must be given\n");
  JobKey key = job_key(call.words.back());
  std::vector<std::string> options(call.words.begin(), call.words.end() - 1);
  if (options.empty()) unchanged("No option is given");
  Cluster cluster(call);
  const api::JobSummary* job = key.job > 0 ? cluster.find(key.job) : nullptr;
  if (!job) unchanged(fmt::format("Job <{}>: No matching job found", printable(key.text)));
  if (key.elements) unchanged(fmt::format("Job <{}>: an array is changed as a whole", key.text));
  if (is_final(job->state)) unchanged(fmt::format("Job <{}>: Job has already finished", key.text));
  api::JobChange change;
  api::Resources present = cluster.detail(key.job).request.resources;
  api::Resources resources = present;
  take_own(options, change);
  if (!options.empty()) take_options(cluster, options, change, resources);
  if (!(resources == present)) change.resources = resources;
  try {
    cluster.session().send<api::JobSummary>(net::Method::patch, fmt::format("/jobs/{}", key.job),
                                            change);
  } catch (const CommandError& error) {
    if (error.code == kUnreachable) throw;
    unchanged(error.what());
  }
  fmt::print("Parameters of job <{}> are being changed\n", key.job);
  return 0;
}

}  // namespace pentad::cli::front::lsf
