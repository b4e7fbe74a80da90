// pentad history export: what ran here as JSON lines (twin/trace/history.h), for the twin to
// replay. The list of jobs has no devices, features or nodes: each job is asked for by itself.
#include "twin/trace/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

#include "api/centre_types.h"
#include "api/job_views.h"
#include "cli/commands.h"
#include "cli/job_text.h"
#include "cli/units.h"
#include "cli/version.h"
#include "model/index_set.h"

namespace pentad::cli {

namespace {

using trace::HistoryHeader;
using trace::HistoryJob;

constexpr int64_t kPage = 500;
constexpr int64_t kMaxElements = 1'000'000'000;

// A file that has its name only once it is whole; standard output without a name.
class Output {
 public:
  explicit Output(const std::string& path) : path_(path == "-" ? "" : path) {
    if (path_.empty()) return;
    file_ = std::fopen(part().c_str(), "we");
    if (!file_) fail();
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (path_.empty() || !file_) return;
    std::fclose(file_);
    std::remove(part().c_str());
  }

  void line(std::string text) {
    text += '\n';
    if (std::fwrite(text.data(), 1, text.size(), file()) != text.size()) fail();
  }

  void finish() {
    if (std::fflush(file()) != 0) fail();
    if (path_.empty()) return;
    int code = std::fclose(std::exchange(file_, nullptr));
    if (code != 0 || std::rename(part().c_str(), path_.c_str()) != 0) fail();
  }

 private:
  FILE* file() { return path_.empty() ? stdout : file_; }
  std::string part() const { return path_ + ".part"; }
  [[noreturn]] void fail() const {
    throw CommandError(kFailed, fmt::format("{}: {}", path_.empty() ? "standard output" : path_,
                                            std::strerror(errno)));
  }

  std::string path_;
  FILE* file_ = nullptr;
};

// A point in time, or a length of time: so long ago.
Time point_in_time(const std::string& text, const char* option) {
  if (auto time = parse_time(text, wall_clock())) return *time;
  if (auto back = parse_duration(text)) return wall_clock() - *back;
  throw CommandError(
      kUsage,
      fmt::format("{}: expected a time such as 2026-11-01 or 16:00, or how long ago: 30d", option));
}

std::string query_of(const HistoryOptions& o) {
  std::string query = "?sort=submitted";
  if (!o.since.empty()) {
    query += fmt::format("&since_ms={}", point_in_time(o.since, "--since").value);
  }
  if (!o.until.empty()) {
    query += fmt::format("&until_ms={}", point_in_time(o.until, "--until").value);
  }
  return query + fmt::format("&limit={}", kPage);
}

// Nodes of one make of each pool.
std::vector<trace::TracePool> pools_of(const api::NodeList& list) {
  using Make = std::tuple<std::string, int32_t, int64_t, std::map<std::string, int32_t>,
                          std::vector<std::string>>;
  std::map<Make, int32_t> makes;
  for (const api::NodeInfo& node : list.nodes) {
    std::map<std::string, int32_t> devices;
    for (const api::DeviceView& device : node.devices) ++devices[device.model];
    ++makes[{node.pool, node.cores, node.memory_bytes, devices, node.features}];
  }
  std::vector<trace::TracePool> out;
  for (const auto& [make, count] : makes) {
    const auto& [pool, cores, memory, devices, features] = make;
    trace::TracePool& row = out.emplace_back();
    row = {pool, count, cores, Bytes{memory}, {}, features};
    for (const auto& [model, number] : devices) row.devices.push_back({model, number});
  }
  return out;
}

// The last job that must have ended, whichever way its conditions are combined; 0: none.
int64_t waited_for(const api::JobDependency& condition) {
  int64_t last = 0;
  for (const api::JobDependency& part : condition.of) last = std::max(last, waited_for(part));
  bool is_end = condition.kind == DependencyKind::ok || condition.kind == DependencyKind::not_ok ||
                condition.kind == DependencyKind::ended ||
                condition.kind == DependencyKind::elementwise;
  return is_end ? std::max(last, condition.job.value_or(0)) : last;
}

void set_request(const api::JobSubmission& request, HistoryJob& out) {
  const api::Resources& r = request.resources;
  if (r.devices) {
    out.device_kind = r.devices->kind;
    out.device_models = r.devices->models;
    out.device_share_milli = r.devices->share_milli;
  }
  out.exclusive = r.exclusive.value_or(false);
  out.features = r.features;
  out.pools = r.pools;
  out.begin_at_ms = request.begin_at_ms;
  out.deadline_at_ms = request.deadline_at_ms;
  out.workload_class = request.workload_class;
  out.precision = request.precision;
  out.wish = request.wish;
  if (request.dependency) out.after = waited_for(*request.dependency);
}

HistoryJob job_of(const api::JobDetail& detail) {
  const api::JobSummary& j = detail.job;
  HistoryJob out;
  out.id = j.id;
  out.name = j.name;
  out.user = j.user;
  out.project = j.project;
  out.qos = j.qos;
  out.application = j.application;
  out.state = j.state;
  out.submitted_at_ms = j.submitted_at_ms;
  out.attempts = j.attempts;
  out.limit_ms = j.limit_s * 1000;
  out.priority = j.priority;
  out.nodes = j.nodes;
  out.cores = j.cores;
  out.memory_bytes = j.memory_bytes;
  out.devices = j.devices;
  set_request(detail.request, out);
  return out;
}

void set_attempt(const api::AttemptView& last, HistoryJob& out) {
  out.started_at_ms = last.started_at_ms;
  if (is_final(out.state)) out.ended_at_ms = last.ended_at_ms;
  out.pool = last.pool;
  out.device_model = last.device_model;
  out.cpu_ms = last.usage.cpu_user_ms + last.usage.cpu_system_ms;
  out.peak_memory_bytes = last.usage.peak_memory_bytes;
  for (const api::NodePart& part : last.nodes) out.ran_on.push_back(part.node);
}

class Export {
 public:
  Export(Session& session, Output& output) : session_(session), output_(output) {}
  void header(Time start);
  void job(const api::JobSummary& summary);
  int64_t lines() const { return lines_; }

 private:
  void array(const api::JobSummary& summary, const HistoryJob& base);
  void write(const HistoryJob& job) {
    output_.line(to_json(job, WriteMode::compact));
    ++lines_;
  }

  Session& session_;
  Output& output_;
  int64_t lines_ = 0;
};

void Export::header(Time start) {
  HistoryHeader out;
  out.exported_by = fmt::format("pentad {}", kVersion);
  out.exported_at_ms = wall_clock().value;
  out.start_ms = start.value / 1000 * 1000;  // whole seconds, as SWF has them
  out.pools = pools_of(session_.get<api::NodeList>("/nodes"));
  output_.line(to_json(out));
}

void Export::job(const api::JobSummary& summary) {
  auto detail = session_.get<api::JobDetail>(fmt::format("/jobs/{}", summary.id));
  HistoryJob out = job_of(detail);
  if (detail.job.array) return array(detail.job, out);
  out.first_started_at_ms = detail.job.started_at_ms;
  if (!detail.attempts.empty()) set_attempt(detail.attempts.front(), out);
  write(out);
}

// One line for each element that started, one for all others.
void Export::array(const api::JobSummary& summary, const HistoryJob& base) {
  struct Element {
    std::optional<int64_t> first_started_at_ms;
    api::AttemptView last;
  };
  std::map<int64_t, Element> elements;
  std::string cursor;
  while (true) {
    auto page = session_.get<api::AttemptPage>(
        fmt::format("/jobs/{}/attempts?limit={}{}", summary.id, kPage, cursor));
    for (api::AttemptView& attempt : page.attempts) {
      Element& element = elements[attempt.index];
      if (attempt.number == 1) element.first_started_at_ms = attempt.started_at_ms;
      attempt.stdout_path.clear();
      attempt.stderr_path.clear();
      if (attempt.number >= element.last.number) element.last = std::move(attempt);
    }
    if (!page.next) break;
    cursor = "&cursor=" + net::percent_encode(*page.next);
  }
  for (const auto& [index, element] : elements) {
    HistoryJob out = base;
    out.index = index;
    out.state = element.last.state;
    out.attempts = element.last.number;
    out.first_started_at_ms = element.first_started_at_ms;
    set_attempt(element.last, out);
    write(out);
  }
  auto indices = IndexSet::parse(*summary.array, kMaxElements);
  HistoryJob rest = base;
  rest.count = indices ? indices->size() - static_cast<int64_t>(elements.size()) : 0;
  rest.attempts = 0;
  if (rest.count > 0) write(rest);
}

}  // namespace

int history_export(Session& session, const HistoryOptions& o) {
  std::string query = query_of(o);
  auto page = session.get<api::JobPage>("/jobs" + query);
  Output output(o.output);
  Export history(session, output);
  history.header(page.jobs.empty() ? wall_clock() : Time{page.jobs.front().submitted_at_ms});
  while (true) {
    for (const api::JobSummary& job : page.jobs) history.job(job);
    if (!page.next) break;
    std::string cursor = "&cursor=" + net::percent_encode(*page.next);
    page = session.get<api::JobPage>("/jobs" + query + cursor);
  }
  output.finish();
  if (!o.output.empty() && o.output != "-") {
    if (session.json()) {
      fmt::print("{{\"file\":{},\"lines\":{}}}\n", to_json(o.output), history.lines());
    } else {
      fmt::print("{} jobs and elements of arrays written to {}\n", history.lines(), o.output);
    }
  }
  return kOk;
}

}  // namespace pentad::cli
