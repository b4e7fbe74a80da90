// Where the output of tasks goes: merged line by line, labelled, or into files of a pattern.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace pentad::cli::front::slurm {

// What the tokens of a pattern stand for: %t task, %N host, %n node, %s step, %j job, %J job.step,
// %A %a of an array, %x name, %u user.
struct PatternFacts {
  std::string job, array_job, array_task, step, host, name, user;
  int64_t task = 0;
};
std::string fill_pattern(std::string_view pattern, const PatternFacts& facts);
bool is_per_task(std::string_view pattern);

// One stream (output or error) of all tasks.
class MergedOutput {
 public:
  // `fd` gets whole lines; `label_width` 0: no labels.
  MergedOutput(int fd, int label_width) : fd_(fd), label_width_(label_width) {}

  void add(int64_t task, std::string_view bytes);
  void end(int64_t task);  // what is left without an end of line

 private:
  void write_line(int64_t task, std::string_view line);

  int fd_;
  int label_width_;
  std::map<int64_t, std::string> pending_;
};

}  // namespace pentad::cli::front::slurm
