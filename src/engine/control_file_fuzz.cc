// Any bytes as a control file: what the daemon reads after a crash, and what a supervisor reads.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "engine/control_file.h"
#include "engine/protocol.h"
#include "engine/record.h"
#include "engine/supervisor/job.h"

using namespace pentad;

namespace {

// Readers of a job's strings must find zero-terminated ones.
size_t read_everything(const engine::Job& job) {
  size_t bytes = 0;
  for (char** arg = job.argv; *arg != nullptr; ++arg) bytes += std::string(*arg).size();
  for (char** entry = job.envp; *entry != nullptr; ++entry) bytes += std::string(*entry).size();
  for (const char* text : {job.workdir, job.stdin_path, job.stdout_path, job.stderr_path, job.cpus,
                           job.program, job.tmp}) {
    if (text != nullptr) bytes += std::string(text).size();
  }
  for (size_t i = 0; i < job.after_count; ++i) bytes += std::string(job.after[i]).size();
  if (job.after != nullptr) PENTAD_ASSERT(job.after[job.after_count + 1] == nullptr, "a free slot");
  for (size_t i = 0; i < job.at_limit.count; ++i) bytes += job.at_limit.steps[i].signal > 64;
  for (size_t i = 0; i < job.group_count; ++i) bytes += job.groups[i] & 1;
  for (size_t i = 0; i < job.limit_count; ++i) bytes += job.limits[i].soft & 1;
  return bytes;
}

void try_as_supervisor(std::string text) {
  engine::JobFile file;
  engine::Job job;
  if (file.parse(text.data(), text.size(), job) != engine::JobFileState::ready) return;
  PENTAD_ASSERT(read_everything(job) <= text.size(), "strings lie within the file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  engine::parse_control_file(text, "1_0.1");
  engine::parse_end(text);
  engine::parse_control_name(text);
  try_as_supervisor(text);
  // The same as the body of an order with a valid head, which chance would not find.
  char head[engine::kMaxHead];
  const size_t head_size = engine::write_head(engine::kOrderRecord, text, head);
  const std::string order = std::string(head, head_size) + text;
  try_as_supervisor(order);
  const size_t started_size = engine::write_head(engine::kStartedRecord, text, head);
  engine::parse_control_file(order + std::string(head, started_size) + text, "1_0.1");
  return 0;
}
