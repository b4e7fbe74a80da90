#include "dialect/run_ids.h"

#include <fmt/format.h>

namespace pentad::dialect {

namespace {

constexpr int64_t kIndices = 10'000'000;
constexpr int64_t kMostJob = 100'000'000'000;

}  // namespace

int64_t slurm_element_number(JobId job, int64_t index) {
  if (index < 0 || index >= kIndices || job.value > kMostJob) return job.value;
  return job.value * kIndices + index;
}

std::optional<AttemptId> slurm_element(int64_t number) {
  if (number < kIndices || number / kIndices > kMostJob) return std::nullopt;
  return AttemptId{JobId{number / kIndices}, number % kIndices, 0};
}

std::string job_identifier(const Launch& launch, JobId job, std::optional<int64_t> index) {
  std::string element = index ? fmt::format("{}", *index) : "";
  switch (launch.dialect) {
    case Dialect::slurm:
      return fmt::format("{}{}{}", job.value, index ? "_" : "", element);
    case Dialect::sge:
      return fmt::format("{}{}{}", job.value, index ? "." : "", element);
    case Dialect::lsf:
      return index ? fmt::format("{}[{}]", job.value, element) : fmt::format("{}", job.value);
    case Dialect::pbspro:
    case Dialect::torque:
      break;
  }
  std::string server = launch.server.empty() ? "" : "." + launch.server;
  return index ? fmt::format("{}[{}]{}", job.value, element, server)
               : fmt::format("{}{}", job.value, server);
}

std::string default_output_name(const Launch& launch, const AttemptId& attempt,
                                const std::string& job_name, bool is_error) {
  std::optional<int64_t> index;
  if (launch.array) index = attempt.index;
  std::string number = fmt::format("{}", attempt.job.value);
  char letter = is_error ? 'e' : 'o';
  switch (launch.dialect) {
    case Dialect::pbspro:
      return job_identifier(launch, attempt.job, index) + (is_error ? ".ER" : ".OU");
    case Dialect::lsf:
      return job_identifier(launch, attempt.job, index) + (is_error ? ".err" : ".out");
    case Dialect::slurm:
      return fmt::format("slurm-{}.{}", job_identifier(launch, attempt.job, index),
                         is_error ? "err" : "out");
    case Dialect::torque:
    case Dialect::sge:
      break;
  }
  std::string element;
  if (index) element = (launch.dialect == Dialect::sge ? '.' : '-') + fmt::format("{}", *index);
  return fmt::format("{}.{}{}{}", job_name, letter, number, element);
}

std::string tmp_directory(const Launch& launch, const AttemptId& attempt,
                          const std::string& queue) {
  if (launch.dialect == Dialect::sge) {
    return fmt::format("/tmp/{}.{}.{}", attempt.job.value, launch.array ? attempt.index : 1, queue);
  }
  if (launch.dialect == Dialect::pbspro || launch.dialect == Dialect::torque) {
    std::optional<int64_t> index;
    if (launch.array) index = attempt.index;
    return "/tmp/pbs." + job_identifier(launch, attempt.job, index);
  }
  return "";
}

std::string run_queue(const Launch& launch, const std::string& pool) {
  if (!launch.queue.empty()) return launch.queue;
  if (!pool.empty()) return pool;
  switch (launch.dialect) {
    case Dialect::slurm:
      return "main";
    case Dialect::pbspro:
      return "workq";
    case Dialect::torque:
      return "batch";
    case Dialect::lsf:
      return "normal";
    case Dialect::sge:
      break;
  }
  return "all.q";
}

}  // namespace pentad::dialect
