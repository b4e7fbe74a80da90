// What a site says about the scripts its users bring along: maps of the names they use, units,
// defaults and what to do about single options. Read from site.toml by site_file.h.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"
#include "dialect/origin.h"

namespace pentad::dialect {

// Where jobs of a queue of the original go. Empty or 0: nothing is said.
struct QueueRule {
  std::string pool, qos;
  Duration limit;      // of a job that gives none
  Duration max_limit;  // a job that asks for more is refused
  int32_t line = 0;    // of site.toml
};

// Of a queue that the map does not have. pool: it is the pool of that name.
BOOST_DEFINE_ENUM_CLASS(UnmappedQueue, pool, any, refuse)

// What a resource that only the original's site knows (-l of PBS and SGE, rusage of LSF, --gres of
// Slurm) stands for. feature and licence may have another `name` here.
BOOST_DEFINE_ENUM_CLASS(ResourceMeaning, memory, address_space, walltime, cores, gpus, gpu_model,
                        local_disk, feature, licence, whole_node, host, ignore, refuse)

struct ResourceRule {
  ResourceMeaning meaning = ResourceMeaning::ignore;
  std::string name;
};

// ignore: not carried out, recorded, and nobody is told. warn: carried out as far as possible, or
// not at all where the job would be refused for it, and the user is told. refuse: no such job.
BOOST_DEFINE_ENUM_CLASS(OptionPolicy, ignore, warn, refuse)

// SGE: whether `#!` counts.
BOOST_DEFINE_ENUM_CLASS(ShellStartMode, lenient, posix_compliant, unix_behavior)

struct SiteProfile {
  std::optional<Dialect> default_dialect;
  std::string default_queue;  // of a job that names none
  std::optional<int32_t> default_umask;
  std::string job_id_suffix;  // PBS: what stands behind the number, such as ".server"
  std::string mail_domain;    // of addresses without one
  std::string mpi_launcher;   // what gerun, ibrun and their like run; empty: what is installed
  std::map<std::string, QueueRule> queues;
  UnmappedQueue unmapped_queue = UnmappedQueue::pool;
  std::map<std::string, ResourceRule, std::less<>> resources;
  bool lsf_memory_per_slot = false;                 // RESOURCE_RESERVE_PER_TASK
  int64_t lsf_memory_unit_bytes = 1 << 20;          // of rusage[mem=N]
  int64_t lsf_limit_unit_bytes = 1 << 10;           // of -M N
  std::map<std::string, std::string> sge_pe_kinds;  // PE name: node, spread or a fixed N
  ShellStartMode sge_shell_start_mode = ShellStartMode::lenient;
  std::string sge_shell = "/bin/sh";  // of the queues; posix_compliant runs it
  // By dialect and spelling ("--switches", "-l filesystems").
  std::map<Dialect, std::map<std::string, OptionPolicy, std::less<>>> policies;

  const OptionPolicy* policy(Dialect dialect, std::string_view spelling) const;
};

}  // namespace pentad::dialect
