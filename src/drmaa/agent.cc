#include "drmaa/agent.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <set>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/front/elements.h"
#include "drmaa/drmaa.h"

namespace pentad::drmaa {

namespace {

using cli::CommandError;
using cli::front::Element;

constexpr size_t kIdsPerQuestion = 500;

int code_of(const CommandError& error) {
  switch (error.code) {
    case cli::kNotSignedIn:
      return DRMAA_ERRNO_AUTH_FAILURE;
    case cli::kUntrusted:
    case cli::kUnreachable:
      return DRMAA_ERRNO_DRM_COMMUNICATION_FAILURE;
    case cli::kNotFound:
      return DRMAA_ERRNO_INVALID_JOB;
    case cli::kRefused:
    case cli::kUsage:
      return DRMAA_ERRNO_DENIED_BY_DRM;
    default:
      return DRMAA_ERRNO_INTERNAL_ERROR;
  }
}

// The job or the element of that name.
Element find(cli::Session& session, const std::string& text, std::vector<api::JobSummary>& jobs) {
  JobId id = parse_id(text);
  jobs = cli::front::list_jobs(session, fmt::format("ids={}", id.job));
  if (!jobs.empty() && !id.element) {
    std::vector<Element> all = cli::front::elements_of(session, jobs[0]);
    Element whole = all.front();
    whole.state = jobs[0].state;  // of an array: of all its elements
    return whole;
  }
  if (!jobs.empty() && jobs[0].array) {
    for (Element& e : cli::front::elements_of(session, jobs[0])) {
      if (e.index == *id.element) return e;
    }
  }
  throw Refused{DRMAA_ERRNO_INVALID_JOB, fmt::format("there is no job {}", text)};
}

int state_of(const Element& e) {
  switch (e.state) {
    case JobState::held:
      return e.job->reason == PendingReason::held_by_operator ? DRMAA_PS_SYSTEM_ON_HOLD
                                                              : DRMAA_PS_USER_ON_HOLD;
    case JobState::queued:
      return DRMAA_PS_QUEUED_ACTIVE;
    case JobState::starting:
    case JobState::running:
    case JobState::ending:
      return DRMAA_PS_RUNNING;
    case JobState::completed:
      return DRMAA_PS_DONE;
    default:
      return DRMAA_PS_FAILED;
  }
}

// How it ended, as bits. One that never ran was aborted.
int stat_of(const Element& e) {
  bool ran = e.attempt && e.attempt->started_at_ms && e.attempt->end != EndKind::not_started;
  if (!ran) return stat_bits::kAborted;
  if (e.attempt->signal > 0) {
    return stat_bits::kSignaled | e.attempt->signal << stat_bits::kSignalShift;
  }
  bool ended_by_itself = e.state == JobState::completed || e.attempt->exit_code != 0;
  return ended_by_itself ? stat_bits::kExited | (e.attempt->exit_code & stat_bits::kCode)
                         : stat_bits::kAborted;
}

Message usage_of(const Element& e) {
  Message out = {fmt::format("submission_time={}", e.job->submitted_at_ms / 1000)};
  if (!e.attempt) return out;
  const api::UsageView& usage = e.attempt->usage;
  int64_t started_ms = e.attempt->started_at_ms.value_or(0);
  int64_t ended_ms = e.attempt->ended_at_ms.value_or(started_ms);
  out.push_back(fmt::format("start_time={}", started_ms / 1000));
  out.push_back(fmt::format("end_time={}", ended_ms / 1000));
  out.push_back(fmt::format("ru_wallclock={}", (ended_ms - started_ms) / 1000));
  out.push_back(fmt::format("cpu={:.3f}",
                            static_cast<double>(usage.cpu_user_ms + usage.cpu_system_ms) / 1000));
  out.push_back(fmt::format("maxvmem={}", usage.peak_memory_bytes));
  out.push_back(fmt::format("exit_status={}", e.attempt->exit_code));
  out.push_back(fmt::format("signal={}", e.attempt->signal));
  return out;
}

struct Action {
  const char* verb;
  int problem;  // when the job's state does not allow it
};

Action action_of(int action) {
  switch (action) {
    case DRMAA_CONTROL_HOLD:
      return {"hold", DRMAA_ERRNO_HOLD_INCONSISTENT_STATE};
    case DRMAA_CONTROL_RELEASE:
      return {"release", DRMAA_ERRNO_RELEASE_INCONSISTENT_STATE};
    case DRMAA_CONTROL_TERMINATE:
      return {"cancel", DRMAA_ERRNO_SUCCESS};
    case DRMAA_CONTROL_RESUME:
      throw Refused{DRMAA_ERRNO_RESUME_INCONSISTENT_STATE, "it has not been suspended"};
    default:
      throw Refused{DRMAA_ERRNO_DENIED_BY_DRM,
                    "what runs cannot be suspended here: hold it before it starts"};
  }
}

}  // namespace

JobId parse_id(const std::string& text) {
  JobId id;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, id.job);
  bool sound = error == std::errc() && id.job > 0;
  if (sound && rest != end) {
    int64_t element = 0;
    auto [last, bad] = std::from_chars(rest + 1, end, element);
    sound = *rest == '.' && bad == std::errc() && last == end && element >= 0;
    id.element = element;
  }
  if (!sound) throw Refused{DRMAA_ERRNO_INVALID_JOB, fmt::format("`{}` is no job", text)};
  return id;
}

Message Agent::answer(const Message& question) {
  Message out;
  try {
    out = carry_out(question);
    out.insert(out.begin(), std::to_string(DRMAA_ERRNO_SUCCESS));
  } catch (const Refused& refused) {
    out = {std::to_string(refused.code), refused.text};
  } catch (const CommandError& error) {
    out = {std::to_string(code_of(error)), error.what()};
  }
  return out;
}

Message Agent::carry_out(const Message& question) {
  const std::string& verb = question.at(0);
  if (verb == "hello" && question.size() == 2) return hello(question[1]);
  if (!session_) throw Refused{DRMAA_ERRNO_NO_ACTIVE_SESSION, "hello comes first"};
  if (verb == "run" && question.size() >= 2) return run(question);
  if (verb == "control" && question.size() == 3) {
    return control(question[1], std::stoi(question[2]));
  }
  if (verb == "state" && question.size() == 2) return state(question[1]);
  if (verb == "ended") return ended(question);
  if (verb == "result" && question.size() == 2) return result(question[1]);
  throw Refused{DRMAA_ERRNO_INTERNAL_ERROR, "no such question: " + verb};
}

Message Agent::hello(const std::string& contact) {
  globals_ = cli::front::find_centre("");
  bool is_url = contact.starts_with("http://") || contact.starts_with("unix:");
  if (is_url) globals_.url = contact;
  if (!contact.empty() && !is_url) {
    globals_.url.clear();
    globals_.home = contact;
  }
  globals_.home = std::filesystem::absolute(globals_.home).lexically_normal().string();
  session_ = std::make_unique<cli::Session>(globals_);
  try {
    auto status = session_->get<api::StatusView>("/status");
    return {globals_.url.empty() ? globals_.home : globals_.url, "Pentad " + status.version};
  } catch (const CommandError& error) {
    session_.reset();
    int code = contact.empty() ? DRMAA_ERRNO_DRM_COMMUNICATION_FAILURE
                               : DRMAA_ERRNO_INVALID_CONTACT_STRING;
    throw Refused{code, error.what()};
  }
}

Message Agent::run(const Message& question) {
  Order order = order_of(*session_, globals_, question);
  int64_t id = cli::send_submission(*session_, order.submission, "").jobs.at(0);
  if (order.elements.empty()) return {std::to_string(id)};
  Message out;
  for (int64_t element : order.elements) out.push_back(fmt::format("{}.{}", id, element));
  return out;
}

Message Agent::control(const std::string& text, int number) {
  std::vector<api::JobSummary> jobs;
  Element e = find(*session_, text, jobs);
  Action action = action_of(number);
  std::string verb = action.verb;
  if (is_final(e.state)) {
    if (verb == "cancel") return {};  // it has come to its end already
    throw Refused{action.problem, "it has ended"};
  }
  std::optional<std::string> part;
  if (parse_id(text).element) part = std::to_string(e.index);
  std::string target = fmt::format("/jobs/{}/{}", e.job->id, verb);
  if (verb == "cancel") {
    session_->send<api::JobSummary>(net::Method::post, target, api::CancelRequest{part});
    return {};
  }
  bool fits = verb == "hold" ? e.state == JobState::queued : e.state == JobState::held;
  if (!fits) throw Refused{action.problem, verb == "hold" ? "it runs" : "it is not held"};
  if (part) {
    throw Refused{DRMAA_ERRNO_DENIED_BY_DRM,
                  fmt::format("an array is held and released as a whole: name {}", e.job->id)};
  }
  session_->send<api::JobSummary>(net::Method::post, target, api::HoldRequest{});
  return {};
}

Message Agent::state(const std::string& id) {
  std::vector<api::JobSummary> jobs;
  return {std::to_string(state_of(find(*session_, id, jobs)))};
}

Message Agent::ended(const Message& question) {
  std::map<int64_t, std::vector<std::string>> by_job;
  for (size_t i = 1; i < question.size(); ++i) {
    by_job[parse_id(question[i]).job].push_back(question[i]);
  }
  Message out;
  for (auto at = by_job.begin(); at != by_job.end();) {
    std::string ids;
    std::set<int64_t> missing;
    for (size_t n = 0; n < kIdsPerQuestion && at != by_job.end(); ++n, ++at) {
      ids += fmt::format("{}{}", ids.empty() ? "" : ",", at->first);
      missing.insert(at->first);
    }
    for (const api::JobSummary& job : cli::front::list_jobs(*session_, "ids=" + ids)) {
      missing.erase(job.id);
      std::map<int64_t, JobState> states;
      bool has_news = job.array && !is_final(job.state) && job.succeeded + job.unsuccessful > 0;
      if (has_news) {
        for (const Element& e : cli::front::elements_of(*session_, job)) states[e.index] = e.state;
      }
      for (const std::string& id : by_job[job.id]) {
        auto element = parse_id(id).element;
        auto state = element ? states.find(*element) : states.end();
        if (is_final(state == states.end() ? job.state : state->second)) out.push_back(id);
      }
    }
    if (!missing.empty()) {
      throw Refused{DRMAA_ERRNO_INVALID_JOB, fmt::format("there is no job {}", *missing.begin())};
    }
  }
  return out;
}

Message Agent::result(const std::string& id) {
  std::vector<api::JobSummary> jobs;
  Element e = find(*session_, id, jobs);
  Message out = usage_of(e);
  out.insert(out.begin(), std::to_string(stat_of(e)));
  return out;
}

}  // namespace pentad::drmaa
