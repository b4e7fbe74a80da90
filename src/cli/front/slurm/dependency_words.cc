// A dependency as squeue and scontrol print it.
#include <fmt/format.h>

#include "cli/front/slurm/job_fields.h"

namespace pentad::cli::front::slurm {

namespace {

std::string_view kind_word(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::started:
      return "after";
    case DependencyKind::ok:
      return "afterok";
    case DependencyKind::not_ok:
      return "afternotok";
    case DependencyKind::ended:
      return "afterany";
    case DependencyKind::elementwise:
      return "aftercorr";
    case DependencyKind::singleton:
      return "singleton";
    case DependencyKind::all:
    case DependencyKind::any:
      break;
  }
  return "";
}

std::string words(const api::JobDependency& d, std::string_view how) {
  if (d.kind == DependencyKind::singleton) return fmt::format("singleton({})", how);
  if (d.of.empty()) {
    std::string job = fmt::to_string(d.job.value_or(0));
    if (d.element) job += fmt::format("_{}", *d.element);
    if (d.delay_s > 0) job += fmt::format("+{}", d.delay_s / 60);
    return fmt::format("{}:{}({})", kind_word(d.kind), job, how);
  }
  std::string out;
  for (const api::JobDependency& one : d.of) {
    if (!out.empty()) out += d.kind == DependencyKind::any ? '?' : ',';
    out += words(one, how);
  }
  return out;
}

}  // namespace

std::string dependency_words(const api::JobDetail& detail) {
  const api::JobSummary& job = detail.job;
  bool waits = job.state == JobState::held || job.state == JobState::queued;
  bool holds =
      job.reason == PendingReason::dependency || job.reason == PendingReason::dependency_never;
  if (!detail.request.dependency || !waits || !holds) return "(null)";
  bool never = job.reason == PendingReason::dependency_never;
  return words(*detail.request.dependency, never ? "failed" : "unfulfilled");
}

}  // namespace pentad::cli::front::slurm
