// Any bytes as a script and as a command line of PENTAD_FUZZ_DIALECT.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "dialect/describe.h"
#include "dialect/to_request.h"
#include "dialect/values.h"
#include "dialect/write_slurm.h"

using namespace pentad;           // NOLINT
using namespace pentad::dialect;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  Submitter submitter;
  submitter.directory = submitter.home = "/data";
  Source source;
  source.script = text;
  for (std::string_view word : split(text, ' ')) source.options.emplace_back(word);
  Translation t = translate(source, Dialect::PENTAD_FUZZ_DIALECT);
  Request request = to_request(t, text, submitter);
  PENTAD_ASSERT(!describe(t).empty(), "a translation has words");
  PENTAD_ASSERT(request.job.resources.nodes >= 1 && request.job.resources.cores >= 1, "one node");
  if (t.is_accepted()) write_slurm(t.job, t.dialect);
  return 0;
}
