// What the script of another scheduler may expect at run time, beyond what every job has: enough to
// make its environment, its host files and its identifiers when an attempt starts. The core never
// sees it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pentad {

BOOST_DEFINE_ENUM_CLASS(Dialect, slurm, pbspro, torque, lsf, sge)

// Of an array: what each of its elements may ask.
struct LaunchArray {
  int64_t count = 0, first = 0, last = 0, step = 1;
  bool operator==(const LaunchArray&) const = default;
};
BOOST_DESCRIBE_STRUCT(LaunchArray, (), (count, first, last, step))

// Where LSF's report of a job goes.
BOOST_DEFINE_ENUM_CLASS(LaunchReport, none, output_file, mail)

// Numbers are as they were asked for; unset is distinct from every number.
struct Launch {
  Dialect dialect = Dialect::slurm;
  std::optional<int64_t> tasks, tasks_per_node, cpus_per_task;
  std::string parallel_environment;  // Grid Engine's -pe
  std::string server;                // behind the number in a PBS identifier: 123.server
  std::string submit_directory;      // absolute
  std::string submit_host;
  std::string queue;  // the first that was asked for; empty: none
  std::string account, qos;
  std::optional<LaunchArray> array;
  std::map<std::string, std::string> submitter;  // HOME, PATH and such where it was submitted
  std::map<std::string, std::string> variables;  // those of the job that options alone decide
  // Which shell reads the script; empty: the user's login shell (PBS), else /bin/sh. A #! line
  // goes before it unless `ignores_interpreter`.
  std::vector<std::string> shell;
  bool login_shell = false;
  bool ignores_interpreter = false;
  bool delivers_at_end = false;  // output comes to its place when the job has ended
  LaunchReport report = LaunchReport::none;
  std::vector<std::string> mail_events;  // neutral: begin, end, fail, ...
  std::vector<std::string> mail_users;   // empty: who submitted it
  bool notifies = false;                 // Grid Engine's -notify
  bool warns_script_only = false;        // the warning goes to the script, not to its children
  bool operator==(const Launch&) const = default;
};
BOOST_DESCRIBE_STRUCT(Launch, (),
                      (dialect, tasks, tasks_per_node, cpus_per_task, parallel_environment, server,
                       submit_directory, submit_host, queue, account, qos, array, submitter,
                       variables, shell, login_shell, ignores_interpreter, delivers_at_end, report,
                       mail_events, mail_users, notifies, warns_script_only))

}  // namespace pentad
