#include "cli/front/slurm/own_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/front/slurm/submit_words.h"
#include "cli/front/slurm/switches.h"

namespace pentad::cli::front::slurm {

namespace {

hold::Sayings sayings(const Call& call) {
  hold::Sayings say;
  say.waits = [&call](int64_t job) {
    if (call.name == "salloc") fmt::print(stderr, "salloc: Pending job allocation {}\n", job);
    fmt::print(stderr, "{}: job {} queued and waiting for resources\n", call.name, job);
  };
  say.started = [&call](int64_t job) {
    fmt::print(stderr, "{}: job {} has been allocated resources\n", call.name, job);
  };
  say.gives_up = [&call](int64_t job) {
    fmt::print(stderr, "{}: Job allocation {} has been revoked\n", call.name, job);
  };
  say.ended = [&call](int64_t job, const std::string& why) {
    complain(call, fmt::format("Job {} ended before it held its cores: {}", job, why));
  };
  return say;
}

}  // namespace

hold::Allocation own_job(const Call& call, Session& session,
                         const std::vector<std::string>& options, const std::string& name) {
  dialect::Source source;
  source.options = options;
  source.script_name = name;
  source.script = "#!/bin/sh\n";
  ForeignJob job = translate_words(call, session, source, site_profile(call.globals));
  dialect::Submitter here = this_submitter();
  job.request.payload.environment = here.environment;
  job.request.payload.workdir = here.directory;
  tell_deviations(call, job);
  auto send = [&](const ForeignJob& ready) { return send_job(call, session, ready); };
  return hold::Allocation(session, std::move(job), send, sayings(call));
}

int order_step(const Call& call, const std::string& steps_path) {
  hold::Order order;
  order.argv = {"srun"};
  order.argv.insert(order.argv.end(), call.words.begin(), call.words.end());
  order.environment = hold::own_environment();
  std::error_code error;
  order.folder = std::filesystem::current_path(error).string();
  order.wants_terminal = std::ranges::find(call.words, "--pty") != call.words.end();
  Result<int> code = hold::run_order(steps_path, order);
  if (code) return *code;
  if (code.error().code != ErrorCode::not_found) throw failure(call, code.error().message);
  throw failure(call, "Unable to confirm allocation: " + code.error().message);
}

}  // namespace pentad::cli::front::slurm
