#include "cli/front/sge/tasks.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>

namespace pentad::cli::front::sge {

namespace {

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc{} && end == text.data() + text.size() && value > 0;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<Task> read_task(const std::string& text) {
  Task task{text, number(text), {}};
  size_t dot = text.find('.');
  if (task.job || dot == text.npos || !number(std::string_view(text).substr(0, dot))) return task;
  task.job = number(std::string_view(text).substr(0, dot));
  task.text = text.substr(0, dot);
  Result<IndexSet> tasks = IndexSet::parse(text.substr(dot + 1), kMostTasks);
  if (!tasks) return {};
  task.tasks = std::move(*tasks);
  return task;
}

}  // namespace

std::optional<std::vector<Task>> read_tasks(const std::vector<std::string>& words) {
  std::vector<Task> out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-t" && i + 1 < words.size() && !out.empty()) {
      Result<IndexSet> tasks = IndexSet::parse(words[++i], kMostTasks);
      if (!tasks) return {};
      out.back().tasks = std::move(*tasks);
      continue;
    }
    std::string_view left = words[i];
    while (!left.empty()) {
      size_t comma = left.find(',');
      std::string one(left.substr(0, comma));
      left = comma == left.npos ? std::string_view{} : left.substr(comma + 1);
      if (one.empty()) continue;
      std::optional<Task> task = read_task(one);
      if (!task) return {};
      out.push_back(std::move(*task));
    }
  }
  return out;
}

std::string tasks_text(const IndexSet& tasks) {
  std::string text;
  for (const IndexRange& r : tasks.ranges) {
    if (!text.empty()) text += ',';
    if (r.first == r.last) {
      text += std::to_string(r.first);
    } else if (r.first + r.step == r.last) {
      text += fmt::format("{},{}", r.first, r.last);
    } else {
      text += fmt::format("{}-{}:{}", r.first, r.last, r.step);
    }
  }
  return text;
}

}  // namespace pentad::cli::front::sge
