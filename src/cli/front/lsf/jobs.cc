#include "cli/front/lsf/jobs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "api/centre_types.h"
#include "cli/front/lsf/words.h"
#include "cli/table.h"

namespace pentad::cli::front::lsf {

namespace {

constexpr int64_t kMostElements = 1 << 24;
constexpr int kRunLimit = 140;  // how LSF shows what was ended at its limit
constexpr int kKilled = 130;

std::tm local_time(int64_t at_ms) {
  std::time_t at_s = at_ms / 1000;
  std::tm out{};
  localtime_r(&at_s, &out);
  return out;
}

}  // namespace

std::optional<JobKey> read_key(std::string_view text) {
  JobKey key;
  key.text = text;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key.job);
  if (error != std::errc() || key.job < 0) return {};
  std::string_view rest = text.substr(static_cast<size_t>(end - text.data()));
  if (rest.empty()) return key;
  if (rest.size() < 3 || rest.front() != '[' || rest.back() != ']') return {};
  Result<IndexSet> set = IndexSet::parse(rest.substr(1, rest.size() - 2), kMostElements);
  if (!set) return {};
  key.elements = std::move(*set);
  return key;
}

JobKey job_key(const std::string& text) {
  std::optional<JobKey> key = read_key(text);
  if (!key) fail_with(fmt::format("{}: Illegal job ID.\n", printable(text)));
  return *key;
}

bool is_named(const Element& element, const std::string& pattern) {
  std::string name = pattern;
  size_t open = name.find('[');
  if (open != name.npos && name.ends_with(']') && element.is_array()) {
    auto set = IndexSet::parse(name.substr(open + 1, name.size() - open - 2), kMostElements);
    if (set && !set->contains(element.index)) return false;
    if (set) name.resize(open);
  }
  return fnmatch(name.c_str(), element.job->name.c_str(), FNM_NOESCAPE) == 0;
}

Stat stat_of(const Element& e) {
  if (e.state == JobState::held) return Stat::psusp;
  if (e.state == JobState::queued) return Stat::pend;
  if (!is_final(e.state)) return Stat::run;
  return e.state == JobState::completed ? Stat::done : Stat::exit;
}

std::string_view stat_text(Stat stat) {
  constexpr std::string_view kTexts[] = {"PEND", "PSUSP", "RUN", "DONE", "EXIT"};
  return kTexts[static_cast<size_t>(stat)];
}

std::string id_text(const Element& e) {
  return e.is_array() ? fmt::format("{}[{}]", e.job->id, e.index) : std::to_string(e.job->id);
}

std::string name_text(const Element& e) {
  return e.is_array() ? fmt::format("{}[{}]", e.job->name, e.index) : e.job->name;
}

std::string hosts_text(const Element& e, const char* separator) {
  std::string out;
  if (!e.attempt) return out;
  for (const api::NodePart& part : e.attempt->nodes) {
    std::string slots = e.attempt->cores > 1 ? fmt::format("{}*", e.attempt->cores) : "";
    out += (out.empty() ? "" : separator) + slots + part.node;
  }
  return out;
}

int32_t slots_of(const Element& e) {
  if (e.attempt) return e.attempt->cores * static_cast<int32_t>(e.attempt->nodes.size());
  return e.job->cores * e.job->nodes;
}

int exit_code_of(const Element& e) {
  if (e.state == JobState::timeout) return kRunLimit;
  if (!e.attempt) return e.state == JobState::cancelled ? kKilled : 0;
  if (e.attempt->signal > 0) return 128 + e.attempt->signal;
  if (e.attempt->exit_code == 0 && e.state != JobState::completed && is_final(e.state)) {
    return e.state == JobState::cancelled ? kKilled : 1;
  }
  return e.attempt->exit_code;
}

std::string exit_reason_of(const Element& e) {
  switch (e.state) {
    case JobState::cancelled:
      return "TERM_OWNER: job killed by owner";
    case JobState::timeout:
      return "TERM_RUNLIMIT: job killed after reaching LSF run time limit";
    case JobState::out_of_memory:
      return "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit";
    case JobState::node_failed:
      return "TERM_UNKNOWN: the host or its daemon was lost";
    default:
      return "";
  }
}

std::string dependency_text(const std::optional<api::JobDependency>& dependency) {
  if (!dependency) return "";
  const api::JobDependency& d = *dependency;
  if (d.kind == DependencyKind::all || d.kind == DependencyKind::any) {
    std::string out;
    for (const api::JobDependency& one : d.of) {
      out += (out.empty() ? "" : d.kind == DependencyKind::all ? " && " : " || ");
      bool nested = one.kind == DependencyKind::all || one.kind == DependencyKind::any;
      out += nested ? "(" + dependency_text(one) + ")" : dependency_text(one);
    }
    return out;
  }
  std::string_view word = d.kind == DependencyKind::started  ? "started"
                          : d.kind == DependencyKind::not_ok ? "exit"
                          : d.kind == DependencyKind::ended  ? "ended"
                                                             : "done";
  std::string index = d.kind == DependencyKind::elementwise ? "[*]"
                      : d.element                           ? fmt::format("[{}]", *d.element)
                                                            : "";
  return fmt::format("{}({}{})", word, d.job.value_or(0), index);
}

std::string clock_text(std::optional<int64_t> at_ms) {
  return at_ms ? fmt::format("{:%b %e %H:%M}", local_time(*at_ms)) : "";
}

std::string day_text(int64_t at_ms) {
  return fmt::format("{:%a %b %e %H:%M:%S}", local_time(at_ms));
}

Cluster::Cluster(const Call& call)
    : session_(call.globals), site_(site_profile(call.globals)), user_(this_submitter().user) {}

const std::string& Cluster::default_queue() {
  if (!default_queue_.empty()) return default_queue_;
  const char* wanted = std::getenv("LSB_DEFAULTQUEUE");
  default_queue_ = wanted ? wanted : site_.default_queue;
  if (!default_queue_.empty()) return default_queue_;
  // Without a word of the site a queue is what runs its jobs: a pool.
  auto pools = session_.get<api::PoolList>("/pools").pools;
  default_queue_ = pools.empty() ? "default" : pools.front().name;
  return default_queue_;
}

std::string Cluster::queue_of(const api::JobSummary& job) {
  if (job.queue.empty()) return default_queue();
  return job.queue.substr(0, job.queue.find(','));
}

const api::JobDetail& Cluster::detail(int64_t job) {
  auto at = details_.find(job);
  if (at != details_.end()) return at->second;
  return details_[job] = session_.get<api::JobDetail>(fmt::format("/jobs/{}", job));
}

const std::string& Cluster::command(int64_t job) {
  auto at = commands_.find(job);
  if (at != commands_.end()) return at->second;
  std::string text;
  const api::JobDetail& detail = this->detail(job);
  for (const std::string& word : detail.request.argv) text += (text.empty() ? "" : " ") + word;
  if (detail.script_bytes > 0) {
    text = session_.call(net::Method::get, fmt::format("/jobs/{}/script", job), {});
    while (text.ends_with('\n')) text.pop_back();
    std::ranges::replace(text, '\n', ';');
  }
  return commands_[job] = std::move(text);
}

std::string Cluster::from_host(int64_t job) {
  const auto& launch = detail(job).request.launch;
  if (launch && !launch->submit_host.empty()) return launch->submit_host;
  return this_submitter().host;  // it came without one: from pentad submit, on this machine
}

std::string Cluster::submit_directory(int64_t job) {
  const api::JobSubmission& request = detail(job).request;
  bool is_known = request.launch && !request.launch->submit_directory.empty();
  return is_known ? request.launch->submit_directory : request.workdir;
}

const api::JobSummary* Cluster::find(int64_t job) {
  auto found = list(fmt::format("ids={}", job));
  return found.empty() ? nullptr : found.front();
}

std::vector<const api::JobSummary*> Cluster::list(const std::string& query) {
  std::vector<const api::JobSummary*> out;
  for (api::JobSummary& job : list_jobs(session_, query)) {
    out.push_back(keep(std::move(job)));
  }
  return out;
}

bool Choice::fits(const Element& e, Cluster& centre) const {
  if (!user.empty() && e.job->user != user) return false;
  if (!project.empty() && e.job->project != project) return false;
  if (!queue.empty() && centre.queue_of(*e.job) != queue) return false;
  if (!name.empty() && !is_named(e, name)) return false;
  if (host.empty()) return true;
  return e.attempt && std::ranges::any_of(e.attempt->nodes, [&](const api::NodePart& part) {
           return part.node == host;
         });
}

std::string Choice::query() const {
  std::string out;
  if (!user.empty()) out += "&user=" + net::percent_encode(user);
  if (!project.empty()) out += "&project=" + net::percent_encode(project);
  return out;
}

}  // namespace pentad::cli::front::lsf
