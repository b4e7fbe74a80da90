// The neutral job: what a script of any dialect asks for, before a centre decides anything. Sizes
// keep their scope and times their dialect's unit; every value says where it comes from.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "dialect/origin.h"
#include "model/job.h"

namespace pentad::dialect {

using Texts = std::vector<std::string>;

BOOST_DEFINE_ENUM_CLASS(TimeUnit, second, minute)

// `unit` is what the dialect counts this limit in.
struct TimeSpan {
  int64_t duration_s = 0;
  TimeUnit unit = TimeUnit::second;
  bool is_unlimited = false;
};

// A moment as written: `now` plus an offset, or a calendar time whose missing leading parts are
// those of its next occurrence.
struct Moment {
  std::optional<int64_t> after_now_s;
  std::optional<int32_t> in_days;  // 0: today, whether or not the time is past
  std::optional<int32_t> year, month, day;
  int32_t hour = 0, minute = 0, second = 0;
};

struct CountRange {
  int64_t min = 1;
  int64_t max = 1;
};

BOOST_DEFINE_ENUM_CLASS(Scope, node, cpu, task, slot, gpu, job)

// `bytes` 0 with scope node: all of the node's memory (Slurm).
struct Memory {
  Bytes bytes;
  Scope scope = Scope::node;
};

struct Gpus {
  int64_t count = 0;
  Scope scope = Scope::node;
  std::string type;  // empty: any
  std::string mode;  // shared, exclusive_process; empty: the site's
  bool mps = false;
  bool is_generic = false;  // one of a list of generic resources: Slurm's --gres
};

BOOST_DEFINE_ENUM_CLASS(Sharing, shared, whole_node, own_user)
BOOST_DEFINE_ENUM_CLASS(Layout, free, pack, scatter)
BOOST_DEFINE_ENUM_CLASS(Join, none, error_to_output, output_to_error)
BOOST_DEFINE_ENUM_CLASS(OpenMode, truncate, append)
BOOST_DEFINE_ENUM_CLASS(ExportMode, all, none, list)
BOOST_DEFINE_ENUM_CLASS(SignalTo, steps, batch, both)

// One resource component: Slurm's heterogeneous component, PBS' chunk, LSF's compound term.
struct Component {
  Given<CountRange> nodes, tasks;
  Given<int64_t> tasks_per_node, cpus_per_task, cpus;  // cpus: of the component, PBS ncpus
  Given<int64_t> threads_per_core, cores_per_socket, sockets_per_node, min_cpus_per_node;
  Given<int64_t> tasks_per_core, tasks_per_socket, tasks_per_gpu, cpus_per_gpu;
  Given<std::vector<Gpus>> gpus;
  Given<Memory> memory, virtual_memory, local_disk;
  Given<std::string> constraint;
  Given<Texts> hosts, excluded_hosts;
  Given<std::map<std::string, std::string>> generic;
  Given<Sharing> sharing;
  Given<Layout> layout;
  Given<std::string> distribution;
  Given<bool> contiguous;
  Given<std::string> parallel_environment;  // Grid Engine's, as named
};
BOOST_DESCRIBE_STRUCT(Component, (),
                      (nodes, tasks, tasks_per_node, cpus_per_task, cpus, threads_per_core,
                       cores_per_socket, sockets_per_node, min_cpus_per_node, tasks_per_core,
                       tasks_per_socket, tasks_per_gpu, cpus_per_gpu, gpus, memory, virtual_memory,
                       local_disk, constraint, hosts, excluded_hosts, generic, sharing, layout,
                       distribution, contiguous, parallel_environment))

// A dependency as written: `job` is an id or a name pattern of that dialect.
struct Condition {
  DependencyKind kind = DependencyKind::ok;
  std::string job;
  bool is_name = false;
  int64_t delay_s = 0;
  std::vector<Condition> of;
};

struct ArraySpec {
  IndexSet indices;
  int64_t max_running = 0;  // 0: no limit
};

struct Environment {
  ExportMode mode = ExportMode::all;
  Texts names;  // copied from where it is submitted
  std::map<std::string, std::string> set;
  Texts removed;
};

struct Signal {
  int32_t number = 10;
  int64_t before_end_s = 60;
  SignalTo to = SignalTo::steps;
  bool on_reservation = false;  // also when a reservation needs the nodes
};

// Paths hold neutral tokens: {job} {job:4} {array_job} {array} {name} {user} {host} {node} {task}
// {step} {home}; {{ is a brace. `workdir` is {submit}, {home}, {private} or a path.
struct Job {
  Given<std::string> name, comment, account, project, wckey, user_group, qos, reservation;
  Given<Texts> queues;
  Given<std::string> server;
  Given<std::vector<LicenceRequest>> licences;
  Given<Texts> shell;
  Given<bool> login_shell;
  Given<TimeSpan> walltime, soft_walltime, min_walltime, cpu_time;
  Given<Moment> begin, deadline;
  Given<bool> hold;
  Given<int64_t> priority, nice;
  Given<ArraySpec> array;
  Given<Condition> dependency;
  Given<bool> kill_on_invalid_dependency;
  Given<std::string> stdout_path, stderr_path, stdin_path;
  Given<Join> join;
  Given<OpenMode> open_mode;
  Given<std::string> keep_files;
  Given<std::string> workdir;
  Given<Environment> environment;
  Given<int64_t> umask;
  Given<std::map<std::string, std::string>> ulimits;
  Given<Texts> mail_events, mail_users;
  Given<Signal> signal;
  Given<bool> notify, requeue;
  Given<std::vector<int32_t>> requeue_exit_codes;
  Given<bool> wait, interactive, verify_only, terse, quiet;
  Given<std::string> wrap;
  Given<Texts> script_args;
  std::vector<Component> components{1};
};
BOOST_DESCRIBE_STRUCT(Job, (),
                      (name, comment, account, project, wckey, user_group, qos, reservation, queues,
                       server, licences, shell, login_shell, walltime, soft_walltime, min_walltime,
                       cpu_time, begin, deadline, hold, priority, nice, array, dependency,
                       kill_on_invalid_dependency, stdout_path, stderr_path, stdin_path, join,
                       open_mode, keep_files, workdir, environment, umask, ulimits, mail_events,
                       mail_users, signal, notify, requeue, requeue_exit_codes, wait, interactive,
                       verify_only, terse, quiet, wrap, script_args))

}  // namespace pentad::dialect
