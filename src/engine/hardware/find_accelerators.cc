#include "engine/hardware/find_accelerators.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "engine/hardware/run_tool.h"

namespace pentad::engine {
namespace {

constexpr Duration kToolTimeout = seconds(15);  // a cold driver takes some seconds

// Output of a tool that ended well; otherwise nothing, and a note.
std::optional<std::string> ask(const std::string& path, std::vector<std::string> arguments,
                               std::vector<std::string>& notes) {
  arguments.insert(arguments.begin(), path);
  auto output = run_tool(arguments, kToolTimeout);
  if (output && output->exit_code == 0) return std::move(output->text);
  notes.push_back(output ? fmt::format("{} ended with exit code {}", path, output->exit_code)
                         : output.error().message);
  return std::nullopt;
}

// Devices that `parse` reads from a tool's output; none if it is not installed.
template <class Parse>
std::vector<FoundDevice> devices_of(const std::string& path,
                                    const std::vector<std::string>& arguments, Parse parse,
                                    std::vector<std::string>& notes) {
  if (path.empty()) return {};
  auto text = ask(path, arguments, notes);
  if (!text) return {};
  auto devices = parse(*text);
  if (devices) return std::move(*devices);
  notes.push_back(devices.error().message);
  return {};
}

std::vector<FoundDevice> find_npus(const std::string& path, std::vector<std::string>& notes) {
  if (path.empty()) return {};
  auto text = ask(path, npu_map_arguments(), notes);
  if (!text) return {};
  auto chips = parse_npu_map(*text);
  if (!chips) {
    notes.push_back(chips.error().message);
    return {};
  }
  std::vector<FoundDevice> devices;
  for (const NpuChip& chip : *chips) {
    FoundDevice device;
    device.kind = DeviceKind::npu;
    device.reported_name = chip.name;
    device.visible = {"ASCEND_RT_VISIBLE_DEVICES", fmt::format("{}", chip.logic_id)};
    auto memory = ask(path, npu_memory_arguments(chip.npu, chip.chip), notes);
    if (memory) device.memory = parse_npu_memory(*memory).value_or(Bytes{});
    devices.push_back(std::move(device));
  }
  return devices;
}

void append(std::vector<FoundDevice>& all, std::vector<FoundDevice> more) {
  for (FoundDevice& device : more) all.push_back(std::move(device));
}

}  // namespace

std::vector<FoundDevice> find_accelerators(const std::vector<std::string>& folders,
                                           std::vector<std::string>& notes) {
  std::vector<FoundDevice> all =
      devices_of(find_tool("nvidia-smi", folders), nvidia_arguments(), parse_nvidia, notes);
  auto dcus = devices_of(
      find_tool("hy-smi", folders), rocm_arguments(),
      [](std::string_view text) { return parse_rocm(text, DeviceKind::dcu); }, notes);
  // Hygon's toolkit brings a rocm-smi of its own that lists the same devices again.
  if (dcus.empty()) {
    append(all,
           devices_of(
               find_tool("rocm-smi", folders), rocm_arguments(),
               [](std::string_view text) { return parse_rocm(text, DeviceKind::gpu); }, notes));
  }
  append(all, std::move(dcus));
  append(all, find_npus(find_tool("npu-smi", folders), notes));
  return all;
}

std::vector<std::string> cpu_features() {
  std::vector<std::string> features;
  utsname system{};
  if (uname(&system) == 0) features.emplace_back(system.machine);
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line)) {
    if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
    std::istringstream words(line);
    std::string word;
    while (words >> word) {
      if (word == "avx2" || word == "sve" || word == "asimd") features.push_back(word);
      if (word == "avx512f") features.emplace_back("avx512");
      if (word == "amx_tile") features.emplace_back("amx");
    }
    break;  // all processors of a machine have the same
  }
  return features;
}

}  // namespace pentad::engine
