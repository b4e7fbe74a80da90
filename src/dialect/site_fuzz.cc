// Any bytes as a site's profile; what is read changes how a script is read, and breaks nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "dialect/site_file.h"
#include "dialect/to_request.h"

using namespace pentad;           // NOLINT
using namespace pentad::dialect;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Result<SiteProfile> site = parse_site({reinterpret_cast<const char*>(data), size});
  if (!site) {
    PENTAD_ASSERT(!site.error().message.empty(), "an error has words");
    return 0;
  }
  constexpr std::string_view kScript =
      "#!/bin/zsh\n#SBATCH -p q,r --gres=a:1 -F x\n#PBS -l a=1,select=2:a=1\n#PBS -q q\n"
      "#BSUB -R rusage[a=1] -M 5\n#$ -l a=1,b,c=x -pe smp 4\n";
  Submitter submitter;
  submitter.directory = submitter.home = "/data";
  for (Dialect d : {Dialect::slurm, Dialect::pbspro, Dialect::torque, Dialect::lsf, Dialect::sge}) {
    Source source;
    source.script = kScript;
    Translation t = translate(source, d, *site);
    Request request = to_request(t, kScript, submitter, *site);
    PENTAD_ASSERT(request.job.resources.nodes >= 1 && request.job.resources.cores >= 1, "one node");
  }
  return 0;
}
