// What the script of another scheduler may expect at run time, beyond what every job has: enough to
// make its environment, its host files and its identifiers when an attempt starts. The core never
// sees it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace pentad {

BOOST_DEFINE_ENUM_CLASS(Dialect, slurm, pbspro, torque, lsf, sge)

// Numbers are as they were asked for; unset is distinct from every number.
struct Launch {
  Dialect dialect = Dialect::slurm;
  std::optional<int64_t> tasks, tasks_per_node, cpus_per_task;
  std::string parallel_environment;  // Grid Engine's -pe
  std::string server;                // behind the number in a PBS identifier: 123.server
  std::string submit_directory;      // absolute
  std::string submit_host;
  bool operator==(const Launch&) const = default;
};
BOOST_DESCRIBE_STRUCT(Launch, (),
                      (dialect, tasks, tasks_per_node, cpus_per_task, parallel_environment, server,
                       submit_directory, submit_host))

}  // namespace pentad
