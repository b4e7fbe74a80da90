#include "engine/cpu_picker.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace pentad::engine {

namespace {

constexpr int32_t kMaxCpu = 1 << 16;

bool take_number(std::string_view& text, int32_t& value) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || value > kMaxCpu) return false;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  return true;
}

}  // namespace

std::string format_cpu_list(std::vector<int32_t> cpus) {
  std::sort(cpus.begin(), cpus.end());
  std::string out;
  for (size_t i = 0; i < cpus.size();) {
    size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!out.empty()) out += ',';
    out += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return out;
}

std::vector<int32_t> parse_cpu_list(std::string_view list) {
  std::vector<int32_t> cpus;
  int32_t first = 0;
  while (take_number(list, first)) {
    int32_t last = first;
    if (list.starts_with('-')) {
      list.remove_prefix(1);
      if (!take_number(list, last)) break;
    }
    for (int32_t cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    if (!list.starts_with(',')) break;
    list.remove_prefix(1);
  }
  return cpus;
}

CpuPicker::CpuPicker(std::vector<std::vector<int32_t>> cores)
    : cores_(std::move(cores)), taken_(cores_.size(), false) {
  std::vector<int32_t> every(cores_.size());
  std::iota(every.begin(), every.end(), 0);
  all_ = list_of(every);
}

std::string CpuPicker::list_of(const std::vector<int32_t>& cores) const {
  std::vector<int32_t> cpus;
  for (const int32_t core : cores) {
    const auto& of_core = cores_[static_cast<size_t>(core)];
    cpus.insert(cpus.end(), of_core.begin(), of_core.end());
  }
  return format_cpu_list(std::move(cpus));
}

Binding CpuPicker::take(int32_t count) {
  const auto wanted = static_cast<size_t>(std::max(count, 0));
  const auto free = static_cast<size_t>(std::count(taken_.begin(), taken_.end(), false));
  if (wanted == 0 || wanted > free) return {{}, all_};
  size_t best = taken_.size();
  size_t best_length = taken_.size() + 1;
  for (size_t i = 0; i < taken_.size();) {
    size_t end = i;
    while (end < taken_.size() && !taken_[end]) ++end;
    if (end - i >= wanted && end - i < best_length) best = i, best_length = end - i;
    i = end + 1;
  }
  Binding binding;
  for (size_t i = best < taken_.size() ? best : 0; binding.cores.size() < wanted; ++i) {
    if (taken_[i]) continue;
    taken_[i] = true;
    binding.cores.push_back(static_cast<int32_t>(i));
  }
  binding.cpus = list_of(binding.cores);
  return binding;
}

Binding CpuPicker::take_again(std::string_view cpus) {
  Binding binding{{}, std::string(cpus)};
  if (cpus == all_) return binding;
  const std::vector<int32_t> wanted = parse_cpu_list(cpus);
  for (size_t i = 0; i < cores_.size(); ++i) {
    if (taken_[i] || cores_[i].empty()) continue;
    const bool ours = std::all_of(cores_[i].begin(), cores_[i].end(), [&wanted](int32_t cpu) {
      return std::find(wanted.begin(), wanted.end(), cpu) != wanted.end();
    });
    if (!ours) continue;
    taken_[i] = true;
    binding.cores.push_back(static_cast<int32_t>(i));
  }
  return binding;
}

void CpuPicker::release(const Binding& binding) {
  for (const int32_t core : binding.cores) taken_[static_cast<size_t>(core)] = false;
}

}  // namespace pentad::engine
