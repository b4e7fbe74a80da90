#include "cli/front/slurm/task_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "cli/front/hold/channel.h"

namespace pentad::cli::front::slurm {

std::string fill_pattern(std::string_view pattern, const PatternFacts& facts) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    size_t width = 0;
    while (++i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9') {
      width = std::min<size_t>(width * 10 + static_cast<size_t>(pattern[i] - '0'), 10);
    }
    std::string value;
    switch (i < pattern.size() ? pattern[i] : '%') {
      case 't':
        value = fmt::to_string(facts.task);
        break;
      case 'n':
        value = "0";
        break;
      case 'N':
        value = facts.host;
        break;
      case 's':
        value = facts.step;
        break;
      case 'j':
        value = facts.job;
        break;
      case 'J':
        value = facts.job + "." + facts.step;
        break;
      case 'A':
        value = facts.array_job;
        break;
      case 'a':
        value = facts.array_task;
        break;
      case 'x':
        value = facts.name;
        break;
      case 'u':
        value = facts.user;
        break;
      case '%':
        value = "%";
        break;
      default:
        value = fmt::format("%{}", pattern[i]);
    }
    if (value.size() < width) value.insert(0, width - value.size(), '0');
    out += value;
  }
  return out;
}

bool is_per_task(std::string_view pattern) {
  PatternFacts one, other;
  other.task = 1;
  return fill_pattern(pattern, one) != fill_pattern(pattern, other);
}

void MergedOutput::add(int64_t task, std::string_view bytes) {
  std::string& pending = pending_[task];
  pending += bytes;
  size_t from = 0;
  for (size_t end; (end = pending.find('\n', from)) != pending.npos; from = end + 1) {
    write_line(task, std::string_view(pending).substr(from, end + 1 - from));
  }
  pending.erase(0, from);
  constexpr size_t kLongestLine = 1 << 20;
  if (pending.size() > kLongestLine) end(task);
}

void MergedOutput::end(int64_t task) {
  std::string& pending = pending_[task];
  if (!pending.empty()) write_line(task, pending);
  pending.clear();
}

void MergedOutput::write_line(int64_t task, std::string_view line) {
  if (label_width_ == 0) {
    hold::write_all(fd_, line);
  } else {
    hold::write_all(fd_, fmt::format("{:>{}}: {}", task, label_width_, line));
  }
}

}  // namespace pentad::cli::front::slurm
