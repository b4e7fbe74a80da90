// pentad cancel, hold, release, requeue.
#include <fmt/format.h>

#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace pentad::cli {

namespace {

// Parts of arrays go one by one: the body names the elements.
void act_on_part(Session& session, const std::string& action, const ManyOptions& o, JobName job) {
  std::string target = fmt::format("/jobs/{}/{}", job.job, action);
  if (action == "cancel") {
    session.send<api::JobSummary>(net::Method::post, target, api::CancelRequest{job.element});
  } else if (action == "requeue") {
    session.send<api::JobSummary>(net::Method::post, target,
                                  api::RequeueJob{job.element, o.hold, o.by_operator});
  } else {
    throw CommandError(kUsage,
                       fmt::format("{} works on whole arrays: leave out _{}", action, job.element));
  }
}

api::ManyJobs request_of(const ManyOptions& o) {
  api::ManyJobs many;
  many.by_operator = o.by_operator;
  many.hold = o.hold;
  bool filtered =
      o.all || !o.user.empty() || !o.project.empty() || !o.name.empty() || !o.state.empty();
  if (!filtered) return many;
  api::JobFilter filter;
  if (!o.user.empty()) filter.user = o.user;
  if (!o.project.empty()) filter.project = o.project;
  if (!o.name.empty()) filter.name = o.name;
  for (const std::string& word : o.state) {
    JobState state{};
    if (!boost::describe::enum_from_string(word.c_str(), state)) {
      throw CommandError(kUsage, fmt::format("--state: `{}` is no state", printable(word)));
    }
    filter.state.push_back(state);
  }
  many.filter = filter;
  return many;
}

}  // namespace

int act_on_jobs(Session& session, const std::string& action, const ManyOptions& o) {
  api::ManyJobs many = request_of(o);
  if (many.filter && !o.jobs.empty()) {
    throw CommandError(kUsage, "give either job numbers or a filter, not both");
  }
  if (!many.filter && o.jobs.empty()) {
    throw CommandError(kUsage,
                       fmt::format("which jobs? Give numbers, a filter such as --user, or --all"));
  }
  api::ManyDone done;
  for (const std::string& text : o.jobs) {
    JobName job = parse_job(text);
    if (job.element.empty()) {
      many.jobs.push_back(job.job);
    } else {
      act_on_part(session, action, o, job);
      done.done.push_back(job.job);
    }
  }
  if (many.filter || !many.jobs.empty()) {
    auto answer = session.send<api::ManyDone>(net::Method::post, "/jobs/" + action, many);
    done.done.insert(done.done.end(), answer.done.begin(), answer.done.end());
    done.refused = std::move(answer.refused);
    if (many.filter) {  // a job that ended meanwhile, for instance with the one it waited for
      std::erase_if(done.refused, [](const auto& r) { return r.code == RefusalCode::not_found; });
    }
  }
  if (session.json()) {
    fmt::print("{}\n", to_json(done));
  } else {
    for (const api::JobRefusal& r : done.refused) {
      fmt::print(stderr, "job {}: {}\n", r.job, printable(r.detail));
    }
    static constexpr std::string_view kPast[] = {"cancelled", "held", "released", "requeued"};
    std::string_view past = action == "cancel"    ? kPast[0]
                            : action == "hold"    ? kPast[1]
                            : action == "release" ? kPast[2]
                                                  : kPast[3];
    if (o.jobs.size() != 1 && !done.done.empty())
      fmt::print("{} job(s) {}\n", done.done.size(), past);
    if (many.filter && done.done.empty() && done.refused.empty()) fmt::print("no job matches\n");
  }
  if (done.refused.empty()) return kOk;
  bool unknown = done.refused.front().code == RefusalCode::not_found;
  return done.refused.size() == 1 && unknown ? kNotFound : kRefused;
}

}  // namespace pentad::cli
