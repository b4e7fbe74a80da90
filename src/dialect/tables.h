// The tables of options and of the resources inside of them, one a dialect.
#pragma once

#include <span>
#include <string_view>

#include "dialect/option.h"

namespace pentad::dialect {

std::span<const Option> slurm_options();
std::span<const Option> pbspro_options();
std::span<const Option> torque_options();
std::span<const Option> lsf_options();
std::span<const Option> sge_options();

std::span<const Option> pbs_resources();   // of -l
std::span<const Option> pbs_attributes();  // of -W
std::span<const Option> lsf_usage();       // of -R "rusage[...]"
std::span<const Option> lsf_gpu();         // of -gpu
std::span<const Option> sge_resources();   // of -l

// sbatch, qsub, bsub.
std::string_view command_name(Dialect dialect);

}  // namespace pentad::dialect
