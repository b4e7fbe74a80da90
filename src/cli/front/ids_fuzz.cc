// Identifiers of jobs in the forms of PBS and Grid Engine: whatever is written, what is read is a
// job, and an identifier as printed is read again as the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "cli/front/pbs/job_id.h"
#include "cli/front/sge/tasks.h"

using namespace pentad;
using namespace pentad::cli::front;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto id = pbs::read_id("server", text)) {
    PENTAD_ASSERT(id->job > 0, "a job without number");
    auto again = pbs::read_id("server", id->text);
    PENTAD_ASSERT(again && again->job == id->job && again->elements == id->elements,
                  "an identifier that is read otherwise");
  }
  std::vector<std::string> words{std::string(text)};
  if (size_t space = text.find(' '); space != text.npos) {
    words = {std::string(text.substr(0, space)), "-t", std::string(text.substr(space + 1))};
  }
  auto tasks = sge::read_tasks(words);
  if (!tasks) return 0;
  for (const sge::Task& task : *tasks) {
    PENTAD_ASSERT(!task.job || *task.job > 0, "a job without number");
    if (!task.tasks) continue;
    auto again = IndexSet::parse(sge::tasks_text(*task.tasks), sge::kMostTasks);
    PENTAD_ASSERT(again && *again == *task.tasks, "a set that is read otherwise");
  }
  return 0;
}
