// Which cores an attempt is bound to: neighbours if possible, so that they share caches and memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pentad::engine {

// `cores` are positions in Machine::cores; empty when the attempt may use all.
struct Binding {
  std::vector<int32_t> cores;
  std::string cpus;  // list such as 0-3,8
};

class CpuPicker {
 public:
  // `cores[i]`: the logical CPUs of core i.
  explicit CpuPicker(std::vector<std::vector<int32_t>> cores);

  // `count` free cores: the tightest run of neighbours that holds them, else the first free ones.
  // All cores, none of them taken, when fewer are free or no machine is known.
  Binding take(int32_t count);
  // The cores with exactly these CPUs, as an earlier take() made them.
  Binding take_again(std::string_view cpus);
  void release(const Binding& binding);

 private:
  std::string list_of(const std::vector<int32_t>& cores) const;

  std::vector<std::vector<int32_t>> cores_;
  std::vector<bool> taken_;
  std::string all_;
};

// Numbers as a list with ranges: 0-3,8.
std::string format_cpu_list(std::vector<int32_t> cpus);
// The reverse; stops at what is not a list.
std::vector<int32_t> parse_cpu_list(std::string_view list);

}  // namespace pentad::engine
