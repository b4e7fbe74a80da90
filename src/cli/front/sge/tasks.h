// Jobs and tasks of arrays as people write them for Grid Engine's commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/index_set.h"

namespace pentad::cli::front::sge {

inline constexpr int64_t kMostTasks = 1 << 24;

// 12, 12.3, 12.1-10:3, a name or a pattern of one.
struct Task {
  std::string text;               // as written, without tasks
  std::optional<int64_t> job;     // none: it is a name
  std::optional<IndexSet> tasks;  // of an array: these only
};
// By commas; `-t 1-3` behind one goes with it. Nothing when a list of tasks is none.
std::optional<std::vector<Task>> read_tasks(const std::vector<std::string>& words);

// 3, 1,3 or 1-7:2, as Grid Engine writes sets of tasks.
std::string tasks_text(const IndexSet& tasks);

}  // namespace pentad::cli::front::sge
