// Jobs, tasks, queues and sizes as Grid Engine writes them.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "cli/front/sge/sge.h"

namespace pentad::cli::front::sge {

std::string range_text(const IndexSet& tasks) {
  if (tasks.ranges.size() != 1) return tasks_text(tasks);
  const IndexRange& r = tasks.ranges[0];
  return fmt::format("{}-{}:{}", r.first, r.last, r.step);
}

IndexSet indices_of(const api::JobSummary& job) {
  return IndexSet::parse(job.array.value_or(""), kMostTasks).value_or(IndexSet{});
}

IndexSet waiting_of(const api::JobSummary& job) {
  if (!job.waiting) return job.attempts == 0 ? indices_of(job) : IndexSet{};
  return IndexSet::parse(*job.waiting, kMostTasks).value_or(IndexSet{});
}

std::vector<api::JobSummary> find_jobs(Desk& desk, const Task& task, std::string_view query) {
  if (task.job) {
    auto jobs = list_jobs(desk.session(), fmt::format("ids={}{}", *task.job, query));
    return jobs;
  }
  std::vector<api::JobSummary> jobs = list_jobs(
      desk.session(), fmt::format("user={}&sort=id{}", net::percent_encode(desk.user()), query));
  std::erase_if(jobs, [&](const api::JobSummary& job) {
    return fnmatch(task.text.c_str(), job.name.c_str(), FNM_NOESCAPE) != 0;
  });
  return jobs;
}

bool matches(const std::string& pattern, const std::string& text) {
  return pattern.empty() || fnmatch(pattern.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
}

int64_t slots_of(const api::JobSummary& job) { return int64_t{job.nodes} * job.cores; }

std::string queue_instance(Desk& desk, const api::JobSummary& job,
                           const api::AttemptView* attempt) {
  if (!attempt || attempt->nodes.empty()) return "";
  return fmt::format("{}@{}", desk.queue_of(job), attempt->nodes.front().node);
}

std::vector<std::string> environments(Desk& desk) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : desk.site().sge_pe_kinds) names.push_back(name);
  if (names.empty()) names = {"make", "mpi", "openmp", "orte", "smp"};
  return names;
}

std::string size_text(int64_t bytes) {
  constexpr std::array kUnits = {"K", "M", "G", "T", "P"};
  if (bytes < 1024) return fmt::format("{:.1f}", static_cast<double>(bytes));
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f}{}", value, kUnits[unit]);
}

}  // namespace pentad::cli::front::sge
