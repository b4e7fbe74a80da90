// Partitions of a centre as Slurm's commands show them: the queues of the site's profile, else the
// pools.
#pragma once

#include <string>
#include <vector>

#include "api/centre_types.h"
#include "cli/front/front.h"

namespace pentad::cli::front::slurm {

struct Partition {
  std::string name;
  bool is_default = false;
  int64_t max_limit_s = 0;      // 0: infinite
  int64_t default_limit_s = 0;  // 0: the centre's
  std::vector<const api::NodeInfo*> nodes;
};

struct Machine {
  api::NodeList nodes;
  std::vector<Partition> partitions;

  Machine(Session& session, const Globals& globals);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  std::string partitions_of(const api::NodeInfo& node) const;  // by commas
};

enum class NodeUse { idle, mixed, allocated, draining, drained, down };
NodeUse use_of(const api::NodeInfo& node);
std::string_view short_use(NodeUse use);  // mix
std::string_view long_use(NodeUse use);   // mixed
// gpu:model:2, by commas; (null) without any.
std::string gres_of(const api::NodeInfo& node);

}  // namespace pentad::cli::front::slurm
