// One start of a job: its name, where it runs, how it ended and what it used.
#pragma once

#include <boost/describe.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"

namespace pentad {

// `index` is the array index (0 for a job without array); `number` counts the starts of that
// element from 1. A report naming an old number changes nothing.
struct AttemptId {
  JobId job;
  int64_t index = 0;
  int32_t number = 0;
  auto operator<=>(const AttemptId&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttemptId, (), (job, index, number))

// What an attempt holds on one node. `devices` are positions in the node, ascending; each is held
// with `share_milli` of the attempt.
struct NodeShare {
  std::string node;
  std::vector<int32_t> devices;
  bool operator==(const NodeShare&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeShare, (), (node, devices))

// Per-node amounts are equal on all nodes. `device_model` is empty when none were asked for.
struct Placement {
  std::string pool;
  std::string device_model;
  int32_t cores = 0;  // per node; all of the node's for an exclusive job
  Bytes memory;       // per node
  int32_t share_milli = 1000;
  std::vector<NodeShare> nodes;  // ascending by name
  bool operator==(const Placement&) const = default;
};
BOOST_DESCRIBE_STRUCT(Placement, (), (pool, device_model, cores, memory, share_milli, nodes))

// How the processes of an attempt ended, as the engine saw it.
// exited: with `exit_code`. signalled: by `signal`. timeout: stopped at its limit. stopped: on our
// request. out_of_memory: by its memory limit. not_started: `message` says why. lost: the node or
// the supervisor vanished (`message`).
BOOST_DEFINE_ENUM_CLASS(EndKind, exited, signalled, timeout, stopped, out_of_memory, not_started,
                        lost)

struct Usage {
  Duration cpu_user;
  Duration cpu_system;
  Bytes peak_memory;
  Bytes read;
  Bytes written;
  bool operator==(const Usage&) const = default;
};
BOOST_DESCRIBE_STRUCT(Usage, (), (cpu_user, cpu_system, peak_memory, read, written))

struct AttemptEnd {
  EndKind kind = EndKind::exited;
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string message;
  Time started_at;  // 0 when it never started
  Time ended_at;
  Usage usage;
  bool operator==(const AttemptEnd&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttemptEnd, (),
                      (kind, exit_code, signal, message, started_at, ended_at, usage))

// Why the core stops an attempt: decides what becomes of the job.
BOOST_DEFINE_ENUM_CLASS(StopHow, cancel, requeue, limit, node_lost, unknown_attempt)

}  // namespace pentad
