// The words of sbatch, salloc and srun, read by the table of the dialect: what is an option, what
// the program or script, and what the original would say to it.
#pragma once

#include <string>
#include <vector>

#include "cli/front/front.h"

namespace pentad::cli::front::slurm {

struct SubmitWords {
  std::vector<std::string> options, rest;
};

// Splits where the first word stands that is neither an option nor the value of one. Nothing after
// --help, --usage or --version, which have been printed.
std::optional<SubmitWords> split_words(const Call& call, std::string_view usage);

// Translates for the centre; throws what the original says where it has words for it, else the
// line, the option, the reason and a hint.
ForeignJob translate_words(const Call& call, Session& session, const dialect::Source& source,
                           const dialect::SiteProfile& site);

// Tells what has another meaning here, on standard error.
void tell_deviations(const Call& call, const ForeignJob& job);

// Sends it; a refusal becomes the original's sentence with the centre's own behind it.
int64_t send_job(const Call& call, Session& session, const ForeignJob& job);

}  // namespace pentad::cli::front::slurm
