#include "dialect/run_environment.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "dialect/run_parts.h"

namespace pentad::dialect {

namespace {

// More than any host has; what a launch says may come from anybody.
constexpr int64_t kMostTasks = 100'000;
constexpr const char* kUsualPath = "/usr/local/bin:/usr/bin:/bin";

}  // namespace

std::vector<int64_t> tasks_on_hosts(const Launch& launch, size_t hosts) {
  auto n = static_cast<int64_t>(std::max<size_t>(hosts, 1));
  int64_t each = std::clamp<int64_t>(launch.tasks_per_node.value_or(1), 0, kMostTasks);
  std::vector<int64_t> out(static_cast<size_t>(n), each);
  if (!launch.tasks) return out;
  int64_t all = std::clamp<int64_t>(*launch.tasks, 0, kMostTasks);
  for (int64_t i = 0; i < n; ++i) out[static_cast<size_t>(i)] = all / n + (i < all % n ? 1 : 0);
  return out;
}

int64_t Run::tasks() const {
  std::vector<int64_t> each = tasks_on_hosts(launch, facts.hosts.size());
  return std::accumulate(each.begin(), each.end(), int64_t{0});
}

void Run::set_file(std::string name, std::string_view suffix, std::string text) {
  std::string path = fmt::format("{}.{}.{}", facts.attempt.index, facts.attempt.number, suffix);
  set(std::move(name), facts.job_directory + '/' + path);
  auto same = [&](const RunFile& file) { return file.path == path; };
  if (std::ranges::any_of(out_.files, same)) return;
  out_.files.push_back({std::move(path), std::move(text)});
}

void Run::copy_submitted(std::string_view name, std::string to) {
  auto at = launch.submitter.find(std::string(name));
  if (at != launch.submitter.end()) set(std::move(to), at->second);
}

void Run::add_mpi_hosts() {
  std::vector<int64_t> each = tasks_on_hosts(launch, facts.hosts.size());
  bool is_here = facts.hosts.size() == 1;
  std::string open_mpi, hydra;
  for (size_t i = 0; i < facts.hosts.size(); ++i) {
    // A name that only the centre knows would have to be looked up.
    const std::string& host = is_here ? "localhost" : facts.hosts[i];
    open_mpi += fmt::format("{} slots={}\n", host, each[i]);
    hydra += fmt::format("{}:{}\n", host, each[i]);
  }
  set_file("OMPI_MCA_orte_default_hostfile", "openmpi_hosts", open_mpi);
  set_file("PRTE_MCA_prte_default_hostfile", "openmpi_hosts", open_mpi);
  set_file("HYDRA_HOST_FILE", "hydra_hosts", hydra);
  set_file("I_MPI_HYDRA_HOST_FILE", "hydra_hosts", hydra);
}

RunEnvironment run_environment(const Launch& launch, const RunFacts& facts,
                               const std::map<std::string, std::string>& given) {
  RunEnvironment out;
  Run run(launch, facts, out);
  out.variables = launch.variables;
  auto path = given.find("PATH");
  run.set("PATH", facts.shims + ':' + (path == given.end() ? kUsualPath : path->second));
  run.set("PENTAD_DIALECT", boost::describe::enum_to_string(launch.dialect, ""));
  run.set("PENTAD_HOME", facts.centre_home);
  if (!facts.tmp.empty()) run.set("TMPDIR", facts.tmp);
  // MPICH would start its ranks through srun or qrsh.
  if (facts.hosts.size() == 1) run.set("HYDRA_BOOTSTRAP", "fork");
  switch (launch.dialect) {
    case Dialect::slurm:
      run_slurm(run, given);
      break;
    case Dialect::pbspro:
    case Dialect::torque:
      run_pbs(run);
      break;
    case Dialect::lsf:
      run_lsf(run);
      break;
    case Dialect::sge:
      run_sge(run);
      break;
  }
  return out;
}

void forget_enclosing_job(std::map<std::string, std::string>& variables) {
  // Every job here has it.
  if (!variables.contains("PENTAD_JOB_ID")) return;
  constexpr std::array<std::string_view, 12> kStarts = {
      "PENTAD_",        "SLURM",          "HYDRA_",
      "PBS_",           "LSB_",           "LS_",
      "SGE_",           "MOAB_",          "PE_HOSTFILE",
      "OMPI_MCA_orte_", "PRTE_MCA_prte_", "I_MPI_HYDRA_HOST_FILE"};
  constexpr std::array<std::string_view, 13> kNames = {
      "JOB_ID", "JOB_NAME", "JOB_SCRIPT", "REQUEST", "REQNAME",   "QUEUE",  "PE",
      "NSLOTS", "NHOSTS",   "NQUEUES",    "ARC",     "RESTARTED", "LSFUSER"};
  std::erase_if(variables, [&](const auto& entry) {
    auto starts = [&](std::string_view start) { return entry.first.starts_with(start); };
    return (std::ranges::any_of(kStarts, starts) && entry.first != "PENTAD_HOME" &&
            entry.first != "PENTAD_URL") ||
           std::ranges::find(kNames, entry.first) != kNames.end();
  });
}

}  // namespace pentad::dialect
